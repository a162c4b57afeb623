import Checks
import Project
import Records
import Store
import Testing

/// Which models and traffic capability regression speaks of, doubts of single abilities, and the choice of a scale.
@Suite struct CapabilityRegressionScopeTests {
  static let models = (base: String(repeating: "b", count: 64), tuned: String(repeating: "c", count: 64))

  static func measured(_ base: String?, _ tuned: String?) -> [TrialRecord] {
    (CapabilityRegressionTests.gain + CapabilityRegressionTests.held).map {
      var trial = $0
      trial.subjectSHA256 = trial.variant == "base" ? base : tuned
      return trial
    }
  }

  @Test func subjects() async throws {
    let (base, tuned) = CapabilityRegressionScopeTests.models
    let other = String(repeating: "d", count: 64)
    var adapter = ArtifactRecord(sha256: tuned, artifactKind: "adapter", name: "tone", at: CheckBench.now)
    adapter.attributes = "{\"base_sha256\":\"\(base)\"}"
    var merged = ArtifactRecord(sha256: tuned, artifactKind: "model", name: "tone", at: CheckBench.now)
    merged.derivedFrom = [ArtifactRecord.Origin(sha256: base, how: "merged")]
    func codes(
      _ trials: [TrialRecord], named: Bool = true, _ artifacts: [ArtifactRecord] = []
    ) async throws -> Set<String> {
      let feature = "target_suite: target" + (named ? ", candidate_sha256: \(tuned)" : "")
      return Set(
        try await CapabilityRegressionTests.finding(
          trials, "{name: factual, suite: facts}", feature, artifacts: artifacts
        ).codes(.unknown))
    }
    let right = CapabilityRegressionScopeTests.measured(base, tuned)
    #expect(try await codes(right) == [])
    #expect(try await codes(right, [adapter]) == [])
    #expect(try await codes(right, [merged]) == [])
    #expect(try await codes(CapabilityRegressionScopeTests.measured(base, other)) == ["WRONG_SUBJECT"])
    #expect(try await codes(CapabilityRegressionScopeTests.measured(base, nil)) == ["WRONG_SUBJECT"])
    // The base is known by the candidate's record only.
    #expect(try await codes(CapabilityRegressionScopeTests.measured(other, tuned)) == [])
    #expect(try await codes(CapabilityRegressionScopeTests.measured(other, tuned), [adapter]) == ["WRONG_SUBJECT"])
    #expect(try await codes(CapabilityRegressionScopeTests.measured(other, tuned), [merged]) == ["WRONG_SUBJECT"])
    // Without a named candidate all suites must be of one model.
    #expect(try await codes(CapabilityRegressionScopeTests.measured(base, other), named: false) == [])
    let several = right.map {
      var trial = $0
      if trial.suite == "facts", trial.variant == "tuned" { trial.subjectSHA256 = other }
      return trial
    }
    #expect(try await codes(several, named: false) == ["WRONG_SUBJECT"])
    #expect(try await codes(several) == ["WRONG_SUBJECT"])
  }

  @Test func targetGain() async throws {
    func finding(_ lost: Int, _ won: Int) async throws -> [String] {
      try await CapabilityRegressionTests.finding(
        CapabilityRegressionTests.suite("target", base: 140, lost: lost, won: won) + CapabilityRegressionTests.held,
        "{name: factual, suite: facts}"
      ).codes(.warn)
    }
    #expect(try await finding(12, 36) == [])
    #expect(try await finding(12, 20) == ["NO_TARGET_GAIN"])
    #expect(try await finding(36, 12) == ["NO_TARGET_GAIN"])
    // Without a target nothing is asked.
    let none = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.held, "{name: factual, suite: facts}", "suite: facts")
    #expect(none.verdict == .pass)
  }

  @Test func coverage() async throws {
    func finding(_ read: Double, _ unread: Double) async throws -> Finding {
      try await CapabilityRegressionTests.finding(
        CapabilityRegressionTests.gain + CapabilityRegressionTests.held,
        "{name: factual, suite: facts, traffic_share: \(read)}, {name: poetry, suite: poems, protected: false, traffic_share: \(unread)}"
      )
    }
    let enough = try await finding(0.8, 0.2)
    #expect(close(enough.value("coverage"), 0.8))
    #expect(enough.verdict == .pass)
    let low = try await finding(0.79, 0.21)
    #expect(low.codes(.warn) == ["COVERAGE_LOW"])
    #expect(low.next == "Add suites for the abilities that the rest of the traffic needs.")
    // Shares that nobody declared are those of the traffic, abilities without a row included.
    let bench = try await CheckBench(CapabilityRegressionTests.yaml("{name: factual, suite: facts}"))
    try await bench.append(CapabilityRegressionTests.gain + CapabilityRegressionTests.held)
    try await bench.append { appender in
      for (index, name) in (Array(repeating: "factual", count: 3) + ["poetry"]).enumerated() {
        var span = SpanRecord(
          spanID: "s\(index)", traceID: "t", name: "chat", spanKind: "chat", startedAt: CheckBench.now.adding(days: -1),
          feature: "assistant")
        span.tags = Tags(["capability": name])
        try appender.append(span)
      }
    }
    let seen = try await bench.finding("capability-regression")
    #expect(seen.value("coverage") == 0.75)
    #expect(seen.codes(.warn) == ["COVERAGE_LOW"])
  }

  @Test func doubtsOfARow() async throws {
    func codes(_ trials: [TrialRecord], _ settings: String = "") async throws -> [String] {
      try await CapabilityRegressionTests.finding(
        CapabilityRegressionTests.gain + trials, "{name: factual, suite: facts\(settings)}"
      ).codes(.unknown)
    }
    var missing = CapabilityRegressionTests.held
    for index in missing.indices where missing[index].variant == "tuned" && missing[index].item.hasPrefix("both-1") {
      missing[index].passed = nil
    }
    #expect(try await codes(missing) == ["MISSING_SCORES"])
    #expect(try await codes(missing, ", protected: false") == [])
    let dropped = CapabilityRegressionTests.held.filter { $0.variant == "base" || !$0.item.hasPrefix("both-1") }
    #expect(try await codes(dropped) == ["DROPPED_ITEMS_DECIDE"])
    let conflicting =
      CapabilityRegressionTests.held
      + CapabilityRegressionTests.held.filter {
        $0.variant == "tuned" && $0.item.hasPrefix("both-1")
      }.map {
        var trial = $0
        trial.passed = false
        return trial
      }
    #expect(try await codes(conflicting) == ["CONFLICTING_TRIALS"])
    var clustered = CapabilityRegressionTests.held
    for index in clustered.indices {
      clustered[index].cluster = "\((Int(clustered[index].item.split(separator: "-")[1]) ?? 0) % 5)"
    }
    #expect(try await codes(clustered) == ["FEW_CLUSTERS"])
    var absurd = CapabilityRegressionTests.held
    absurd[0].passed = nil
    absurd[0].score = 1e200
    #expect(try await codes(absurd) == ["UNUSABLE_TRIALS"])
    var empty = CapabilityRegressionTests.held
    for index in empty.indices { empty[index].passed = nil }
    #expect(try await codes(empty).contains("NO_SUITE"))
  }

  /// Three scales: the strongest loses facts, the middle one is best of those that do not, the weakest gains little.
  static func sweep() -> [TrialRecord] {
    var trials: [TrialRecord] = []
    for (suite, gains, losses) in [("target", [200, 500, 700], [0, 0, 0]), ("facts", [0, 0, 0], [2, 2, 700])] {
      trials += (0..<4_000).map { item in .trial(suite, "i\(item)", "base", passed: item % 2 == 0) }
      for (index, scale) in ["0.2", "0.5", "1.0"].enumerated() {
        trials += (0..<4_000).map { item in
          let passes = item % 2 == 0 ? item / 2 >= losses[index] : item / 2 < gains[index]
          return .trial(suite, "i\(item)", "tuned@\(scale)", passed: passes)
        }
      }
    }
    return trials
  }

  @Test func scalesAreChosenOnOneHalfAndJudgedOnTheOther() async throws {
    let rows = "{name: factual, suite: facts}"
    let finding = try await CapabilityRegressionTests.finding(CapabilityRegressionScopeTests.sweep(), rows)
    #expect(finding.verdict == .pass)
    #expect(finding.headline.hasPrefix("tuned@0.5 kept"))
    let judged = try #require(finding.value("items (factual)"))
    #expect(judged > 1_800 && judged < 2_200)
    // The half whose sha256 begins with an odd byte.
    let odd = (0..<4_000).count { SHA256Digest(of: "i\($0)").words.0 >> 56 & 1 == 1 }
    #expect(judged == Double(odd))
    // A plain tuned model is the one to judge, whatever else was tried.
    let plain = CapabilityRegressionScopeTests.sweep() + CapabilityRegressionTests.gain + CapabilityRegressionTests.held
    let judgedPlain = try await CapabilityRegressionTests.finding(plain, rows)
    #expect(judgedPlain.headline.contains("the tuned model"), "\(judgedPlain.headline)")
    #expect(!judgedPlain.headline.contains("tuned@"))
    #expect(judgedPlain.value("items (factual)") == 2_000)
    // All scales lose: the best target of those that lose fewest is judged, and fails.
    let strong = CapabilityRegressionScopeTests.sweep().filter { !["tuned@0.2", "tuned@0.5"].contains($0.variant) }
    let failing = try await CapabilityRegressionTests.finding(strong, rows)
    #expect(failing.codes(.fail) == ["REGRESSED"])
    #expect(failing.headline.hasPrefix("tuned@1.0 lost factual"))
    // Equal scales: the smaller name.
    let equal = strong.flatMap { trial -> [TrialRecord] in
      guard trial.variant == "tuned@1.0" else { return [trial] }
      return ["tuned@a", "tuned@b"].map {
        var copy = trial
        copy.variant = $0
        return copy
      }
    }
    #expect((try await CapabilityRegressionTests.finding(equal, rows)).headline.hasPrefix("tuned@a lost"))
  }

  @Test func namesOfVariantsComeFromTheSuite() async throws {
    let trials = CapabilityRegressionTests.held.map {
      var trial = $0
      trial.variant = trial.variant == "base" ? "v1" : "v2"
      return trial
    }
    let finding = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.gain + trials, "{name: factual, suite: facts}",
      rest: "suites: {facts: {baseline: v1, candidate: v2}}\n")
    #expect(finding.verdict == .pass)
  }

  @Test func repeatedItemsAreSeeded() async throws {
    var trials = CapabilityRegressionTests.gain
    trials += CapabilityRegressionTests.held.flatMap { trial in
      (0..<2).map { number in
        var copy = trial
        copy.repetition = Int64(number)
        if number == 1, trial.item.hasPrefix("no-1"), trial.variant == "tuned" { copy.passed = true }
        return copy
      }
    }
    let bench = try await CheckBench(CapabilityRegressionTests.yaml("{name: factual, suite: facts}"))
    try await bench.append(trials)
    let first = try await bench.finding("capability-regression")
    #expect(first.seed != nil)
    #expect(try await bench.finding("capability-regression") == first)
  }
}

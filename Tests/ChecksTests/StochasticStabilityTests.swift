import Checks
import Project
import Records
import Store
import Testing

@Suite struct StochasticStabilityTests {
  static func yaml(_ allowed: String = "0.01", more: String = "") -> String {
    "use_cases: {refunds: {suite: refunds, failure: wrong promise, max_failure_rate: \(allowed)}}\n\(more)"
  }

  static func bench(
    _ failures: Int, of trials: Int, allowed: String = "0.01", more: String = ""
  ) async throws -> CheckBench {
    let bench = try await CheckBench(yaml(allowed, more: more))
    try await bench.append { appender in
      for item in 0..<trials {
        try appender.append(TrialRecord.trial("refunds", "\(item)", "v1", passed: item >= failures))
      }
    }
    return bench
  }

  static func finding(_ failures: Int, of trials: Int, allowed: String = "0.01") async throws -> Finding {
    try await bench(failures, of: trials, allowed: allowed).finding("stochastic-stability")
  }

  @Test func theWorkedExample() async throws {
    let fifty = try await StochasticStabilityTests.finding(0, of: 50)
    #expect(fifty.verdict == .unknown && fifty.codes(.unknown) == ["NOT_PROVEN"])
    #expect(close(fifty.measure("failure_rate")?.high, 0.0582) && fifty.missing == [.init("clean trials", 249)])
    #expect(
      fifty.headline
        == "refunds fails at most 5.82 % with 95 % confidence (0 of 50 trials failed); allowed 1 %: not proven.")
    let clean = try await StochasticStabilityTests.finding(0, of: 299)
    #expect(clean.verdict == .pass && clean.codes(.pass) == ["PROVEN"] && clean.missing.isEmpty)
    #expect(close(clean.measure("failure_rate")?.high, 0.00997, 5e-6))
    #expect(clean.headline.hasSuffix("allowed 1 %: proven."))
    #expect(try await StochasticStabilityTests.finding(0, of: 298).missing == [.init("clean trials", 1)])
    let three = try await StochasticStabilityTests.finding(3, of: 500)
    #expect(three.codes(.unknown) == ["NOT_PROVEN"] && three.value("failure_rate") == 0.006)
    #expect(close(three.measure("failure_rate")?.high, 0.0154) && three.missing == [.init("clean trials", 273)])
    let more = try await StochasticStabilityTests.finding(3, of: 800)
    #expect(more.codes(.pass) == ["PROVEN"] && close(more.measure("failure_rate")?.high, 0.00966, 5e-6))
    let twelve = try await StochasticStabilityTests.finding(12, of: 400)
    #expect(twelve.verdict == .fail && twelve.codes(.fail) == ["EXCEEDED"])
    #expect(close(twelve.measure("failure_rate")?.low, 0.0174) && twelve.evidence.count == 12)
    #expect(twelve.headline.contains("fails at least 1.74 %"))
  }

  @Test func limitsAreInclusiveOnBothSides() async throws {
    // The upper bound of 0 in 50 is 0.05815507911697225; the lower one of 12 in 400 is 0.01735….
    #expect(try await StochasticStabilityTests.finding(0, of: 50, allowed: "0.058155079").verdict == .pass)
    #expect(try await StochasticStabilityTests.finding(0, of: 50, allowed: "0.05815507").verdict == .unknown)
    let low = try #require(
      try await StochasticStabilityTests.finding(12, of: 400).measure("failure_rate")?.low)
    #expect(try await StochasticStabilityTests.finding(12, of: 400, allowed: "\(low)").verdict == .unknown)
    #expect(try await StochasticStabilityTests.finding(12, of: 400, allowed: "\(low - 1e-7)").verdict == .fail)
  }

  @Test func zeroCannotBePromised() {
    for rate in ["0", "1", "-0.1", "1.5"] {
      #expect(throws: (any Error).self) {
        try Project.parse(StochasticStabilityTests.yaml(rate), policies: Catalogue.policies)
      }
    }
  }

  /// `passes` of `tries` tries of each item pass.
  static func repeats(
    _ items: [(passes: Int, tries: Int)], allowed: String, more: String = "", cluster: (Int) -> String? = { _ in nil }
  ) async throws -> Finding {
    let bench = try await CheckBench(yaml(allowed, more: more))
    let clusters = items.indices.map(cluster)
    try await bench.append { appender in
      for (item, count) in items.enumerated() {
        for number in 0..<count.tries {
          var trial = TrialRecord.trial("refunds", "\(item)", "v1", passed: number < count.passes)
          trial.repetition = Int64(number)
          trial.cluster = clusters[item]
          try appender.append(trial)
        }
      }
    }
    return try await bench.finding("stochastic-stability")
  }

  @Test func itemsAreSolidFlakyBrokenOrSingle() async throws {
    let finding = try await StochasticStabilityTests.repeats(
      [(7, 10), (0, 10), (10, 10), (1, 1)], allowed: "0.9")
    #expect(finding.value("flaky") == 1 && finding.value("broken") == 1)
    #expect(finding.value("solid") == 1 && finding.value("single") == 1)
    #expect(close(finding.value("flaky_share"), 1.0 / 3, 1e-12))
    // C(7,5)/C(10,5) = 21/252; over the three items with at least five tries.
    #expect(close(finding.value("pass^5"), (21.0 / 252 + 0 + 1) / 3, 1e-12))
    #expect(close(finding.value("pass@5"), (1 + 0 + 1.0) / 3, 1e-12))
  }

  @Test func repeatsAreNoIndependentTrials() async throws {
    let clean = try await StochasticStabilityTests.repeats(
      [(passes: Int, tries: Int)](repeating: (10, 10), count: 30), allowed: "0.01")
    #expect(clean.codes(.unknown) == ["NOT_PROVEN"] && clean.missing == [.init("clean items", 269)])
    #expect(clean.value("effective_trials") == 30 && clean.value("trials") == 300)
    #expect(clean.headline.contains("0 of 300 trials failed, in 30 items"))
    // One broken item among twenty: all variance lies between items, so that ten tries count as one.
    let broken = try await StochasticStabilityTests.repeats(
      [(passes: Int, tries: Int)](repeating: (10, 10), count: 19) + [(0, 10)], allowed: "0.3")
    let deff = try #require(broken.value("design_effect"))
    #expect(close(deff, 20.0 / 19 * 10, 1e-9) && broken.method.hasPrefix("one-sided Korn-Graubard"))
  }

  @Test func clustersReplaceItems() async throws {
    let items = [(passes: Int, tries: Int)](repeating: (1, 1), count: 300)
    let finding = try await StochasticStabilityTests.repeats(items, allowed: "0.01") { "document \($0 % 60)" }
    #expect(finding.value("clusters") == 60 && finding.value("effective_trials") == 60)
    #expect(finding.missing == [.init("clean clusters", 239)])
    let some = try await StochasticStabilityTests.repeats(items, allowed: "0.01") { $0 < 150 ? "one" : nil }
    #expect(some.value("clusters") == 151)
  }

  @Test func aFlakyProofWarns() async throws {
    func finding(_ flaky: Int, _ limit: String = "0.05") async throws -> Finding {
      try await StochasticStabilityTests.repeats(
        [(passes: Int, tries: Int)](repeating: (3, 4), count: flaky)
          + [(passes: Int, tries: Int)](repeating: (4, 4), count: 20 - flaky), allowed: "0.5",
        more: "policies: {stochastic-stability: {flaky_warn: \(limit)}}\n")
    }
    #expect(try await finding(1).codes(.warn).isEmpty)
    let two = try await finding(2)
    #expect(two.verdict == .warn && two.codes(.warn) == ["FLAKY"] && two.codes(.pass) == ["PROVEN"])
    #expect(try await finding(2, "0.1").verdict == .pass)
  }

  @Test func nothingIsUnknown() async throws {
    let bench = try await CheckBench(StochasticStabilityTests.yaml())
    let empty = try await bench.finding("stochastic-stability")
    #expect(empty.codes(.unknown) == ["NO_TRIALS"] && empty.missing == [.init("clean trials", 299)])
    #expect(empty.measure("failure_rate")?.value == nil && empty.measure("failure_rate")?.high == 1)
    try await bench.append { try $0.append(TrialRecord.trial("refunds", "a", "v1")) }
    let scoreless = try await bench.finding("stochastic-stability")
    #expect(scoreless.codes(.unknown).contains("NO_TRIALS"))
    try await bench.append { try $0.append(TrialRecord.trial("refunds", "a", "v1", score: 0.5)) }
    #expect(try await bench.finding("stochastic-stability").codes(.unknown).contains("NO_TRIALS"))
    let all = try await StochasticStabilityTests.finding(20, of: 20)
    #expect(all.codes(.fail) == ["EXCEEDED"] && all.measure("failure_rate")?.high == 1)
    let one = try await StochasticStabilityTests.finding(0, of: 1)
    #expect(one.missing == [.init("clean trials", 298)])
  }

  @Test func missingConflictingAndMixedTrialsAreUnknown() async throws {
    func finding(missing: Int = 0, conflicting: Int = 0, configurations: Int = 1) async throws -> Finding {
      let bench = try await CheckBench(StochasticStabilityTests.yaml())
      try await bench.append { appender in
        for item in 0..<1000 {
          var trial = TrialRecord.trial("refunds", "\(item)", "v1", passed: item < missing ? nil : true)
          trial.configSHA256 = "\(item % configurations)"
          try appender.append(trial)
          guard item >= 1000 - conflicting else { continue }
          trial.passed = false
          try appender.append(trial)
        }
      }
      return try await bench.finding("stochastic-stability")
    }
    #expect(try await finding(missing: 50).verdict == .pass)
    #expect(try await finding(missing: 51).codes(.unknown) == ["MISSING_FIELDS"])
    let ten = try await finding(conflicting: 10)
    #expect(ten.verdict == .pass && ten.value("conflicting") == 10 && ten.value("trials") == 990)
    #expect(try await finding(conflicting: 11).codes(.unknown) == ["CONFLICTING_TRIALS"])
    #expect(try await finding(configurations: 2).codes(.unknown) == ["MIXED_VERSIONS"])
  }

  @Test func aConflictStaysOneForWhoeverLooksAtTheTimeBeforeItWasMended() async throws {
    let bench = try await StochasticStabilityTests.bench(0, of: 300)
    let receipt = try await bench.append { appender in
      for passed in [true, false] {
        try appender.append(TrialRecord.trial("refunds", "new", "v1", passed: passed))
      }
    }
    let before = try await bench.finding("stochastic-stability", asOf: receipt.at)
    #expect(before.value("conflicting") == 1 && before.value("trials") == 300)
    try await bench.append { try $0.append(TrialRecord.trial("refunds", "new", "v1", passed: true)) }
    #expect(try await bench.finding("stochastic-stability").value("trials") == 300)
    try await bench.append { try $0.append(TrialRecord.trial("refunds", "new", "v1", score: 1)) }
    let mended = try await bench.finding("stochastic-stability")
    #expect(mended.value("conflicting") == nil && mended.value("trials") == 301)
    #expect(try await bench.finding("stochastic-stability", asOf: receipt.at) == before)
  }

  @Test func theVariantOfThePromiseIsJudged() async throws {
    func verdict(_ yaml: String) async throws -> Finding.Verdict {
      let bench = try await CheckBench(yaml)
      for (variant, failures) in [("good", 0), ("bad", 100)] {
        try await bench.append { appender in
          for item in 0..<300 {
            try appender.append(TrialRecord.trial("refunds", "\(item)", variant, passed: item >= failures))
          }
        }
      }
      return try await bench.finding("stochastic-stability").verdict
    }
    let base = "use_cases: {r: {suite: refunds, max_failure_rate: 0.01"
    #expect(try await verdict(base + ", variant: good}}\n") == .pass)
    #expect(try await verdict(base + ", variant: none}}\n") == .unknown)
    #expect(try await verdict(base + "}}\nsuites: {refunds: {candidate: good}}\n") == .pass)
    #expect(try await verdict(base + "}}\n") == .fail)
  }

  @Test func kindsOfFailureAndLengthsAreShown() async throws {
    let bench = try await CheckBench(StochasticStabilityTests.yaml())
    try await bench.append { appender in
      let rows: [(attributes: String?, tokens: Int64?, passed: Bool)] = [
        ("{\"context_tokens\":2000,\"failure_type\":\"refused\"}", nil, false),
        ("{\"context_tokens\":2001,\"failure_type\":\"refused\"}", 9, false),
        ("{\"failure_type\":\"wrong\"}", 8000, false), ("{\"failure_type\":\"wrong\"}", 8001, true),
        (nil, 32_000, true), ("{\"failure_type\":3}", 32_001, false),
      ]
      for (item, row) in rows.enumerated() {
        var trial = TrialRecord.trial("refunds", "\(item)", "v1", passed: row.passed)
        trial.attributes = row.attributes
        trial.inputTokens = row.tokens
        try appender.append(trial)
      }
    }
    let finding = try await bench.finding("stochastic-stability")
    try #require(finding.figures.count == 3)
    guard case .table(_, _, let kinds) = finding.figures[1], case .intervals(_, _, let lengths) = finding.figures[2]
    else { return #expect(Bool(false)) }
    #expect(kinds == [["refused", "2"], ["wrong", "1"]])
    #expect(lengths.map(\.note) == ["1 trial", "2 trials", "2 trials", "1 trial"])
    #expect(lengths.map(\.value) == [1, 1, 0, 1])
    #expect(try await bench.finding("stochastic-stability") == finding)
  }
}

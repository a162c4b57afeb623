import Records
import Statistics
import Store
import Testing

@testable import Checks

@Suite struct ReliabilityCeilingReasonTests {
  // MARK: Each reason

  @Test func enoughMustBeClassified() async throws {
    func classified(_ count: Int, wrong: Int, policy: String = "") async throws -> Finding {
      try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("accuracy: 0.90", policy: policy)) {
        appender in
        try ReliabilityCeilingTests.run(appender, items: 5000, wrong: wrong)
        try ReliabilityCeilingTests.classify(appender, errors: count, irreducible: count)
      }
    }
    let few = try await classified(99, wrong: 400)
    #expect(few.codes(.unknown) == ["FEW_ADJUDICATED"])
    #expect(few.missing == [Finding.Missing("errors classified by two or more people", 1)])
    #expect(try await classified(100, wrong: 400).verdict == .pass)
    // Fewer errors than that: all of them.
    #expect(try await classified(49, wrong: 50).missing.first?.howMuch == 1)
    #expect(try await classified(50, wrong: 50).verdict == .pass)
    #expect(try await classified(0, wrong: 0).verdict == .pass)
  }

  @Test func aTargetInsideTheIntervalIsUndecided() async throws {
    let finding = try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("accuracy: 0.955")) {
      appender in
      try ReliabilityCeilingTests.run(appender, items: 5000, wrong: 400)
      try ReliabilityCeilingTests.classify(appender, errors: 100, irreducible: 62)
    }
    #expect(finding.codes(.unknown) == ["CEILING_UNDECIDED"])
    let more = try #require(finding.missing.first?.howMuch)
    // So many more and it is decided; one fewer and it is not.
    var ceiling = ReliabilityCeiling.Ceiling(items: 5000, wrong: 400, adjudicated: 100, irreducible: 62)
    #expect(ceiling.reading(target: 0.955) == .undecided)
    if finding.missing.first?.what == "items, their errors classified" {
      ceiling = Self.enlarged(5000 + more)
      #expect(ceiling.reading(target: 0.955) == .unreachable)
      #expect(Self.enlarged(5000 + more - 1).reading(target: 0.955) == .undecided)
    } else {
      ceiling.adjudicated += Double(more)
      ceiling.irreducible = 0.62 * ceiling.adjudicated
      #expect(ceiling.reading(target: 0.955) == .unreachable)
    }
  }

  private static func enlarged(_ items: Int) -> ReliabilityCeiling.Ceiling {
    let wrong = 0.08 * Double(items)
    return ReliabilityCeiling.Ceiling(
      items: Double(items), wrong: wrong, adjudicated: wrong, irreducible: 0.62 * wrong)
  }

  @Test func limitsOfTheCeilingAreInclusive() {
    let ceiling = ReliabilityCeiling.Ceiling(items: 5000, wrong: 400, adjudicated: 100, irreducible: 62)
    let interval = ceiling.bounds.interval
    #expect(ceiling.reading(target: interval.low) == .reachable)
    #expect(ceiling.reading(target: interval.low + 2e-9) == .undecided)
    #expect(ceiling.reading(target: interval.high) == .undecided)
    #expect(ceiling.reading(target: interval.high + 2e-9) == .unreachable)
    #expect(ceiling.shortfall(target: ceiling.bounds.estimate) == .none)
    let perfect = ReliabilityCeiling.Ceiling(items: 100, wrong: 0, adjudicated: 0, irreducible: 0)
    #expect(perfect.bounds.estimate == 1 && perfect.bounds.interval.high == 1)
    #expect(close(perfect.bounds.interval.low, 1 - 0.0370))
  }

  @Test func votesDecideByMajority() {
    #expect(ReliabilityCeiling.majority(["ana": "a"]) == nil)
    #expect(ReliabilityCeiling.majority(["ana": "a", "bo": "a"]) == "a")
    #expect(ReliabilityCeiling.majority(["ana": "a", "bo": "b"]) == "subjective")
    #expect(ReliabilityCeiling.majority(["ana": "a", "bo": "b", "cem": "a"]) == "a")
    #expect(ReliabilityCeiling.majority(["ana": "a", "bo": "a", "cem": "b", "dee": "c"]) == "subjective")
  }

  @Test func votesNameTheTrialInThreeWays() async throws {
    let bench = try await CheckBench(ReliabilityCeilingTests.yaml("accuracy: 0.5", policy: "min_adjudicated: 3"))
    try await bench.append { try ReliabilityCeilingTests.run($0, items: 10, wrong: 3) }
    let id = try await bench.ledger.read { snapshot in
      var id: RecordID?
      try snapshot.forEachOutcome(of: try snapshot.trialSeries()[0], wrongOnly: true) { outcome in
        if outcome.item == "invoice-2" { id = outcome.id }
      }
      return id
    }
    let third = try #require(id).description
    try await bench.append { appender in
      for subject in ["invoice-0", "invoices/invoice-1/release-5", third, "invoice-9"] {
        for person in ["ana", "bo", "cem"] {
          try appender.append(ReliabilityCeilingTests.vote(subject, person, "label_error"))
        }
      }
      // A model has no vote, and the last word of a person counts.
      var model = ReliabilityCeilingTests.vote("invoice-0", "judge", "wrong_field")
      model.annotatorKind = .llm
      try appender.append(model)
      var changed = ReliabilityCeilingTests.vote("invoice-0", "ana", "wrong_field")
      changed.annotationID = "second"
      try appender.append(changed)
    }
    let finding = try await bench.finding(ReliabilityCeilingTests.check)
    #expect(finding.value("adjudicated") == 3)
    #expect(finding.value("irreducible_share") == 1)
    #expect(finding.value("ceiling_relabelled") == 1)
    #expect(finding.measure("fleiss_kappa")?.value.map { $0 < 1 } == true)
  }

  @Test func stagesMayLeaveItOpen() async throws {
    func chain(ok: Int, of spans: Int, days: Int64 = -2) async throws -> Finding {
      try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("accuracy: 0.90")) { appender in
        try ReliabilityCeilingTests.run(appender, items: 1000, wrong: 0)
        for number in 0..<spans {
          var span = SpanRecord(
            spanID: "\(number)", traceID: "\(number)", name: "step", spanKind: "other",
            startedAt: CheckBench.now.adding(days: days), feature: "invoices")
          span.endedAt = span.startedAt
          span.stage = "read"
          span.status = number < ok ? .ok : .timeout
          try appender.append(span)
        }
      }
    }
    let open = try await chain(ok: 90, of: 100)
    #expect(open.codes(.unknown) == ["CHAIN_UNDECIDED"])
    #expect(open.missing == [Finding.Missing("spans of each stage", nil)])
    let near = try await chain(ok: 95, of: 100)
    #expect(near.codes(.unknown) == ["CHAIN_UNDECIDED"])
    #expect(near.missing == [Finding.Missing("spans of each stage", 100)])
    #expect(try await chain(ok: 990, of: 1000).verdict == .pass)
    #expect(try await chain(ok: 80, of: 100).codes(.fail) == ["CHAIN_BELOW_TARGET"])
    // Spans before the window do not count.
    #expect(try await chain(ok: 0, of: 100, days: -31).verdict == .pass)
  }

  @Test func aPromisedSelectionMustBeShown() async throws {
    func selective(_ items: Int, wrong: Int, confidence: Double? = 0.95, rest: Int = 0, cover: Double = 0.5)
      async throws -> Finding
    {
      try await ReliabilityCeilingTests.finding(
        ReliabilityCeilingTests.yaml("selective_accuracy: 0.97, min_coverage: \(cover)")
      ) { appender in
        try ReliabilityCeilingTests.run(appender, items: items, wrong: wrong, confidence: confidence)
        try ReliabilityCeilingTests.run(appender, items: rest, wrong: 0, prefix: "rest")
      }
    }
    #expect(try await selective(99, wrong: 0).verdict == .pass)
    let few = try await selective(98, wrong: 0)
    #expect(few.codes(.unknown) == ["CLAIM_NOT_MEASURED"])
    #expect(few.missing == [Finding.Missing("items above a threshold", 1)])
    #expect(try await selective(200, wrong: 0, confidence: nil).missing.first?.howMuch == 99)
    // Two of a hundred are right enough, but not shown; as many as are missing show it.
    let open = try await selective(150, wrong: 3)
    let more = try #require(open.missing.first?.howMuch)
    #expect(try await selective(150 + more, wrong: 3).verdict == .pass)
    #expect(try await selective(150 + more - 1, wrong: 3).verdict == .unknown)
    #expect(try await selective(150, wrong: 15).missing == [Finding.Missing("items above a threshold", nil)])
    // Coverage at its limit is enough.
    #expect(try await selective(100, wrong: 0, rest: 100).verdict == .pass)
    let narrow = try await selective(100, wrong: 0, rest: 101)
    #expect(narrow.codes(.unknown) == ["CLAIM_NOT_MEASURED"])
    #expect(narrow.missing.first?.howMuch == nil)
  }

  @Test func confidenceAtAThresholdReachesIt() async throws {
    let finding = try await ReliabilityCeilingTests.finding(
      ReliabilityCeilingTests.yaml("selective_accuracy: 0.97", policy: "threshold_grid: [0.5, 0.7]")
    ) { try ReliabilityCeilingTests.run($0, items: 200, wrong: 0, confidence: 0.7) }
    #expect(finding.value("coverage") == 1)
    #expect(finding.value("threshold") == 0.5)
  }

  @Test func nothingToJudgeIsUnknown() async throws {
    let empty = try await CheckBench(ReliabilityCeilingTests.yaml("accuracy: 0.9"))
    #expect(try await empty.finding(ReliabilityCeilingTests.check).codes(.unknown) == ["NO_TRIALS"])
    let suiteless = try await CheckBench("features: {invoices: {target: {accuracy: 0.9}}}")
    #expect(try await suiteless.finding(ReliabilityCeilingTests.check).codes(.unknown) == ["NO_SUITE"])
    let aimless = try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("min_coverage: 0.5")) {
      try ReliabilityCeilingTests.run($0, items: 3, wrong: 0)
    }
    #expect(aimless.codes(.unknown) == ["NO_TARGET"])
    let scoreless = try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("accuracy: 0.9")) {
      appender in
      try appender.append(TrialRecord.trial("invoices", "a", "x", score: 0.5))
      try appender.append(TrialRecord.trial("invoices", "b", "x"))
    }
    #expect(scoreless.codes(.unknown) == ["NO_TRIALS", "MISSING_FIELDS"])
    let one = try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("accuracy: 0.9")) {
      try ReliabilityCeilingTests.run($0, items: 1, wrong: 0)
    }
    #expect(one.codes(.unknown) == ["CEILING_UNDECIDED"])
    let other = try await CheckBench("features: {chat: {suite: s}}")
    #expect(try await other.run([ReliabilityCeilingTests.check]).notApplicable == [ReliabilityCeilingTests.check])
  }

  @Test func configurationsAndContradictionsAreDoubts() async throws {
    let mixed = try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("accuracy: 0.5")) { appender in
      for (item, config) in [("a", "one"), ("b", "two")] {
        var trial = TrialRecord.trial("invoices", item, "x", passed: true)
        trial.configSHA256 = config
        try appender.append(trial)
      }
    }
    #expect(mixed.codes(.unknown).contains("MIXED_VERSIONS"))
    func contradicting(_ count: Int) async throws -> Finding {
      try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("accuracy: 0.5")) { appender in
        try ReliabilityCeilingTests.run(appender, items: 100, wrong: 0)
        for item in 0..<count {
          var trial = TrialRecord.trial("invoices", "invoice-\(item)", "release-5", passed: false)
          trial.confidence = 0.1
          try appender.append(trial)
        }
      }
    }
    #expect(try await contradicting(1).verdict == .pass)
    let two = try await contradicting(2)
    #expect(two.codes(.unknown) == ["CONFLICTING_TRIALS"])
    #expect(two.value("items") == 98)
  }

  @Test func repeatsAreNoItems() async throws {
    let finding = try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("accuracy: 0.4")) { appender in
      for item in 0..<20 {
        for repetition in 1...5 {
          var trial = TrialRecord.trial("invoices", "i\(item)", "x", passed: item > 0 || repetition > 2)
          trial.repetition = Int64(repetition)
          trial.confidence = 0.95
          try appender.append(trial)
        }
      }
      try appender.append(ReliabilityCeilingTests.vote("i0", "ana", "wrong_field"))
      try appender.append(ReliabilityCeilingTests.vote("i0", "bo", "wrong_field"))
    }
    #expect(finding.value("items") == 20)
    #expect(close(finding.value("error"), 0.4 / 20))
    #expect(finding.value("adjudicated") == 1)
    #expect(finding.verdict == .pass)
  }

  @Test func theNewestReleaseIsWhatChangesSay() async throws {
    let finding = try await ReliabilityCeilingTests.finding(ReliabilityCeilingTests.yaml("accuracy: 0.6")) { appender in
      try ReliabilityCeilingTests.run(appender, "old", items: 100, wrong: 50, days: -20)
      try ReliabilityCeilingTests.run(appender, "shipped", items: 100, wrong: 0, days: -10)
      try ReliabilityCeilingTests.run(appender, "experiment", items: 100, wrong: 90, days: -1)
      try appender.append(ReliabilityCeilingTests.release("old", day: -20, spend: nil))
      try appender.append(ReliabilityCeilingTests.release("shipped", day: -10, spend: nil))
      try appender.append(ReliabilityCeilingTests.release("experiment", day: -5, spend: nil, feature: "another"))
      try appender.append(ReliabilityCeilingTests.release("never-run", day: -2, spend: nil))
    }
    #expect(finding.value("error") == 0)
    #expect(finding.verdict == .pass)
  }

  @Test func aFindingIsTheSameTwiceAndAsOf() async throws {
    let bench = try await CheckBench(ReliabilityCeilingTests.yaml("accuracy: 0.97, selective_accuracy: 0.97"))
    try await bench.append { appender in
      try ReliabilityCeilingTests.run(appender, items: 300, wrong: 120, confidence: 0.9)
      try ReliabilityCeilingTests.classify(appender, errors: 100, irreducible: 62)
      try ReliabilityCeilingTests.run(appender, items: 1, wrong: 1, prefix: "'; -- \u{0}__proto__ =1+1 é")
    }
    let first = try await bench.finding(ReliabilityCeilingTests.check)
    #expect(try await bench.finding(ReliabilityCeilingTests.check) == first)
    // A correction replaces what it corrects.
    try await bench.append { try ReliabilityCeilingTests.run($0, items: 120, wrong: 0, confidence: 0.9) }
    let second = try await bench.finding(ReliabilityCeilingTests.check)
    #expect(second.value("error").map { $0 < 0.01 } == true)
    #expect(second.inputsSHA256 != first.inputsSHA256)
  }
}

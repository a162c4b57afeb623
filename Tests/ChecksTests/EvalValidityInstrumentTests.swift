import Comparison
import Project
import Records
import Store
import Testing

@testable import Checks

@Suite struct EvalValidityInstrumentTests {
  // MARK: The instrument

  func withItems(_ policy: String = "", _ items: @Sendable @escaping (Appender) throws -> Void) async throws -> Finding
  {
    try await EvalValidityTests.finding(EvalValidityTests.yaml(policy: policy)) { appender in
      try items(appender)
      try EvalValidityTests.releases(appender, EvalValidityTests.agreeing)
      try EvalValidityTests.pairs(appender, "A", items: 200, gained: 18, lost: 4)
      try EvalValidityTests.spans(appender, "A", 500)
    }
  }

  @Test func itemsComeFromProductionAndAreFresh() async throws {
    #expect(try await withItems { try EvalValidityTests.cards($0, prod: 60, synthetic: 40, age: 180) }.verdict == .pass)
    #expect(
      try await withItems { try EvalValidityTests.cards($0, prod: 59, synthetic: 41) }.codes(.warn) == [
        "SYNTHETIC_SUITE"
      ])
    #expect(try await withItems { try EvalValidityTests.cards($0, age: 181) }.codes(.warn) == ["STALE_ITEMS"])
    #expect(try await withItems { _ in }.codes(.warn) == ["NO_CARDS"])
  }

  @Test func leaksAreFoundWhereverTheyAre() async throws {
    func leaked(
      _ kind: String, name: String = "x", attributes: JSONValue? = nil, derived: Bool = true, policy: String = ""
    )
      async throws -> Finding
    {
      try await withItems(policy) { appender in
        try EvalValidityTests.cards(appender)
        var artifact = ArtifactRecord(
          sha256: derived ? EvalValidityTests.sha(-1) : EvalValidityTests.sha(3), artifactKind: kind, name: name,
          at: EvalValidityTests.now.adding(days: -2))
        if derived { artifact.derivedFrom = [ArtifactRecord.Origin(sha256: EvalValidityTests.sha(3), how: "copied")] }
        artifact.attributes = try attributes?.canonical()
        try appender.append(artifact)
      }
    }
    for kind in ["prompt", "template", "dataset", "dataset_item", "model", "adapter"] {
      let finding = try await leaked(kind)
      #expect(finding.codes(.fail) == ["LEAKED"], "\(kind)")
      #expect(finding.value("leaked") == 1 && finding.evidence.count == 1)
    }
    #expect(try await leaked("dataset_item", attributes: ["dataset_id": "tuning"], derived: false).verdict == .fail)
    #expect(
      try await leaked("prompt", attributes: ["segments": [["text_sha256": .string(EvalValidityTests.sha(7))]]]).value(
        "leaked") == 2
    )
    #expect(try await leaked("dataset", policy: "leak_max: 1").verdict == .pass)
    // The suite's own data set, another suite's items and other kinds are no leak.
    #expect(try await leaked("dataset", name: "faq").verdict == .pass)
    #expect(try await leaked("dataset", attributes: ["suite": "faq"]).verdict == .pass)
    #expect(try await leaked("dataset_item", attributes: ["suite": "other"]).verdict == .pass)
    #expect(try await leaked("document").verdict == .pass)
  }

  @Test func pastReleasesTellWhetherItPredicts() async throws {
    func record(_ deltas: [(Double, Double)], suite: String = "faq", policy: String = "") async throws -> Finding {
      try await EvalValidityTests.finding(EvalValidityTests.yaml(policy: policy)) { appender in
        try EvalValidityTests.cards(appender)
        try EvalValidityTests.releases(appender, deltas, suite: suite)
        try EvalValidityTests.pairs(appender, "A", items: 200, gained: 18, lost: 4)
        try EvalValidityTests.spans(appender, "A", 500)
      }
    }
    #expect(try await record(EvalValidityTests.agreeing).verdict == .pass)
    #expect(try await record(Array(EvalValidityTests.agreeing.dropLast())).codes(.warn) == ["FEW_RELEASES"])
    #expect(try await record(EvalValidityTests.agreeing, suite: "other").codes(.warn) == ["FEW_RELEASES"])
    // Seven of ten agree: at the limit.
    let ten: [(Double, Double)] = (1...10).map { (Double($0) / 100, Double($0 - 3) / 100) }
    let limit = try await record(ten)
    #expect(close(limit.value("sign_agreement"), 0.7) && close(limit.value("rank_correlation"), 1))
    #expect(limit.verdict == .pass)
    // A zero agrees with nothing.
    let zero = ten.map { ($0.0 == 0.04 ? 0 : $0.0, $0.1) }
    #expect(try await record(zero).codes(.fail) == ["NOT_PREDICTIVE"])
    // Same signs, opposite order.
    let backwards = EvalValidityTests.agreeing.map { ($0.0, 1 - $0.1) }
    let ordered = try await record(backwards)
    #expect(ordered.codes(.fail) == ["NOT_PREDICTIVE"] && close(ordered.value("rank_correlation"), -1))
    // Constant deltas have no order; their signs still count.
    #expect(try await record(EvalValidityTests.agreeing.map { ($0.0, 0.01) }).verdict == .pass)
  }

  func withJudge(_ policy: String = "", _ verdicts: @Sendable @escaping (Appender) throws -> Void) async throws
    -> Finding
  {
    try await EvalValidityTests.finding(EvalValidityTests.yaml(policy: policy)) { appender in
      try EvalValidityTests.instrument(appender)
      try EvalValidityTests.pairs(appender, "A", items: 200, gained: 18, lost: 4, judge: "grader@1")
      try EvalValidityTests.spans(appender, "A", 500)
      try verdicts(appender)
    }
  }

  @Test func aJudgeNeedsPeople() async throws {
    let none = try await withJudge { _ in }
    #expect(none.codes(.unknown) == ["JUDGE_UNDECIDED"])
    #expect(none.missing.first?.howMuch == 50)
    let few = try await withJudge { try EvalValidityTests.judged($0, 25, 0, 0, 24) }
    #expect(few.codes(.unknown) == ["JUDGE_UNDECIDED"] && few.missing.first?.howMuch == 1)
    #expect(try await withJudge { try EvalValidityTests.judged($0, 25, 0, 0, 25) }.verdict == .pass)
    let kind = try await withJudge { try EvalValidityTests.judged($0, 60, 0, 0, 0) }
    #expect(kind.codes(.unknown) == ["JUDGE_UNDECIDED"])
    #expect(kind.missing.first?.what == "answers that people call wrong")
    let strict = try await withJudge { try EvalValidityTests.judged($0, 0, 0, 0, 60) }
    #expect(strict.missing.first?.what == "answers that people call right")
  }

  @Test func aJudgeAtItsLimits() async throws {
    // Intervals that hold their limits.
    let open = try await withJudge { try EvalValidityTests.judged($0, 50, 3, 3, 20) }
    #expect(open.codes(.unknown) == ["JUDGE_UNDECIDED"])
    #expect(open.missing.first?.howMuch.map { $0 > 0 } == true)
    let tnr = try #require(open.measure("judge_tnr"))
    let tpr = try #require(open.measure("judge_tpr"))
    let low = "judge_min_tnr: \(tnr.low ?? 0), judge_min_tpr: \(tpr.low ?? 0)"
    #expect(try await withJudge(low) { try EvalValidityTests.judged($0, 50, 3, 3, 20) }.verdict == .pass)
    let high = "judge_min_tnr: \(tnr.high ?? 0), judge_min_tpr: \(tpr.high ?? 0)"
    #expect(
      try await withJudge(high) { try EvalValidityTests.judged($0, 50, 3, 3, 20) }.codes(.unknown) == [
        "JUDGE_UNDECIDED"
      ])
    let kappa = try #require(open.value("judge_kappa"))
    let exact = "judge_min_tnr: 0, judge_min_tpr: 0, judge_min_kappa: \(kappa)"
    #expect(try await withJudge(exact) { try EvalValidityTests.judged($0, 50, 3, 3, 20) }.verdict == .pass)
    let beyond = "judge_min_tnr: 0, judge_min_tpr: 0, judge_min_kappa: \(kappa + 1e-6)"
    #expect(
      try await withJudge(beyond) { try EvalValidityTests.judged($0, 50, 3, 3, 20) }.codes(.fail) == [
        "JUDGE_NOT_ELIGIBLE"
      ])
  }

  @Test func codeNeedsNoPeople() async throws {
    let finding = try await withJudge { appender in
      try appender.append(EvalValidityTests.vote("a", "grader@1", .code, true))
    }
    #expect(finding.verdict == .pass && finding.measure("judge_labels") == nil)
  }

  @Test func peopleMayLabelTrialsThemselvesAndDisagree() async throws {
    let bench = try await CheckBench(EvalValidityTests.yaml())
    try await bench.append { appender in
      try EvalValidityTests.instrument(appender)
      try EvalValidityTests.pairs(appender, "A", items: 200, gained: 18, lost: 4, both: 100, judge: "grader@1")
      try EvalValidityTests.spans(appender, "A", 500)
    }
    let outcomes = try await bench.ledger.read { snapshot in
      var outcomes: [(String, Bool)] = []
      try snapshot.forEachOutcome(of: try snapshot.trialSeries()[0]) { outcome in
        outcomes.append((outcome.id.description, outcome.isRight ?? false))
      }
      return outcomes
    }
    try await bench.append { appender in
      for (subject, passes) in outcomes {
        try appender.append(EvalValidityTests.vote(subject, "ana", .human, passes))
      }
      // A tie of two people counts for nothing.
      try appender.append(EvalValidityTests.vote(outcomes[0].0, "bo", .human, !outcomes[0].1))
    }
    let finding = try await bench.finding(EvalValidityTests.check)
    #expect(finding.value("judge_labels") == 199)
    #expect(finding.value("people_divided") == 1)
    #expect(finding.verdict == .pass)
  }

  // MARK: Nothing, one, and doubts

  @Test func armsWithoutTrials() async throws {
    let bench = try await CheckBench(EvalValidityTests.yaml(feature: nil))
    let empty = try await bench.finding(EvalValidityTests.check)
    #expect(empty.codes(.unknown) == ["NO_TRIALS"])
    #expect(empty.missing == [Finding.Missing("runs of prod and next", 1)])
    let one = try await EvalValidityTests.finding(EvalValidityTests.yaml(feature: nil)) {
      try EvalValidityTests.pairs($0, "A", items: 1, gained: 1, lost: 0)
    }
    #expect(one.verdict == .unknown)
    let nobody = try await CheckBench(EvalValidityTests.yaml(feature: nil, arms: false))
    #expect(try await nobody.run([EvalValidityTests.check]).notApplicable == [EvalValidityTests.check])
  }

  @Test func aJudgeAloneIsASubject() async throws {
    let finding = try await EvalValidityTests.finding(EvalValidityTests.yaml(feature: nil, arms: false)) { appender in
      try EvalValidityTests.instrument(appender)
      try EvalValidityTests.pairs(appender, "A", items: 10, gained: 1, lost: 0, judge: "grader@1")
      try EvalValidityTests.judged(appender, 25, 0, 0, 25)
    }
    #expect(finding.verdict == .pass)
    #expect(finding.value("judge_labels") == 50 && finding.measure("delta") == nil)
  }

  @Test func doubtsOfTheComparisonKeepTheirCodes() async throws {
    let conflicting = try await EvalValidityTests.finding { appender in
      try EvalValidityTests.plain(appender, gained: 18, lost: 4)
      for item in 0..<10 {
        var trial = TrialRecord.trial("faq", "A-\(item)", "next", passed: false)
        trial.tags = Tags([("intent", "A")])
        try appender.append(trial)
      }
    }
    #expect(conflicting.codes(.unknown) == ["CONFLICTING_TRIALS"])
    let mixed = try await EvalValidityTests.finding { appender in
      try EvalValidityTests.plain(appender, gained: 18, lost: 4)
      var trial = TrialRecord.trial("faq", "A-new", "next", passed: true)
      trial.tags = Tags([("intent", "A")])
      trial.configSHA256 = "other"
      try appender.append(trial)
    }
    #expect(mixed.codes(.unknown).contains("MIXED_VERSIONS"))
  }

  @Test func aFindingIsTheSameTwiceAndAsOf() async throws {
    let bench = try await CheckBench(EvalValidityTests.yaml())
    try await bench.append { appender in
      try EvalValidityTests.plain(appender, gained: 18, lost: 4)
      try EvalValidityTests.pairs(appender, "'; -- __proto__ é", items: 20, gained: 2, lost: 1)
      try EvalValidityTests.spans(appender, "'; -- __proto__ é", 50)
    }
    let first = try await bench.finding(EvalValidityTests.check)
    #expect(try await bench.finding(EvalValidityTests.check) == first)
    try await bench.append { try EvalValidityTests.pairs($0, "A", items: 200, gained: 4, lost: 18, both: 120) }
    #expect(try await bench.finding(EvalValidityTests.check).codes(.fail).contains("WORSE"))
  }
}

import Comparison
import Project
import Records
import Store
import Testing

@testable import Checks

@Suite struct EvalValidityTests {
  static let check = "eval-validity"
  static let now = CheckBench.now

  static func yaml(
    claim: String? = "improvement", policy: String = "", feature: String? = "helpcenter", arms: Bool = true
  ) -> String {
    """
    suites:
      faq:
        \(feature.map { "feature: \($0)" } ?? "looks: fixed")
        \(arms ? "baseline: prod" : "design: auto")
        \(arms ? "candidate: next" : "floor: 0.5")
        metrics: [{name: correct\(claim.map { ", claim: \($0)" } ?? ""), min_effect: 0.03, margin: 0.02}]
        policies: {eval-validity: {\(policy)}}
    """
  }

  /// Items of a slice that both arms ran: so many that both pass, that only the new or only the old arm passes.
  static func pairs(
    _ appender: Appender, _ slice: String?, items: Int, gained: Int, lost: Int, both: Int? = nil, judge: String? = nil
  ) throws {
    let both = both ?? (items - gained - lost)
    for item in 0..<items {
      let old = item < both || (item >= both + gained && item < both + gained + lost)
      let new = item < both + gained
      for (variant, passed) in [("prod", old), ("next", new)] {
        var trial = TrialRecord.trial("faq", "\(slice ?? "none")-\(item)", variant, passed: passed)
        if let slice { trial.tags = Tags([("intent", slice)]) }
        trial.judge = judge
        try appender.append(trial)
      }
    }
  }

  static func spans(_ appender: Appender, _ slice: String?, _ count: Int, days: Int64 = -3) throws {
    for number in 0..<count {
      var span = SpanRecord(
        spanID: "\(slice ?? "none")-\(days)-\(number)", traceID: "t", name: "chat", spanKind: "chat",
        startedAt: now.adding(days: days), feature: "helpcenter")
      if let slice { span.tags = Tags([("intent", slice)]) }
      try appender.append(span)
    }
  }

  static func cards(_ appender: Appender, prod: Int = 60, synthetic: Int = 40, age: Int64 = 30) throws {
    for number in 0..<(prod + synthetic) {
      var artifact = ArtifactRecord(
        sha256: sha(number), artifactKind: "dataset_item", name: "card-\(number)", at: now.adding(days: -age))
      artifact.attributes = try
        ([
          "suite": "faq", "source": number < prod ? "prod" : "synthetic",
          "collected_at": .string(now.adding(days: -age).description),
        ] as JSONValue).canonical()
      try appender.append(artifact)
    }
  }

  static func sha(_ number: Int) -> String { SHA256Digest(of: "card \(number)").description }

  /// Past releases: what the suite said, what production said.
  static func releases(_ appender: Appender, _ deltas: [(Double, Double)], suite: String = "faq") throws {
    for (number, delta) in deltas.enumerated() {
      var change = ChangeRecord(surface: "model", actor: "noor", at: now.adding(days: -100 + Int64(number)))
      change.attributes = try
        ([
          "suite": .string(suite), "eval_delta": .number(delta.0), "production_delta": .number(delta.1),
        ] as JSONValue).canonical()
      try appender.append(change)
    }
  }

  static let agreeing: [(Double, Double)] = (1...8).map { (Double($0) / 100, Double($0) / 200) }

  /// Everything about the instrument that is right.
  static func instrument(_ appender: Appender) throws {
    try cards(appender)
    try releases(appender, agreeing)
  }

  /// Whole answers: people's verdict and the judge's on one subject.
  static func verdicts(
    _ appender: Appender, _ count: Int, judge: Bool, people: Bool, name: String,
    judgeKind: AnnotationRecord.AnnotatorKind = .llm
  ) throws {
    for number in 0..<count {
      let subject = "\(name)-\(number)"
      try appender.append(vote(subject, "grader@1", judgeKind, judge))
      try appender.append(vote(subject, "ana", .human, people))
    }
  }

  static func vote(_ subject: String, _ who: String, _ kind: AnnotationRecord.AnnotatorKind, _ passes: Bool)
    -> AnnotationRecord
  {
    AnnotationRecord(
      annotationID: "\(subject)/\(who)", subject: subject, name: "correct", value: .label(passes ? "true" : "false"),
      annotatorKind: kind, annotator: who, at: now.adding(days: -1))
  }

  static func judged(_ appender: Appender, _ both: Int, _ onlyJudge: Int, _ onlyPeople: Int, _ neither: Int) throws {
    try verdicts(appender, both, judge: true, people: true, name: "pp")
    try verdicts(appender, onlyJudge, judge: true, people: false, name: "pf")
    try verdicts(appender, onlyPeople, judge: false, people: true, name: "fp")
    try verdicts(appender, neither, judge: false, people: false, name: "ff")
  }

  func finding(_ yaml: String = yaml(), _ body: @Sendable @escaping (Appender) throws -> Void) async throws
    -> Finding
  {
    let bench = try await CheckBench(yaml)
    try await bench.append(body)
    return try await bench.finding(Self.check)
  }

  // MARK: The worked example

  @Test func aGainOfTheMixAlone() async throws {
    let finding = try await finding { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 700, gained: 90, lost: 6, both: 554)
      try Self.pairs(appender, "B", items: 300, gained: 12, lost: 24, both: 216)
      try Self.spans(appender, "A", 200)
      try Self.spans(appender, "B", 800)
    }
    #expect(finding.codes(.fail) == ["MIX_ONLY_GAIN", "NO_WORTHWHILE_EFFECT"])
    #expect(finding.codes(.warn) == ["MIX_FAR"])
    #expect(close(finding.value("baseline"), 0.80) && close(finding.value("candidate"), 0.872))
    #expect(close(finding.value("traffic_baseline"), 0.80) && close(finding.value("traffic_candidate"), 0.792))
    #expect(close(finding.value("tvd"), 0.50))
    let delta = try #require(finding.measure("delta"))
    #expect(close(delta.value, 0.072) && close(delta.low, 0.0504) && close(delta.high, 0.0949))
    #expect(close(finding.value("p_value"), 2.3e-10, 5e-12))
    let weighted = try #require(finding.measure("traffic_delta"))
    #expect(close(weighted.value, -0.008) && close(weighted.low, -0.0416) && close(weighted.high, 0.0238))
    #expect(
      finding.headline
        == "Cannot tell on the 1,000 common items: the suite says +7.2 points (+5.0 to +9.5), but weighted by 1,000 spans "
        + "of traffic it is −0.8 points (−4.2 to +2.4).")
  }

  static func plain(_ appender: Appender, gained: Int, lost: Int) throws {
    try instrument(appender)
    try pairs(appender, "A", items: 200, gained: gained, lost: lost, both: 120)
    try spans(appender, "A", 500)
  }

  @Test func claimsReadOneInterval() async throws {
    let improvement = try await finding { try Self.plain($0, gained: 14, lost: 6) }
    #expect(improvement.codes(.unknown) == ["CANNOT_TELL"] && improvement.verdict == .unknown)
    #expect(improvement.missing == [Finding.Missing("paired items", 670)])
    #expect(improvement.value("items_needed") == 870)
    let delta = try #require(improvement.measure("delta"))
    #expect(close(delta.value, 0.040) && close(delta.low, -0.0042) && close(delta.high, 0.0885))
    #expect(close(improvement.value("p_value"), 0.1153))
    let kept = try await finding(Self.yaml(claim: "no_regression")) { try Self.plain($0, gained: 14, lost: 6) }
    #expect(kept.verdict == .pass)
    #expect(kept.headline.hasPrefix("Not worse"))
    let better = try await finding { try Self.plain($0, gained: 18, lost: 4) }
    #expect(better.verdict == .pass && better.headline.hasPrefix("Better"))
    let won = try #require(better.measure("delta"))
    #expect(close(won.value, 0.070) && close(won.low, 0.0264) && close(won.high, 0.1208))
    #expect(close(better.value("p_value"), 0.0043))
    let worse = try await finding { try Self.plain($0, gained: 4, lost: 18) }
    #expect(worse.codes(.fail) == ["SLICE_WORSE", "WORSE"] && worse.headline.hasPrefix("Worse"))
  }

  @Test func theJudgeOfTheExampleIsNotEligible() async throws {
    let finding = try await finding { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4, judge: "grader@1")
      try Self.spans(appender, "A", 500)
      try Self.judged(appender, 70, 14, 4, 12)
    }
    #expect(finding.codes(.fail) == ["JUDGE_NOT_ELIGIBLE"])
    #expect(close(finding.value("judge_agreement"), 0.82))
    #expect(close(finding.value("judge_kappa"), 0.4656))
    #expect(close(finding.value("judge_tpr"), 0.9459))
    let wrong = try #require(finding.measure("judge_tnr"))
    #expect(close(wrong.value, 0.4615) && close(wrong.low, 0.2876) && close(wrong.high, 0.6454))
    #expect(finding.headline.hasPrefix("Cannot tell"))
  }

  // MARK: Claims

  @Test func everyOutcomeUnderEveryClaim() {
    typealias Claim = EvalValidity.Claim
    func read(_ outcome: Outcome, _ low: Double, _ high: Double, _ claim: MetricClaim?) -> Claim {
      Claim(outcome, low: low, high: high, claim: claim, minEffect: 0.03, margin: 0.02)
    }
    #expect(read(.improved, 0.01, 0.05, .improvement) == .holds)
    #expect(read(.improvedSmall, 0.001, 0.04, .improvement) == .belowWorth)
    #expect(read(.improvedSmall, 0.001, 0.03, .improvement) == .belowWorth)
    #expect(read(.improvedSmall, 0.001, 0.0299, .improvement) == .noWorthwhileEffect)
    #expect(read(.regressed, -0.05, -0.01, .improvement) == .worse)
    #expect(read(.worseWithinMargin, -0.02, -0.01, .improvement) == .worse)
    #expect(read(.inconclusive, -0.05, 0.05, .improvement) == .cannotTell)
    #expect(read(.nonInferior, -0.01, 0.05, .improvement) == .cannotTell)
    for claim in [MetricClaim.noRegression, nil] {
      #expect(read(.improved, 0.01, 0.05, claim) == .holds)
      #expect(read(.improvedSmall, 0.01, 0.02, claim) == .holds)
      #expect(read(.equivalent, -0.01, 0.01, claim) == .holds)
      #expect(read(.nonInferior, -0.01, 0.05, claim) == .holds)
      #expect(read(.worseWithinMargin, -0.02, -0.01, claim) == .worseWithinMargin)
      #expect(read(.regressed, -0.03, -0.01, claim) == .worse)
      #expect(read(.inconclusive, -0.03, 0.03, claim) == .cannotTell)
    }
    #expect(read(.equivalent, -0.02, 0.02, .equivalence) == .holds)
    #expect(read(.improved, 0.021, 0.05, .equivalence) == .notEquivalent)
    #expect(read(.regressed, -0.05, -0.021, .equivalence) == .notEquivalent)
    #expect(read(.improved, 0.02, 0.05, .equivalence) == .cannotTell)
    #expect(read(.inconclusive, -0.03, 0.01, .equivalence) == .cannotTell)
  }

  @Test func claimsThatFailOrWarn() async throws {
    func verdict(_ claim: String?, items: Int, gained: Int, lost: Int) async throws -> Finding {
      try await finding(Self.yaml(claim: claim)) { appender in
        try Self.instrument(appender)
        try Self.pairs(appender, "A", items: items, gained: gained, lost: lost)
        try Self.spans(appender, "A", 500)
      }
    }
    #expect(
      try await verdict("improvement", items: 1000, gained: 14, lost: 12).codes(.fail) == ["NO_WORTHWHILE_EFFECT"])
    #expect(try await verdict("improvement", items: 1000, gained: 40, lost: 18).codes(.warn) == ["BELOW_WORTH"])
    #expect(
      try await verdict("no_regression", items: 3000, gained: 5, lost: 25).codes(.warn) == ["WORSE_WITHIN_MARGIN"])
    #expect(try await verdict("equivalence", items: 1000, gained: 100, lost: 10).codes(.fail) == ["NOT_EQUIVALENT"])
    #expect(try await verdict("equivalence", items: 1000, gained: 14, lost: 12).verdict == .pass)
    #expect(try await verdict(nil, items: 40, gained: 4, lost: 3).codes(.unknown) == ["CANNOT_TELL"])
    let same = try await verdict("no_regression", items: 1000, gained: 0, lost: 0)
    #expect(same.verdict == .pass)
  }

  // MARK: The mix

  @Test func trafficWithoutItemsIsTooFar() async throws {
    func traffic(_ b: Int, _ policy: String = "") async throws -> Finding {
      try await finding(Self.yaml(policy: policy)) { appender in
        try Self.instrument(appender)
        try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4)
        try Self.spans(appender, "A", 1000 - b)
        try Self.spans(appender, "B", b)
      }
    }
    #expect(try await traffic(200).verdict == .pass)
    let far = try await traffic(201)
    #expect(far.codes(.unknown) == ["MIX_TOO_FAR"])
    #expect(far.missing == [Finding.Missing("items of the slices without any", 41)])
    #expect(close(far.value("uncovered"), 0.201))
    // A difference that sampling explains is none.
    #expect(try await traffic(201, "alpha: 1e-30").codes(.unknown) != ["MIX_TOO_FAR"])
  }

  @Test func aFarMixWithAllSlicesIsDecidedByTraffic() async throws {
    let finding = try await finding { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 900, gained: 20, lost: 18)
      try Self.pairs(appender, "B", items: 300, gained: 60, lost: 2)
      try Self.spans(appender, "A", 200)
      try Self.spans(appender, "B", 800)
    }
    #expect(finding.codes(.warn) == ["MIX_FAR"])
    #expect(finding.verdict == .warn && finding.headline.hasPrefix("Better"))
  }

  @Test func aGainThatTrafficSharesIsNoMixOnlyGain() async throws {
    let finding = try await finding(Self.yaml(policy: "max_tvd: 1")) { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 700, gained: 90, lost: 6)
      try Self.pairs(appender, "B", items: 300, gained: 12, lost: 12)
      try Self.spans(appender, "A", 200)
      try Self.spans(appender, "B", 800)
    }
    #expect(finding.codes(.fail).isEmpty)
  }

  @Test func oneSliceMayBeWorse() async throws {
    func slices(lost: Int) async throws -> Finding {
      try await finding(Self.yaml(policy: "max_tvd: 1")) { appender in
        try Self.instrument(appender)
        try Self.pairs(appender, "A", items: 500, gained: 80, lost: 6)
        try Self.pairs(appender, "B", items: 100, gained: 0, lost: lost)
        try Self.spans(appender, "A", 500)
        try Self.spans(appender, "B", 100)
      }
    }
    // Holm over two slices: 2/2⁶ is enough (p 0.03125 is the larger, unadjusted), 2/2⁵ is not.
    #expect(try await slices(lost: 6).codes(.fail) == ["SLICE_WORSE"])
    #expect(try await slices(lost: 5).codes(.fail) == [])
  }

  @Test func trafficThatIsNotThere() async throws {
    let undeclared = try await finding(Self.yaml(feature: nil)) { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4)
    }
    #expect(undeclared.codes(.warn) == ["NO_FEATURE"] && undeclared.verdict == .warn)
    let absent = try await finding { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4)
      try Self.spans(appender, "A", 100, days: -30)
    }
    #expect(absent.codes(.unknown) == ["NO_TRAFFIC"])
  }

  @Test func itemsAndSpansWithoutASlice() async throws {
    func untagged(items: Int, spans: Int) async throws -> Finding {
      try await finding { appender in
        try Self.instrument(appender)
        try Self.pairs(appender, "A", items: 200 - items, gained: 18, lost: 4)
        try Self.pairs(appender, nil, items: items, gained: 0, lost: 0)
        try Self.spans(appender, "A", 1000 - spans)
        try Self.spans(appender, nil, spans)
      }
    }
    #expect(try await untagged(items: 10, spans: 50).verdict == .pass)
    #expect(try await untagged(items: 11, spans: 0).codes(.unknown) == ["MISSING_FIELDS"])
    #expect(try await untagged(items: 0, spans: 51).codes(.unknown) == ["MISSING_FIELDS"])
  }

  // MARK: The instrument

  func withItems(_ policy: String = "", _ items: @Sendable @escaping (Appender) throws -> Void) async throws -> Finding
  {
    try await finding(Self.yaml(policy: policy)) { appender in
      try items(appender)
      try Self.releases(appender, Self.agreeing)
      try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4)
      try Self.spans(appender, "A", 500)
    }
  }

  @Test func itemsComeFromProductionAndAreFresh() async throws {
    #expect(try await withItems { try Self.cards($0, prod: 60, synthetic: 40, age: 180) }.verdict == .pass)
    #expect(try await withItems { try Self.cards($0, prod: 59, synthetic: 41) }.codes(.warn) == ["SYNTHETIC_SUITE"])
    #expect(try await withItems { try Self.cards($0, age: 181) }.codes(.warn) == ["STALE_ITEMS"])
    #expect(try await withItems { _ in }.codes(.warn) == ["NO_CARDS"])
  }

  @Test func leaksAreFoundWhereverTheyAre() async throws {
    func leaked(
      _ kind: String, name: String = "x", attributes: JSONValue? = nil, derived: Bool = true, policy: String = ""
    )
      async throws -> Finding
    {
      try await withItems(policy) { appender in
        try Self.cards(appender)
        var artifact = ArtifactRecord(
          sha256: derived ? Self.sha(-1) : Self.sha(3), artifactKind: kind, name: name, at: Self.now.adding(days: -2))
        if derived { artifact.derivedFrom = [ArtifactRecord.Origin(sha256: Self.sha(3), how: "copied")] }
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
      try await leaked("prompt", attributes: ["segments": [["text_sha256": .string(Self.sha(7))]]]).value("leaked") == 2
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
      try await finding(Self.yaml(policy: policy)) { appender in
        try Self.cards(appender)
        try Self.releases(appender, deltas, suite: suite)
        try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4)
        try Self.spans(appender, "A", 500)
      }
    }
    #expect(try await record(Self.agreeing).verdict == .pass)
    #expect(try await record(Array(Self.agreeing.dropLast())).codes(.warn) == ["FEW_RELEASES"])
    #expect(try await record(Self.agreeing, suite: "other").codes(.warn) == ["FEW_RELEASES"])
    // Seven of ten agree: at the limit.
    let ten: [(Double, Double)] = (1...10).map { (Double($0) / 100, Double($0 - 3) / 100) }
    let limit = try await record(ten)
    #expect(close(limit.value("sign_agreement"), 0.7) && close(limit.value("rank_correlation"), 1))
    #expect(limit.verdict == .pass)
    // A zero agrees with nothing.
    let zero = ten.map { ($0.0 == 0.04 ? 0 : $0.0, $0.1) }
    #expect(try await record(zero).codes(.fail) == ["NOT_PREDICTIVE"])
    // Same signs, opposite order.
    let backwards = Self.agreeing.map { ($0.0, 1 - $0.1) }
    let ordered = try await record(backwards)
    #expect(ordered.codes(.fail) == ["NOT_PREDICTIVE"] && close(ordered.value("rank_correlation"), -1))
    // Constant deltas have no order; their signs still count.
    #expect(try await record(Self.agreeing.map { ($0.0, 0.01) }).verdict == .pass)
  }

  func withJudge(_ policy: String = "", _ verdicts: @Sendable @escaping (Appender) throws -> Void) async throws
    -> Finding
  {
    try await finding(Self.yaml(policy: policy)) { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4, judge: "grader@1")
      try Self.spans(appender, "A", 500)
      try verdicts(appender)
    }
  }

  @Test func aJudgeNeedsPeople() async throws {
    let none = try await withJudge { _ in }
    #expect(none.codes(.unknown) == ["JUDGE_UNDECIDED"])
    #expect(none.missing.first?.howMuch == 50)
    let few = try await withJudge { try Self.judged($0, 25, 0, 0, 24) }
    #expect(few.codes(.unknown) == ["JUDGE_UNDECIDED"] && few.missing.first?.howMuch == 1)
    #expect(try await withJudge { try Self.judged($0, 25, 0, 0, 25) }.verdict == .pass)
    let kind = try await withJudge { try Self.judged($0, 60, 0, 0, 0) }
    #expect(kind.codes(.unknown) == ["JUDGE_UNDECIDED"])
    #expect(kind.missing.first?.what == "answers that people call wrong")
    let strict = try await withJudge { try Self.judged($0, 0, 0, 0, 60) }
    #expect(strict.missing.first?.what == "answers that people call right")
  }

  @Test func aJudgeAtItsLimits() async throws {
    // Intervals that hold their limits.
    let open = try await withJudge { try Self.judged($0, 50, 3, 3, 20) }
    #expect(open.codes(.unknown) == ["JUDGE_UNDECIDED"])
    #expect(open.missing.first?.howMuch.map { $0 > 0 } == true)
    let tnr = try #require(open.measure("judge_tnr"))
    let tpr = try #require(open.measure("judge_tpr"))
    let low = "judge_min_tnr: \(tnr.low ?? 0), judge_min_tpr: \(tpr.low ?? 0)"
    #expect(try await withJudge(low) { try Self.judged($0, 50, 3, 3, 20) }.verdict == .pass)
    let high = "judge_min_tnr: \(tnr.high ?? 0), judge_min_tpr: \(tpr.high ?? 0)"
    #expect(try await withJudge(high) { try Self.judged($0, 50, 3, 3, 20) }.codes(.unknown) == ["JUDGE_UNDECIDED"])
    let kappa = try #require(open.value("judge_kappa"))
    let exact = "judge_min_tnr: 0, judge_min_tpr: 0, judge_min_kappa: \(kappa)"
    #expect(try await withJudge(exact) { try Self.judged($0, 50, 3, 3, 20) }.verdict == .pass)
    let beyond = "judge_min_tnr: 0, judge_min_tpr: 0, judge_min_kappa: \(kappa + 1e-6)"
    #expect(
      try await withJudge(beyond) { try Self.judged($0, 50, 3, 3, 20) }.codes(.fail) == ["JUDGE_NOT_ELIGIBLE"])
  }

  @Test func codeNeedsNoPeople() async throws {
    let finding = try await withJudge { appender in
      try appender.append(Self.vote("a", "grader@1", .code, true))
    }
    #expect(finding.verdict == .pass && finding.measure("judge_labels") == nil)
  }

  @Test func peopleMayLabelTrialsThemselvesAndDisagree() async throws {
    let bench = try await CheckBench(Self.yaml())
    try await bench.append { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4, both: 100, judge: "grader@1")
      try Self.spans(appender, "A", 500)
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
        try appender.append(Self.vote(subject, "ana", .human, passes))
      }
      // A tie of two people counts for nothing.
      try appender.append(Self.vote(outcomes[0].0, "bo", .human, !outcomes[0].1))
    }
    let finding = try await bench.finding(Self.check)
    #expect(finding.value("judge_labels") == 199)
    #expect(finding.value("people_divided") == 1)
    #expect(finding.verdict == .pass)
  }

  // MARK: Nothing, one, and doubts

  @Test func armsWithoutTrials() async throws {
    let bench = try await CheckBench(Self.yaml(feature: nil))
    let empty = try await bench.finding(Self.check)
    #expect(empty.codes(.unknown) == ["NO_TRIALS"])
    #expect(empty.missing == [Finding.Missing("runs of prod and next", 1)])
    let one = try await finding(Self.yaml(feature: nil)) { try Self.pairs($0, "A", items: 1, gained: 1, lost: 0) }
    #expect(one.verdict == .unknown)
    let nobody = try await CheckBench(Self.yaml(feature: nil, arms: false))
    #expect(try await nobody.run([Self.check]).notApplicable == [Self.check])
  }

  @Test func aJudgeAloneIsASubject() async throws {
    let finding = try await finding(Self.yaml(feature: nil, arms: false)) { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 10, gained: 1, lost: 0, judge: "grader@1")
      try Self.judged(appender, 25, 0, 0, 25)
    }
    #expect(finding.verdict == .pass)
    #expect(finding.value("judge_labels") == 50 && finding.measure("delta") == nil)
  }

  @Test func doubtsOfTheComparisonKeepTheirCodes() async throws {
    let conflicting = try await finding { appender in
      try Self.plain(appender, gained: 18, lost: 4)
      for item in 0..<10 {
        var trial = TrialRecord.trial("faq", "A-\(item)", "next", passed: false)
        trial.tags = Tags([("intent", "A")])
        try appender.append(trial)
      }
    }
    #expect(conflicting.codes(.unknown) == ["CONFLICTING_TRIALS"])
    let mixed = try await finding { appender in
      try Self.plain(appender, gained: 18, lost: 4)
      var trial = TrialRecord.trial("faq", "A-new", "next", passed: true)
      trial.tags = Tags([("intent", "A")])
      trial.configSHA256 = "other"
      try appender.append(trial)
    }
    #expect(mixed.codes(.unknown).contains("MIXED_VERSIONS"))
  }

  @Test func aFindingIsTheSameTwiceAndAsOf() async throws {
    let bench = try await CheckBench(Self.yaml())
    try await bench.append { appender in
      try Self.plain(appender, gained: 18, lost: 4)
      try Self.pairs(appender, "'; -- __proto__ é", items: 20, gained: 2, lost: 1)
      try Self.spans(appender, "'; -- __proto__ é", 50)
    }
    let first = try await bench.finding(Self.check)
    #expect(try await bench.finding(Self.check) == first)
    try await bench.append { try Self.pairs($0, "A", items: 200, gained: 4, lost: 18, both: 120) }
    #expect(try await bench.finding(Self.check).codes(.fail).contains("WORSE"))
  }
}

typealias MetricClaim = MetricSettings.Claim

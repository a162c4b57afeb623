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

  static func finding(_ yaml: String = yaml(), _ body: @Sendable @escaping (Appender) throws -> Void) async throws
    -> Finding
  {
    let bench = try await CheckBench(yaml)
    try await bench.append(body)
    return try await bench.finding(check)
  }

  // MARK: The worked example

  @Test func aGainOfTheMixAlone() async throws {
    let finding = try await Self.finding { appender in
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
        == "faq may not decide whether next is better than prod on the 1,000 common items: the suite says +7.2 points (+5.0 to +9.5), but weighted by 1,000 spans "
        + "of traffic it is −0.8 points (−4.2 to +2.4).")
  }

  static func plain(_ appender: Appender, gained: Int, lost: Int) throws {
    try instrument(appender)
    try pairs(appender, "A", items: 200, gained: gained, lost: lost, both: 120)
    try spans(appender, "A", 500)
  }

  @Test func claimsReadOneInterval() async throws {
    let improvement = try await Self.finding { try Self.plain($0, gained: 14, lost: 6) }
    #expect(improvement.codes(.unknown) == ["CANNOT_TELL"] && improvement.verdict == .unknown)
    #expect(improvement.missing == [Finding.Missing("paired items", 670)])
    #expect(improvement.value("items_needed") == 870)
    let delta = try #require(improvement.measure("delta"))
    #expect(close(delta.value, 0.040) && close(delta.low, -0.0042) && close(delta.high, 0.0885))
    #expect(close(improvement.value("p_value"), 0.1153))
    let kept = try await Self.finding(Self.yaml(claim: "no_regression")) { try Self.plain($0, gained: 14, lost: 6) }
    #expect(kept.verdict == .pass)
    #expect(kept.headline.hasPrefix("next is not worse than prod"))
    let better = try await Self.finding { try Self.plain($0, gained: 18, lost: 4) }
    #expect(better.verdict == .pass && better.headline.hasPrefix("next is better than prod"))
    let won = try #require(better.measure("delta"))
    #expect(close(won.value, 0.070) && close(won.low, 0.0264) && close(won.high, 0.1208))
    #expect(close(better.value("p_value"), 0.0043))
    let worse = try await Self.finding { try Self.plain($0, gained: 4, lost: 18) }
    #expect(worse.codes(.fail) == ["SLICE_WORSE", "WORSE"] && worse.headline.hasPrefix("next is worse than prod"))
  }

  @Test func theJudgeOfTheExampleIsNotEligible() async throws {
    let finding = try await Self.finding { appender in
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
    #expect(finding.headline.hasPrefix("faq may not decide whether next is better than prod"))
  }

  /// Every headline says who is compared with whom, and what is not known.
  @Test(
    arguments: [
      ("improvement", 0, 0, "faq cannot tell whether next is better than prod on the 200 common items"),
      ("no_regression", 7, 8, "faq cannot tell whether next is at least as good as prod on"),
      ("equivalence", 7, 8, "faq cannot tell whether next is as good as prod on"),
      (nil, 7, 8, "faq cannot tell whether next is better or worse than prod on"),
      ("improvement", 30, 2, "next is better than prod on the 200 common items: the suite says +14.0 points"),
      (nil, 2, 30, "next is worse than prod on"), ("no_regression", 14, 6, "next is not worse than prod on"),
    ] as [(String?, Int, Int, String)])
  func headlinesNameTheQuestion(claim: String?, gained: Int, lost: Int, headline: String) async throws {
    let items = lost == 0 ? 20 : 200
    let finding = try await Self.finding(Self.yaml(claim: claim)) { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: items, gained: gained, lost: lost)
      try Self.spans(appender, "A", 500)
    }
    let expected = headline.replacing("200 common", with: "\(items) common")
    #expect(finding.headline.hasPrefix(expected), "\(finding.headline)")
    let open = finding.reasons.first { $0.code == "CANNOT_TELL" }
    #expect(open?.text.contains("tally.yaml claims nothing") ?? false == (claim == nil && lost == 8))
  }

  @Test func otherJudgesAreNotCompared() async throws {
    let finding = try await Self.finding { appender in
      try Self.instrument(appender)
      for (variant, judge) in [("prod", "grader@1"), ("next", "grader@2")] {
        for item in 0..<200 {
          var trial = TrialRecord.trial("faq", "A-\(item)", variant, passed: item < (variant == "prod" ? 100 : 150))
          trial.judge = judge
          try appender.append(trial)
        }
      }
      try Self.spans(appender, "A", 500)
    }
    #expect(finding.codes(.unknown).contains("JUDGES_DIFFER"))
    #expect(finding.codes(.fail) == [])
    #expect(finding.headline.hasPrefix("faq cannot decide yet: prod was scored by grader@1 and next by grader@2"))
  }

  // MARK: Claims

  @Test func claimsThatFailOrWarn() async throws {
    func verdict(_ claim: String?, items: Int, gained: Int, lost: Int) async throws -> Finding {
      try await Self.finding(Self.yaml(claim: claim)) { appender in
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
      try await Self.finding(Self.yaml(policy: policy)) { appender in
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
    // A difference that sampling explains is none: G p 0.051 of 3 and 1 spans, 0.020 of 6 and 2.
    func few(_ a: Int, _ b: Int) async throws -> [String] {
      try await Self.finding(Self.yaml(claim: "no_regression")) { appender in
        try Self.instrument(appender)
        try Self.pairs(appender, "A", items: 20, gained: 10, lost: 0)
        try Self.spans(appender, "A", a)
        try Self.spans(appender, "B", b)
      }.codes(.unknown)
    }
    #expect(try await few(3, 1) == [])
    #expect(try await few(6, 2) == ["MIX_TOO_FAR"])
  }

  @Test func aFarMixWithAllSlicesIsDecidedByTraffic() async throws {
    let finding = try await Self.finding { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 900, gained: 20, lost: 18)
      try Self.pairs(appender, "B", items: 300, gained: 60, lost: 2)
      try Self.spans(appender, "A", 200)
      try Self.spans(appender, "B", 800)
    }
    #expect(finding.codes(.warn) == ["MIX_FAR"])
    #expect(finding.verdict == .warn && finding.headline.hasPrefix("next is better than prod"))
  }

  @Test func aGainThatTrafficSharesIsNoMixOnlyGain() async throws {
    let finding = try await Self.finding(Self.yaml(policy: "max_tvd: 1")) { appender in
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
      try await Self.finding(Self.yaml(policy: "max_tvd: 1")) { appender in
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
    let undeclared = try await Self.finding(Self.yaml(feature: nil)) { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4)
    }
    #expect(undeclared.codes(.warn) == ["NO_FEATURE"] && undeclared.verdict == .warn)
    let absent = try await Self.finding { appender in
      try Self.instrument(appender)
      try Self.pairs(appender, "A", items: 200, gained: 18, lost: 4)
      try Self.spans(appender, "A", 100, days: -30)
    }
    #expect(absent.codes(.unknown) == ["NO_TRAFFIC"])
  }

  @Test func itemsAndSpansWithoutASlice() async throws {
    func untagged(items: Int, spans: Int) async throws -> Finding {
      try await Self.finding { appender in
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
}

import Project
import Records
import Store
import Testing

@testable import Checks

/// `context-waste` at its limits, and where evidence is missing or hostile.
@Suite struct ContextWasteReasonTests {
  /// Of 100 tokens so many are copies.
  private static func prompt(_ waste: Int64) -> [JSONValue] {
    [
      ContextBench.segment("chunk", 100 - waste, ["sha256": "x"]),
      ContextBench.segment("chunk", waste, ["sha256": "x"]),
    ]
  }

  private func finding(_ policy: String = "", _ spans: [SpanRecord]) async throws -> Finding {
    try await ContextBench.finding(ContextBench.yaml(policy), spans)
  }

  @Test func itAppliesWhereItIsDeclaredOrSeen() async throws {
    let bench = try await CheckBench(
      "features: {quiet: {}, help: {owner: ana}, other: {policies: {context-waste: {}}}}")
    #expect(try await bench.run([ContextBench.check]).findings.map(\.subject) == ["other"])
    try await bench.append { appender in
      try appender.append(ContextBench.span(1, [ContextBench.segment("user", 1)]))
      var stray = try ContextBench.span(2, [ContextBench.segment("user", 1)])
      stray.feature = "stray"
      try appender.append(stray)
      var plain = try ContextBench.span(3, nil)
      plain.feature = "quiet"
      try appender.append(plain)
    }
    let findings = try await bench.run([ContextBench.check]).findings
    #expect(findings.map(\.subject) == ["help", "other", "stray"] && findings.map(\.owner) == ["ana", nil, nil])
    let empty = try await CheckBench("features: {quiet: {}}")
    #expect(try await empty.run([ContextBench.check]).notApplicable == [ContextBench.check])
  }

  @Test func withoutSpansNobodyKnows() async throws {
    let none = try await finding("", [])
    #expect(none.codes(.unknown) == ["NO_SPANS"] && none.value("spans") == 0 && none.value("waste_share") == nil)
    #expect(none.missing.first?.howMuch == 30 && none.headline.hasPrefix("Nobody knows what the prompts of help"))
    // Other kinds of spans, other features and older ones are no prompts.
    let others = try [
      ContextBench.span(1, Self.prompt(50)) { $0.spanKind = "tool" },
      ContextBench.span(2, nil) { $0.feature = "other" }, ContextBench.span(3, Self.prompt(50), days: -31),
    ]
    #expect(try await finding("", others).codes(.unknown) == ["NO_SPANS"])
    let kept = try [
      ContextBench.span(3, Self.prompt(50), days: -30),
      ContextBench.span(4, Self.prompt(50)) { $0.spanKind = "completion" },
    ]
    #expect(try await finding("", kept).value("spans") == 2)
  }

  @Test func oneSpanIsTooFew() async throws {
    let one = try await finding("", [ContextBench.span(1, Self.prompt(50))])
    #expect(one.codes(.unknown) == ["TOO_FEW", "ONE_SESSION"])
    #expect(one.missing == [Finding.Missing("spans", 29), Finding.Missing("sessions", 1)])
    #expect(one.value("waste_share") == 0.5 && one.measure("waste_share")?.low == nil)
  }

  @Test func asManySpansAsAreNeeded() async throws {
    #expect(try await finding("", ContextBench.spans(30, Self.prompt(10))).verdict == .pass)
    #expect(try await finding("", ContextBench.spans(29, Self.prompt(10))).codes(.unknown) == ["TOO_FEW"])
    #expect(try await finding("min_spans: 29", ContextBench.spans(29, Self.prompt(10))).verdict == .pass)
  }

  @Test func asMuchWasteAsIsAllowed() async throws {
    func codes(_ waste: Int64, _ policy: String = "") async throws -> [String] {
      try await finding(policy, ContextBench.spans(40, Self.prompt(waste))).reasons.map(\.code)
    }
    #expect(try await codes(25) == [])
    #expect(try await codes(26) == ["WASTE_OVER_LIMIT"])
    #expect(try await codes(26, "max_waste_share: 0.26") == [])
  }

  /// Half of the sessions waste 40 %, half nothing: 20 %, and the interval holds 25 %.
  @Test func anIntervalThatHoldsTheLimitDecidesNothing() async throws {
    func spans(_ sessions: Int) throws -> [SpanRecord] {
      try (0..<sessions).map { try ContextBench.span($0, Self.prompt($0 % 2 == 0 ? 40 : 0)) }
    }
    let open = try await finding("", spans(40))
    #expect(open.codes(.unknown) == ["WASTE_OPEN"])
    let share = try #require(open.measure("waste_share"))
    #expect(close(share.value, 0.2) && (share.high ?? 0) > 0.25)
    let more = try #require(open.missing.first { $0.what == "sessions" }?.howMuch)
    #expect((10...60).contains(more))
    #expect(try await finding("", spans(40 + 2 * more)).verdict == .pass)
    // At the limit itself no number of sessions decides.
    #expect(try await finding("max_waste_share: 0.2", spans(40)).missing.first == Finding.Missing("sessions", nil))
  }

  /// Spans of a session stand together: two sessions of 20 spans are two, whatever their spans.
  @Test func sessionsAreTheUnits() async throws {
    let spans = try (0..<40).map { try ContextBench.span($0, Self.prompt($0 % 2 == 0 ? 60 : 0), session: "\($0 % 2)") }
    let two = try await finding("", spans)
    #expect(two.value("sessions") == 2 && two.codes(.unknown) == ["WASTE_OPEN"])
    let alone = try await finding(
      "",
      spans.map { span in
        var span = span
        span.sessionID = nil
        return span
      })
    #expect(alone.value("sessions") == 40)
  }

  @Test func wasteAloneFailsWithoutAnInterval() async throws {
    let outdated = try ContextBench.document("d", "v", ["valid_to": "2026-01-01"])
    let span = try ContextBench.span(1, [ContextBench.segment("chunk", 9, ["doc_id": "d"])])
    let all = try await ContextBench.finding(ContextBench.yaml(), [span], artifacts: [outdated])
    #expect(all.codes(.fail) == ["WASTE_OVER_LIMIT"] && all.value("tax_multiple") == nil && all.value("needed") == 0)
    #expect(all.headline.hasSuffix("nothing is needed."))
  }

  @Test func tokensOutsideOfSegmentsAreNotKnown() async throws {
    func finding(input: Int64, _ policy: String = "") async throws -> Finding {
      try await self.finding(
        policy, ContextBench.spans(40, [ContextBench.segment("user", 95)]) { $0.inputTokens = input })
    }
    #expect(try await finding(input: 100).verdict == .pass)
    let missing = try await finding(input: 101)
    #expect(missing.codes(.unknown) == ["SEGMENTS_MISSING"] && missing.value("tokens unattributed") == 6)
    #expect(missing.missing == [Finding.Missing("tokens in attributes.context_segments", 38)])
    #expect(missing.reasons.map(\.text) == ["5.94 % of the tokens are in no segment."])
    #expect(try await finding(input: 101, "unattributed_max: 0.06").verdict == .pass)
    // Fewer tokens than the segments have: the segments count.
    #expect(try await finding(input: 10).value("tokens") == 95)
  }

  /// Of what lacks a segment and what lacks its text, the larger part is asked for; of equal ones the segments.
  @Test func theLargerPartIsAskedForFirst() async throws {
    func finding(input: Int64) async throws -> Finding {
      let segments = [
        ContextBench.segment("history", 10, ["turn": 1]), ContextBench.segment("history", 10, ["turn": 2]),
        ContextBench.segment("format", 0), ContextBench.segment("user", 70, ["text": "x"]),
      ]
      return try await self.finding("keep_turns: 1", ContextBench.spans(40, segments) { $0.inputTokens = input })
    }
    let equal = try await finding(input: 100)
    #expect(equal.missing == [Finding.Missing("tokens in attributes.context_segments", 600)])
    // A segment without tokens lacks nothing.
    #expect(
      equal.reasons.map(\.text) == [
        "10 % of the tokens are in no segment; 10 % are in segments without what their rule reads (history)."
      ])
    let less = try await finding(input: 99)
    #expect(less.missing.map(\.what) == ["tokens of segments with text, or with fields and emitted_fields"])
  }

  @Test func spansWithoutTokensAreLeftOut() async throws {
    func finding(bare: Int) async throws -> Finding {
      let whole = try ContextBench.spans(38, Self.prompt(10))
      let rest = try (0..<bare).map { try ContextBench.span(100 + $0, [ContextBench.segment("user", 0)]) }
      return try await self.finding("", whole + rest)
    }
    #expect(try await finding(bare: 2).verdict == .pass)
    let many = try await finding(bare: 3)
    #expect(many.codes(.unknown) == ["MISSING_FIELDS"] && many.value("excluded") == 3)
  }

  @Test(arguments: [
    #"{"context_segments":3}"#, #"{"context_segments":[3,null,{"type":"user"},{"tokens":4},{"type":1,"tokens":1}]}"#,
    #"{"context_segments":[{"type":"user","tokens":-4},{"type":"user","tokens":1e300}]}"#,
    #"{"context_segments":[{"type":"user","tokens":9223372036854775807}]}"#, #"{"context_segments":"#,
    #"{"context_segments":[{"type":"user","tokens":1.5}]}"#,
  ])
  func hostileSegmentsAreNoTokens(attributes: String) async throws {
    let spans = try (0..<40).map { try ContextBench.span($0, nil) { $0.attributes = attributes } }
    let finding = try await finding("", spans)
    #expect(finding.codes(.unknown) == ["NO_SPANS"] || finding.codes(.unknown).contains("MISSING_FIELDS"))
    #expect(finding.value("excluded") == 40)
  }

  @Test func hostileNumbersDoNotCrash() async throws {
    let attributes = """
      {"context_segments":[{"type":"history","tokens":1,"turn":9223372036854775807,"text":"a","score":-1e308},
      {"type":"history","tokens":1,"turn":-9223372036854775808,"text":"","score":1e308},
      {"type":"schema","tokens":4294967296,"fields":["a","a","b"]},
      {"type":"__proto__","tokens":5,"doc_id":"'; --","sha256":""}],"emitted_fields":[""]}
      """
    let spans = try (0..<250).map { number in
      try ContextBench.span(number, nil) { span in
        span.attributes = attributes
        span.inputTokens = number % 2 == 0 ? Int64.max : -1
        span.cachedTokens = Int64.max
        span.retrieved = #"[{"doc_id":"'; --","rank":9223372036854775807},5]"#
      }
    }
    let finding = try await finding("score_floor: 0, max_waste_share: 1", spans)
    // A field that is named twice is one: all fields are unused.
    #expect(finding.value("tokens unused_schema") == 4_294_967_296)
    #expect(finding.value("tokens low_score") == 1)
  }

  // MARK: Budget

  /// So many of so many prompts have 101 tokens, the others 100.
  private static func inputs(_ above: Int, of count: Int) throws -> [SpanRecord] {
    try (0..<count).map { number in
      try ContextBench.span(number, [ContextBench.segment("user", 99)], input: number < above ? 101 : 100)
    }
  }

  @Test func theBudgetIsTested() async throws {
    func codes(_ above: Int, of count: Int, _ policy: String = "input_p95_budget: 100") async throws -> [String] {
      try await finding(policy, Self.inputs(above, of: count)).reasons.map(\.code)
    }
    #expect(try await codes(0, of: 59) == [])
    #expect(try await codes(0, of: 58) == ["INPUT_BUDGET_OPEN"])
    #expect(try await codes(9, of: 100) == ["INPUT_BUDGET_OPEN"])
    #expect(try await codes(10, of: 100) == ["INPUT_OVER_BUDGET"])
    #expect(try await codes(100, of: 100, "input_p95_budget: 101") == [])
    #expect(try await codes(100, of: 100, "input_p95_budget: ~") == [])
    let open = try await finding("input_p95_budget: 100", Self.inputs(0, of: 58))
    #expect(open.missing == [Finding.Missing("prompts within the budget", 1)])
    let p = QuantileBudget(above: 9, count: 100, quantile: 0.95).pValue
    #expect(try await codes(9, of: 100, "input_p95_budget: 100, alpha: \(p)") == ["INPUT_OVER_BUDGET"])
    let p95 = try await finding("input_p95_budget: 200, input_hard_limit: 100", Self.inputs(10, of: 100))
    #expect(p95.measure("input_p95")?.value == 101 && p95.measure("input_p95")?.limit == 200)
    #expect(p95.value("over_hard_limit") == 10)
  }

  // MARK: Answers

  @Test func tokensAreSetBesideGoodAnswers() async throws {
    func correct(_ number: Int, _ value: String, _ id: String) -> AnnotationRecord {
      AnnotationRecord(
        annotationID: id, subject: "s\(number)", name: "correct", value: .label(value), annotatorKind: .human,
        annotator: "ana", at: ContextBench.now.adding(days: -1))
    }
    let spans = try Self.inputs(0, of: 60)
    let none = try await ContextBench.finding(ContextBench.yaml(), spans, annotations: [correct(99, "true", "a")])
    #expect(none.measure("tokens_per_good_answer") != nil && none.value("tokens_per_good_answer") == nil)
    let two = try await ContextBench.finding(
      ContextBench.yaml(), spans,
      annotations: [
        correct(1, "true", "a"), correct(2, "true", "b"), correct(3, "true", "c"), correct(3, "false", "d"),
      ])
    #expect(two.value("tokens_per_good_answer") == 3000)
  }

  /// 50 prompts of 200 tokens, a change of the prompt, 50 of 100 tokens.
  @Test func shorterPromptsMustBeShownNotToBeWorse() async throws {
    func finding(
      surface: String = "prompt", after: Int64 = 100, verdict: Finding.Verdict? = nil,
      suite: String = "suites: {faq: {feature: help}}", again: Instant? = nil, spread: Int = 3
    ) async throws -> Finding {
      let bench = try await CheckBench(ContextBench.yaml(more: suite))
      try await bench.append { appender in
        for number in 0..<100 {
          let input = (number < 50 ? 200 : after) + Int64(number % spread)
          try appender.append(
            ContextBench.span(
              number, [ContextBench.segment("user", input)], input: input, days: number < 50 ? -9 : -5))
        }
        // A change of the instant at which a prompt was sent is before it.
        try appender.append(ChangeRecord(surface: surface, actor: "bo", at: ContextBench.now.adding(days: -5)))
        if let again { try appender.append(ChangeRecord(surface: surface, actor: "bo", at: again)) }
        if let verdict {
          var shown = Finding(
            check: "eval-validity", subject: "faq", asOf: CheckBench.now, policySHA256: SHA256Digest(of: ""),
            inputsSHA256: SHA256Digest(of: ""))
          shown.verdict = verdict
          try appender.append(.finding(shown))
        }
      }
      return try await bench.finding(ContextBench.check)
    }
    let worse = try await finding()
    #expect(worse.verdict == .pass && worse.codes(.pass) == ["CHEAPER_BUT_WORSE"])
    #expect(
      worse.reasons.first?.text
        == "Prompts are 100 tokens shorter since the last change of prompt or index, and eval-validity says nothing of faq."
    )
    #expect(worse.reasons.first?.about == "faq")
    for verdict in [Finding.Verdict.fail, .unknown] {
      #expect(try await finding(verdict: verdict).codes(.pass) == ["CHEAPER_BUT_WORSE"])
    }
    for verdict in [Finding.Verdict.pass, .warn] { #expect(try await finding(verdict: verdict).reasons.isEmpty) }
    #expect(try await finding(surface: "code").reasons.isEmpty)
    #expect(try await finding(after: 200).reasons.isEmpty)
    #expect(try await finding(after: 300).reasons.isEmpty)
    // All of one length: the interval is a point at nothing.
    #expect(try await finding(after: 200, spread: 1).reasons.isEmpty)
    #expect(try await finding(surface: "index", suite: "").reasons.isEmpty)
    // The last change counts: after one of now there is no prompt yet, and one that is to come has not happened.
    #expect(try await finding(again: ContextBench.now).reasons.isEmpty)
    let next = Instant(nanoseconds: ContextBench.now.nanoseconds + 1)
    #expect(try await finding(again: next).codes(.pass) == ["CHEAPER_BUT_WORSE"])
  }

  @Test func thresholdsOfAFeatureAreItsOwn() async throws {
    let yaml = """
      policies: {context-waste: {max_waste_share: 0.5}, default: {near_dup_short: 0.9}}
      features: {help: {policies: {context-waste: {max_waste_share: 0.1}}}}
      models: {m: {price: {input_per_mtok: 3 USD}}}
      """
    let finding = try await ContextBench.finding(yaml, ContextBench.spans(40, Self.prompt(20)))
    #expect(finding.codes(.fail) == ["WASTE_OVER_LIMIT"] && finding.measure("waste_share")?.limit == 0.1)
    var policy = ContextWaste.Policy()
    (policy.scoreFloor, policy.scoreMaybe) = (0.5, 0.5)
    #expect(policy.faults().isEmpty)
    policy.scoreMaybe = 0.49
    #expect(policy.faults().map(\.key) == ["score_maybe"])
  }
}

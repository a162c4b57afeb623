import Records
import Store
import Testing

@testable import Checks

@Suite struct TokenArithmeticReasonTests {
  private static let golden: JSONValue = [
    "golden": [["class": "en", "text": "aaaaaaaaaa"], ["class": "ja", "text": "bbbbbbbbbb", "reference": "en"]]
  ]

  private func counts(_ name: String, _ japanese: Int64) throws -> ArtifactRecord {
    try TokenBench.artifact("tokenizer", name, ["golden_counts": ["en": 100, "ja": .integer(japanese)]])
  }

  private func drift(
    _ japanese: Int64, changes: [ChangeRecord], artifacts: [ArtifactRecord] = [], policy: String = ""
  ) async throws -> Finding {
    try await TokenBench.finding(
      TokenBench.yaml(policy), try TokenBench.calls(200),
      artifacts: [try counts("m", 1000), try counts("m2", japanese)] + artifacts, changes: changes)
  }

  // MARK: Models that change

  @Test func modelsThatCountOtherwiseFail() async throws {
    let drifted = try await drift(1080, changes: [TokenBench.change("m", "m2")])
    #expect(drifted.codes(.fail) == ["TOKENIZER_DRIFT"] && close(drifted.value("drift m m2"), 0.08, 1e-12))
    #expect(drifted.reasons.first?.text.contains("+8 % tokens of ja") ?? false && drifted.reasons.first?.about == "m2")
    let fewer = try await drift(920, changes: [TokenBench.change("m", "m2")])
    #expect(fewer.codes(.fail) == ["TOKENIZER_DRIFT"])
    #expect(TokenBench.table(fewer, "Golden")?.map { $0[3] } == ["0 %", "−8 %"])
    #expect(drifted.next.hasPrefix("Set budgets"))
    // Nothing changed: nothing is judged.
    #expect(try await drift(1080, changes: []).verdict == .pass)
  }

  @Test func onlyChangesOfTheFeatureAndTheWindowCount() async throws {
    for (change, isSeen) in [
      (TokenBench.change("m", "m2", days: -30), true), (TokenBench.change("m", "m2", days: -31), false),
      (TokenBench.change("m", "m2", days: 0), true), (TokenBench.change("m", "m2", days: 1), false),
      (TokenBench.change("m", "m2", feature: "letters"), true),
      (TokenBench.change("m", "m2", feature: "other"), false), (TokenBench.change("x", "y"), false),
      (TokenBench.change("m", "m"), false),
    ] {
      #expect(try await drift(1080, changes: [change]).codes(.fail).isEmpty != isSeen)
    }
    var other = TokenBench.change("m", "m2")
    other.surface = "prompt"
    #expect(try await drift(1080, changes: [other]).verdict == .pass)
  }

  /// A model that was last served before another came was replaced by it; two side by side were not.
  @Test func callsShowThatAModelChanged() async throws {
    func finding(_ overlap: Int) async throws -> Finding {
      let old = try TokenBench.calls(200)
      let new = try TokenBench.calls(200, from: 200 - overlap) { span in
        span.modelServed = "m2"
        span.spanID += "new"
      }
      return try await TokenBench.finding(old + new, artifacts: [try counts("m", 1000), try counts("m2", 1080)])
    }
    #expect(try await finding(0).codes(.fail) == ["TOKENIZER_DRIFT"])
    #expect(try await finding(1).codes(.fail).isEmpty)
    #expect(try await finding(50).codes(.fail).isEmpty)
  }

  @Test func vocabulariesCountTheCorpus() async throws {
    let yaml = TokenBench.yaml(more: "  m2: {tokenizer: \(TokenBench.bytes)}")
    let calls = try TokenBench.calls(200)
    let change = TokenBench.change("m", "m2")
    let same = try await TokenBench.finding(
      yaml, calls, artifacts: [try TokenBench.artifact("dataset", "golden", Self.golden)], changes: [change])
    #expect(same.verdict == .pass && same.value("drift m m2") == 0)
    #expect(TokenBench.table(same, "Golden")?.map { $0[2] } == ["10 m2", "10 m2"])
    #expect(TokenBench.table(same, "Golden")?.allSatisfy { $0[4].count == 12 } ?? false)
    // One of the two is known.
    let half = try await TokenBench.finding(
      calls, artifacts: [try TokenBench.artifact("dataset", "golden", Self.golden)], changes: [change])
    #expect(half.codes(.unknown) == ["NO_TOKENIZER"] && half.missing.first?.what == "tokenizer for m2")
    let none = try await TokenBench.finding(calls, changes: [change])
    #expect(none.codes(.unknown) == ["NO_GOLDEN_CORPUS"])
  }

  /// The golden corpus as it was billed; the newest count of a class holds.
  @Test func billedCountsOfTheCorpusCompareToo() async throws {
    func probe(_ number: Int, _ model: String, _ tokens: Int64) throws -> TokenBench.Call {
      try TokenBench.call(number, billed: tokens) { span in
        span.modelServed = model
        span.attributes = #"{"golden_class":"ja"}"#
      }
    }
    let probes = [try probe(901, "m", 100), try probe(900, "m", 50), try probe(902, "m2", 103)]
    let finding = try await TokenBench.finding(
      try TokenBench.calls(200) + probes, changes: [TokenBench.change("m", "m2")])
    #expect(finding.codes(.fail) == ["TOKENIZER_DRIFT"] && close(finding.value("drift m m2"), 0.03, 1e-12))
    #expect(finding.value("calls") == 200)
  }

  @Test func trafficWeighsTheCorpus() async throws {
    let finding = try await TokenBench.finding(
      try TokenBench.calls(300) + TokenBench.calls(200, from: 300, lang: "ja")
        + TokenBench.calls(200, from: 500, lang: "fr"),
      artifacts: [
        try TokenBench.artifact("dataset", "golden", Self.golden, days: -30),
        try TokenBench.artifact(
          "dataset", "golden",
          [
            "golden": [
              ["class": "en", "text": "aaaa"], ["class": "ja", "text": "bbbbbbbbbb", "reference": "en"],
              ["text": "lost"],
            ]
          ]),
      ])
    // 60 % English at 1, 40 % Japanese at 2.5; French is not in the corpus.
    #expect(close(finding.value("multiplier m"), 0.6 + 0.4 * 2.5, 1e-12))
    #expect(TokenBench.table(finding, "Languages")?.map { $0[4] } == ["", "", "2.500"])
  }

  // MARK: Margins

  @Test func gapsAboveTheMarginFail() async throws {
    func finding(_ wide: Int, of count: Int = 400, lang: String = "ja") async throws -> Finding {
      try await TokenBench.finding(
        try TokenBench.calls(400) + TokenBench.calls(count - wide, from: 1000, lang: lang)
          + TokenBench.calls(wide, from: 2000, more: 300, lang: lang))
    }
    let short = try await finding(16)
    #expect(short.codes(.fail) == ["MARGIN_SHORT"] && close(short.value("gap ja at m"), 0.3, 1e-12))
    #expect(short.reasons.first?.about == "ja at m" && short.next.hasPrefix("Let guards add 30 %"))
    #expect(TokenBench.table(short, "Languages")?.map { $0[6] } == ["5 %", "30 %"])
    // The fifth of 400 is the first that the quantile sees, and may be chance.
    let open = try await finding(5)
    #expect(open.codes(.fail).isEmpty && open.codes(.unknown) == ["MARGIN_OPEN"])
    #expect((open.missing.first?.howMuch ?? 0) > 400)
    #expect(try await finding(4).verdict == .pass)
  }

  @Test func windowsAreGuarded() async throws {
    let calls =
      try TokenBench.calls(200)
      + TokenBench.calls(10, from: 300, more: 900, local: 7000) { span in
        span.parameters = #"{"max_tokens":512}"#
      }
    let yaml = TokenBench.yaml("", model: "capabilities: {context_tokens: 8192}")
    let finding = try await TokenBench.finding(yaml, calls)
    // 7,900 and 512 are above 8,192; the gap of one in twenty is 12.86 %.
    #expect(finding.value("did_not_fit m") == 10 && finding.value("would_refuse m") == 10)
    #expect(finding.value("not_refused m") == 0)
    // With fewer pairs the default margin: 7,000·1.05 and 512 fit.
    let blind = try await TokenBench.finding(
      TokenBench.yaml("gap_min_n: 1000, margin_default: 0.05", model: "capabilities: {context_tokens: 8192}"), calls)
    #expect(blind.value("would_refuse m") == 0 && blind.value("not_refused m") == 10)
    #expect(blind.value("did_not_fit m") == 10)
    let wide = try await TokenBench.finding(
      TokenBench.yaml("", model: "capabilities: {context_tokens: 128000}"), calls)
    #expect(wide.measure("did_not_fit m") == nil && wide.measure("would_refuse m") == nil)
    #expect(
      try await TokenBench.finding(TokenBench.yaml("", model: "price: {}"), calls).measure("did_not_fit m") == nil)
  }

  // MARK: Answers

  @Test func shortLimitsFail() async throws {
    func finding(_ long: Int, of count: Int = 400) async throws -> Finding {
      let calls = try (0..<count).map { number in
        try TokenBench.call(number, billed: 105) { span in
          span.outputTokens = number < long ? 500 : 300
          // The newest call says what is asked for now.
          span.parameters = number == count - 1 ? #"{"max_tokens":400}"# : #"{"max_completion_tokens":800}"#
          span.attributes = #"{"local_count":100,"valid":true}"#
        }
      }
      return try await TokenBench.finding(calls)
    }
    let short = try await finding(16)
    #expect(short.codes(.fail) == ["MAX_TOKENS_SHORT"] && short.value("answer_tokens m") == 500)
    #expect(short.measure("answer_tokens m")?.limit == 400 && short.next.hasPrefix("Raise max_tokens"))
    let open = try await finding(5)
    #expect(open.codes(.unknown) == ["ANSWERS_OPEN"] && (open.missing.first?.howMuch ?? 0) > 400)
    #expect(try await finding(4).verdict == .pass)
  }

  // MARK: Bills

  @Test func billsThatDriftWarn() async throws {
    let price = "price: {input_per_mtok: 2 USD, cached_input_per_mtok: 0.2 USD, output_per_mtok: 8 USD}"
    func ratio(_ calls: [TokenBench.Call], _ model: String = price) async throws -> Finding {
      try await TokenBench.finding(TokenBench.yaml("margin_default: 1", model: model), calls)
    }
    let inputs = try await ratio(try TokenBench.calls(200, more: 250))
    #expect(inputs.codes(.warn) == ["BILL_DRIFT"] && close(inputs.value("projected_bill m"), 0.8, 1e-12))
    #expect(inputs.next.hasPrefix("Project costs"))
    // The provider's own cost of the whole call: 1,000 in, 100 out against 3,300 units.
    let costs = try await ratio(
      try TokenBench.calls(200) { span in
        span.outputTokens = 100
        span.cost = Money("0.0035 USD")
      })
    #expect(close(costs.value("projected_bill m"), 0.0028 / 0.0035, 1e-9) && costs.codes(.warn) == ["BILL_DRIFT"])
    // 400 of the prompt came from the cache, at a tenth.
    let cached = try await ratio(
      try TokenBench.calls(200) { span in
        span.cachedTokens = 400
        span.outputTokens = 0
        span.cost = Money("0.00128 USD")
      })
    #expect(close(cached.value("projected_bill m"), 1, 1e-9) && cached.codes(.warn).isEmpty)
    // A cost in another currency, or an answer without a price: the input alone.
    for (model, currency) in [(price, "EUR"), ("price: {input_per_mtok: 2 USD}", "USD")] {
      let finding = try await ratio(
        try TokenBench.calls(200, more: 1000) { span in
          span.outputTokens = 100
          span.cost = Money("0.0028 \(currency)")
        }, model)
      #expect(close(finding.value("projected_bill m"), 0.5, 1e-12))
    }
    let unpriced = try await ratio(
      try TokenBench.calls(200, more: 1000) { $0.cachedTokens = 5 }, "price: {input_per_mtok: 2 USD}")
    #expect(unpriced.measure("projected_bill m") == nil && unpriced.codes(.warn).isEmpty)
  }
}

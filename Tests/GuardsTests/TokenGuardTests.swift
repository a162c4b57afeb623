import Guards
import Records
import Testing

@Suite struct ContextWindowTests {
  /// The specification's example.
  @Test func theGapIsRoomThatAFlatMarginDoesNotHave() {
    let window = ContextWindow(tokens: 8_192, gap: 0.11)
    #expect(window.estimate(local: 7_000) == 7_770)
    let refusal = window.refusal(local: 7_000, maxTokens: 512)
    #expect(refusal == ContextWindow.Refusal(error: "CONTEXT_OVERFLOW_RISK", estimate: 8_282, window: 8_192))
    #expect(7_000 + 600 + 512 == 8_112)
    #expect(ContextWindow(tokens: 8_192, gap: 600.0 / 7_000).refusal(local: 7_000, maxTokens: 512) == nil)
    #expect(ContextWindow.status == 422)
  }

  @Test func limitsAreInclusive() {
    let window = ContextWindow(tokens: 100, gap: 0)
    #expect(window.refusal(local: 90, maxTokens: 10) == nil && window.refusal(local: 91, maxTokens: 10) != nil)
    #expect(window.refusal(local: 100, maxTokens: -5) == nil && window.refusal(local: -5, maxTokens: 101) != nil)
    #expect(ContextWindow(tokens: 100, gap: -0.5).refusal(local: 101, maxTokens: 0) != nil)
  }

  @Test func estimatesAreCeilings() {
    let window = ContextWindow(tokens: 100, gap: 0.1)
    #expect((0...21).map { window.estimate(local: $0) }[1] == 2)
    #expect(window.estimate(local: 10) == 11 && window.estimate(local: 11) == 13 && window.estimate(local: 0) == 0)
    for local in stride(from: Int64(100), through: 1_000_000, by: 100) {
      #expect(ContextWindow(tokens: 1, gap: 0.11).estimate(local: local) == local / 100 * 111)
    }
    #expect(window.estimate(local: .max) == .max)
    #expect(window.refusal(local: .max, maxTokens: .max)?.estimate == .max)
  }
}

@Suite struct PromptPrefixTests {
  /// The specification's example: 12 of 624 tokens, and 619 of 623.
  @Test func costsOfTheExample() {
    let first = PromptPrefix(tokens: 624, shared: 12, fixed: 612)
    let last = PromptPrefix(tokens: 623, shared: 619, fixed: 612)
    #expect(abs(first.cost(ratio: 0.1, minimum: 0) - 613.2) < 1e-9)
    #expect(abs(last.cost(ratio: 0.1, minimum: 0) - 65.9) < 1e-9)
    // Shorter prefixes than the cache takes save nothing.
    #expect(last.cost(ratio: 0.1, minimum: 619) < 66 && last.cost(ratio: 0.1, minimum: 620) == 623)
    #expect(last.share == 1 && PromptPrefix(tokens: 5, shared: 0, fixed: 0).share == nil)
  }

  @Test func sharesAreThoseOfAllRenders() {
    let renders = [
      PromptPrefix(tokens: 100, shared: 100, fixed: 100), PromptPrefix(tokens: 100, shared: 80, fixed: 100),
    ]
    #expect(PromptPrefix.share(of: renders) == 0.9)
    #expect(!PromptPrefix.isBroken(renders, least: 0.9) && PromptPrefix.isBroken(renders, least: 0.901))
    #expect(!PromptPrefix.isBroken([], least: 1) && PromptPrefix.share(of: []) == nil)
    // What is shared beyond what is static makes up for nothing.
    let generous = [
      PromptPrefix(tokens: 500, shared: 400, fixed: 100), PromptPrefix(tokens: 100, shared: 0, fixed: 100),
    ]
    #expect(PromptPrefix.share(of: generous) == 0.5)
  }
}

@Suite struct TokenizerDriftTests {
  @Test func theWorstClassDecides() {
    let drift = TokenizerDrift(
      old: ["en": 100, "ja": 200, "hi": 50, "only": 5, "none": 0], new: ["en": 101, "ja": 190, "hi": 51, "none": 7])
    #expect(drift.rows.map(\.name) == ["en", "hi", "ja", "none"] && drift.worst?.name == "ja")
    #expect(drift.exceeds(0.0499) && !drift.exceeds(0.05))
    #expect(drift.rows.first { $0.name == "none" }?.drift == nil)
    #expect(!TokenizerDrift(old: [:], new: ["en": 1]).exceeds(0) && TokenizerDrift(old: [:], new: [:]).worst == nil)
    // Of equals the first.
    #expect(TokenizerDrift(old: ["b": 10, "a": 10], new: ["b": 11, "a": 9]).worst?.name == "a")
  }

  /// Where the merge gate refuses a finding by its verdict, its rule does not say it again.
  @Test func theMergeGateRefusesOnce() {
    for code in ["PREFIX_BROKEN", "TOKENIZER_DRIFT"] {
      let broken = GateTests.finding(.fail, [.init(code, .fail, "So.")], check: "token-arithmetic")
      let gate = GateTests.gate(.enforce, .report, [broken], name: "merge")
      #expect(gate.refusals.map(\.error) == [code] && gate.decision == .refused(code: code))
    }
    let both = GateTests.finding(
      .fail, [.init("TOKENIZER_DRIFT", .fail, "So."), .init("PREFIX_BROKEN", .fail, "So.")], check: "token-arithmetic")
    let gate = GateTests.gate(.enforce, .report, [both], name: "merge")
    #expect(gate.refusals.map(\.error) == ["TOKENIZER_DRIFT", "PREFIX_BROKEN"])
  }
}

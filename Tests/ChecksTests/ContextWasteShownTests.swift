import Project
import Records
import Store
import Testing

@testable import Checks

/// All that `context-waste` shows: of nothing, of prompts without tokens, and of one kind of waste.
@Suite struct ContextWasteShownTests {
  @Test func ofNoPromptsNothingIsDrawn() async throws {
    let none = try await ContextBench.finding(ContextBench.yaml(), [])
    #expect(none.measured == ["spans 0", "sessions 0", "waste_share -"] && none.drawn.isEmpty)
    let headline =
      "Nobody knows what the prompts of help are made of: no span with tokens in 30 days."
    #expect(none.headline == headline)
    #expect(none.next == "Get 30 more spans with input_tokens and attributes.context_segments.")
    // Prompts that say that they have no tokens are spans, and nothing can be said of them either.
    let empty = try await ContextBench.finding(
      ContextBench.yaml(price: nil), (0..<30).map { try ContextBench.span($0, nil, input: 0) })
    #expect(empty.measured == ["spans 30", "sessions 30", "waste_share -", "tokens 0"] && empty.drawn.isEmpty)
    #expect(empty.codes(.unknown) == ["NO_SPANS"] && empty.codes(.warn).isEmpty && empty.headline == headline)
  }

  @Test func onlyClassesThatOccurAreShown() async throws {
    let prompt = [
      ContextBench.segment("chunk", 80, ["sha256": "x"]), ContextBench.segment("chunk", 20, ["sha256": "x"]),
    ]
    let finding = try await ContextBench.finding(ContextBench.yaml(), ContextBench.spans(40, prompt))
    #expect(
      finding.measured == [
        "spans 40", "sessions 40", "waste_share 0.2", "tokens 100", "tokens duplicate 20", "tokens needed 80",
        "waste_with_maybe 0.2", "needed 80", "tax_multiple 1.25", "unattributed 0", "unread 0",
        "tokens_per_good_answer -", "month_all 0.012", "million_calls_all 300", "month_waste 0.0024",
        "million_calls_waste 60", "month duplicate 0.0024",
      ])
    #expect(finding.drawn == ["An average prompt 2", "What to leave out 1"])
    #expect(
      finding.headline
        == "20 % of the prompts of help is waste: 20 of 100 tokens in the mean of 40 spans, 1.25 times what is needed.")
    #expect(finding.next == "Send a text once: 20 tokens of each prompt, 0.00 USD a month.")
    // Twenty prompts are shown, however many there are.
    #expect(finding.evidence.count == 20)
  }

  @Test func billsAreRoundedHalfAwayFromZero() {
    for (units, text) in [
      (5_000_000_000, "0.01 USD"), (4_999_999_999, "0.00 USD"), (0, "0.00 USD"), (-4_999_999_999, "0.00 USD"),
      (-5_000_000_000, "-0.01 USD"),
    ] as [(Int128, String)] {
      #expect(Money(units: units, currency: "USD").map(ContextWaste.bill) == text)
    }
  }

  @Test func whatTookNoTimeCostsNothingThatCouldBeScaled() async throws {
    let bench = try await CheckBench(ContextBench.yaml())
    try await bench.ledger.read { snapshot in
      var fold = PromptFold(ContextWaste.Policy(), try DocumentHistory(snapshot), change: nil)
      fold.add(try Self.span(tokens: 1_000_000), isGood: false)
      let costs = ContextWaste.Costs(fold, bench.project.models, at: ContextBench.now)
      #expect(costs.scaled([.needed], by: 6, of: 2) == Money(units: 9 * Money.unitsPerOne, currency: "USD"))
      #expect(costs.scaled([.needed], by: 6, of: 0) == nil)
    }
  }

  private static func span(tokens: Int64, text: String = "") throws -> WindowSpan {
    let record = try ContextBench.span(0, [ContextBench.segment("user", tokens, ["text": .string(text)])])
    return try #require(WindowTrace([record])?.spans.first)
  }

  /// Texts of 16 MiB are compared, and no byte more.
  @Test func textsAreReadUpToABound() async throws {
    let bench = try await CheckBench(ContextBench.yaml())
    try await bench.ledger.read { snapshot in
      var fold = PromptFold(ContextWaste.Policy(), try DocumentHistory(snapshot), change: nil)
      let text = String(repeating: "a", count: PromptFold.mostTextBytes - 1)
      fold.add(try Self.span(tokens: 1, text: text), isGood: false)
      fold.add(try Self.span(tokens: 1, text: "b"), isGood: false)
      #expect(fold.spans == 2 && !fold.isFull)
      fold.add(try Self.span(tokens: 1, text: "c"), isGood: false)
      #expect(fold.spans == 2 && fold.isFull)
    }
  }
}

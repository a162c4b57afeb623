import Pricing
import Records
import Testing

struct PriceBookTests {
  private func input(
    _ book: PriceBook, _ model: String?, requested: String? = nil, provider: String? = nil, at: String = "2026-01-01"
  ) throws -> (Money?, String?, [String]) {
    let answer = book.answer(
      Call(
        provider: provider, modelServed: model, modelRequested: requested, at: try instant(at),
        usage: usage { ($0.input, $0.output) = (1_000_000, 0) }))
    return (answer.cost.total, answer.table?.source, answer.cost.gaps.map(\.reason))
  }

  // MARK: Which table answers

  @Test func theLatestTableThatHoldsAnswers() throws {
    let march = try table("march", ["o3": "10", "old": "7"], from: "2025-03-01")
    let june = try table("june", ["o3": "2"], from: "2025-06-01")
    let always = try table("always", ["o3": "1", "eternal": "4"])
    for tables in [[march, june, always], [june, always, march], [always, march, june]] {
      let book = PriceBook(tables)
      #expect(try input(book, "o3", at: "2025-02-28") == (dollars("1"), "always", []))
      #expect(try input(book, "o3", at: "2025-03-01") == (dollars("10"), "march", []))
      #expect(try input(book, "o3", at: "2025-05-31T23:59:59Z") == (dollars("10"), "march", []))
      #expect(try input(book, "o3", at: "2025-06-01") == (dollars("2"), "june", []))
      // A table that does not know the model leaves the answer to the one before.
      #expect(try input(book, "old") == (dollars("7"), "march", []))
      #expect(try input(book, "eternal") == (dollars("4"), "always", []))
      #expect(try input(book, "nobody") == (nil, nil, ["no price for model 'nobody'"]))
    }
  }

  @Test func ofTablesThatHoldSinceTheSameInstantTheFirstAnswers() throws {
    let book = PriceBook([try table("one", ["m": "1"]), try table("two", ["m": "2", "n": "2"])])
    #expect(try input(book, "m") == (dollars("1"), "one", []))
    #expect(try input(book, "n") == (dollars("2"), "two", []))
  }

  @Test func aTableEndsBeforeItsEnd() throws {
    let book = PriceBook([try table("short", ["m": "1"], from: "2025-01-01", to: "2025-02-01")])
    #expect(try input(book, "m", at: "2025-01-31T23:59:59Z").0 == dollars("1"))
    #expect(try input(book, "m", at: "2025-02-01") == (nil, nil, ["no price held at that time"]))
  }

  @Test func ownPricesComeFirstAndPassOnWhatTheyDoNotKnow() throws {
    let own = PriceTable(
      source: "tally.yaml", version: SHA256Digest(of: "own"), bytes: 3, knowsRequests: true,
      directory: OwnDirectory([
        ModelPrices(
          "mine", offers: [.init(try sheet([.input: "5", .output: "0"]), Validity(to: try instant("2025-06-01")))])
      ]))
    let book = PriceBook(own: own, [try table("list", ["mine": "9"], from: "2020-01-01")])
    #expect(try input(book, "mine", at: "2025-05-31") == (dollars("5"), "tally.yaml", []))
    #expect(try input(book, "mine", at: "2025-06-01") == (dollars("9"), "list", []))
    // Own names may be those that were asked for.
    #expect(try input(book, "mine-2026-01-01", requested: "mine", at: "2025-05-31") == (dollars("5"), "tally.yaml", []))
    // What others do not know is said in their words.
    #expect(try input(book, "other") == (nil, nil, ["no price for model 'other'"]))
  }

  @Test func whatAnsweredIsBilledAndNotWhatWasAskedFor() throws {
    let book = PriceBook([try table("list", ["asked": "1", "served": "2"])])
    #expect(try input(book, "served", requested: "asked").0 == dollars("2"))
    #expect(try input(book, nil, requested: "asked").0 == dollars("1"))
    #expect(try input(book, "unheard-of", requested: "asked").2 == ["no price for model 'unheard-of'"])
    #expect(try input(book, nil).2 == ["no model is named"])
  }

  // MARK: Rules

  private func rules() throws -> PriceBook {
    var openai = RuleDirectory.Provider(id: "openai")
    openai.models = .startsWith("gpt-")
    openai.offered = [
      .init(.startsWith("gpt-4o"), ModelPrices("gpt-4o", offers: [.init(try sheet([.input: "2.5", .output: "0"]))])),
      .init(
        .equals("gpt-5.2-2025-12-11"),
        ModelPrices("gpt-5.2", offers: [.init(try sheet([.input: "1.25", .output: "0"]))])),
    ]
    var azure = RuleDirectory.Provider(id: "azure")
    azure.fallbacks = ["openai"]
    azure.offered = [
      .init(.equals("gpt-4o-eu"), ModelPrices("gpt-4o-eu", offers: [.init(try sheet([.input: "3", .output: "0"]))]))
    ]
    var groq = RuleDirectory.Provider(id: "groq")
    groq.names = .contains("groq")
    groq.offered = [
      .init(.contains("llama"), ModelPrices("llama", offers: [.init(try sheet([.input: "0.1", .output: "0"]))]))
    ]
    return PriceBook([
      PriceTable(
        source: "rules", version: SHA256Digest(of: "rules"), bytes: 1, directory: RuleDirectory([openai, azure, groq]))
    ])
  }

  @Test func modelsOfProvidersByRules() throws {
    let book = try rules()
    #expect(try input(book, "gpt-4o-2024-08-06", provider: "openai").0 == dollars("2.5"))
    #expect(try input(book, "GPT-4o", provider: "OpenAI").0 == dollars("2.5"))
    // Azure sells OpenAI's models at their price, and some of its own.
    #expect(try input(book, "gpt-4o", provider: "azure.ai.openai").0 == dollars("2.5"))
    #expect(try input(book, "gpt-4o-eu", provider: "azure").0 == dollars("3"))
    // A provider by the table's own rule.
    #expect(try input(book, "llama-3", provider: "my_groq").0 == dollars("0.1"))
    // Nobody said who: the model's name does, or its prefix.
    #expect(try input(book, "gpt-4o").0 == dollars("2.5"))
    #expect(try input(book, "openai/gpt-4o").0 == dollars("2.5"))
    #expect(try input(book, "gpt-4o", provider: "langchain").0 == dollars("2.5"))
    #expect(try input(book, "openai/gpt-4o", provider: "openai").0 == dollars("2.5"))
    // Compact dates are dates.
    #expect(try input(book, "gpt-5.2-20251211", provider: "openai").0 == dollars("1.25"))
    #expect(try input(book, "gpt-5.2-20251311", provider: "openai").0 == nil)
    #expect(try input(book, "gpt-9", provider: "openai").2 == ["no price for model 'gpt-9' of 'openai'"])
    #expect(try input(book, "llama-3", provider: "elsewhere").2 == ["no prices of provider 'elsewhere'"])
    #expect(try input(book, "llama-3").2 == ["no price for model 'llama-3'"])
  }

  @Test func modelsByTheirExactNames() throws {
    func row(_ name: String, _ provider: String?, _ price: String) throws -> NameDirectory.Row {
      .init(provider: provider, ModelPrices(name, offers: [.init(try sheet([.input: price, .output: "0"]))]))
    }
    let directory = NameDirectory([
      try row("gpt-4o", "openai", "2.5"), try row("azure/gpt-4o", "azure", "2.75"),
      try row("gemini-2.5-pro", "vertex_ai-language-models", "1.25"),
      try row("anthropic.claude-3", "bedrock_converse", "3"),
      try row("mine", nil, "1"),
    ])
    let book = PriceBook([PriceTable(source: "map", version: SHA256Digest(of: "map"), bytes: 1, directory: directory)])
    #expect(try input(book, "gpt-4o", provider: "openai").0 == dollars("2.5"))
    #expect(try input(book, "gpt-4o", provider: "azure.ai.openai").0 == dollars("2.75"))
    #expect(try input(book, "azure/gpt-4o").0 == dollars("2.75"))
    #expect(try input(book, "gemini-2.5-pro", provider: "gcp.vertex_ai").0 == dollars("1.25"))
    #expect(try input(book, "models/gemini-2.5-pro", provider: "vertex_ai").0 == dollars("1.25"))
    #expect(try input(book, "anthropic.claude-3", provider: "aws.bedrock").0 == dollars("3"))
    #expect(try input(book, "mine", provider: "anybody").0 == dollars("1"))
    // Another provider's price is none.
    #expect(try input(book, "gpt-4o", provider: "groq").2 == ["no price for model 'gpt-4o' of 'groq'"])
  }

  // MARK: What was billed beside

  @Test func whatRanBesideTheCallIsAdded() throws {
    let book = PriceBook([try table("list", ["m": "1", "adviser": "10"])])
    var counts = usage { ($0.input, $0.output) = (1_000_000, 0) }
    counts.beside = [
      usage { ($0.input, $0.output) = (2_000_000, 0) },
      usage { ($0.input, $0.output, $0.model) = (1_000_000, 0, "adviser") },
    ]
    let call = Call(modelServed: "m", at: try instant("2026-01-01"), usage: counts)
    #expect(book.answer(call).cost.total == dollars("13"))
    counts.beside[1].model = "nobody"
    let unknown = book.answer(Call(modelServed: "m", at: try instant("2026-01-01"), usage: counts)).cost
    #expect(unknown.total == nil && unknown.gaps.map(\.reason) == ["no price for model 'nobody'"])
  }
}

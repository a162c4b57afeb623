import Pricing
import Records
import Testing

@testable import Intake

/// A table of prices in memory.
private func read(_ text: String) throws -> PriceTable {
  try PriceFile.read(try Array(text.utf8).withUnsafeBytes { try ByteSource(copying: $0, name: "prices.json") })
}

private func fault(_ text: String) -> String? {
  do {
    _ = try read(text)
    return nil
  } catch {
    return "\(error)"
  }
}

/// What a million input tokens and a million output tokens cost, or why that is unknown.
private func price(
  _ table: PriceTable, _ model: String, provider: String? = nil, at: String = "2026-01-01",
  _ configure: (inout TokenBuckets) -> Void = { _ in }
) throws -> String {
  var usage = TokenBuckets()
  (usage.input, usage.output) = (1_000_000, 1_000_000)
  configure(&usage)
  let at = try #require(Instant(at))
  let cost = PriceBook([table]).answer(Call(provider: provider, modelServed: model, at: at, usage: usage)).cost
  return cost.total?.description ?? cost.gaps.map(\.reason).joined(separator: "; ")
}

struct ProviderPriceFileTests {
  private let table = """
    [{"id": "openai", "model_match": {"starts_with": "gpt-"}, "provider_match": {"contains": "openai"}, "extractors": [1],
      "models": [
        {"id": "gpt-4o", "match": {"or": [{"starts_with": "GPT-4o"}, {"regex": "^chatgpt-4o"}]}, "context_window": 128000,
         "prices": {"input_mtok": 2.5, "cache_read_mtok": 1.25, "output_mtok": 10, "web_searches_kcount": 10}},
        {"id": "o3", "match": {"equals": "o3"}, "prices": [
          {"prices": {"input_mtok": 10, "output_mtok": 40}},
          {"constraint": {"start_date": "2025-06-10"}, "prices": {"input_mtok": 2, "output_mtok": 8}}],
         "price_variants": [{"when": {"service_tier": "flex"}, "prices": {"input_mtok": 1}}]},
        {"id": "bare", "prices": {"input_mtok": 1e0, "output_mtok": "0.50", "audio_hours": 5}}]},
     {"id": "deepseek", "models": [{"id": "chat", "match": {"equals": "chat"}, "prices": [
          {"prices": {"input_mtok": 0.135, "output_mtok": 0.55}},
          {"constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z"},
           "prices": {"input_mtok": 0.27, "output_mtok": 1.1}}]}]},
     {"id": "google", "models": [{"id": "long", "match": {"equals": "long"}, "prices": {
        "input_mtok": {"base": 1.25, "tiers": [{"start": 999999, "price": 2.5}]}, "input_audio_mtok": 0.7,
        "output_mtok": {"tiers": [{"start": 1000000, "price": 15}], "base": 10}}}]},
     {"id": "azure", "fallback_model_providers": ["openai"], "models": []}]
    """

  @Test func prices() throws {
    let table = try read(table)
    #expect(table.source == "prices.json" && table.directory.count == 5)
    #expect(table.version == SHA256Digest(of: self.table) && table.bytes == Int64(self.table.utf8.count))
    #expect(try price(table, "gpt-4o-2024-08-06", provider: "openai") == "12.50 USD")
    #expect(try price(table, "chatgpt-4o-latest", provider: "openai") == "12.50 USD")
    #expect(try price(table, "gpt-4o") == "12.50 USD")
    #expect(try price(table, "gpt-4o", provider: "azure.ai.openai") == "12.50 USD")
    #expect(try price(table, "gpt-4o", provider: "openai") { $0.cacheRead = 1_000_000 } == "11.25 USD")
    #expect(try price(table, "gpt-4o", provider: "openai") { $0.webSearches = 2 } == "12.52 USD")
    #expect(try price(table, "bare", provider: "openai") == "1.50 USD")
    // Audio that no price names costs what text costs; the cache has no price then.
    #expect(try price(table, "bare", provider: "openai") { $0.inputAudio = 5 } == "1.50 USD")
    #expect(
      try price(table, "bare", provider: "openai") { $0.cacheRead = 5 } == "no price for cache-read input tokens")
  }

  @Test func datesHoursAndModes() throws {
    let table = try read(table)
    #expect(try price(table, "o3", provider: "openai", at: "2025-06-09T23:59:59.999999999Z") == "50.00 USD")
    #expect(try price(table, "o3", provider: "openai", at: "2025-06-10") == "10.00 USD")
    #expect(try price(table, "chat", provider: "deepseek", at: "2025-06-10T00:29:59Z") == "0.685 USD")
    #expect(try price(table, "chat", provider: "deepseek", at: "2025-06-10T00:30:00Z") == "1.37 USD")
    #expect(try price(table, "chat", provider: "deepseek", at: "2025-06-10T16:30:00Z") == "0.685 USD")
    #expect(try price(table, "o3", provider: "openai") { $0.modes.set("service_tier", "flex") } == "9.00 USD")
    #expect(
      try price(table, "gpt-4o", provider: "openai") { $0.modes.set("service_tier", "flex") }
        == "no price for service_tier 'flex'")
  }

  /// Above a tier's start, not at it.
  @Test func tiers() throws {
    let table = try read(table)
    #expect(try price(table, "long", provider: "google") == "12.50 USD")
    #expect(try price(table, "long", provider: "google") { $0.input = 999_999 } == "11.24999875 USD")
    #expect(try price(table, "long", provider: "google") { $0.input = 1_000_001 } == "17.5000025 USD")
    #expect(try price(table, "long", provider: "google") { $0.inputAudio = 1_000_000 } == "10.70 USD")
  }

  @Test(arguments: [
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": {"input_mtok": -1}}]}]"#,
      "1:62: input_mtok is no price: -1 dollars for a million."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": {"input_mtok": 1e13}}]}]"#,
      "1:62: input_mtok is no price: 1e13 dollars for a million."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": {"input_mtok": true}}]}]"#,
      "1:62: input_mtok must be a price, found true or false."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": {"input_mtok": "free"}}]}]"#,
      "1:62: input_mtok must be a price, found 'free'."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": {"input_mtok": NaN}}]}]"#,
      "1:62: input_mtok must be a price, found 'NaN'."
    ),
    ("[{\"id\": \"a\",\n \"models\": {}}]", "2:12: models must be a list, found an object."),
    (#"[{"name": "a"}]"#, "1:2: a provider has no id."), (#"[{"id": ""}]"#, "1:9: id is empty."),
    (#"[{"id": "a", "models": [{"prices": {}}]}]"#, "1:25: a model has no id."),
    (#"[{"id": "a"}, {"id": "A"}]"#, "1:15: provider 'a' is there twice."),
    (#"[{"id": "a", "model_match": {"like": "x"}}]"#, "1:38: the rule 'like' on names is not known."),
    (#"[{"id": "a", "model_match": {}}]"#, "1:29: a rule on names says nothing."),
    (#"[{"id": "a", "model_match": {"equals": "x", "contains": "y"}}]"#, "1:29: a rule on names must say one thing."),
    (#"[{"id": "a", "model_match": {"regex": "a(b"}}]"#, "1:39: the pattern has a '(' without its ')', after 3 bytes."),
    (#"[{"id": "a", "model_match": {"or": {"equals": "x"}}}]"#, "1:36: or must be a list, found an object."),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": {"input_mtok": {"tiers": []}}}]}]"#,
      "1:62: input_mtok has no base price."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": {"input_mtok": {"base": 1, "tiers": [{"start": 5}]}}}]}]"#,
      "1:84: a tier of input_mtok must have a start and a price."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": {"input_mtok": {"base": 1, "tiers": [{"start": 0.5}]}}}]}]"#,
      "1:94: input_mtok.tiers.start must be a whole number of tokens, not negative."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": [{"constraint": {"start_date": "soon"}}]}]}]"#,
      "1:78: start_date must be a date, found 'soon'."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": [{"constraint": {"start_time": "25:00Z"}}]}]}]"#,
      "1:78: start_time must be a time of the day, found '25:00Z'."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": [{"constraint": {"start_time": "05:00Z"}}]}]}]"#,
      "1:63: a constraint must have a start_time and an end_time."
    ),
    (
      #"[{"id": "a", "models": [{"id": "m", "prices": [{"constraint": {"weekday": "monday"}}]}]}]"#,
      "1:75: the constraint 'weekday' is not known."
    ),
    (#"[{"id": "a", "models": [{"id": "m""#, "1:35: expected ',' or '}' after a value, found end of file."),
    ("[]", "1:1: holds no table of prices that is known."),
    ("5", "1:1: holds no table of prices that is known."),
    (#"[{"id": "a", "models": [{"id": "m"}]}] x"#, "1:40: expected end of file, found 'x'."),
  ])
  func malformed(text: String, expected: String) {
    #expect(fault(text)?.hasPrefix("prices.json:\(expected)") == true, "\(fault(text) ?? "read")")
  }
}

struct ModelPriceFileTests {
  private let map = """
    {"sample_spec": {"input_cost_per_token": "documentation"},
     "gpt-4o": {"input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-06,
       "input_cost_per_token_batches": 1.25e-06, "output_cost_per_token_batches": 5e-06, "litellm_provider": "openai",
       "search_context_cost_per_query": {"search_context_size_low": 0.03, "search_context_size_medium": 0.035}},
     "gemini-pro": {"input_cost_per_token": 1.25e-06, "input_cost_per_token_above_200k_tokens": 2.5e-06,
       "output_cost_per_token": 1e-05, "output_cost_per_token_above_200k_tokens": 1.5e-05,
       "cache_read_input_token_cost": 3.125e-07, "litellm_provider": "vertex_ai-language-models"},
     "claude": {"input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05, "cache_creation_input_token_cost": 3.75e-06,
       "cache_creation_input_token_cost_above_1hr": 6e-06, "litellm_provider": "anthropic"},
     "think": {"input_cost_per_token": 0, "output_cost_per_token": 4e-07, "output_cost_per_reasoning_token": "3.5e-06",
       "litellm_provider": "groq", "deprecation_date": "2025-09-30"},
     "whisper": {"input_cost_per_second": 0.0001, "litellm_provider": "openai"},
     "azure/gpt-4o": {"input_cost_per_token": 2.75e-06, "output_cost_per_token": 1.1e-05, "litellm_provider": "azure"}}
    """

  @Test func prices() throws {
    let table = try read(map)
    #expect(table.directory.count == 6)
    #expect(try price(table, "gpt-4o", provider: "openai") == "12.50 USD")
    #expect(try price(table, "gpt-4o", provider: "azure") == "13.75 USD")
    #expect(try price(table, "gpt-4o", provider: "openai") { $0.cacheRead = 1_000_000 } == "11.25 USD")
    #expect(try price(table, "gpt-4o", provider: "openai") { $0.webSearches = 2 } == "12.57 USD")
    #expect(try price(table, "claude", provider: "anthropic") { $0.cacheWrite = 1_000_000 } == "18.75 USD")
    #expect(try price(table, "claude", provider: "anthropic") { $0.cacheWrite1Hour = 1_000_000 } == "21.00 USD")
    #expect(try price(table, "think", provider: "groq") { $0.reasoning = 1_000_000 } == "3.50 USD")
    #expect(try price(table, "whisper") == "no price for input tokens; no price for output tokens")
    #expect(try price(table, "sample_spec") == "no price for model 'sample_spec'")
  }

  /// A cache without a price for long contexts has none there: the short one's would be half of it.
  @Test func longContexts() throws {
    let table = try read(map)
    #expect(try price(table, "gemini-pro") { $0.input = 200_000 } == "10.25 USD")
    #expect(try price(table, "gemini-pro") { $0.input = 200_001 } == "15.5000025 USD")
    #expect(try price(table, "gemini-pro") { ($0.input, $0.cacheRead) = (200_000, 200_000) } == "10.0625 USD")
    #expect(
      try price(table, "gemini-pro") { ($0.input, $0.cacheRead) = (200_001, 1) }
        == "no price for cache-read input tokens in calls above 200000 input tokens")
  }

  @Test func batches() throws {
    let table = try read(map)
    func batch(_ usage: inout TokenBuckets) { usage.modes.set("processing", "batch") }
    #expect(try price(table, "gpt-4o", provider: "openai", batch) == "6.25 USD")
    // What the batch's prices do not name has none.
    let cached = try price(table, "gpt-4o", provider: "openai") {
      batch(&$0)
      $0.cacheRead = 5
    }
    #expect(cached == "no price for cache-read input tokens")
    #expect(try price(table, "claude", provider: "anthropic", batch) == "no price for processing 'batch'")
  }

  @Test(arguments: [
    ("{\"m\":\n {\"input_cost_per_token\": -1e-6}}", "2:27: input_cost_per_token is no price: -1e-6 dollars for one."),
    (#"{"m": {"input_cost_per_token": 1000001}}"#, "1:32: input_cost_per_token is no price: 1000001 dollars for one."),
    (#"{"m": {"output_cost_per_token": []}}"#, "1:33: output_cost_per_token must be a price, found a list."),
    (#"{"updated": "today", "m": 5}"#, "1:27: model 'm' must be an object, found a number."),
    ("{}", "1:1: holds no table of prices that is known."),
  ])
  func malformed(text: String, expected: String) {
    #expect(fault(text)?.hasPrefix("prices.json:\(expected)") == true, "\(fault(text) ?? "read")")
  }

  @Test func keys() {
    let key = ModelPriceKey("cache_creation_input_token_cost_above_1hr_above_200k_tokens")
    #expect(key?.kind == .cacheWrite1Hour && key?.above == 200_000 && key?.mode == nil)
    let flex = ModelPriceKey("input_cost_per_token_above_128k_tokens_priority")
    #expect(flex?.kind == .input && flex?.above == 128_000 && flex?.mode?.word == "priority")
    for key in ["input_cost_per_second", "input_cost_per_token_above_0k_tokens", "max_tokens", "_batches", ""] {
      #expect(ModelPriceKey(key) == nil, "\(key)")
    }
  }
}

/// LiteLLM's map on three days, as its history has it.
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct DatedPriceFileTests {
  private func book() throws -> PriceBook {
    let files = [("2025-03-01", "json"), ("2025-06-01", "json"), ("2025-09-01", "json.gz")]
    var tables: [PriceTable] = []
    for (date, ending) in files {
      let day: Instant = try #require(Instant(date))
      let path = sharedData + "/llm-prices/model_prices_\(date).\(ending)"
      tables.append(try PriceFile.read(path, validity: Validity(from: day)))
    }
    return PriceBook(tables)
  }

  private func cost(_ model: String, _ at: String, _ book: PriceBook, _ provider: String? = nil) throws -> Money? {
    var usage = TokenBuckets()
    (usage.input, usage.output) = (1_000_000, 0)
    let at = try #require(Instant(at))
    return book.answer(Call(provider: provider, modelServed: model, at: at, usage: usage)).cost.total
  }

  @Test func theSameCallOnAnotherDay() throws {
    let book = try book()
    #expect(book.tables.map(\.directory.count) == [804, 1_047, 1_539])
    #expect(try cost("o3", "2025-06-15", book) == Money("10.00 USD"))
    #expect(try cost("o3", "2025-08-31T23:59:59Z", book) == Money("10.00 USD"))
    #expect(try cost("o3", "2025-09-01", book) == Money("2.00 USD"))
    #expect(try cost("gpt-4o", "2025-05-31", book, "azure") == Money("5.00 USD"))
    #expect(try cost("gpt-4o", "2025-06-01", book, "azure") == Money("2.50 USD"))
    // Before the first day, nothing is known.
    #expect(try cost("gpt-4o", "2025-02-28", book) == nil)
  }

  /// 8,819 calls of Azure's trace, by the prices of September 2025: computed independently.
  @Test func aDayOfTraffic() throws {
    let book = try book()
    let source = try ByteSource(path: sharedData + "/azure-llm-code-2023/AzureLLMInferenceTrace_code.csv")
    let lines = String(decoding: source.bytes, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst()
    let at = try #require(Instant("2025-09-01"))
    for (model, expected) in [("gpt-4o", "47.608895"), ("gpt-4o-mini", "2.856534")] {
      var sum = try #require(Money("0 USD"))
      for line in lines {
        let cells = line.split(separator: ",")
        var usage = TokenBuckets()
        (usage.input, usage.output) = (Int64(cells[1]), Int64(cells[2]))
        let cost = book.answer(Call(provider: "openai", modelServed: model, at: at, usage: usage)).cost
        let total = try #require(cost.total)
        sum = try #require(sum.adding(total))
      }
      #expect(lines.count == 8_819)
      #expect(try NearestDollars(sum).text == expected)
    }
  }

  /// To millionths, half up, as the expectation is printed.
  private struct NearestDollars {
    let text: String

    init(_ money: Money) throws {
      let millionths = (money.units + 500_000) / 1_000_000
      let rest = String(millionths % 1_000_000)
      text = "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - rest.count) + rest
    }
  }
}

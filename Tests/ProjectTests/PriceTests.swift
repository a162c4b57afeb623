import Pricing
import Project
import Records
import Testing

struct PriceTests {
  private func project(_ text: String) throws -> Project { try Project.parse(text, policies: catalogue) }

  private func cost(_ table: PriceTable?, _ model: String, at: String) throws -> Money? {
    var usage = TokenBuckets()
    (usage.input, usage.output) = (1_000_000, 0)
    let at = try #require(Instant(at))
    return PriceBook(own: table, []).answer(Call(modelServed: model, at: at, usage: usage)).cost.total
  }

  @Test func ownPricesByModelAndTime() throws {
    let table = try project(
      """
      models:
        fixed: {price: {input_per_mtok: 0.0028 USD, output_per_mtok: 1 USD}}
        changing:
          price:
            - {input_per_mtok: 1 EUR, output_per_mtok: 1 EUR, to: 2026-03-01}
            - {input_per_mtok: 2 EUR, output_per_mtok: 2 EUR, from: 2026-03-01}
        unpriced: {}
      """
    ).ownPrices(source: "tally.yaml")
    #expect(table?.source == "tally.yaml" && table?.directory.count == 2)
    #expect(try cost(table, "fixed", at: "2020-01-01") == Money("0.0028 USD"))
    #expect(try cost(table, "changing", at: "2026-02-28T23:59:59Z") == Money("1 EUR"))
    #expect(try cost(table, "changing", at: "2026-03-01") == Money("2 EUR"))
    #expect(try cost(table, "unpriced", at: "2026-03-01") == nil)
    #expect(try project("models: {a: {}}").ownPrices(source: "tally.yaml") == nil)
  }

  /// Every key is the price of what it says.
  @Test(arguments: [
    ("cached_input_per_mtok", BilledKind.cacheRead, 1 as Int128), ("cache_write_per_mtok", .cacheWrite, 1),
    ("cache_write_1h_per_mtok", .cacheWrite1Hour, 1), ("output_per_mtok", .output, 1),
    ("reasoning_per_mtok", .reasoning, 1), ("input_audio_per_mtok", .inputAudio, 1),
    ("cached_audio_per_mtok", .cacheReadAudio, 1), ("output_audio_per_mtok", .outputAudio, 1),
    ("input_image_per_mtok", .inputImage, 1), ("output_image_per_mtok", .outputImage, 1),
    ("per_web_search", .webSearch, 1_000_000), ("per_request", .request, 1_000_000), ("input_per_mtok", .input, 1),
  ])
  func keysAndKinds(key: String, kind: BilledKind, factor: Int128) throws {
    let table = try #require(
      try project("models: {m: {price: {\(key): 0.25 USD}}}").ownPrices(source: "tally.yaml"))
    let prices = try table.directory.prices(of: "m", provider: nil).get()
    let sheet = try prices.sheet(at: Instant(nanoseconds: 0), modes: CallModes()).get()
    #expect(sheet.prices.count == 1)
    #expect(sheet[kind]?.base?.unitsPerMillion == Money.unitsPerOne / 4 * factor)
  }

  /// The version is that of the prices: it changes with them and with nothing else.
  @Test func theVersionOfOwnPrices() throws {
    func version(_ text: String) throws -> SHA256Digest? { try project(text).ownPrices(source: "tally.yaml")?.version }
    let first = try version("models: {m: {price: {input_per_mtok: 1 USD}}}")
    #expect(try version("suites: {s: {}}\nmodels:\n  m: {price: {input_per_mtok: 1.00 USD}}") == first)
    #expect(try version("models: {m: {price: {input_per_mtok: 2 USD}}}") != first)
  }

  @Test(arguments: [
    (
      "models: {m: {price: {input_per_mtok: 1 USD, output_per_mtok: 1 EUR}}}",
      "1:62: models.m.price: amounts in USD and EUR, which are never added. Write all of them in one currency."
    ),
    (
      "models: {m: {price: {input_per_mtok: 2.5}}}",
      "1:38: models.m.price.input_per_mtok must be an amount with its currency, found '2.5'. Write for example: 5.00 USD"
    ),
    ("models: {m: {price: {input_per_mtok: 1000001 USD}}}", "1000001.00 USD is no price."),
    ("models: {m: {price: {input: 1 USD}}}", "1:22: unknown key 'input' in models.m.price."),
    ("models: {m: {price: 5 USD}}", "1:21: models.m.price must be a mapping, found '5 USD'."),
    (
      "models: {m: {price: {input_per_mtok: 1 USD, from: 2026-03-01, to: 2026-03-01}}}",
      "1:67: models.m.price: it ends before it begins. Say first from, then to."
    ),
    (
      "models: {m: {price: [{from: 2026-01-01, to: 2026-03-02}, {from: 2026-03-01}]}}",
      "models.m: the prices since 2026-01-01 and since 2026-03-01 hold at the same time."
    ),
    ("prices: tables.json", "1:9: prices must be a list, found 'tables.json'."),
    ("prices: [{from: 2026-01-01}]", "1:10: prices[0] lacks the key 'path'."),
    ("prices: [{path: a.json, from: 2026-01-02, to: 2026-01-01}]", "1:47: prices[0]: it ends before it begins."),
    ("prices: [5.json, ~]", "1:18: prices[1] must be a path, found nothing."),
  ])
  func faults(text: String, expected: String) {
    #expect(errors(text).contains(expected), "\(errors(text))")
  }

  @Test func pricesThatMeetDoNotOverlap() throws {
    let text = "models: {m: {price: [{from: 2026-01-01, to: 2026-03-01}, {from: 2026-03-01}, {to: 2026-01-01}]}}"
    #expect(try project(text).models["m"]?.prices.count == 3)
  }

  @Test func effectiveSettingsSayWhereTheyAreWritten() throws {
    let lines = try project("models:\n  m: {price: {input_per_mtok: 1 USD}}\nprices: [a.json]").effective(
      policies: catalogue
    ).map(\.description)
    #expect(lines.contains("models.m.price.input_per_mtok = 1.00 USD   # tally.yaml:2"))
    #expect(lines.contains { $0.hasPrefix("prices = [a.json]") })
  }
}

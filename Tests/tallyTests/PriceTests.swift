import Foundation
import Testing

/// Costs of calls as a user meets them: priced when they are stored, shown, and priced anew.
struct PriceTests {
  private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

  /// LiteLLM's map, of a few models.
  private static func map(_ input: String = "2.5e-06") -> String {
    """
    {"gpt-4o": {"input_cost_per_token": \(input), "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-06,
      "litellm_provider": "openai"}}
    """
  }

  private func span(_ id: String, _ more: String, kind: String = "chat", at: String = "2026-05-01T10:00:00Z") -> String
  {
    """
    {"kind":"span","trace_id":"\(trace)","span_id":"\(id)","name":"\(id)","span_kind":"\(kind)","feature":"bot",\
    "started_at":"\(at)","ended_at":"2026-07-02T10:00:00Z","status":"ok"\(more)}
    """
  }

  /// A workflow of two calls, one of which an exporter priced itself, and one of a model that no table knows.
  private func shop(_ project: String = "prices: [tables/prices.json]\n") throws -> Workshop {
    let shop = try Workshop()
    try shop.write("tables/prices.json", Self.map())
    try shop.write("tally.yaml", project)
    let tokens = #""input_tokens":1000000,"output_tokens":100000"#
    try shop.write(
      "spans.jsonl",
      [
        span("whole", #","input_tokens":2000000,"output_tokens":200000"#, kind: "workflow"),
        span("known", #","model_served":"gpt-4o",\#(tokens),"attributes":{"provider":"openai"}"#),
        span("stated", #","model_served":"gpt-4o","cached_tokens":1000000,"cost_usd":"9.99",\#(tokens)"#),
        span("new", #","model_served":"gpt-99",\#(tokens),"cost_usd":"0.5""#),
        span("silent", #","model_served":"gpt-4o""#),
      ].joined(separator: "\n") + "\n")
    return shop
  }

  private func costs(_ shop: Workshop) throws -> [String: JSON] {
    let lines = try shop.tally("spans", "--format", "json").lines.filter { $0.contains(#""kind":"cost""#) }
    return Dictionary(
      uniqueKeysWithValues: try lines.map { line in
        let json = try JSON(Data(line.utf8))
        return (json["span_id"].string ?? "", json)
      })
  }

  // MARK: While they are stored

  @Test func callsArePricedInTheCommitThatStoresThem() throws {
    let shop = try shop()
    let run = try shop.tally("ingest", "spans.jsonl")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.text.contains("Stored 1 new artifact, 5 new spans, 4 new costs"), "\(run.text)")
    #expect(
      run.text.contains(
        """
        Cost of calls: 5.75 USD, and 2 calls of unknown cost: no price for model 'gpt-99' (1); \
        no tokens were reported (1).
        """), "\(run.text)")
    #expect(run.text.contains("commit 1."))
    let costs = try costs(shop)
    #expect(costs.keys.sorted() == ["known", "new", "silent", "stated"])
    // README's question counts every span once, and takes what was priced before what was stated: 3.50, 2.25 and 0.50.
    let question =
      "SELECT feature, count(*) AS n, sum(coalesce(amount, cost_usd)) AS cost FROM spans"
      + " LEFT JOIN costs USING (trace_id, span_id) GROUP BY feature"
    #expect(try shop.tally("sql", question, "--format", "csv").text == "feature,n,cost\r\nbot,5,6.25\r\n")
    #expect(costs["known"]?["amount"].string == "3.50" && costs["known"]?["currency"].string == "USD")
    #expect(costs["known"]?["price_version"].string?.count == 64)
    // Read from the cache, a million tokens cost half.
    #expect(costs["stated"]?["amount"].string == "2.25")
    #expect(costs["new"]?["amount"] == .null && costs["new"]?["price_version"] == .null)
    #expect(costs["new"]?["reason"].string == "no price for model 'gpt-99'")
    // Stored once, however often.
    #expect(try shop.tally("ingest", "spans.jsonl").text.contains("Nothing new"))
  }

  @Test func withoutPricesNothingIsPriced() throws {
    let shop = try shop("suites: {}\n")
    #expect(try shop.tally("ingest", "spans.jsonl").text.contains("Stored 5 new spans; 0 were there already."))
    #expect(try costs(shop).isEmpty)
    let text = try shop.tally("spans").text
    #expect(text.contains("$9.99*") && !text.contains("unknown"))
    #expect(text.contains("* as the exporter stated it"))
    let run = try shop.tally("reprice")
    #expect(run.code == 64 && run.errors.contains("there are no prices"))
  }

  /// An export brings the costs of its calls: each call costs once, by whatever prices it is read.
  @Test(arguments: [
    "prices: [tables/prices.json]\n", "suites: {}\n",
    "models: {gpt-4o: {price: {input_per_mtok: 100 USD, cached_input_per_mtok: 50 USD, output_per_mtok: 100 USD}}}\n",
  ])
  func whatAnExportSaysOfCostsStands(_ project: String) throws {
    let shop = try shop()
    #expect(try shop.tally("ingest", "spans.jsonl").code == 0)
    #expect(try shop.tally("export", "-o", "export.jsonl").code == 0)
    let line =
      "Cost of calls: 5.75 USD, and 2 calls of unknown cost: no price for model 'gpt-99' (1); no tokens were reported (1)."
    let other = try self.shop(project)
    try other.write("export.jsonl", Data(contentsOf: shop.url("export.jsonl")))
    let dry = try other.tally("ingest", "export.jsonl", "--dry-run")
    #expect(dry.text.contains("Would store 1 artifact, 5 spans, 4 costs") && dry.text.contains(line), "\(dry.text)")
    let run = try other.tally("ingest", "export.jsonl")
    #expect(
      run.text.hasPrefix("Stored 1 new artifact, 5 new spans, 4 new costs; 0 were there already."), "\(run.text)")
    #expect(run.text.contains(line) && !run.text.contains("CONFLICTING"), "\(run.text)")
    let again = try other.tally("ingest", "export.jsonl")
    #expect(again.text.hasPrefix("Nothing new: all 10 records were there already."), "\(again.text)")
    #expect(again.text.contains(line), "\(again.text)")
    #expect(try other.tally("sql", "SELECT count(*) AS n FROM costs", "--format", "csv").text == "n\r\n4\r\n")
    #expect(try other.tally("ledger", "verify").code == 0)
    // What was priced anew since is what the calls cost.
    try other.write("new.json", Self.map("5e-06"))
    #expect(try other.tally("reprice", "--prices", "new.json").code == 0)
    let late = try other.tally("ingest", "export.jsonl")
    let held = try costs(other).values.compactMap { $0["amount"].string }
    #expect(held.contains("6.00") || project.hasPrefix("models"))
    #expect(late.text.hasPrefix("Nothing new") && (late.text.contains("8.25 USD") || project.hasPrefix("models")))
  }

  @Test func aDryRunPricesToo() throws {
    let shop = try shop()
    let run = try shop.tally("ingest", "spans.jsonl", "--dry-run")
    #expect(run.text.contains("Would store 1 artifact, 5 spans, 4 costs"))
    #expect(run.text.contains("Cost of calls: 5.75 USD"))
    #expect(!FileManager.default.fileExists(atPath: shop.url(".tally").path))
  }

  /// A table that cannot be read stores nothing: unpriced spans would look like free ones.
  @Test func aTableThatCannotBeReadIsAnError() throws {
    let shop = try shop()
    try shop.write("tables/prices.json", "{\"gpt-4o\":\n {\"input_cost_per_token\": \"free\"}}")
    let run = try shop.tally("ingest", "spans.jsonl")
    #expect(run.code == 64)
    #expect(run.errors.contains("tables/prices.json:2:27: input_cost_per_token must be a price, found 'free'."))
    #expect(try shop.tally("ledger", "status").text.contains("span") == false)
    // Results alone ask for no prices.
    try shop.scores("run.csv", [1, 0])
    #expect(try shop.tally("ingest", "run.csv").code == 0)
    try shop.write("tally.yaml", "prices: [tables/none.json]\n")
    #expect(try shop.tally("ingest", "spans.jsonl").errors.contains("tables/none.json: cannot be opened"))
  }

  // MARK: Shown

  @Test func spansAndTracesShowCostsAndPrices() throws {
    let shop = try shop()
    #expect(try shop.tally("ingest", "spans.jsonl").code == 0)
    let version = try #require(try costs(shop)["known"]?["price_version"].string)
    let spans = try shop.tally("spans")
    func row(_ name: String) -> String { spans.lines.first { $0.contains(" \(name) ") } ?? "" }
    #expect(row("known").contains("$3.50") && row("known").hasSuffix(String(version.prefix(8))), "\(spans.text)")
    #expect(row("stated").contains("$2.25") && row("stated").hasSuffix(String(version.prefix(8))))
    // An unknown cost shows what the exporter stated, as its statement.
    #expect(row("new").contains("$0.50*"))
    #expect(row("silent").contains("unknown"))
    #expect(row("whole").hasSuffix("-") && !row("whole").contains("$"))
    let trace = try shop.tally("trace", trace)
    #expect(trace.text.contains("costs $5.75 and 2 calls of unknown cost"), "\(trace.text)")
    let facts = trace.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(facts.contains("Cost $3.50 by tables/prices.json (sha256 \(version.prefix(12)))"))
    #expect(
      facts.contains("$2.25 by tables/prices.json (sha256 \(version.prefix(12))), $9.99 as the exporter stated it"))
    #expect(facts.contains("Cost unknown: no price for model 'gpt-99', $0.50 as the exporter stated it"))
    // What is shown can be stored elsewhere.
    let copy = try Workshop()
    try copy.write("copy.jsonl", try shop.tally("trace", self.trace, "--format", "json").text)
    #expect(try copy.tally("ingest", "copy.jsonl").text.contains("5 new spans, 4 new costs"))
    #expect(try costs(copy)["known"]?["amount"].string == "3.50")
  }

  // MARK: Anew

  @Test func repricingWritesWhatChangesAndNothingTwice() throws {
    let shop = try shop()
    #expect(try shop.tally("ingest", "spans.jsonl").code == 0)
    try shop.write("new.json", Self.map("5e-06"))
    let dry = try shop.tally("reprice", "--prices", "new.json", "--dry-run")
    #expect(dry.text.contains("Would price 4 calls of models in .tally/ledger.db: 1 would change, 3 as before"))
    #expect(dry.text.contains("nothing was written"))
    #expect(try costs(shop)["known"]?["amount"].string == "3.50")

    let run = try shop.tally("reprice", "--prices", "new.json", "--format", "json")
    #expect(run.code == 0, "\(run.errors)")
    let json = try run.json()
    #expect(try SchemaCheck("tally.reprice-1").faults(json) == [])
    #expect(json["calls"].integer == 4 && json["changed"].integer == 1 && json["same"].integer == 3)
    #expect(json["first"].integer == 0 && json["commits"].integer == 1)
    #expect(json["before", "known", "USD"].string == "5.75" && json["after", "known", "USD"].string == "8.25")
    #expect(json["after", "unknown"].integer == 2)
    #expect(json["after", "reasons", 0, "reason"].string == "no price for model 'gpt-99'")
    #expect(json["tables", 0, "source"].string == "new.json")
    let costs = try costs(shop)
    #expect(costs["known"]?["amount"].string == "6.00")
    #expect(costs["known"]?["price_version"] == json["tables", 0, "version"])
    // The exporter's own statement is what it was.
    let spans = try shop.tally("spans", "--format", "json").lines.filter { $0.contains(#""span_id":"stated""#) }
    #expect(spans.contains { $0.contains(#""cost_usd":"9.99""#) })

    let again = try shop.tally("reprice", "--prices", "new.json")
    #expect(again.text.contains("Nothing changed: 4 calls of models in .tally/ledger.db cost what they did."))
    #expect(again.text.contains("1  no price for model 'gpt-99'"))
    let status = try shop.tally("ledger", "status").text
    #expect(try shop.tally("reprice", "--prices", "new.json").code == 0)
    #expect(try shop.tally("ledger", "status").text == status)
    #expect(try shop.tally("ledger", "verify").code == 0)
  }

  @Test func callsThatWereStoredWithoutPricesGetTheirFirst() throws {
    let shop = try shop("suites: {}\n")
    #expect(try shop.tally("ingest", "spans.jsonl").code == 0)
    try shop.write("tally.yaml", "models: {gpt-99: {price: {input_per_mtok: 1 USD, output_per_mtok: 10 USD}}}\n")
    let run = try shop.tally("reprice")
    #expect(run.text.contains("Priced 4 calls of models in .tally/ledger.db: 4 for the first time."))
    #expect(run.text.contains("before  nothing known, and 4 calls of unknown cost"))
    #expect(run.text.contains("now     2.00 USD, and 3 calls of unknown cost"))
    #expect(run.text.contains("3  no price for model 'gpt-4o'"))
    #expect(run.text.contains("Prices: tally.yaml ("))
    #expect(try costs(shop)["new"]?["amount"].string == "2.00")
  }

  @Test func onlyTheWindowIsPriced() throws {
    let shop = try shop("suites: {}\n")
    try shop.write(
      "days.jsonl",
      (1...9).map {
        span(
          "day\($0)", #","model_served":"gpt-4o","input_tokens":1000000,"output_tokens":0"#,
          at: "2026-06-0\($0)T00:00:00Z")
      }.joined(separator: "\n"))
    #expect(try shop.tally("ingest", "days.jsonl").code == 0)
    // Half-open: from its first instant to before its last.
    let run = try shop.tally(
      "reprice", "--prices", "tables/prices.json", "--since", "2026-06-03", "--until", "2026-06-06T00:00:00Z")
    #expect(run.text.contains("Priced 3 calls of models from 2026-06-03T00:00:00Z until 2026-06-06T00:00:00Z"))
    #expect(try costs(shop).keys.sorted() == ["day3", "day4", "day5"])
    let empty = try shop.tally("reprice", "--prices", "tables/prices.json", "--since", "1h", "--until", "2h")
    #expect(empty.code == 64 && empty.errors.contains("The window is empty"), "\(empty.errors)")
    #expect(try shop.tally("reprice", "--since", "soon").errors.contains("'soon' is no duration and no date"))
    #expect(
      try shop.tally("reprice", "--prices", "tables/prices.json", "--since", "1s").text.contains("nothing to price"))
  }

  /// The price that held when the call began, of tables that follow each other.
  @Test func pricesByTheTimeOfTheCall() throws {
    let shop = try shop(
      """
      prices:
        - {path: tables/march.json, from: 2026-03-01}
        - {path: tables/june.json, from: 2026-06-01}
      """)
    try shop.write("tables/march.json", Self.map("10e-06"))
    try shop.write("tables/june.json", Self.map("2e-06"))
    let call = #","model_served":"gpt-4o","input_tokens":1000000,"output_tokens":0"#
    try shop.write(
      "calls.jsonl",
      [
        span("before", call, at: "2026-02-28T23:59:59Z"), span("march", call, at: "2026-05-31T23:59:59Z"),
        span("june", call, at: "2026-06-01T00:00:00Z"),
      ].joined(separator: "\n"))
    #expect(try shop.tally("ingest", "calls.jsonl").code == 0)
    let costs = try costs(shop)
    #expect(costs["before"]?["reason"].string == "no price held at that time")
    #expect(costs["march"]?["amount"].string == "10.00" && costs["june"]?["amount"].string == "2.00")
    #expect(costs["march"]?["price_version"] != costs["june"]?["price_version"])
  }

  // MARK: Over the wire

  @Test func whatIsServedIsPricedInTheSameCommit() async throws {
    let shop = try shop()
    let server = try Served(in: shop.folder)
    let lines = span("known", #","model_served":"gpt-4o","input_tokens":1000000,"output_tokens":0"#) + "\n"
    let answer = try await server.post("api/v1/records", Data(lines.utf8))
    #expect(try answer.json()["kept"].integer == 1)
    // The table is commit 1, the span and its cost are commit 2.
    #expect(try answer.json()["commit"].integer == 2)
    let export = """
      {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",\
      "name":"chat","startTimeUnixNano":"1780000000000000000","endTimeUnixNano":"1780000001000000000","attributes":[\
      {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
      {"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},\
      {"key":"gen_ai.response.model","value":{"stringValue":"gpt-4o"}},\
      {"key":"gen_ai.usage.input_tokens","value":{"intValue":"2000000"}},\
      {"key":"gen_ai.usage.output_tokens","value":{"intValue":"0"}},\
      {"key":"gen_ai.usage.cache_read.input_tokens","value":{"intValue":"1000000"}}]}]}]}]}
      """
    let traces = try await server.post(
      "v1/traces", Data(export.utf8), headers: ["Content-Type": "application/json"])
    #expect(traces.status == 200 && traces.text == "{}\n")
    #expect(try server.stop() == 0)
    let costs = try costs(shop)
    #expect(costs["known"]?["amount"].string == "2.50")
    #expect(costs["eee19b7ec3c1b174"]?["amount"].string == "3.75")
    #expect(try shop.tally("trace", trace).text.contains("by tables/prices.json"))
  }
}

import Foundation
import Testing

/// The guards of calls for gateways that are not ours: what is decided, and what is settled. Every answer is held against the
/// committed document.
struct DecideTests {
  private static let body =
    #"{"model":"gpt-4o","feature":"bot","session":"s1","request":{"max_tokens":100,"messages":[{"role":"user","content":"Where?"}]}}"#

  @discardableResult
  private func post(
    _ server: ForwardingServer, _ path: String, _ body: String, _ status: Int = 200, key: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSON {
    let headers = ["Content-Type": "application/json"].merging(key.map { ["Authorization": "Bearer \($0)"] } ?? [:]) {
      $1
    }
    let reply = try await server.send("POST", "api/v1/\(path)", body, headers: headers)
    #expect(reply.status == status, "\(reply.text)", sourceLocation: sourceLocation)
    #expect(
      try APIDocument().faults("POST", "/api/v1/\(path)", reply) == [], "\(reply.text)", sourceLocation: sourceLocation)
    return try reply.json()
  }

  private func bench(
    _ project: String, _ place: BudgetBench.Place = .sqlite, servers: Int = 1
  ) throws -> BudgetBench {
    try BudgetBench(place, servers: servers, project) { _, _ in StubUpstream.json(CallBench.reply) }
  }

  private func spans(_ server: ForwardingServer, _ count: Int, key: String? = nil) async throws -> [JSON] {
    var spans: [JSON] = []
    let headers = key.map { ["Authorization": "Bearer \($0)"] } ?? [:]
    try await server.until("\(count) spans are there") {
      spans = try await server.send("GET", "api/v1/spans?limit=200", headers: headers).json()["records"].list
      return spans.count >= count
    }
    #expect(spans.count == count)
    return spans
  }

  /// The acceptance: 64 gateways ask at once at every server of a ledger, and one call is left. What is decided at one is settled
  /// at another.
  @Test(arguments: BudgetBench.Place.all)
  func exactlyOneIsAllowed(_ place: BudgetBench.Place) async throws {
    let bench = try bench(
      "budgets: {one: {calls: 1, per: month}, words: {tokens: 1000000, per: month, mode: observe}}", place, servers: 2)
    let servers = try (0..<bench.count).map { try bench.serve($0) }
    let answers = try await withThrowingTaskGroup(of: JSON.self) { group in
      for server in servers {
        for _ in 0..<(64 / servers.count) { group.addTask { try await post(server, "decide", DecideTests.body) } }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let allowed = answers.filter { $0["decision"].string == "allow" }
    #expect(answers.count == 64 && allowed.count == 1)
    for refused in answers where refused["decision"].string != "allow" {
      #expect(refused["decision"].string == "refuse" && refused["refusal", "code"].string == "budget_exceeded")
      #expect(refused["refusal", "status"].integer == 429 && refused["refusal", "retry_after"].integer ?? 0 > 0)
      #expect(refused["refusal", "budget", "left"].string == "0" && refused["id"] == .null)
    }
    let id = try #require(allowed.first?["id"].string)
    #expect(allowed.first?["budgets"].list.compactMap { $0["budget"].string } == ["one", "words"])
    let other = servers[servers.count - 1]
    var window = try await BudgetBench.budget("one", other)["windows", 0]
    #expect(window["held"].string == "1" && window["spent"].string == "0")
    let usage = #""usage":{"prompt_tokens":1200,"completion_tokens":30,"prompt_tokens_details":{"cached_tokens":1024}}"#
    for (server, result) in [(other, "settled"), (servers[0], "already_settled"), (other, "already_settled")] {
      let said = try await post(server, "settle", #"{"id":"\#(id)",\#(usage),"latency_ms":250,"cost":"0.01 USD"}"#)
      #expect(said["result"].string == result && said["is_recorded"] == .bool(result == "settled"))
      #expect(said["budgets"].list.compactMap { $0["spent"].string } == (result == "settled" ? ["1", "1230"] : []))
    }
    window = try await BudgetBench.settled("one", other)
    #expect(window["held"].string == "0" && window["spent"].string == "1" && window["orphaned"] == .array([]))
    #expect(try await BudgetBench.budget("words", servers[0])["windows", 0, "spent"].string == "1230")
    // The call is a span as one that was made here, and so is each that was refused.
    let all = try await spans(other, 64)
    let span = try #require(all.first { $0["error_type"].string != "budget_exceeded" })
    #expect("\(span["trace_id"].string ?? "")-\(span["span_id"].string ?? "")" == id)
    #expect(span["input_tokens"].integer == 1_200 && span["output_tokens"].integer == 30)
    #expect(span["cached_tokens"].integer == 1_024 && span["feature"].string == "bot")
    #expect(span["session_id"].string == "s1")
    #expect(span["model_requested"].string == "gpt-4o" && span["status"].string == "ok")
    #expect(all.filter { $0["error_type"].string == "budget_exceeded" }.count == 63)
    #expect(bench.stub.requests.isEmpty)
    for server in servers { #expect(try server.stop() == 0) }
  }

  @Test(arguments: BudgetBench.Place.all)
  func whatNobodySettlesIsSpent(_ place: BudgetBench.Place) async throws {
    let bench = try bench("budgets: {words: {tokens: 1000, per: month}}", place, servers: 2)
    let servers = try (0..<bench.count).map { try bench.serve($0) }
    let asked = #"{"model":"m","max_input_tokens":300,"max_output_tokens":100,"expires_in":1}"#
    let id = try #require(try await post(servers[0], "decide", asked)["id"].string)
    var window = JSON.null
    try await servers[0].until("it has expired") {
      window = try await BudgetBench.budget("words", servers[0])["windows", 0]
      return !window["orphaned"].list.isEmpty
    }
    #expect(window["spent"].string == "400" && window["held"].string == "0")
    #expect(window["orphaned", 0, "amount"].string == "400")
    #expect("\(window["orphaned", 0, "trace_id"].string ?? "")-\(window["orphaned", 0, "span_id"].string ?? "")" == id)
    // It is too late for the budget, and the call was made all the same.
    let last = servers[servers.count - 1]
    let late = try await post(last, "settle", #"{"id":"\#(id)","input_tokens":7,"output_tokens":2}"#)
    #expect(late["result"].string == "expired" && late["budgets"] == .array([]) && late["is_recorded"] == .bool(true))
    #expect(try await BudgetBench.budget("words", last)["windows", 0, "spent"].string == "400")
    let span = try #require(try await spans(last, 1).first)
    #expect(span["input_tokens"].integer == 7 && span["output_tokens"].integer == 2)
    #expect(try await post(last, "settle", #"{"id":"\#(id)"}"#)["result"].string == "already_settled")
    for server in servers { #expect(try server.stop() == 0) }
  }

  /// What was used, however the call ended: as for calls that are made here.
  @Test func whatIsSaidIsWhatIsSpent() async throws {
    let project = """
      models: {gpt-4o: {price: {input_per_mtok: 2 USD, output_per_mtok: 10 USD}}}
      budgets:
        words: {tokens: 1000000, per: month}
        bill: {money: 100 USD, per: month, ceiling: 1.00 USD}
      """
    let bench = try bench(project)
    let server = try bench.serve()
    let asked = #"{"model":"gpt-4o","max_input_tokens":300,"max_output_tokens":100}"#
    let silent = #""response":{"choices":[{"finish_reason":"stop","message":{"content":"Hi"}}]"#
    for (settlement, words, bill) in [
      (#""input_tokens":100,"output_tokens":50"#, "150", "0.0007"),
      (silent + #","usage":{"prompt_tokens":9,"completion_tokens":1}}"#, "10", "0.000028"),
      (#""status":500,"error":{"message":"overloaded"}"#, "0", "0.00"),
      // Whoever stands between had no answer; what the provider did, nobody knows.
      (#""status":504,"error":{"message":"no answer in time"}"#, "400", "0.0016"),
      (#""was_sent":false"#, "0", "0.00"),
      (#""fault":"upstream_reset","input_tokens":5"#, "400", "0.0016"),
      // Nobody says what was used.
      (#""status":200"#, "400", "0.0016"),
      (silent + "}", "400", "0.0016"),
    ] {
      let id = try #require(try await post(server, "decide", asked)["id"].string)
      let said = try await post(server, "settle", #"{"id":"\#(id)",\#(settlement)}"#)
      #expect(said["budgets", 0, "spent"].string == words, "\(settlement)")
      #expect(said["budgets", 1, "spent"].string == bill, "\(settlement)")
    }
    // A model without a price is promised the ceiling, and spends what its gateway says.
    let unpriced = try await post(server, "decide", asked.replacing("gpt-4o", with: "llama"))
    #expect(unpriced["budgets", 1, "promised"].string == "1.00")
    let id = try #require(unpriced["id"].string)
    let said = try await post(
      server, "settle", #"{"id":"\#(id)","input_tokens":1,"output_tokens":1,"cost":"0.25 USD"}"#)
    #expect(said["budgets", 1, "spent"].string == "0.25")
    #expect(try server.stop() == 0)
  }

  @Test func anAnswerWithoutALimitIsCapped() async throws {
    let bench = try bench("budgets: {words: {tokens: 5000, per: month, output_cap: 64}, all: {calls: 9, per: month}}")
    let server = try bench.serve()
    let stated = try await post(server, "decide", #"{"model":"m","max_input_tokens":10}"#)
    #expect(stated["output_cap", "tokens"].integer == 64 && stated["output_cap", "budget"].string == "words")
    #expect(stated["output_cap", "member"].string == "max_completion_tokens")
    #expect(stated["budgets", 0, "promised"].string == "74")
    let messages = #"{"model":"m","endpoint":"messages","request":{"messages":[{"role":"user","content":"Hi"}]}}"#
    #expect(try await post(server, "decide", messages)["output_cap", "member"].string == "max_tokens")
    // Nobody says how much goes in.
    let refusal = try await post(server, "decide", #"{"model":"m"}"#)["refusal"]
    #expect(refusal["code"].string == "UNBOUNDED_CALL" && refusal["status"].integer == 402)
    #expect(refusal["message"].string?.contains("neither a request nor max_input_tokens says") == true)
    #expect(try server.stop() == 0)
  }

  @Test func aKeyDecidesForItsTenantAlone() async throws {
    let bench = try bench("budgets: {each: {calls: 1, per: month, each: tenant}}")
    // A server that asks for no key, of a ledger that has none yet.
    let open = try bench.serve()
    #expect(try open.stop() == 0)
    func key(_ name: String, _ options: String...) throws -> String {
      let made = try open.shop.tally(["key", "create", name] + options)
      try #require(made.code == 0, "\(made.errors)")
      return made.text.trimmingCharacters(in: .newlines)
    }
    let acme = try key("acme", "--scope", "decide", "--tenant", "acme")
    let beta = try key("beta", "--scope", "decide", "--tenant", "beta")
    let caller = try key("caller", "--scope", "call,read,ingest")
    let owner = try key("owner", "--scope", "admin")
    let server = try bench.serve()
    // Foundation asks again where it is answered 401.
    let nobody = try RawClient(port: server.port)
    nobody.post("/api/v1/decide", DecideTests.body, "connection: close\r\n")
    try nobody.readToEnd()
    #expect(nobody.status == 401 && nobody.text.contains("UNAUTHENTICATED"))
    for (key, body) in [(caller, DecideTests.body), (acme, #"{"model":"m","tenant":"beta"}"#)] {
      #expect(try await post(server, "decide", body, 403, key: key)["code"].string == "FORBIDDEN")
    }
    let decided = try await post(server, "decide", #"{"model":"m"}"#, key: acme)
    let id = try #require(decided["id"].string)
    #expect(decided["budgets", 0, "subject"].string == "acme")
    #expect(try await post(server, "decide", #"{"model":"m"}"#, key: acme)["decision"].string == "refuse")
    #expect(try await post(server, "decide", #"{"model":"m"}"#, key: beta)["decision"].string == "allow")
    // What is another tenant's is nobody's.
    #expect(try await post(server, "settle", #"{"id":"\#(id)"}"#, 404, key: beta)["code"].string == "UNKNOWN_DECISION")
    _ = try await post(server, "settle", #"{"id":"\#(id)"}"#, 403, key: caller)
    #expect(try await post(server, "settle", #"{"id":"\#(id)"}"#, key: owner)["result"].string == "settled")
    let all = try await spans(server, 2, key: owner)
    #expect(all.allSatisfy { $0["tenant"].string == "acme" })
    #expect(try server.stop() == 0)
  }

  @Test func whatIsMisspelledIsSaid() async throws {
    let bench = try bench("budgets: {all: {calls: 9, per: month}}")
    let server = try bench.serve()
    for (path, body, parameter) in [
      ("decide", "nonsense", nil), ("decide", "[]", nil), ("decide", "{}", "model"),
      ("decide", #"{"model":"m","max_output_token":5}"#, "max_output_token"),
      ("decide", #"{"model":"m","request":{},"max_input_tokens":5}"#, "request"),
      ("decide", #"{"model":"m","max_input_tokens":-1}"#, "max_input_tokens"),
      ("decide", #"{"model":"m","expires_in":0}"#, "expires_in"),
      ("decide", #"{"model":"m","endpoint":"speech"}"#, "endpoint"), ("settle", "{}", "id"),
      ("settle", #"{"id":"a","fault":"bad luck"}"#, "fault"), ("settle", #"{"id":"a","cost":"-1 USD"}"#, "cost"),
      ("settle", #"{"id":"a","usage":{},"input_tokens":1}"#, "usage"), ("settle", #"{"id":"a","status":99}"#, "status"),
    ] as [(String, String, String?)] {
      #expect(try await post(server, path, body, 400)["parameter"].string == parameter, "\(body)")
    }
    #expect(try await post(server, "settle", #"{"id":"a-b"}"#, 404)["code"].string == "UNKNOWN_DECISION")
    #expect(try await BudgetBench.budget("all", server)["windows", 0, "spent"].string == "0")
    #expect(try server.stop() == 0)
  }

  /// Three calls of the upstream `azure` that others made and that failed.
  func threeFail(_ server: ForwardingServer) async throws {
    for _ in 0..<3 {
      let allowed = try await post(server, "decide", #"{"model":"m","upstream":"azure"}"#)
      #expect(allowed["breaker"].string == "closed" && allowed["budgets"] == .array([]))
      try await post(server, "settle", #"{"id":"\#(allowed["id"].string ?? "")","status":503}"#)
    }
  }

  @Test func breakersHearOfCallsThatOthersMake() async throws {
    // Longer than any machine needs to ask once more: a breaker that lets a probe in refuses nothing.
    let bench = try bench("breakers: {mode: enforce, consecutive: 3, open_time: 1h, max_open_time: 2h}")
    let server = try bench.serve()
    try await threeFail(server)
    let refusal = try await post(server, "decide", #"{"model":"m","upstream":"azure"}"#)["refusal"]
    #expect(refusal["code"].string == "breaker_open" && refusal["status"].integer == 503)
    #expect(refusal["message"].string?.contains("The upstream 'azure' is not asked before") == true)
    #expect(try server.stop() == 0)
  }

  @Test func probesOfOthersMakeTheUpstreamWhole() async throws {
    let bench = try bench("breakers: {mode: enforce, consecutive: 3, open_time: 1s, probes: 1}")
    let server = try bench.serve()
    let asked = #"{"model":"m","upstream":"azure"}"#
    let briefly = #"{"model":"m","upstream":"azure","expires_in":1}"#
    try await threeFail(server)
    // A probe that nobody settles is given back when it expires, and lets another one in.
    for settles in [false, true] {
      var probe = JSON.null
      try await server.until("a probe is let in") {
        probe = try await post(server, "decide", settles ? asked : briefly)
        return probe["decision"].string == "allow"
      }
      #expect(probe["breaker"].string == "half_open")
      if settles {
        #expect(try await post(server, "decide", asked)["decision"].string == "refuse")
        try await post(server, "settle", #"{"id":"\#(probe["id"].string ?? "")","input_tokens":1,"output_tokens":1}"#)
      }
    }
    #expect(try await post(server, "decide", asked)["breaker"].string == "closed")
    #expect(try server.stop() == 0)
  }

  /// Whoever keeps another gateway names no upstreams.
  @Test func budgetsAloneAreEnough() async throws {
    let shop = try Workshop()
    let idle = try ForwardingServer(in: shop)
    #expect(try await post(idle, "decide", DecideTests.body, 404)["code"].string == "NOTHING_TO_DECIDE")
    #expect(try idle.stop() == 0)
    try shop.write("tally.yaml", "budgets: {one: {calls: 1, per: month}}\n")
    let server = try ForwardingServer(in: shop)
    #expect(try await post(server, "decide", DecideTests.body)["decision"].string == "allow")
    #expect(try await post(server, "decide", DecideTests.body)["decision"].string == "refuse")
    #expect(try await server.send("POST", "v1/chat/completions", CallBench.chat).status == 404)
    #expect(try server.stop() == 0)
  }
}

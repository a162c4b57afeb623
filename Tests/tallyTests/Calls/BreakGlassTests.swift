import Foundation
import Testing

/// Keys for emergencies: what stands in the way of everybody else lets them through, and all of it is on record.
struct BreakGlassTests {
  private static let header = "x-tally-break-glass"

  private func post(
    _ server: ForwardingServer, _ key: [String: String], _ more: [String: String] = [:],
    _ path: String = "v1/chat/completions", _ body: String = CallBench.chat
  ) async throws -> Served.Reply {
    let headers = ["Content-Type": "application/json"].merging(key) { $1 }.merging(more) { $1 }
    return try await server.send("POST", path, body, headers: headers)
  }

  /// What a key is answered: Foundation's client has questions of its own about a 401.
  private func status(_ server: ForwardingServer, _ key: [String: String]) throws -> Int? {
    let client = try RawClient(port: server.port)
    client.post(
      "/v1/chat/completions", CallBench.chat,
      "authorization: \(key["Authorization"] ?? "")\r\nconnection: close\r\n")
    try client.readToEnd()
    return client.status
  }

  private func passed(_ reply: Served.Reply) -> String? { reply.headers[BreakGlassTests.header] as? String }

  private func spans(_ server: ForwardingServer, _ count: Int, _ key: [String: String]) async throws -> [JSON] {
    var spans: [JSON] = []
    try await server.until("\(count) spans are there") {
      spans = try await server.send("GET", "api/v1/spans?limit=100", headers: key).json()["records"].list
      return spans.count >= count
    }
    #expect(spans.count == count)
    return spans
  }

  private func code(_ reply: Served.Reply) throws -> String? { try reply.json()["error", "code"].string }

  /// One call is left to all servers of a ledger. It is made, and two more are, with another key; they count, and nobody else passes.
  @Test(arguments: BudgetBench.Place.all)
  func anExhaustedBudgetIsPassedAndSpent(_ place: BudgetBench.Place) async throws {
    let bench = try BudgetBench(place, servers: 2, "budgets: {one: {calls: 1, per: month}}") { _, _ in
      StubUpstream.json(CallBench.reply)
    }
    let (plain, owner) = (try bench.key("plain", "--scope", "call"), try bench.key("owner", "--scope", "admin"))
    let night = try bench.key(
      "night", "--scope", "call", "--break-glass", "--reason", "checkout is down", "--expires", "4h")
    let servers = try (0..<bench.count).map { try bench.serve($0) }
    let (first, last) = (servers[0], servers[servers.count - 1])
    // Where nothing stands in its way it is a call like others.
    let free = try await post(first, night)
    #expect(free.status == 200 && passed(free) == nil)
    let refused = try await post(last, plain)
    #expect(try refused.status == 429 && code(refused) == "budget_exceeded" && passed(refused) == nil)
    for server in [first, last] {
      let reply = try await post(server, night)
      #expect(reply.status == 200 && passed(reply) == "budget_exceeded", "\(reply.text)")
    }
    let window = try await BudgetBench.settled("one", last, headers: owner)
    #expect(window["spent"].string == "3" && window["left"].string == "0" && window["orphaned"] == .array([]))
    for server in servers { #expect(try await post(server, plain).status == 429) }
    let all = try await spans(first, 4 + servers.count, owner)
    let urgent = all.filter { $0["attributes", "break_glass", "key"].string == "night" }
    #expect(urgent.count == 3 && urgent.allSatisfy { $0["status"].string == "ok" })
    #expect(all.filter { $0["error_type"].string == "budget_exceeded" }.count == 1 + servers.count)
    let breaking = urgent.map { $0["attributes", "break_glass", "passed"].list }.filter { !$0.isEmpty }
    #expect(breaking.count == 2)
    for passed in breaking {
      #expect(passed.map { $0["code"].string } == ["budget_exceeded"] && passed[0]["guard"].string == "budget")
      #expect(passed[0]["name"].string == "one")
    }
    var (calls, broken) = (0, 0)
    for server in servers {
      let lines = try await server.send("GET", "metrics", headers: owner).text.split(separator: "\n")
      func number(_ name: String) -> Int {
        lines.first { $0.hasPrefix(name + " ") }?.split(separator: " ").last.flatMap { Int($0) } ?? -1
      }
      calls += number("tally_break_glass_calls_total")
      broken += number("tally_break_glass_passed_total{guard=\"budget\"}")
      #expect(number("tally_break_glass_passed_total{guard=\"freeze\"}") == 0)
    }
    #expect(calls == 3 && broken == 2)
    // It ends as every key does: when it is revoked, and by itself.
    #expect(try bench.tally("key", "revoke", "night", "--reason", "the outage is over").code == 0)
    let short = try bench.key(
      "short", "--scope", "call", "--break-glass", "--reason", "checkout is down", "--expires", "1s")
    for server in servers {
      for key in [night, short] {
        try await server.until("the key opens nothing") { try status(server, key) == 401 }
      }
    }
    for server in servers { #expect(try server.stop() == 0) }
  }

  /// Everything that refuses calls at once: what an ordinary key gets, and what the other one passes.
  @Test func everyGuardIsPassedAndSaidSo() async throws {
    let project = """
      breakers: {mode: enforce, consecutive: 1, open_time: 1h, max_open_time: 1h}
      budgets: {one: {calls: 1, per: month}}
      tenants: {acme: {tokens_per_minute: 1}, beta: {canaries: [heron-4711-amber]}}
      gateway: {tenants: enforce}
      """
    let bench = try BudgetBench(.sqlite, project) { _, request in
      if request.header("x-scene") == "fails" { return CallScenario.error(500, "server_error") }
      guard request.header("x-scene") != "leaks" else {
        return StubUpstream.json(CallBench.reply.replacingOccurrences(of: "On its way.", with: "heron-4711-amber"))
      }
      return request.path == "/v1/messages"
        ? StubUpstream.json(
          #"{"type":"message","content":[{"type":"text","text":"Yes."}],"usage":{"input_tokens":1,"output_tokens":1}}"#)
        : StubUpstream.json(CallBench.reply)
    }
    let plain = try bench.key("plain", "--scope", "call,decide", "--tenant", "acme")
    let owner = try bench.key("owner", "--scope", "admin")
    let night = try bench.key(
      "night", "--scope", "call,decide", "--tenant", "acme", "--break-glass", "--reason", "checkout is down",
      "--expires", "4h")
    let nobody = try bench.key(
      "nobody", "--scope", "call", "--break-glass", "--reason", "checkout is down", "--expires", "4h")
    let server = try bench.serve()
    // The only call that anybody may make. It owes its tenant's minute more than a day of them.
    #expect(try await post(server, plain).status == 200)
    #expect(try await code(post(server, plain)) == "TENANT_QUOTA")
    let quota = try await post(server, night)
    #expect(quota.status == 200 && passed(quota) == "TENANT_QUOTA, budget_exceeded", "\(quota.text)")
    // Nobody's key is passed for nobody's tenant, and no key for another one.
    #expect(try await passed(post(server, nobody)) == "NO_TENANT, budget_exceeded")
    let other = try await post(server, night, ["x-tally-tenant": "beta"])
    #expect(try other.status == 403 && code(other) == "permission_denied")
    // What another tenant alone may be told is told to no key.
    let leak = try await post(server, night, ["x-scene": "leaks"])
    #expect(try leak.status == 502 && code(leak) == "LEAK" && !leak.text.contains("heron"))
    // A breaker that stays open for an hour.
    #expect(try await post(server, night, ["x-scene": "fails"]).status == 500)
    try await server.until("the breaker is open") { try await code(post(server, plain)) == "breaker_open" }
    let open = try await post(server, night)
    #expect(open.status == 200 && passed(open) == "breaker_open, TENANT_QUOTA, budget_exceeded", "\(open.text)")
    #expect(try await code(post(server, plain)) == "breaker_open")
    // A freeze, of calls that go elsewhere.
    #expect(
      try bench.tally("freeze", "bot", "--stop", "--feature", "--reason", "it tells secrets", "--expires", "1h").code
        == 0)
    func message(_ key: [String: String], _ feature: String) async throws -> Served.Reply {
      try await post(server, key, ["x-tally-feature": feature], "v1/messages", CallBench.messages)
    }
    try await server.until("it is frozen") { try await code(message(plain, "bot")) == "FROZEN" }
    #expect(try await passed(message(night, "bot")) == "FROZEN, TENANT_QUOTA, budget_exceeded")
    // A drill that is for both of them.
    #expect(
      try bench.tally(
        "drill", "errors", "--status", "529", "--key", "plain", "--key", "night", "--reason", "does it retry",
        "--expires", "1h"
      ).code == 0)
    try await server.until("it is played") { try await message(plain, "desk").status == 529 }
    #expect(try await passed(message(night, "desk")) == "DRILL, TENANT_QUOTA, budget_exceeded")
    try await decisions(server, night, owner)
    let metrics = try await server.send("GET", "metrics", headers: owner).text
    for line in [
      "tally_break_glass_passed_total{guard=\"breaker\"} 2", "tally_break_glass_passed_total{guard=\"freeze\"} 2",
      "tally_break_glass_passed_total{guard=\"drill\"} 1",
    ] {
      #expect(
        metrics.contains("\n\(line)\n"), "\(line): \(metrics.split(separator: "\n").filter { $0.contains("glass") })")
    }
    // Spent beyond the limit, for all to see: all calls that were made but the first, and the one that was decided.
    let made = bench.stub.requests.count + 1
    let window = try await BudgetBench.settled("one", server, headers: owner)
    #expect(window["spent"].string == "\(made)" && window["left"].string == "0" && made == 9)
    try await server.until("all of them are written") {
      let spans = try await server.send("GET", "api/v1/spans?limit=500", headers: owner).json()["records"].list
      return spans.count { $0["attributes", "break_glass", "key"].string != nil } >= 8
    }
    try replay(bench)
    #expect(try server.stop() == 0)
  }

  /// A decision for another gateway passes the same guards, and the call's span says so when it is settled by another key.
  private func decisions(_ server: ForwardingServer, _ night: [String: String], _ owner: [String: String]) async throws
  {
    let asked =
      #"{"model":"gpt-4o","upstream":"open","feature":"bot","max_input_tokens":9,"max_output_tokens":9}"#
    func send(_ path: String, _ body: String, _ key: [String: String]) async throws -> JSON {
      let reply = try await post(server, key, [:], "api/v1/\(path)", body)
      #expect(try APIDocument().faults("POST", "/api/v1/\(path)", reply) == [], "\(reply.text)")
      return try reply.json()
    }
    let decision = try await send("decide", asked, night)
    #expect(decision["decision"].string == "allow" && decision["break_glass", "key"].string == "night")
    let codes = ["breaker_open", "FROZEN", "TENANT_QUOTA", "budget_exceeded"]
    #expect(decision["break_glass", "passed"].list.compactMap { $0["code"].string } == codes, "\(decision)")
    let id = try #require(decision["id"].string)
    let settled = try await send("settle", #"{"id":"\#(id)","input_tokens":7,"output_tokens":2}"#, owner)
    #expect(settled["result"].string == "settled")
    var span: JSON?
    try await server.until("its span is there") {
      span = try await server.send("GET", "api/v1/spans?limit=100", headers: owner).json()["records"].list
        .first { "\($0["trace_id"].string ?? "")-\($0["span_id"].string ?? "")" == id }
      return span != nil
    }
    let glass = span?["attributes", "break_glass"]
    #expect(glass?["key"].string == "night" && glass?["passed"].list.compactMap { $0["code"].string } == codes)
  }

  /// What emergency keys passed stands apart from what guards refused.
  private func replay(_ bench: BudgetBench) throws {
    let json = try bench.tally("gate", "calls", "--replay", "1h", "--format", "json").json()
    #expect(json["break_glass", "calls"].integer == 8 && json["break_glass", "passed"].integer == 8, "\(json)")
    var passed: [String: Int] = [:]
    for row in json["break_glass", "rules"].list { passed[row["rule"].string ?? ""] = row["passed"].integer }
    #expect(passed["budget one"] == 8 && passed["breaker open/gpt-4o"] == 2 && passed["freeze feature:bot"] == 2)
    #expect(passed["drill errors"] == 1 && passed["tenant NO_TENANT"] == 1)
    // Nothing only watched here, however many open breakers were passed.
    #expect(json["would_refuse"].integer == 0)
    let text = try bench.tally("gate", "calls", "--replay", "1h").text
    #expect(text.contains("8 calls were made with break-glass keys") && text.contains("freeze feature:bot"), "\(text)")
    let markdown = try bench.tally("gate", "calls", "--replay", "1h", "--format", "markdown").text
    #expect(markdown.contains("<code>drill errors</code> | 1 | <code>night 1</code>"), "\(markdown)")
  }

  /// A route's fallback that is well takes the call, as it takes everybody's; only where nobody would is a breaker passed.
  @Test func aFallbackComesBeforeBrokenGlass() async throws {
    let stub = try StubUpstream { _, request in
      request.header("x-scene") == "fails" ? CallScenario.error(500, "server_error") : CallScenario.ok
    }
    let shop = try Workshop()
    try shop.write(
      "tally.yaml",
      """
      upstreams:
        open: {url: "http://127.0.0.1:\(stub.port)/base/v1", key: {env: OPEN_KEY}}
        second: {url: "http://127.0.0.1:\(stub.port)/second/v1", key: {env: OPEN_KEY}}
      routes: {gpt-4o: {upstream: open, fallbacks: [{upstream: second, model: stand-in}]}}
      breakers: {mode: enforce, consecutive: 1, open_time: 1h, max_open_time: 1h}
      """)
    let made = try shop.tally(
      "key", "create", "night", "--scope", "call", "--break-glass", "--reason", "checkout is down", "--expires", "4h")
    let night = ["Authorization": "Bearer \(made.text.trimmingCharacters(in: .newlines))"]
    let hold = { (name: String) in
      try shop.tally("breaker", "open", name, "--reason", "the provider moves", "--expires", "1h")
    }
    #expect(try hold("open").code == 0)
    let server = try ForwardingServer(in: shop, environment: ["OPEN_KEY": "sk-open"])
    let fallback = try await post(server, night)
    #expect(fallback.headers["x-tally-degraded"] as? String == "second/stand-in" && passed(fallback) == nil)
    // Both are kept back: the one that the route names is asked.
    #expect(try hold("second").code == 0)
    var reply: Served.Reply?
    try await server.until("both are held open") {
      reply = try await post(server, night)
      return reply.map { passed($0) } == "breaker_open"
    }
    #expect(reply?.status == 200 && reply?.headers["x-tally-degraded"] == nil)
    #expect(stub.requests.last?.path.hasPrefix("/base") == true)
    #expect(try server.stop() == 0)
  }
}

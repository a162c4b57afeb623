import Foundation
import Testing

/// What falls back on others, how often, and with what; and what a breaker lets through.
struct CallFallbackTests {
  private func server(_ stub: StubUpstream, _ more: String) throws -> ForwardingServer {
    let shop = try Workshop()
    try shop.write(
      "tally.yaml",
      """
      upstreams:
        open: {url: "http://127.0.0.1:\(stub.port)/base/v1"}
        second: {url: "http://127.0.0.1:\(stub.port)/second/v1"}
      routes: {gpt-4o: {upstream: open, fallbacks: [{upstream: second, model: stand-in}]}}
      \(more)
      """)
    return try ForwardingServer(in: shop)
  }

  private static func isSecond(_ request: StubUpstream.Request) -> Bool { request.path.hasPrefix("/second") }

  private static let failing = CallScenario.error(500, "server_error")

  /// The caller's own key is for the upstream that the route names, and for nobody on whom it falls back.
  @Test func theCallersKeyGoesToNobodyElse() async throws {
    let stub = try StubUpstream { _, request in
      CallFallbackTests.isSecond(request) ? CallScenario.ok : CallFallbackTests.failing
    }
    let server = try server(stub, "")
    let reply = try await server.send(
      "POST", "v1/chat/completions", CallBench.chat,
      headers: ["Authorization": "Bearer mine", "api-key": "mine", "Idempotency-Key": "one"])
    #expect(reply.status == 200 && reply.headers["x-tally-degraded"] as? String == "second/stand-in")
    let (first, second) = (try #require(stub.requests.first), try #require(stub.requests.last))
    #expect(first.header("authorization") == "Bearer mine" && first.header("api-key") == "mine")
    #expect(second.headers.allSatisfy { !$0.value.contains("mine") })
    // It is the same request: its key of idempotency goes on, and only the model's name is another.
    #expect(second.header("idempotency-key") == "one")
    #expect(second.text == first.text.replacingOccurrences(of: "gpt-4o", with: "stand-in"))
    #expect(try server.stop() == 0)
  }

  /// What is wrong with the caller's own quota is the caller's: nobody else pays for it.
  @Test func theCallersQuotaIsTheCallers() async throws {
    let stub = try StubUpstream { _, request in
      CallFallbackTests.isSecond(request) ? CallScenario.ok : CallScenario.error(429, "insufficient_quota")
    }
    let server = try server(stub, "")
    let own = try await server.send(
      "POST", "v1/chat/completions", CallBench.chat, headers: ["Authorization": "Bearer mine"])
    #expect(own.status == 429 && stub.requests.count == 1)
    let shared = try await server.send("POST", "v1/chat/completions", CallBench.chat)
    #expect(shared.status == 200 && shared.headers["x-tally-degraded"] as? String == "second/stand-in")
    #expect(try server.stop() == 0)
  }

  /// A reply names the span of the call of which it tells; what a breaker kept back was no call.
  @Test func aRefusalNamesTheCallThatItIsAbout() async throws {
    let port = try StubTarget.freePort()
    let shop = try Workshop()
    try shop.write(
      "tally.yaml",
      """
      upstreams: {gone: {url: "http://127.0.0.1:\(port)/v1"}}
      breakers: {mode: enforce, consecutive: 2, open_time: 10m}
      """)
    let server = try ForwardingServer(in: shop)
    var replies: [Served.Reply] = []
    for _ in 0..<3 { replies.append(try await server.send("POST", "v1/chat/completions", CallBench.chat)) }
    let codes = try replies.map { try $0.json()["error", "code"].string }
    #expect(codes == ["connect_failed", "connect_failed", "breaker_open"])
    let named = replies.map { $0.headers["x-tally-span-id"] as? String }
    #expect(named[2] == nil && replies[2].headers["x-tally-trace-id"] == nil)
    var spans: [JSON] = []
    try await server.until("both are written") {
      spans = try await server.send("GET", "api/v1/spans?limit=100").json()["records"].list
      return spans.count >= 2
    }
    #expect(Set(spans.map { $0["span_id"].string }) == Set(named.prefix(2)))
    #expect(try server.stop() == 0)
  }

  /// When everything fails, calls are not doubled.
  @Test func theBudgetHolds() async throws {
    let stub = try StubUpstream { _, request in
      CallFallbackTests.isSecond(request) ? CallScenario.ok : CallFallbackTests.failing
    }
    let server = try server(stub, "gateway: {max_fallback_share: 0}")
    // Ten in ten seconds may: of thirty at once some may not, and where a machine is too slow for that, of the next thirty.
    var statuses: [Int] = []
    try await server.until("some are withheld") {
      let more: [Int] = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<30 {
          group.addTask { try await server.send("POST", "v1/chat/completions", CallBench.chat).status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      statuses += more
      return statuses.contains(500)
    }
    let second = stub.requests.count { CallFallbackTests.isSecond($0) }
    #expect(statuses.count { $0 == 200 } >= 10 && Set(statuses) == [200, 500])
    #expect(second == statuses.count { $0 == 200 } && stub.requests.count == statuses.count + second)
    let metrics = try await server.send("GET", "metrics").text
    #expect(metrics.contains("\ntally_fallbacks_total \(second)\n"))
    #expect(metrics.contains("\ntally_fallbacks_withheld_total \(statuses.count - second)\n"))
    #expect(try server.stop() == 0)
  }

  /// Half-open, three calls pass at a time and no fourth; the ledger knows how it went.
  @Test func halfOpenLetsAFewThrough() async throws {
    let gate = StubUpstream.Gate()
    let bench = try CallBench(
      { number, _ in
        number == 0 ? CallScenario.error(402, "no_credit", retry: 1) : [.wait(gate)] + CallScenario.ok
      },
      more: "breakers: {mode: enforce}")
    #expect(try await bench.post("v1/chat/completions", CallBench.chat).status == 402)
    try await bench.server.until("it is tried again") {
      try await bench.server.send("GET", "api/v1/breakers").json()["breakers", 0, "state"].string == "half_open"
    }
    let probes = try (0..<3).map { _ in try RawClient(port: bench.server.port) }
    for probe in probes { probe.post("/v1/chat/completions", CallBench.chat) }
    try await bench.server.until("three are under way") { bench.stub.requests.count == 4 }
    for _ in 0..<5 {
      let refused = try await bench.post("v1/chat/completions", CallBench.chat)
      #expect(refused.status == 503 && refused.headers["Retry-After"] as? String == "1")
    }
    #expect(bench.stub.requests.count == 4)
    for _ in probes { gate.open() }
    for probe in probes { try probe.read(until: "On its way.") }
    try await bench.server.until("it is closed") {
      try await bench.server.send("GET", "api/v1/breakers").json()["breakers", 0, "state"].string == "closed"
    }
    let spans = try await bench.spans(4)
    #expect(spans.compactMap { $0["attributes", "breaker"].string } == ["half_open", "half_open", "half_open"])
    var changes: [JSON] = []
    try await bench.server.until("the changes are on record") {
      changes = try await bench.server.send("GET", "api/v1/records/change").json()["records"].list
      return changes.count == 3
    }
    #expect(
      Set(changes.map { "\($0["from"].string ?? "") \($0["to"].string ?? "")" }) == [
        "closed open", "open half_open", "half_open closed",
      ])
    #expect(changes.allSatisfy { $0["attributes", "breaker", "name"].string == "open/gpt-4o" })
    // The command line knows them, too.
    let listed = try bench.shop.tally("breaker", "list")
    #expect(listed.lines[0].hasPrefix("breaker") && listed.lines[1].hasPrefix("open/gpt-4o  closed"), "\(listed.text)")
    let json = try bench.shop.tally("breaker", "list", "--format", "json").json()
    #expect(json["changes", 0, "state"].string == "closed" && json["changes"].list.count == 1)
    #expect(json["changes", 0, "reason"].string == "it is well again" && json["holds"].list.isEmpty)
    try await bench.stop()
  }

  /// A new rule observes: everything passes, and what would have been refused is counted and said.
  @Test func whoObservesRefusesNothing() async throws {
    // Longer than any machine needs for two more calls: a breaker that lets probes in would have refused nothing.
    let bench = try CallBench(
      { _, _ in CallFallbackTests.failing }, more: "breakers: {window: 1h, open_time: 1h, max_open_time: 2h}")
    for number in 0..<7 {
      #expect(try await bench.post("v1/chat/completions", CallBench.chat).status == 500)
      _ = try await bench.spans(number + 1)
    }
    #expect(bench.stub.requests.count == 7)
    #expect(
      try await bench.metric(#"tally_breaker_refusals_total{upstream="open",model="gpt-4o",mode="observe"}"#) == 2)
    #expect(try await bench.metric(#"tally_breaker_state{upstream="open",model="gpt-4o"}"#) == 2)
    #expect(
      try await bench.metric(#"tally_breaker_transitions_total{upstream="open",model="gpt-4o",to="open"}"#) == 1)
    let spans = try await bench.spans(7)
    #expect(spans.compactMap { $0["attributes", "breaker"].string } == ["open", "open"])
    try await bench.stop()
  }
}

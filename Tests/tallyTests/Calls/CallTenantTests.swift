import Foundation
import Testing

/// Tenants on the path of calls: who is one, what each may use, and what must not cross.
struct CallTenantTests {
  /// A server with keys of two tenants, of one that nobody declares, and of none.
  private struct House {
    let bench: CallBench
    let keys: [String: String]

    init(
      _ more: String, upstream: String = "",
      _ acts: @escaping @Sendable (Int, StubUpstream.Request) -> [StubUpstream.Act]
    ) throws {
      let shop = try Workshop()
      var keys: [String: String] = [:]
      for (name, options) in [
        ("acme", ["--scope", "call,read,decide", "--tenant", "acme"]),
        ("beta", ["--scope", "call,read", "--tenant", "beta"]), ("other", ["--scope", "call", "--tenant", "other"]),
        ("nobody", ["--scope", "call,decide"]), ("owner", ["--scope", "admin"]),
      ] {
        let made = try shop.tally(["key", "create", name] + options)
        try #require(made.code == 0, "\(made.errors)")
        keys[name] = made.text.trimmingCharacters(in: .newlines)
      }
      self.keys = keys
      bench = try CallBench(acts, upstream: upstream, more: more, in: shop)
    }

    func header(_ key: String) -> [String: String] { ["Authorization": "Bearer \(keys[key] ?? "")"] }

    func chat(_ key: String, _ body: String = CallBench.chat) async throws -> Served.Reply {
      try await bench.post("v1/chat/completions", body, header(key))
    }

    func raw(_ key: String, _ body: String = CallBench.chat) throws -> RawClient {
      let client = try RawClient(port: bench.server.port)
      client.post("/v1/chat/completions", body, "authorization: Bearer \(keys[key] ?? "")\r\nconnection: close\r\n")
      return client
    }

    func get(_ path: String, _ key: String = "owner") async throws -> JSON {
      try await bench.server.send("GET", path, headers: header(key)).json()
    }

    func tenant(_ name: String, _ key: String = "owner") async throws -> JSON {
      let reply = try await bench.server.send("GET", "api/v1/tenants", headers: header(key))
      #expect(try APIDocument().faults("GET", "/api/v1/tenants", reply) == [], "\(reply.text)")
      return try reply.json()["tenants"].list.first { $0["tenant"].string == name } ?? .null
    }

    func spans(_ count: Int) async throws -> [JSON] {
      var spans: [JSON] = []
      try await bench.server.until("\(count) spans are there") {
        spans = try await get("api/v1/spans?limit=100")["records"].list
        return spans.count >= count
      }
      #expect(spans.count == count)
      return spans
    }

    func metrics() async throws -> String {
      try await bench.server.send("GET", "metrics", headers: header("owner")).text
    }
  }

  private static let limits = """
    tenants:
      acme: {calls_per_minute: 2, tokens_per_minute: 1000000}
      beta: {tokens_per_minute: 1000, concurrency: 1}
    """

  /// A token a minute: what a first call uses is owed for most of a day, whatever time the machine needs for the next one.
  private static let strict = """
    tenants:
      acme: {calls_per_minute: 1000, tokens_per_minute: 1}
      beta: {tokens_per_minute: 1, concurrency: 1}
    """

  @Test func quotasHoldForTheOffenderOnly() async throws {
    let house = try House(CallTenantTests.strict + "\ngateway: {tenants: enforce}") { _, _ in
      StubUpstream.json(CallBench.reply)
    }
    // Nobody, and nobody who is declared.
    for (key, words) in [("nobody", "bound to one"), ("other", "does not name the tenant 'other'")] {
      for (path, body, type) in [
        ("v1/chat/completions", CallBench.chat, "authentication_error"),
        ("v1/messages", CallBench.messages, "authentication_error"),
      ] {
        let refused = try await house.bench.post(path, body, house.header(key))
        let error = try refused.json()
        #expect(refused.status == 401 && error["error", "code"].string == "NO_TENANT", "\(refused.text)")
        #expect(error["error", "type"].string == type && refused.text.contains(words))
        #expect((error["type"].string == "error") == (path == "v1/messages"))
      }
    }
    // What a header says is no proof.
    let stated = try await house.bench.post(
      "v1/chat/completions", CallBench.chat, house.header("nobody").merging(["x-tally-tenant": "acme"]) { $1 })
    #expect(stated.status == 401 && house.bench.stub.requests.isEmpty)
    // The first call is let in by an estimate, and has used more than is there.
    #expect(try await house.chat("acme").status == 200)
    let refused = try await house.chat("acme")
    let error = try refused.json()["error"]
    #expect(
      refused.status == 429 && error["code"].string == "TENANT_QUOTA" && error["type"].string == "rate_limit_error")
    let wait = Int(refused.headers["Retry-After"] as? String ?? "") ?? 0
    #expect((1...1_231 * 60).contains(wait), "\(refused.headers)")
    #expect(error["quota", "tenant"].string == "acme" && error["quota", "limit"].string == "tokens_per_minute")
    #expect(error["quota", "amount"].integer == 1 && error["quota", "left"].integer ?? 1 <= 0)
    #expect(error["quota", "until"].string != nil)
    let inClaudesWords = try await house.bench.post("v1/messages", CallBench.messages, house.header("acme"))
    #expect(try inClaudesWords.status == 429 && inClaudesWords.json()["error", "code"].string == "TENANT_QUOTA")
    // The other one does not feel it.
    #expect(try await house.chat("beta").status == 200)
    try await house.bench.server.until("the call has ended") {
      try await house.tenant("beta")["under_way"].integer == 0
    }
    let late = try await house.chat("beta")
    #expect(try late.status == 429 && late.json()["error", "quota", "limit"].string == "tokens_per_minute")
    #expect(late.text.contains("more were used"), "\(late.text)")
    #expect(house.bench.stub.requests.count == 2)
    let acme = try await house.tenant("acme")
    #expect(acme["calls"].integer == 1 && acme["refused"].integer == 2 && acme["under_way"].integer == 0)
    #expect(acme["limits", 1, "limit"].string == "calls_per_minute" && acme["limits", 1, "left"].integer ?? 0 >= 999)
    // Whoever is bound sees itself alone.
    #expect(try await house.tenant("beta", "acme") == .null)
    #expect(try await house.tenant("acme", "acme")["refused"].integer == 2)
    #expect(try await house.get("api/v1/tenants")["mode"].string == "enforce")
    let metrics = try await house.metrics()
    #expect(metrics.contains(#"tally_tenant_refusals_total{tenant="acme",mode="enforce"} 2"#), "\(metrics)")
    #expect(metrics.contains(#"tally_tenant_unknown_total{mode="enforce"} 5"#))
    let spans = try await house.spans(10)
    #expect(spans.count { $0["error_type"].string == "NO_TENANT" } == 5)
    let over = spans.filter { $0["error_type"].string == "TENANT_QUOTA" }
    #expect(over.count == 3 && over.allSatisfy { $0["input_tokens"].integer == 0 && $0["status"].string == "error" })
    #expect(over.allSatisfy { $0["attributes", "tenant_limit"].string == "tokens_per_minute" })
    #expect(try house.bench.server.stop() == 0)
  }

  /// Two calls a minute: of more at once some are refused. Where a machine takes a minute for them, of the next ones.
  @Test func callsAreCountedByTheMinute() async throws {
    let house = try House("tenants: {acme: {calls_per_minute: 2}}\ngateway: {tenants: enforce}") { _, _ in
      StubUpstream.json(CallBench.reply)
    }
    struct Answer: Sendable {
      let status: Int
      let text: String
    }
    var answers: [Answer] = []
    try await house.bench.server.until("some are refused") {
      let more: [Answer] = try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<6 {
          group.addTask {
            let reply = try await house.chat("acme")
            return Answer(status: reply.status, text: reply.text)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      answers += more
      return answers.contains { $0.status == 429 }
    }
    let refused = answers.filter { $0.status == 429 }
    for answer in refused {
      let error = try JSON(Data(answer.text.utf8))["error"]
      #expect(error["code"].string == "TENANT_QUOTA" && error["quota", "limit"].string == "calls_per_minute")
      #expect(error["quota", "amount"].integer == 2 && error["quota", "left"].integer == 0)
    }
    #expect(answers.count { $0.status == 200 } == house.bench.stub.requests.count)
    #expect(house.bench.stub.requests.count == answers.count - refused.count)
    let spans = try await house.spans(answers.count).filter { $0["error_type"].string == "TENANT_QUOTA" }
    #expect(spans.count == refused.count)
    #expect(spans.allSatisfy { $0["attributes", "tenant_limit"].string == "calls_per_minute" })
    #expect(try house.bench.server.stop() == 0)
  }

  /// A new rule observes: everything passes, and the spans say what would not have.
  @Test func whoObservesRefusesNothing() async throws {
    let house = try House(CallTenantTests.strict) { _, _ in StubUpstream.json(CallBench.reply) }
    for key in ["acme", "acme", "nobody"] { #expect(try await house.chat(key).status == 200) }
    let spans = try await house.spans(3)
    let words = spans.compactMap { $0["attributes", "tenants_observed"].list.first?.string }
    #expect(words.sorted() == ["NO_TENANT", "tokens_per_minute"])
    let acme = try await house.tenant("acme")
    #expect(acme["calls"].integer == 1 && acme["observed"].integer == 1 && acme["refused"].integer == 0)
    #expect(try house.bench.server.stop() == 0)
  }

  /// One call at a time: a second one is refused, and is let in when the first has ended.
  @Test func soManyAtOnce() async throws {
    let gate = StubUpstream.Gate()
    let house = try House(CallTenantTests.limits + "\ngateway: {tenants: enforce}") { _, _ in
      [.wait(gate)]
        + StubUpstream.json(
          #"{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#
        )
    }
    let first = try house.raw("beta")
    try await house.bench.server.until("it is under way") { house.bench.stub.requests.count == 1 }
    let refused = try await house.chat("beta")
    #expect(try refused.status == 429 && refused.json()["error", "quota", "limit"].string == "concurrency")
    gate.open()
    try first.readToEnd()
    gate.open()
    #expect(first.status == 200)
    #expect(try await house.chat("beta").status == 200)
    #expect(try house.bench.server.stop() == 0)
  }

  /// Another gateway asks for the same limits, and says who its callers are.
  @Test func otherGatewaysAskToo() async throws {
    let house = try House(CallTenantTests.limits + "\ngateway: {tenants: enforce}") { _, _ in [] }
    func decide(_ body: String, _ key: String = "nobody") async throws -> JSON {
      let reply = try await house.bench.post("api/v1/decide", body, house.header(key))
      #expect(try APIDocument().faults("POST", "/api/v1/decide", reply) == [], "\(reply.text)")
      return try reply.json()
    }
    let beta = #"{"model":"m","tenant":"beta","max_input_tokens":900,"max_output_tokens":50}"#
    let first = try await decide(beta)
    #expect(first["decision"].string == "allow")
    let second = try await decide(beta)
    #expect(second["refusal", "code"].string == "TENANT_QUOTA" && second["refusal", "status"].integer == 429)
    #expect(second["refusal", "quota", "limit"].string == "concurrency")
    let said = try await house.bench.post(
      "api/v1/settle", #"{"id":"\#(first["id"].string ?? "")","input_tokens":40,"output_tokens":10}"#,
      house.header("nobody"))
    #expect(try said.json()["result"].string == "settled")
    // What it used counts, and not what was thought.
    #expect(try await decide(beta)["decision"].string == "allow")
    #expect(try await house.tenant("beta")["under_way"].integer == 1)
    for body in [#"{"model":"m"}"#, #"{"model":"m","tenant":"nowhere"}"#] {
      #expect(try await decide(body)["refusal", "code"].string == "NO_TENANT")
    }
    // A key that is bound says it itself.
    #expect(try await decide(#"{"model":"m"}"#, "acme")["decision"].string == "allow")
    #expect(try house.bench.server.stop() == 0)
  }

  // MARK: The queue

  /// One place: whoever has had the least is next, however many calls another has waiting before it.
  @Test func aBurstDoesNotGoFirst() async throws {
    let gate = StubUpstream.Gate()
    let house = try House(
      "tenants: {acme: {}, beta: {}}\ngateway: {tenants: enforce, longest_wait: 1h}", upstream: ", concurrency: 1"
    ) { _, _ in [.wait(gate)] + StubUpstream.json(CallBench.reply) }
    func waiting() async throws -> Int? {
      try await house.get("api/v1/tenants")["queues"].list.first { $0["upstream"].string == "open" }?["waiting"].integer
    }
    var clients: [RawClient] = []
    for number in 0..<5 {
      clients.append(try house.raw(number == 4 ? "beta" : "acme", CallTenantTests.named("n\(number)")))
      try await house.bench.server.until("it waits") {
        let waits = try await waiting()
        return house.bench.stub.requests.count == 1 && waits == number
      }
    }
    // Who goes waits no more, and its call is never made.
    clients[2].hangUp()
    try await house.bench.server.until("it has gone") { try await waiting() == 3 }
    for _ in 0..<4 { gate.open() }
    for place in [0, 1, 3, 4] {
      try clients[place].readToEnd()
      #expect(clients[place].status == 200)
    }
    let order = house.bench.stub.requests.map { request in
      ["n0", "n1", "n2", "n3", "n4"].first { request.text.contains($0) }
    }
    #expect(order == ["n0", "n4", "n1", "n3"])
    #expect(try await house.metrics().contains(#"tally_queue_waited_total{upstream="open"} 4"#))
    // Whoever waited says how long; the first did not.
    let spans = try await house.spans(4)
    #expect(spans.count { $0["attributes", "queued_ms"].number ?? 0 > 0 } == 3)
    #expect(try house.bench.server.stop() == 0)
  }

  private static func named(_ name: String) -> String {
    #"{"model":"gpt-4o","messages":[{"role":"user","content":"\#(name)"}]}"#
  }

  /// Not everybody may wait.
  @Test func notEverybodyMayWait() async throws {
    let gate = StubUpstream.Gate()
    let house = try House(
      "gateway: {max_waiting: 1, longest_wait: 1h}", upstream: ", concurrency: 1"
    ) { _, _ in [.wait(gate)] + StubUpstream.json(CallBench.reply) }
    let first = try house.raw("acme")
    try await house.bench.server.until("it is under way") { house.bench.stub.requests.count == 1 }
    let next = try house.raw("acme")
    try await house.bench.server.until("one waits") {
      try await house.metrics().contains(#"tally_queue_waiting{upstream="open"} 1"#)
    }
    let many = try await house.chat("acme")
    #expect(many.status == 503 && many.headers["Retry-After"] as? String == "1")
    #expect(try many.json()["error", "code"].string == "too_busy" && many.text.contains("Too many calls wait"))
    #expect(house.bench.stub.requests.count == 1)
    for client in [first, next] {
      gate.open()
      try client.readToEnd()
      #expect(client.status == 200)
    }
    let spans = try await house.spans(3)
    #expect(spans.count { $0["error_type"].string == "too_busy" } == 1)
    #expect(try house.bench.server.stop() == 0)
  }

  /// A stream holds its place to its end, and gives it back when its caller goes.
  @Test func aStreamHoldsItsPlace() async throws {
    // The stream says nothing for as long as the machine needs, and the next call waits as long.
    let house = try House(
      "gateway: {longest_wait: 1h}", upstream: ", concurrency: 1, first_byte_timeout: 1h, idle_timeout: 1h"
    ) { number, _ in
      number == 0
        ? [.send(StubUpstream.streamHead + StubUpstream.chunk(CallBench.chunk("On"))), .hang]
        : StubUpstream.json(CallBench.reply)
    }
    let stream = try house.raw("acme", CallBench.streamed)
    try stream.read(until: "On")
    async let next = house.chat("beta")
    try await house.bench.server.until("one waits") {
      try await house.metrics().contains(#"tally_queue_waiting{upstream="open"} 1"#)
    }
    #expect(house.bench.stub.requests.count == 1)
    stream.hangUp()
    #expect(try await next.status == 200)
    #expect(try house.bench.server.stop() == 0)
  }

  // MARK: Words of others

  private static let canary = "heron-4711-amber"
  private static let planted = "tenants: {acme: {canaries: [\(canary)]}, beta: {}}\n"

  private func incidents(_ house: House, _ count: Int) async throws -> [JSON] {
    var incidents: [JSON] = []
    try await house.bench.server.until("\(count) incidents are open") {
      incidents = try await house.get("api/v1/records/incident")["records"].list
      return incidents.count >= count
    }
    return incidents
  }

  @Test func aCanaryOfAnotherIsKeptBack() async throws {
    let reply = CallBench.reply.replacingOccurrences(of: "On its way.", with: "It says HERON\\u002d4711\\u200b-Amber.")
    let frames = ["It says ", "her", "on-47", "11-am", "ber", " and so on"].map { CallBench.chunk($0) }
    let stream = frames.joined() + CallBench.chunk("", finish: "stop") + CallBench.usage + CallBench.done
    let house = try House(CallTenantTests.planted + "gateway: {tenants: enforce}") { _, request in
      request.text.contains("\"stream\":true") ? StubUpstream.stream(stream, every: 7) : StubUpstream.json(reply)
    }
    // Its owner may be told it, and gets every byte.
    let own = try await house.chat("acme")
    #expect(own.status == 200 && own.text == reply)
    let asked = CallBench.streamed.replacingOccurrences(
      of: "\"stream\":true", with: "\"stream\":true,\"stream_options\":{\"include_usage\":true}")
    let ownStream = try house.raw("acme", asked)
    try ownStream.readToEnd()
    #expect(ownStream.unchunked == stream)
    let refused = try await house.chat("beta")
    let error = try refused.json()["error"]
    #expect(refused.status == 502 && error["code"].string == "LEAK" && !refused.text.lowercased().contains("4711"))
    #expect(!refused.text.contains("acme"))
    let broken = try house.raw("beta", asked)
    try broken.readToEnd()
    // What came before the frame that completes it has gone; that frame and all after it have not.
    #expect(broken.unchunked.hasPrefix(frames[..<4].joined()), "\(broken.text)")
    let rest = broken.unchunked.dropFirst(frames[..<4].joined().count)
    #expect(rest.contains("\"LEAK\"") && !rest.contains("ber\"") && !rest.contains("and so on"))
    let spans = try await house.spans(4)
    let leaks = spans.filter { $0["error_type"].string == "LEAK" }
    #expect(leaks.count == 2 && leaks.allSatisfy { $0["tenant"].string == "beta" })
    #expect(leaks.allSatisfy { $0["attributes", "canaries"].integer == 1 })
    // Who reads a span is told no more than its caller was.
    for span in leaks {
      let trace = try await house.get("api/v1/traces/\(span["trace_id"].string ?? "")?content=true", "beta")
      #expect(!"\(trace)".lowercased().contains("4711") && trace["spans"].list.count == 1)
    }
    let incidents = try await incidents(house, 1)
    #expect(incidents.count == 1 && incidents[0]["state"].string == "open" && incidents[0]["signal"].string == "canary")
    let leak = incidents[0]["attributes", "leak"]
    #expect(leak["owner"].string == "acme" && leak["told_to"].string == "beta" && leak["canary"].integer == 0)
    #expect(leak["was_held_back"] == .bool(true) && !"\(incidents)".contains("4711"))
    #expect(try await house.get("api/v1/records/incident", "beta")["records"].list.isEmpty)
    #expect(try await house.tenant("beta")["leaks"].integer == 2)
    #expect(try await house.metrics().contains(#"tally_tenant_leaks_total{tenant="beta"} 2"#))
    #expect(!house.bench.server.said.contains("4711"))
    #expect(try house.bench.server.stop() == 0)
  }

  /// A reply that is read on another thread is read as well as any other.
  @Test func aCanaryInALongReplyIsKeptBack() async throws {
    let words = String(repeating: "all is well ", count: 50_000)
    let replies = [
      CallBench.reply.replacingOccurrences(of: "On its way.", with: words),
      CallBench.reply.replacingOccurrences(of: "On its way.", with: words + CallTenantTests.canary),
    ]
    let house = try House(CallTenantTests.planted + "gateway: {tenants: enforce}") { _, request in
      StubUpstream.json(replies[request.text.contains("\"gpt-4o\"") ? 0 : 1])
    }
    let clean = try await house.chat("beta")
    #expect(clean.status == 200 && clean.text == replies[0])
    let leak = try await house.chat("beta", CallBench.chat.replacingOccurrences(of: "gpt-4o", with: "gpt-leak"))
    #expect(try leak.status == 502 && leak.json()["error", "code"].string == "LEAK")
    let spans = try await house.spans(2)
    #expect(spans.count { $0["error_type"].string == "LEAK" && $0["attributes", "canaries"].integer == 1 } == 1)
    #expect(spans.count { $0["output_tokens"].integer == 30 && $0["status"].string == "ok" } == 1)
    #expect(try house.bench.server.stop() == 0)
  }

  /// A reply that is kept until it is looked at has no more room than all others.
  @Test func aHeldReplyWithoutRoomDoesNotGoOn() async throws {
    let reply = CallBench.reply.replacingOccurrences(
      of: "On its way.", with: String(repeating: "word ", count: 200_000))
    let house = try House(CallTenantTests.planted + "gateway: {tenants: enforce, max_bytes: 512 KiB}") { _, _ in
      StubUpstream.json(reply)
    }
    let refused = try await house.chat("beta")
    #expect(try refused.status == 502 && refused.json()["error", "code"].string == "unchecked_reply")
    #expect(try house.bench.server.stop() == 0)
  }

  @Test func whoObservesLetsItPassAndSaysSo() async throws {
    let reply = CallBench.reply.replacingOccurrences(of: "On its way.", with: CallTenantTests.canary)
    let house = try House(CallTenantTests.planted) { _, _ in StubUpstream.json(reply) }
    #expect(try await house.chat("beta").text == reply)
    #expect(try await house.chat("beta").status == 200)
    let incidents = try await incidents(house, 1)
    #expect(incidents.count == 1 && incidents[0]["attributes", "leak", "was_held_back"] == .bool(false))
    let spans = try await house.spans(2)
    #expect(spans.allSatisfy { $0["status"].string == "ok" && $0["attributes", "canaries"].integer == 1 })
    #expect(try house.bench.server.stop() == 0)
  }
}

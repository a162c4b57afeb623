import Foundation
import FoundationNetworking
import Testing

/// Who may call models, and what cannot be smuggled past.
struct CallAccessTests {
  private func key(_ shop: Workshop, _ name: String, _ options: String...) throws -> String {
    let made = try shop.tally(["key", "create", name] + options)
    try #require(made.code == 0, "\(made.errors)")
    return made.text.trimmingCharacters(in: .newlines)
  }

  @Test func aKeyWithTheScopeIsAskedFor() async throws {
    let shop = try Workshop()
    let caller = try key(shop, "caller", "--scope", "call")
    let acme = try key(shop, "acme", "--scope", "call", "--tenant", "acme")
    let reader = try key(shop, "reader", "--scope", "read,ingest,decide")
    let owner = try key(shop, "owner", "--scope", "admin")
    #expect(caller.hasPrefix("tally_c_"))
    let bench = try CallBench({ _, _ in StubUpstream.json(CallBench.reply) }, in: shop)
    for (headers, status, code, type) in [
      ([:], 401, "invalid_api_key", "authentication_error"),
      (["Authorization": "Bearer nonsense"], 401, "invalid_api_key", "authentication_error"),
      (["Authorization": "Bearer \(reader)"], 403, "permission_denied", "permission_error"),
      (["Authorization": "Bearer \(acme)", "X-Tally-Tenant": "beta"], 403, "permission_denied", "permission_error"),
    ] as [([String: String], Int, String, String)] {
      for (path, body) in [("v1/chat/completions", CallBench.chat), ("v1/messages", CallBench.messages)] {
        let client = try RawClient(port: bench.server.port)
        client.post("/\(path)", body, "connection: close\r\n" + headers.map { "\($0): \($1)\r\n" }.joined())
        try client.readToEnd()
        let error = try JSON(Data(client.body.utf8))
        #expect(client.status == status && error["error", "code"].string == code, "\(path): \(client.text)")
        #expect(error["error", "type"].string == type)
        #expect((error["type"].string == "error") == (path == "v1/messages"))
      }
    }
    #expect(bench.stub.requests.isEmpty)
    for headers in [
      ["Authorization": "Bearer \(caller)"], ["x-api-key": caller], ["Authorization": "Bearer \(owner)"],
      ["Authorization": "Bearer \(acme)"],
    ] {
      #expect(try await bench.post("v1/chat/completions", CallBench.chat, headers).status == 200)
    }
    // Nobody else's key goes on.
    #expect(
      bench.stub.requests.allSatisfy { $0.header("authorization") == "Bearer sk-open" && $0.header("x-api-key") == nil }
    )
    #expect(!bench.stub.requests.contains { request in request.headers.contains { $0.value.contains("tally_") } })
    try await bench.server.until("all are written") {
      let list = try await bench.server.send("GET", "api/v1/spans", headers: ["x-api-key": owner]).json()
      return list["records"].list.count == 4
    }
    let list = try await bench.server.send("GET", "api/v1/spans", headers: ["x-api-key": owner]).json()
    #expect(list["records"].list.compactMap { $0["tenant"].string } == ["acme"])
    // Neither keys nor what was said is in the log.
    #expect(
      !bench.server.said.contains("tally_") && !bench.server.said.contains("sk-open")
        && !bench.server.said.contains("Where"))
    #expect(try bench.server.stop() == 0)
  }

  @Test func withoutUpstreamsNothingIsCalled() async throws {
    let server = try ForwardingServer(in: try Workshop())
    for (path, type) in [("v1/chat/completions", "invalid_request_error"), ("v1/messages", "not_found_error")] {
      let reply = try await server.send("POST", path, "{}")
      #expect(try reply.status == 404 && reply.json()["error", "type"].string == type)
      #expect(reply.text.contains("names no upstreams"))
    }
    #expect(try await server.send("GET", "v1/models").status == 404)
    #expect(try server.stop() == 0)
  }

  /// Requests of which two servers could see two different ones are refused, and their connection ends.
  @Test(arguments: [
    "content-length: 5\r\ntransfer-encoding: chunked\r\n", "content-length: 5\r\ncontent-length: 6\r\n",
    "content-length: 5, 6\r\n", "transfer-encoding: chunked, identity\r\n", "transfer-encoding: xchunked\r\n",
    "content-length: +5\r\n", "content-length : 5\r\n",
  ])
  func smuggling(_ headers: String) async throws {
    let bench = try CallBench { _, _ in StubUpstream.json(CallBench.reply) }
    let client = try RawClient(port: bench.server.port)
    let hidden =
      "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: \(CallBench.chat.utf8.count)\r\n\r\n\(CallBench.chat)"
    client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n\(headers)\r\n0\r\n\r\n\(hidden)")
    try client.readToEnd()
    #expect(client.status == 400, "\(client.text)")
    #expect(client.text.components(separatedBy: "HTTP/1.1").count == 2)
    #expect(bench.stub.requests.isEmpty)
    #expect(try await bench.server.send("GET", "healthz").status == 200)
    try await bench.stop()
  }

  /// No other path than the five leads to a provider.
  @Test func paths() async throws {
    let bench = try CallBench { _, _ in StubUpstream.json(CallBench.reply) }
    for path in [
      "/v1/chat/completions/../../models", "/v1/../v1/chat/completions", "//v1/chat/completions",
      "/v1/chat%2fcompletions",
      "/v1/files", "/v1/chat/completions/x", "/V1/chat/completions", "/v1/models/../files", "/base/v1/chat/completions",
      "http://127.0.0.1:1/v1/files",
    ] {
      let client = try RawClient(port: bench.server.port)
      client.post(path, CallBench.chat, "connection: close\r\n")
      try client.readToEnd()
      // A path that a router reads as one of the five is one; nothing of it goes on.
      #expect(
        client.status == 404 || bench.stub.requests.last?.path == "/base/v1/chat/completions", "\(path): \(client.text)"
      )
    }
    #expect(bench.stub.requests.allSatisfy { $0.path == "/base/v1/chat/completions" })
    try await bench.stop()
  }

  @Test func bodies() async throws {
    let bench = try CallBench { _, _ in StubUpstream.json(CallBench.reply) }
    let large = try await bench.post("v1/chat/completions", String(repeating: " ", count: (32 << 20) + 1))
    #expect(try large.status == 413 && large.json()["error", "code"].string == "request_too_large")
    let none = try await bench.post("v1/chat/completions", "nonsense")
    #expect(try none.status == 400 && none.json()["error", "type"].string == "invalid_request_error")
    let twice = try await bench.post("v1/chat/completions", #"{"model":"a","model":"b"}"#)
    #expect(twice.status == 400 && twice.text.contains("twice"))
    let encoded = try await bench.post("v1/chat/completions", CallBench.chat, ["Content-Encoding": "br"])
    #expect(encoded.status == 415)
    #expect(bench.stub.requests.isEmpty)
    // A hundred kilobytes that are a hundred megabytes inside, and what is small inside too.
    for (name, text) in [("bomb", String(repeating: " ", count: 100 << 20)), ("small", CallBench.chat)] {
      try bench.shop.write(name, text)
      let gzip = Process()
      gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
      gzip.arguments = [name]
      gzip.currentDirectoryURL = bench.shop.folder
      try gzip.run()
      gzip.waitUntilExit()
      var request = URLRequest(
        url: try #require(URL(string: "http://127.0.0.1:\(bench.server.port)/v1/chat/completions")))
      request.httpMethod = "POST"
      request.httpBody = try Data(contentsOf: bench.shop.url("\(name).gz"))
      request.setValue("gzip", forHTTPHeaderField: "Content-Encoding")
      let (_, response) = try await Served.client().data(for: request)
      #expect((response as? HTTPURLResponse)?.statusCode == (name == "bomb" ? 413 : 200))
    }
    #expect(bench.stub.requests.map(\.text) == [CallBench.chat])
    #expect(bench.stub.requests.first?.header("content-encoding") == nil)
    try await bench.stop()
  }

  /// When no more may be under way, `on_ledger_pressure` says what becomes of the next.
  @Test(arguments: [("refuse", 503), ("shed", 200)])
  func pressure(_ word: String, _ status: Int) async throws {
    let gate = StubUpstream.Gate()
    let bench = try CallBench(
      { number, _ in
        number == 0 ? [.wait(gate)] + StubUpstream.json(CallBench.reply) : StubUpstream.json(CallBench.reply)
      },
      more: "gateway: {on_ledger_pressure: \(word), max_calls: 1}")
    let first = try RawClient(port: bench.server.port)
    first.post("/v1/chat/completions", CallBench.chat)
    try await bench.server.until("the first is under way") { bench.stub.requests.count == 1 }
    let second = try await bench.post("v1/chat/completions", CallBench.chat)
    #expect(second.status == status)
    if status == 503 { #expect(try second.json()["error", "code"].string == "ledger_pressure") }
    #expect(try await bench.metric(word == "shed" ? "tally_call_spans_shed_total" : "tally_calls_refused_total") == 1)
    gate.open()
    try first.read(until: "On its way.")
    _ = try await bench.spans(1)
    try await bench.stop()
  }
}

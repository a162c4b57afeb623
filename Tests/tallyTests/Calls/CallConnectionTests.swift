import Foundation
import Testing

/// Connections that carry more than one call, and other things than calls.
struct CallConnectionTests {
  private static func post(_ body: String, _ headers: String = "") -> String {
    "POST /v1/chat/completions HTTP/1.1\r\nhost: tally\r\ncontent-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
  }

  /// Whatever waits for its turn, answers come in the order of their requests, and each is its own.
  @Test func requestsThatComeAtOnceAreAnsweredInTheirOrder() async throws {
    let gate = StubUpstream.Gate()
    let bench = try CallBench { number, request in
      let answer = StubUpstream.json(CallBench.reply.replacingOccurrences(of: "On its way.", with: "call \(number)"))
      return number == 0 ? [.wait(gate)] + answer : answer
    }
    let client = try RawClient(port: bench.server.port)
    let health = "GET /healthz HTTP/1.1\r\nhost: tally\r\n\r\n"
    client.send(health + Self.post(CallBench.chat) + health + Self.post(CallBench.chat) + Self.post(CallBench.chat))
    try await bench.server.until("the first is asked") { bench.stub.requests.count == 1 }
    try client.read(until: "ok\n")
    #expect(!client.text.contains("call 0"))
    gate.open()
    try client.read(until: "call 2")
    let places = ["ok\n", "call 0", "call 1", "call 2"].compactMap { client.text.range(of: $0)?.lowerBound }
    #expect(places.count == 4 && places == places.sorted())
    #expect(client.text.components(separatedBy: "HTTP/1.1 200").count == 6)
    client.hangUp()
    _ = try await bench.spans(3)
    try await bench.stop()
  }

  /// Who speaks HTTP/1.0 gets no chunks: the body goes to the end of the connection, also where it was to be kept.
  @Test(arguments: ["", "connection: keep-alive\r\n", "Connection: Keep-Alive, x-odd\r\nx-odd: 1\r\n"])
  func whoSpeaksAnEarlierVersionGetsNoChunks(_ header: String) async throws {
    let stream = CallBench.chunk("On", finish: "stop") + CallBench.done
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    let bench = try CallBench { _, request in
      switch request.header("x-scene") {
      case "stream":
        StubUpstream.stream(CallBench.chunk("On", finish: "stop") + CallBench.usage + CallBench.done, every: 7)
      case "chunks": [.send(head), .send(StubUpstream.chunk(CallBench.reply)), .send("0\r\n\r\n")]
      case "fails": StubUpstream.json(#"{"error":{"message":"no"}}"#, status: 400)
      default: StubUpstream.json(CallBench.reply)
      }
    }
    func ask(_ version: String, _ scene: String, _ body: String) throws -> RawClient.Answer {
      let client = try RawClient(port: bench.server.port)
      let post = Self.post(body, header + "x-scene: \(scene)\r\n" + (version == "1.1" ? "connection: close\r\n" : ""))
      client.send(post.replacing(" HTTP/1.1\r\n", with: " HTTP/\(version)\r\n", maxReplacements: 1))
      try client.readToEnd()
      #expect(client.text.hasPrefix("HTTP/\(version) "))
      var answer = client.answer
      if answer.header("transfer-encoding") == "chunked" { answer.body = client.unchunked }
      return answer
    }
    for (scene, body, expected) in [
      ("", CallBench.chat, CallBench.reply), ("chunks", CallBench.chat, CallBench.reply),
      ("stream", CallBench.streamed, stream), ("fails", CallBench.chat, #"{"error":{"message":"no"}}"#),
    ] {
      let earlier = try ask("1.0", scene, body)
      #expect(earlier.status == (scene == "fails" ? 400 : 200) && earlier.body == expected, "\(scene): \(earlier)")
      #expect(earlier.header("transfer-encoding") == nil && earlier.header("connection") == "close")
      // Who speaks the later one is answered as ever.
      let later = try ask("1.1", scene, body)
      #expect(later.body == expected)
      #expect((later.header("transfer-encoding") == "chunked") == ["chunks", "stream"].contains(scene))
    }
    // Other routes end, too, and what is refused.
    let client = try RawClient(port: bench.server.port)
    client.send("GET /healthz HTTP/1.0\r\n\(header)\r\n")
    try client.readToEnd()
    #expect(client.text.hasPrefix("HTTP/1.0 200") && client.body == "ok\n")
    #expect(try ask("1.0", "", "{}").status == 400)
    _ = try await bench.spans(8)
    try await bench.stop()
  }

  /// What cannot be read is answered when it is its turn; what came before it is answered first, and once.
  @Test func nonsenseBehindACall() async throws {
    let bench = try CallBench { _, _ in StubUpstream.json(CallBench.reply) }
    let health = "GET /healthz HTTP/1.1\r\nhost: tally\r\n\r\n"
    for before in ["", health] {
      let client = try RawClient(port: bench.server.port)
      client.send(before + Self.post(CallBench.chat) + "nonsense\r\n\r\n")
      try client.readToEnd()
      let answers = client.text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
      #expect(answers == (before.isEmpty ? [] : ["200"]) + ["200", "400"], "\(client.text)")
    }
    #expect(bench.stub.requests.count == 2)
    try await bench.stop()
  }

  @Test func theLastCallOfAConnectionEndsIt() async throws {
    let bench = try CallBench { _, _ in StubUpstream.json(CallBench.reply) }
    for header in [
      "connection: close\r\n", "connection: TE, close\r\n", "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\n",
    ] {
      let client = try RawClient(port: bench.server.port)
      client.post("/v1/chat/completions", CallBench.chat, header)
      try client.readToEnd()
      #expect(
        client.text.hasSuffix(CallBench.reply) && client.text.lowercased().contains("connection: close"),
        "\(client.text)")
    }
    try await bench.stop()
  }

  /// Who asks before it sends a long body is told to go on.
  @Test func aBodyThatWaitsForAWord() async throws {
    let bench = try CallBench { _, _ in StubUpstream.json(CallBench.reply) }
    let client = try RawClient(port: bench.server.port)
    client.send(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: tally\r\nexpect: 100-continue\r\ncontent-length: \(CallBench.chat.utf8.count)\r\n\r\n"
    )
    try client.read(until: "HTTP/1.1 100 Continue\r\n")
    client.send(CallBench.chat)
    try client.read(until: "On its way.")
    #expect(bench.stub.requests.map(\.text) == [CallBench.chat])
    client.hangUp()
    try await bench.stop()
  }

  /// Bodies that hardly come take hardly any room: nine of them would have taken more than there is.
  @Test func slowBodiesShutNobodyOut() async throws {
    let bench = try CallBench { _, _ in StubUpstream.json(CallBench.reply) }
    let slow = try (0..<9).map { _ in try RawClient(port: bench.server.port) }
    for (number, client) in slow.enumerated() {
      client.send(
        "POST \(number % 2 == 0 ? "/v1/chat/completions" : "/v1/traces") HTTP/1.1\r\nhost: tally\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n"
      )
    }
    let quick = try RawClient(port: bench.server.port)
    quick.post("/v1/chat/completions", CallBench.chat)
    try quick.read(until: "On its way.")
    // A slow one is answered too, when it has said everything.
    let rest = String(CallBench.chat.dropFirst())
    slow[0].send("\(String(rest.utf8.count, radix: 16))\r\n\(rest)\r\n0\r\n\r\n")
    try slow[0].read(until: "On its way.")
    for client in slow + [quick] { client.hangUp() }
    _ = try await bench.spans(2)
    try await bench.stop()
  }
}

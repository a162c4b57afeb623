import Foundation
import Records
import Store
import Testing

/// What callers see, and what the ledger says, when providers fail.
struct CallFaultTests {
  /// A way to fail, what the caller gets, and what the span says.
  struct Scene: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var isStream = false
    let acts: [StubUpstream.Act]
    let status: Int
    /// The body is exactly this; nil where something of our own is said.
    let body: String?
    /// A word in the body that is ours.
    var word: String?
    let errorType: String?
    var spanStatus = "error"
  }

  private static func stream(_ frames: [String], end: [StubUpstream.Act] = [.send("0\r\n\r\n")]) -> [StubUpstream.Act] {
    [.send(StubUpstream.streamHead)] + frames.map { .send(StubUpstream.chunk($0)) } + end
  }

  private static let quota =
    #"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#
  private static let first = CallBench.chunk("On its")
  private static let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"half\":"

  static let scenes: [Scene] = [
    Scene(
      testDescription: "402",
      acts: StubUpstream.json(#"{"error":{"message":"Pay","code":"billing_hard_limit"}}"#, status: 402),
      status: 402, body: #"{"error":{"message":"Pay","code":"billing_hard_limit"}}"#, errorType: "billing_hard_limit"),
    Scene(
      testDescription: "400 usage limit",
      acts: StubUpstream.json(#"{"error":{"message":"usage limits","type":"invalid_request_error"}}"#, status: 400),
      status: 400, body: #"{"error":{"message":"usage limits","type":"invalid_request_error"}}"#,
      errorType: "invalid_request_error"),
    Scene(
      testDescription: "429", acts: StubUpstream.json(quota, status: 429, headers: "retry-after: 7\r\n"), status: 429,
      body: quota, errorType: "insufficient_quota"),
    Scene(
      testDescription: "429 of a stream", isStream: true, acts: StubUpstream.json(quota, status: 429), status: 429,
      body: quota,
      errorType: "insufficient_quota"),
    Scene(
      testDescription: "529",
      acts: StubUpstream.json(
        #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, status: 529),
      status: 529, body: #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
      errorType: "overloaded_error"),
    Scene(
      testDescription: "500 in HTML",
      acts: [.send("HTTP/1.1 500 No\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>")], status: 500,
      body: "<html>", errorType: "http_500"),
    Scene(
      testDescription: "an empty success", acts: StubUpstream.json(""), status: 200, body: "", errorType: "empty_reply"),
    Scene(
      testDescription: "a success that is no JSON", acts: StubUpstream.json("nonsense"), status: 200, body: "nonsense",
      errorType: "malformed_reply"),
    Scene(
      testDescription: "an empty stream", isStream: true, acts: stream([]), status: 200, body: "",
      errorType: "empty_reply"),
    Scene(
      testDescription: "a malformed stream", isStream: true,
      acts: stream([first, "data: {nonsense\n\n", CallBench.done]),
      status: 200, body: first + "data: {nonsense\n\n" + CallBench.done, errorType: "malformed_stream"),
    Scene(
      testDescription: "a stream that ends too early", isStream: true, acts: stream([first]), status: 200, body: first,
      errorType: "truncated_stream"),
    Scene(
      testDescription: "an error within a stream", isStream: true,
      acts: stream([first, "data: {\"error\":{\"code\":\"server_overloaded\",\"message\":\"No\"}}\n\n"]), status: 200,
      body: first + "data: {\"error\":{\"code\":\"server_overloaded\",\"message\":\"No\"}}\n\n",
      errorType: "server_overloaded"),
    Scene(
      testDescription: "reset before the reply", acts: [.reset], status: 502, body: nil, word: "upstream_reset",
      errorType: "upstream_reset"),
    Scene(
      testDescription: "closed before the reply", acts: [.close], status: 502, body: nil, word: "upstream_reset",
      errorType: "upstream_reset"),
    Scene(
      testDescription: "no HTTP", acts: [.send("nonsense\r\n\r\n"), .close], status: 502, body: nil,
      word: "upstream_reset", errorType: "upstream_reset"),
    Scene(
      testDescription: "length and chunks at once",
      acts: [
        .send(
          "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        ),
        .close,
      ], status: 502, body: nil, word: "upstream_reset", errorType: "upstream_reset"),
    Scene(
      testDescription: "hangs", acts: [.hang], status: 504, body: nil, word: "first_byte_timeout",
      errorType: "first_byte_timeout", spanStatus: "timeout"),
  ]

  @Test(arguments: scenes) func beforeOrWithAWholeReply(_ scene: Scene) async throws {
    // Whoever answers may take as long as the machine needs.
    let isSilent = scene.errorType == "first_byte_timeout"
    let bench = try CallBench({ _, _ in scene.acts }, upstream: isSilent ? ", first_byte_timeout: 500ms" : "")
    let reply = try await bench.post("v1/chat/completions", scene.isStream ? CallBench.streamed : CallBench.chat)
    #expect(reply.status == scene.status)
    if let body = scene.body { #expect(reply.text == body) }
    if let word = scene.word { #expect(try reply.json()["error", "code"].string == word) }
    if scene.testDescription == "429" { #expect(reply.headers["Retry-After"] as? String == "7") }
    let span = try #require(try await bench.spans(1).first)
    #expect(span["error_type"].string == scene.errorType && span["status"].string == scene.spanStatus, "\(span)")
    #expect(span["model_requested"].string == "gpt-4o")
    // Whoever says that it failed, the reply names its span.
    #expect(reply.headers["x-tally-span-id"] as? String == span["span_id"].string)
    // No second attempt, and nobody else was asked.
    #expect(bench.stub.requests.count == 1)
    #expect(try await bench.server.send("GET", "healthz").status == 200)
    try await bench.stop()
  }

  /// A redirect would take the key and what was said to somebody else: it is the caller's, as it is.
  @Test func redirectsAreNotFollowed() async throws {
    let other = try StubUpstream { _, _ in StubUpstream.json("{}") }
    let bench = try CallBench { _, _ in
      StubUpstream.json("{}", status: 307, headers: "location: http://127.0.0.1:\(other.port)/v1/chat/completions\r\n")
    }
    let client = try RawClient(port: bench.server.port)
    client.post("/v1/chat/completions", CallBench.chat, "connection: close\r\n")
    try client.readToEnd()
    #expect(client.status == 307 && client.text.contains("location: http://127.0.0.1:\(other.port)/"))
    #expect(other.requests.isEmpty && bench.stub.requests.count == 1)
    try await bench.stop()
  }

  /// In the middle of a reply: the caller must not take a part for the whole.
  @Test(
    arguments: [
      ("reset", StubUpstream.Act.reset, "upstream_reset", "error"), ("close", .close, "upstream_reset", "error"),
      ("hang", .hang, "idle_timeout", "timeout"),
    ] as [(String, StubUpstream.Act, String, String)])
  func withinAReply(_ name: String, _ act: StubUpstream.Act, _ fault: String, _ status: String) async throws {
    let chunk = StubUpstream.chunk(CallFaultTests.first)
    // A reset takes with it what was not read before: there is time to read it.
    let time = StubUpstream.Act.pause(name == "hang" ? 0 : 3)
    let bench = try CallBench(
      { number, _ in
        switch number {
        case 0: [.send(StubUpstream.streamHead + chunk), time, act]
        // Within a frame.
        case 1: [.send(StubUpstream.streamHead + StubUpstream.chunk("data: {\"ha")), time, act]
        default: [.send(CallFaultTests.head), time, act]
        }
      }, upstream: name == "hang" ? ", idle_timeout: 500ms" : "")
    // Between frames an error follows that SDKs read.
    let asking = CallBench.streamed.replacingOccurrences(
      of: "\"stream\":true", with: "\"stream\":true,\"stream_options\":{\"include_usage\":true}")
    let between = try RawClient(port: bench.server.port)
    between.post("/v1/chat/completions", asking)
    try between.readToEnd()
    #expect(between.unchunked.hasPrefix(CallFaultTests.first + "data: {\"error\":{"))
    #expect(between.unchunked.contains("\"code\":\"\(fault)\"") && !between.text.hasSuffix("0\r\n\r\n"))
    // Within one, and within a whole reply, nothing can.
    for body in [asking, CallBench.chat] {
      let within = try RawClient(port: bench.server.port)
      within.post("/v1/chat/completions", body)
      try within.readToEnd()
      #expect(
        within.status == 200 && !within.text.contains(fault) && !within.text.hasSuffix("0\r\n\r\n"), "\(within.text)")
    }
    let spans = try await bench.spans(3)
    #expect(spans.allSatisfy { $0["error_type"].string == fault && $0["status"].string == status }, "\(spans)")
    let half = try #require(spans.last)
    #expect(try await bench.content(half)["output", 0, "parts", 0, "content"].string == "On its")
    if name == "hang" { try await bench.server.until("the provider is left") { bench.stub.disconnects == 3 } }
    try await bench.stop()
  }

  @Test func nobodyThere() async throws {
    let port = try StubTarget.freePort()
    let shop = try Workshop()
    try shop.write(
      "tally.yaml",
      """
      upstreams:
        gone: {url: "http://127.0.0.1:\(port)/v1"}
        unknown: {url: "http://no-such-host.invalid/v1"}
        plain: {url: "https://127.0.0.1:\(port)", dialect: anthropic}
      routes: {a: {upstream: gone}, b: {upstream: unknown}, c: {upstream: plain}}
      """)
    let server = try ForwardingServer(in: shop)
    for (path, model) in [("v1/chat/completions", "a"), ("v1/chat/completions", "b"), ("v1/messages", "c")] {
      let reply = try await server.send("POST", path, "{\"model\":\"\(model)\"}")
      #expect(reply.status == 502, "\(model): \(reply.text)")
      #expect(try reply.json()["error", "code"].string == "connect_failed", "\(model)")
      #expect(reply.headers["x-tally-span-id"] is String, "\(model)")
    }
    #expect(try server.stop() == 0)
    #expect(try await server.status().records[.span] == 3)
  }

  /// A server that speaks no TLS where some is asked for.
  @Test func noTrust() async throws {
    let shop = try Workshop()
    let plain = try ForwardingServer(in: try Workshop())
    try shop.write("tally.yaml", "upstreams: {secret: {url: \"https://127.0.0.1:\(plain.port)/v1\"}}\n")
    let server = try ForwardingServer(in: shop)
    let reply = try await server.send("POST", "v1/chat/completions", CallBench.chat)
    #expect(reply.status == 502)
    #expect(try reply.json()["error", "code"].string == "tls_failed")
    #expect(try server.stop() == 0 && plain.stop() == 0)
  }

  /// Over TLS nothing leaves before there is trust: what is closed before has used nothing of a budget.
  @Test func nothingIsSpentBeforeThereIsTrust() async throws {
    let (door, port) = try StubUpstream.listen()
    Thread.detachNewThread {
      while true {
        let connection = accept(door, nil, nil)
        guard connection >= 0 else { return }
        close(connection)
      }
    }
    defer {
      shutdown(door, Int32(SHUT_RDWR))
      close(door)
    }
    let shop = try Workshop()
    try shop.write(
      "tally.yaml",
      """
      upstreams: {shut: {url: "https://127.0.0.1:\(port)/v1"}}
      budgets: {tokens: {tokens: 100000, per: day, output_cap: 1000}}
      """)
    let server = try ForwardingServer(in: shop)
    for _ in 0..<4 {
      let reply = try await server.send("POST", "v1/chat/completions", CallBench.chat)
      #expect(reply.status == 502, "\(reply.text)")
    }
    #expect(try await BudgetBench.settled("tokens", server)["spent"].string == "0")
    #expect(try server.stop() == 0)
  }

  /// Who hangs up hangs up on the provider: before the reply, within it, and with half of the connection.
  @Test func aCallerThatGoesTakesTheProviderWithIt() async throws {
    let bench = try CallBench { number, _ in
      number < 2 ? [.hang] : [.send(StubUpstream.streamHead + StubUpstream.chunk(CallFaultTests.first)), .hang]
    }
    for number in 0..<4 {
      let client = try RawClient(port: bench.server.port)
      client.post("/v1/chat/completions", CallBench.streamed)
      if number >= 2 { try client.read(until: "On its") }
      try await bench.server.until("the provider is asked") { bench.stub.requests.count == number + 1 }
      if number % 2 == 0 { client.hangUp() } else { client.closeHalf() }
      try await bench.server.until("the provider is left") { bench.stub.disconnects == number + 1 }
    }
    let spans = try await bench.spans(4)
    #expect(spans.allSatisfy { $0["error_type"].string == "client_disconnected" }, "\(spans)")
    #expect(try await bench.metric("tally_calls_open") == 0)
    #expect(try await bench.metric("tally_call_places") == 0)
    try await bench.stop()
  }

  /// Who does not read stops the provider, and does not fill the memory; who never reads again is left.
  @Test func aSlowCallerSlowsTheProvider() async throws {
    let piece = StubUpstream.chunk(String(repeating: ": filler\n\n", count: 6_400))
    let bench = try CallBench(
      { _, _ in [.send(StubUpstream.streamHead)] + Array(repeating: .send(piece), count: 1_000) + [.send("0\r\n\r\n")]
      },
      upstream: ", idle_timeout: 5s")
    let client = try RawClient(port: bench.server.port)
    client.post("/v1/chat/completions", CallBench.streamed)
    try client.read(until: "filler")
    // 64 MB are on their way, of which the sockets between take a few.
    try await bench.server.until("the provider is left") { bench.stub.disconnects == 1 }
    let span = try #require(try await bench.spans(1).first)
    #expect(span["error_type"].string == "client_stalled")
    #expect(client.received.count < 32 << 20)
    try await bench.stop()
  }

  /// What has begun is finished on SIGTERM, and its span is written.
  @Test func itEndsWhenWhatHasBegunIsDone() async throws {
    let gate = StubUpstream.Gate()
    let bench = try CallBench { _, _ in
      [.send(StubUpstream.streamHead + StubUpstream.chunk(CallFaultTests.first)), .wait(gate)]
        + [.send(StubUpstream.chunk(CallBench.chunk("way.", finish: "stop") + CallBench.done) + "0\r\n\r\n")]
    }
    let client = try RawClient(port: bench.server.port)
    client.post("/v1/chat/completions", CallBench.streamed)
    try client.read(until: "On its")
    let ending = Task.detached { try bench.server.stop() }
    try await Task.sleep(for: .milliseconds(300))
    gate.open()
    try client.read(until: "\r\n0\r\n\r\n")
    #expect(try await ending.value == 0)
    #expect(try await bench.server.status().records[.span] == 1)
  }
}

import Foundation
import Testing

/// Calls of models as callers and providers see them.
struct CallTests {
  @Test func aCallGoesThereAndBackAsItIs() async throws {
    let bench = try CallBench(
      { _, _ in
        StubUpstream.json(CallBench.reply, headers: "x-request-id: r1\r\nconnection: keep-alive, x-hop\r\nx-hop: 1\r\n")
      },
      more: """
        models:
          gpt-4o-2024-08-06:
            price: {input_per_mtok: 2.50 USD, cached_input_per_mtok: 1.25 USD, output_per_mtok: 10 USD}
        """)
    let body =
      "{ \"model\" : \"gpt-4o\",\n \"messages\":[{\"role\":\"user\",\"content\":\"Where is it, ü?\"}] , \"temperature\":0.5}"
    let reply = try await bench.post(
      "v1/chat/completions?api-version=1", body,
      [
        "Authorization": "Bearer mine", "X-Tally-Feature": "desk", "X-Tally-Agent": "triage", "X-Tally-Tenant": "acme",
        "X-Tally-Session": "s1", "X-Tally-User": "ana", "OpenAI-Organization": "org", "x-stainless-retry-count": "1",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      ])
    #expect(reply.status == 200 && reply.text == CallBench.reply)
    #expect(reply.headers["x-request-id"] as? String == "r1" && reply.headers["x-hop"] == nil)
    let asked = try #require(bench.stub.requests.first)
    #expect(asked.method == "POST" && asked.path == "/base/v1/chat/completions?api-version=1" && asked.text == body)
    #expect(asked.header("authorization") == "Bearer sk-open" && asked.header("openai-organization") == "org")
    #expect(asked.header("host") == "127.0.0.1:\(bench.stub.port)")
    #expect(asked.headers.filter { $0.name.lowercased() == "authorization" }.count == 1)
    #expect(!asked.headers.contains { $0.name.lowercased().hasPrefix("x-tally") })
    #expect(asked.header("accept-encoding") == "identity")
    let span = try #require(try await bench.spans(1).first)
    #expect(
      span["trace_id"].string == "4bf92f3577b34da6a3ce929d0e0e4736" && span["parent_id"].string == "00f067aa0ba902b7")
    #expect(reply.headers["x-tally-span-id"] as? String == span["span_id"].string)
    #expect(span["model_requested"].string == "gpt-4o" && span["model_served"].string == "gpt-4o-2024-08-06")
    #expect(
      span["input_tokens"].integer == 1200 && span["cached_tokens"].integer == 1024
        && span["output_tokens"].integer == 30)
    #expect(span["feature"].string == "desk" && span["tenant"].string == "acme" && span["session_id"].string == "s1")
    #expect(span["attempt"].integer == 2 && span["finish_reason"].string == "stop" && span["status"].string == "ok")
    #expect(span["attributes", "agent"].string == "triage" && span["attributes", "upstream"].string == "open")
    #expect(span["attributes", "stream"] == .bool(false) && span["config_sha256"].string?.count == 64)
    let said = try await bench.content(span)
    #expect(said["input", 0, "parts", 0, "content"].string == "Where is it, ü?")
    #expect(said["output", 0, "parts", 0, "content"].string == "On its way.")
    // 176 · 2.50 + 1024 · 1.25 + 30 · 10, in millionths.
    let costs = try await bench.server.send("GET", "api/v1/records/cost").json()["records"].list
    #expect(costs.count == 1 && costs.first?["amount"].string == "0.00202", "\(costs)")
    #expect(try await bench.metric("tally_calls_total{endpoint=\"chat\",upstream=\"open\",outcome=\"ok\"}") == 1)
    // It is counted in a moment after it can be read.
    try await bench.server.until("it is counted") {
      try await bench.metric("tally_call_spans_recorded_total") == 1
    }
    try await bench.stop()
  }

  /// A frame is with the caller before the provider says the next one, and the bytes are the provider's.
  @Test func framesComeAsTheyAreSaid() async throws {
    let gates = (0..<4).map { _ in StubUpstream.Gate() }
    let chunks = [CallBench.chunk("On "), CallBench.chunk("its "), CallBench.chunk("way.", finish: "stop")]
    let bench = try CallBench { _, _ in
      [.send(StubUpstream.streamHead)]
        + zip(chunks, gates).flatMap { [.send(StubUpstream.chunk($0)), .wait($1)] as [StubUpstream.Act] }
        + [.send(StubUpstream.chunk(CallBench.usage + CallBench.done)), .wait(gates[3]), .send("0\r\n\r\n")]
    }
    let client = try RawClient(port: bench.server.port)
    client.post("/v1/chat/completions", CallBench.streamed)
    for (chunk, gate) in zip(chunks, gates) {
      // Nothing else can come before the gate is opened.
      try client.read(until: chunk)
      #expect(client.unchunked.hasSuffix(chunk))
      gate.open()
    }
    try client.read(until: "[DONE]")
    gates[3].open()
    try client.read(until: "\r\n0\r\n\r\n")
    // The usage was asked for by us and is not the caller's.
    #expect(client.unchunked == chunks.joined() + CallBench.done)
    #expect(bench.stub.requests.first?.text.contains(#""stream_options":{"include_usage":true}"#) == true)
    let span = try #require(try await bench.spans(1).first)
    #expect(span["input_tokens"].integer == 1200 && span["output_tokens"].integer == 30)
    #expect(span["attributes", "ttft_ms"].number ?? -1 > 0 && span["attributes", "stream"] == .bool(true))
    #expect(try await bench.content(span)["output", 0, "parts", 0, "content"].string == "On its way.")
    try await bench.stop()
  }

  /// Wherever the provider's network cuts them.
  @Test(arguments: [1, 2, 3, 7, 50, 10_000])
  func streamsThatAreCutAnywhere(_ length: Int) async throws {
    let own = CallBench.chunk("On its ü😀") + CallBench.chunk("way.", finish: "stop")
    let bench = try CallBench { _, request in
      StubUpstream.stream(own + CallBench.usage + CallBench.done, every: length)
    }
    let stripped = try await bench.post("v1/chat/completions", CallBench.streamed)
    #expect(stripped.text == own + CallBench.done)
    // Who asks for the usage gets it.
    let asking = CallBench.streamed.replacingOccurrences(
      of: "\"stream\":true", with: "\"stream\":true,\"stream_options\":{\"include_usage\":true}")
    let whole = try await bench.post("v1/chat/completions", asking)
    #expect(whole.text == own + CallBench.usage + CallBench.done)
    #expect(bench.stub.requests.last?.text == asking)
    for span in try await bench.spans(2) {
      #expect(span["input_tokens"].integer == 1200 && span["status"].string == "ok")
      #expect(try await bench.content(span)["output", 0, "parts", 0, "content"].string == "On its ü😀way.")
    }
    try await bench.stop()
  }

  @Test func anthropicsMessages() async throws {
    let events = [
      #"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"usage":{"input_tokens":100,"cache_read_input_tokens":1000,"cache_creation_input_tokens":0,"output_tokens":1}}}"#,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"On its way."}}"#,
      #"{"type":"content_block_stop","index":0}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":42}}"#,
      #"{"type":"message_stop"}"#,
    ]
    let stream = events.map { event -> String in
      let type = event.components(separatedBy: "\"")[3]
      return "event: \(type)\ndata: \(event)\n\n"
    }.joined()
    let bench = try CallBench { _, _ in StubUpstream.stream(stream, every: 40) }
    let body = CallBench.messages.replacingOccurrences(of: "{\"model", with: "{\"stream\":true,\"model")
    let reply = try await bench.post(
      "v1/messages?beta=true", body, ["x-api-key": "mine", "anthropic-version": "2023-06-01"])
    #expect(reply.text == stream)
    let asked = try #require(bench.stub.requests.first)
    #expect(asked.path == "/v1/messages?beta=true" && asked.text == body)
    #expect(asked.header("x-api-key") == "sk-claude" && asked.header("anthropic-version") == "2023-06-01")
    let span = try #require(try await bench.spans(1).first)
    #expect(span["input_tokens"].integer == 1100 && span["cached_tokens"].integer == 1000)
    #expect(span["output_tokens"].integer == 42 && span["model_served"].string == "claude-sonnet-4-5-20250929")
    #expect(span["attributes", "provider"].string == "anthropic")
    try await bench.stop()
  }

  /// Embeddings of many texts are megabytes of numbers, which are read while other calls go on.
  @Test func aLongReplyIsReadToItsEnd() async throws {
    let vector = (0..<1_536).map { "0.0\($0)" }.joined(separator: ",")
    let vectors = (0..<400).map { #"{"object":"embedding","index":\#($0),"embedding":[\#(vector)]}"# }
    let whole =
      #"{"object":"list","data":[\#(vectors.joined(separator: ","))],"model":"text-embedding-3-large","#
      + #""usage":{"prompt_tokens":4096,"total_tokens":4096}}"#
    let bench = try CallBench { _, request in
      StubUpstream.json(request.text.contains("torn") ? String(whole.dropLast(40)) : whole)
    }
    let reply = try await bench.post("v1/embeddings", #"{"input":["a"],"model":"large"}"#)
    #expect(reply.status == 200 && reply.text == whole)
    // What is no JSON is said, however long it is.
    #expect(try await bench.post("v1/embeddings", #"{"input":["torn"],"model":"large"}"#).status == 200)
    let spans = try await bench.spans(2)
    #expect(spans.count { $0["input_tokens"].integer == 4_096 && $0["status"].string == "ok" } == 1)
    #expect(spans.count { $0["error_type"].string == "malformed_reply" } == 1)
    try await bench.stop()
  }

  @Test func routesNameOtherModels() async throws {
    let bench = try CallBench(
      { _, _ in StubUpstream.json(CallBench.reply) },
      more: """
        routes:
          fast: {upstream: open, model: gpt-4o-mini}
          "gpt-*": {upstream: open}
          sonnet: {upstream: claude, model: claude-sonnet-4-5}
        """)
    let start = ContinuousClock.now
    _ = try await bench.post("v1/chat/completions", #"{"messages":[], "model":"fast"}"#)
    _ = try await bench.post("v1/embeddings", #"{"input":"a","model":"gpt-embed"}"#)
    _ = try await bench.post("v1/responses", #"{"input":"a","model":"gpt-5"}"#)
    _ = try await bench.post("v1/messages", #"{"messages":[],"model":"sonnet"}"#)
    #expect(
      bench.stub.requests.map { "\($0.path) \($0.text)" } == [
        #"/base/v1/chat/completions {"messages":[], "model":"gpt-4o-mini"}"#,
        #"/base/v1/embeddings {"input":"a","model":"gpt-embed"}"#, #"/base/v1/responses {"input":"a","model":"gpt-5"}"#,
        #"/v1/messages {"messages":[],"model":"claude-sonnet-4-5"}"#,
      ])
    // One connection for all calls to an upstream; only one that nobody used for half a minute is closed.
    if ContinuousClock.now - start < .seconds(25) {
      #expect(Set(bench.stub.requests.map(\.connection)).count == 2)
    }
    let unknown = try await bench.post("v1/chat/completions", #"{"model":"llama"}"#)
    #expect(try unknown.status == 404 && unknown.json()["error", "code"].string == "model_not_found")
    let wrong = try await bench.post("v1/messages", #"{"model":"fast"}"#)
    #expect(try wrong.status == 404 && wrong.json()["error", "type"].string == "not_found_error")
    let models = try await bench.server.send("GET", "v1/models").json()
    #expect(models["object"].string == "list" && models["data"].list.map { $0["id"].string } == ["fast", "sonnet"])
    let others = try await bench.server.send("GET", "v1/models", headers: ["anthropic-version": "2023-06-01"]).json()
    #expect(others["data", 0, "type"].string == "model" && others["has_more"] == .bool(false))
    // What was asked for is what the caller said.
    #expect(
      Set(try await bench.spans(4).compactMap { $0["model_requested"].string }) == [
        "fast", "gpt-embed", "gpt-5", "sonnet",
      ])
    try await bench.stop()
  }

  @Test func withoutRoutesTheUpstreamsListIsTheList() async throws {
    let bench = try CallBench { _, _ in StubUpstream.json(#"{"object":"list","data":[]}"#) }
    #expect(try await bench.server.send("GET", "v1/models").text == #"{"object":"list","data":[]}"#)
    let asked = try #require(bench.stub.requests.first)
    #expect(
      asked.method == "GET" && asked.path == "/base/v1/models" && asked.header("authorization") == "Bearer sk-open")
    _ = try await bench.server.send("GET", "v1/models?limit=5", headers: ["anthropic-version": "2023-06-01"])
    #expect(bench.stub.requests.last?.path == "/v1/models?limit=5")
    try await bench.stop()
  }

  /// Where this server has no key and asks for none, the caller's own goes on.
  @Test func withoutAKeyTheCallersGoesOn() async throws {
    let shop = try Workshop()
    let stub = try StubUpstream { _, _ in StubUpstream.json(CallBench.reply) }
    try shop.write("tally.yaml", "upstreams: {local: {url: \"http://127.0.0.1:\(stub.port)/v1\"}}\n")
    let server = try ForwardingServer(in: shop)
    _ = try await server.send("POST", "v1/chat/completions", CallBench.chat, headers: ["Authorization": "Bearer mine"])
    #expect(stub.requests.first?.header("authorization") == "Bearer mine")
    #expect(server.said.contains("calls models at local (http://127.0.0.1:\(stub.port)/v1), which speaks openai"))
    #expect(try server.stop() == 0)
  }

  @Test func whatIsTakenOutIsNotKeptAndGoesOn() async throws {
    let bench = try CallBench(
      { _, _ in StubUpstream.json(CallBench.reply) }, more: "redaction: {content: drop}")
    _ = try await bench.post("v1/chat/completions", CallBench.chat)
    #expect(bench.stub.requests.first?.text == CallBench.chat)
    let span = try #require(try await bench.spans(1).first)
    #expect(try await bench.content(span)["input"] == .null)
    #expect(span["input_tokens"].integer == 1200)
    try await bench.stop()
  }
}

import Foundation
import Testing

/// Breakers that open because judges call answers bad.
struct CallJudgeTests {
  private static let project = """
    routes: {gpt-4o: {upstream: open, model: big}}
    breakers: {mode: enforce, min_calls: 5, open_time: 1h, max_open_time: 1h, judged_by: [correct]}
    """

  private func breaker(_ server: ForwardingServer) async throws -> JSON {
    let reply = try await server.send("GET", "api/v1/breakers")
    #expect(try APIDocument().faults("GET", "/api/v1/breakers", reply) == [], "\(reply.text)")
    return try reply.json()["breakers"].list.first { $0["name"].string == "open/big" } ?? .null
  }

  private func judge(_ calls: [String], _ word: String, _ number: Int, _ server: ForwardingServer) async throws {
    let words = calls.map {
      #"{"kind":"annotation","annotation_id":"w\#(number)-\#($0)","subject":"\#($0)","name":"correct","value":"\#(word)","annotator_kind":"llm","annotator":"judge","at":"2026-01-0\#(number)T00:00:00Z"}"#
    }
    let reply = try await server.send(
      "POST", "api/v1/records", words.joined(separator: "\n"), headers: ["Content-Type": "application/x-ndjson"])
    try #require(reply.status == 200, "\(reply.text)")
  }

  @Test func whatJudgesCallBadOpensTheBreaker() async throws {
    let bench = try CallBench({ _, _ in StubUpstream.json(CallBench.reply) }, more: CallJudgeTests.project)
    for _ in 0..<6 { #expect(try await bench.post("v1/chat/completions", CallBench.chat).status == 200) }
    let spans = try await bench.spans(6)
    // As its breaker has it, beside what the caller called it.
    #expect(spans.allSatisfy { $0["attributes", "upstream_model"].string == "big" })
    #expect(spans.allSatisfy { $0["model_requested"].string == "gpt-4o" })
    let calls = spans.compactMap { $0["span_id"].string }
    try await judge(Array(calls[..<4]), "no", 1, bench.server)
    try await judge([calls[4]], "yes", 1, bench.server)
    try await bench.server.until("five are judged") { try await breaker(bench.server)["judged"].integer == 5 }
    let before = try await breaker(bench.server)
    #expect(before["state"].string == "closed" && before["judged_bad"].integer == 4 && before["failed"].integer == 0)
    #expect(try await bench.post("v1/chat/completions", CallBench.chat).status == 200)
    // A judge corrects himself.
    try await judge([calls[4]], "no", 2, bench.server)
    try await bench.server.until("it opens") { try await breaker(bench.server)["state"].string == "open" }
    let open = try await breaker(bench.server)
    #expect(open["cause"].string == "judged" && open["fault"].string == "judged")
    #expect(open["why"].string == "5 of 5 judged calls were called bad")
    let asked = bench.stub.requests.count
    let refused = try await bench.post("v1/chat/completions", CallBench.chat)
    #expect(try refused.status == 503 && refused.json()["error", "code"].string == "breaker_open")
    #expect(bench.stub.requests.count == asked)
    #expect(try await bench.metric(#"tally_breaker_state{upstream="open",model="big"}"#) == 2)
    #expect(try await bench.metric(#"tally_breaker_transitions_total{upstream="open",model="big",to="open"}"#) == 1)
    var changes: [JSON] = []
    try await bench.server.until("the change is on record") {
      changes = try await bench.server.send("GET", "api/v1/records/change").json()["records"].list
      return !changes.isEmpty
    }
    #expect(changes.count == 1 && changes[0]["attributes", "breaker", "cause"].string == "judged")
    #expect(changes[0]["reason"].string == "5 of 5 judged calls were called bad")
    try await bench.stop()
    // What was said of another run's calls opens nothing.
    let again = try ForwardingServer(in: bench.shop, environment: ["OPEN_KEY": "sk-open", "CLAUDE_KEY": "sk-claude"])
    let reply = try await again.send(
      "POST", "v1/chat/completions", CallBench.chat, headers: ["Content-Type": "application/json"])
    #expect(reply.status == 200)
    #expect(try again.stop() == 0)
  }

  /// The caller gets the bytes as they are, and the span says what was broken, also where breakers only observe.
  @Test func answersThatBreakTheirSchema() async throws {
    let strict =
      #""response_format":{"type":"json_schema","json_schema":{"strict":true,"schema":{"required":["n"]}}}"#
    let broken =
      #"{"object":"chat.completion","model":"m","choices":[{"message":{"content":"{}"},"finish_reason":"stop"}]}"#
    let bench = try CallBench({ _, _ in StubUpstream.json(broken) }, more: "breakers: {}")
    let reply = try await bench.post("v1/chat/completions", #"{"model":"gpt-4o","messages":[],\#(strict)}"#)
    #expect(reply.status == 200 && reply.text == broken)
    let loose = try await bench.post(
      "v1/chat/completions", #"{"model":"gpt-4o","messages":[],\#(strict.replacing("true", with: "false"))}"#)
    #expect(loose.status == 200 && loose.text == broken)
    let spans = try await bench.spans(2)
    #expect(Set(spans.map { $0["attributes", "schema_broken"].string }) == ["answer", nil])
    #expect(Set(spans.map { $0["attributes", "schema_missed"].string }) == ["answer", nil])
    #expect(spans.allSatisfy { $0["status"].string == "ok" && $0["error_type"] == .null })
    let state = try await bench.server.send("GET", "api/v1/breakers").json()["breakers", 0]
    #expect(state["calls"].integer == 2 && state["failed"].integer == 1)
    try await bench.stop()
  }

  /// A call that another gateway made is judged by the same rules.
  @Test func whatIsSettledIsJudgedToo() async throws {
    let bench = try CallBench({ _, _ in StubUpstream.json("{}") }, more: "breakers: {consecutive: 2}")
    for _ in 0..<2 {
      let decided = try await bench.post(
        "api/v1/decide", #"{"model":"gpt-4o","endpoint":"chat","upstream":"elsewhere","feature":"support"}"#)
      let id = try #require(try decided.json()["id"].string, "\(decided.text)")
      let settled = try await bench.post(
        "api/v1/settle",
        #"{"id":"\#(id)","request":{"messages":[],"tools":[{"type":"function","function":{"name":"f"}}]},"response":{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":"[]"}}]},"finish_reason":"tool_calls"}]}}"#
      )
      #expect(settled.status == 200, "\(settled.text)")
    }
    let state = try await bench.server.send("GET", "api/v1/breakers").json()["breakers", 0]
    #expect(state["name"].string == "elsewhere/gpt-4o" && state["state"].string == "open")
    #expect(state["cause"].string == "consecutive" && state["fault"].string == "schema")
    #expect(try await bench.spans(2).allSatisfy { $0["attributes", "schema_broken"].string == "arguments" })
    try await bench.stop()
  }
}

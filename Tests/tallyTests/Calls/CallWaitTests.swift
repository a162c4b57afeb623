import Foundation
import Records
import Testing

/// Calls that wait for a place at their upstream in vain.
struct CallWaitTests {
  /// Nobody waits for ever; and the span of who was refused says how long it waited, as those do that pass.
  @Test func waitsEnd() async throws {
    let gate = StubUpstream.Gate()
    let bench = try CallBench(
      { _, _ in [.wait(gate)] + StubUpstream.json(CallBench.reply) }, upstream: ", concurrency: 1",
      more: "gateway: {longest_wait: 1s}")
    let first = try RawClient(port: bench.server.port)
    first.post("/v1/chat/completions", CallBench.chat, "connection: close\r\n")
    try await bench.server.until("it is under way") { bench.stub.requests.count == 1 }
    let refused = try await bench.post("v1/chat/completions", CallBench.chat)
    #expect(try refused.status == 503 && refused.json()["error", "code"].string == "too_busy")
    #expect(refused.text.contains("had no place"), "\(refused.text)")
    gate.open()
    try first.readToEnd()
    #expect(first.status == 200 && bench.stub.requests.count == 1)
    let spans = try await bench.spans(2)
    #expect(spans.count { $0["error_type"].string == "too_busy" } == 1)
    let span = try #require(spans.first { $0["error_type"].string == "too_busy" })
    #expect(refused.headers["x-tally-span-id"] as? String == span["span_id"].string)
    #expect(refused.headers["x-tally-trace-id"] as? String == span["trace_id"].string)
    #expect(span["attributes", "queued_ms"].number ?? 0 >= 1_000, "\(span)")
    let began = try #require(Instant(span["started_at"].string ?? ""))
    let ended = try #require(Instant(span["ended_at"].string ?? ""))
    #expect(began.duration(to: ended) >= .seconds(1), "\(span)")
    gate.open()
    #expect(try await bench.post("v1/chat/completions", CallBench.chat).status == 200)
    try await bench.stop()
  }
}

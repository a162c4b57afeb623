import Records

/// The traffic of a support agent: traces of a request, a retrieval, a model call and a tool call, with what was said.
struct SyntheticSpans {
  private static let features = ["support", "search", "drafts", "triage"]
  private static let topics = ["refund", "shipping", "account", "returns", "complaint", "advice", "order", "invoice"]
  private static let models = ["gpt-4o-2024-08-06", "claude-sonnet-4-5", "gemini-2.5-flash"]
  private static let words = [
    "order", "parcel", "refund", "invoice", "customer", "please", "tracking", "number", "delivery", "address", "today",
    "tomorrow", "policy", "section", "card", "account", "email", "return", "label", "warehouse",
  ]
  private static let tags = topics.map { Tags(["intent": $0]) }
  /// 2026-11-01. Ten million spans fill a week.
  private static let start: Int64 = 1_793_491_200_000_000_000
  private static let stride: Int64 = 60_000_000

  /// The spans of a number of traces, four each.
  static func batch(traces: Range<Int>) -> RecordBatch {
    var batch = RecordBatch()
    for trace in traces { append(trace, to: &batch) }
    return batch
  }

  private static func append(_ trace: Int, to batch: inout RecordBatch) {
    var state = mixed(UInt64(trace))
    func next() -> Int {
      state = mixed(state)
      return Int(truncatingIfNeeded: state >> 33)
    }
    let topic = next() % topics.count
    let start = start + Int64(trace) * 4 * stride
    let id = hexadecimal(mixed(UInt64(trace) ^ 0x5851_F42D)) + hexadecimal(state)
    for (place, kind) in ["workflow", "retrieval", "chat", "tool"].enumerated() {
      let began = Instant(nanoseconds: start + Int64(place) * 20_000_000)
      var span = SpanRecord(
        spanID: hexadecimal(mixed(UInt64(trace * 4 + place) ^ 0xABCD)), traceID: id, name: kind, spanKind: kind,
        startedAt: began, feature: features[topic % features.count])
      span.parentID = place == 0 ? nil : hexadecimal(mixed(UInt64(trace * 4) ^ 0xABCD))
      span.endedAt = Instant(nanoseconds: began.nanoseconds + Int64(next() % 900) * 1_000_000)
      span.status = next() % 50 == 0 ? .error : .ok
      span.tenant = "tenant-\(next() % 40)"
      span.sessionID = "session-\(trace / 5)"
      span.userID = "user-\(next() % 50_000)"
      span.tags = tags[topic]
      span.trafficCluster = topics[topic]
      span.attributes = #"{"agent":"desk","http_status":200,"ttft_ms":\#(next() % 800)}"#
      if kind == "chat" {
        span.modelRequested = models[topic % 3]
        span.modelServed = models[topic % 3]
        span.promptID = "support/answer@\(topic)"
        span.inputTokens = Int64(next() % 4_000)
        span.outputTokens = Int64(next() % 500)
        span.cachedTokens = 1_024
        span.finishReason = "stop"
        let input = Content(Array(#"[{"content":"\#(text(120, next))","role":"user"}]"#.utf8), at: began)
        let output = Content(Array(#"[{"content":"\#(text(80, next))","role":"assistant"}]"#.utf8), at: began)
        batch.receive(input)
        batch.receive(output)
        (span.contents.input, span.contents.output) = (input.sha256, output.sha256)
      }
      batch.receive(span)
    }
  }

  private static func text(_ count: Int, _ next: () -> Int) -> String {
    (0..<count).map { _ in words[next() % words.count] }.joined(separator: " ")
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var word = value &+ 0x9E37_79B9_7F4A_7C15
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

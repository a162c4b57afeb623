import Records
import Store

/// The traffic of a support agent: traces of a request, a retrieval, a model call and a tool call, with what was said.
struct SyntheticSpans: Sendable {
  let features: [String]
  /// Whether every fourth answer says what was retrieved and what its context was made of.
  private let hasSources: Bool
  /// When the first span starts, and the nanoseconds from each to the next.
  private let start: Int64
  private let stride: Int64

  private static let writers = 4
  private static let tracesInBatch = 128
  private static let topics = ["refund", "shipping", "account", "returns", "complaint", "advice", "order", "invoice"]
  private static let models = ["gpt-4o-2024-08-06", "claude-sonnet-4-5", "gemini-2.5-flash"]
  private static let words = [
    "order", "parcel", "refund", "invoice", "customer", "please", "tracking", "number", "delivery", "address", "today",
    "tomorrow", "policy", "section", "card", "account", "email", "return", "label", "warehouse",
  ]
  private static let tags = topics.map { Tags(["intent": $0]) }

  /// 2026-11-01; ten million spans fill a week.
  init(
    features: [String] = ["support", "search", "drafts", "triage"],
    from start: Instant = Instant(nanoseconds: 1_793_491_200_000_000_000), stride: Int64 = 60_000_000,
    hasSources: Bool = false
  ) {
    self.hasSources = hasSources
    (self.features, self.start, self.stride) = (features, start.nanoseconds, stride)
  }

  /// Writes traces as deliveries of 512 spans by several writers at once, each durable before the next.
  func write(_ traces: Range<Int>, to ledger: Ledger) async throws {
    let group = GroupCommit(ledger)
    let batches = Swift.stride(from: traces.lowerBound, to: traces.upperBound, by: SyntheticSpans.tracesInBatch).map {
      $0..<min($0 + SyntheticSpans.tracesInBatch, traces.upperBound)
    }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for writer in 0..<SyntheticSpans.writers {
        tasks.addTask {
          for place in Swift.stride(from: writer, to: batches.count, by: SyntheticSpans.writers) {
            _ = try await group.append(batch(traces: batches[place]), source: "bench")
          }
        }
      }
      try await tasks.waitForAll()
    }
  }

  /// The spans of a number of traces, four each.
  func batch(traces: Range<Int>) -> RecordBatch {
    var batch = RecordBatch()
    for trace in traces { append(trace, to: &batch) }
    return batch
  }

  private func append(_ trace: Int, to batch: inout RecordBatch) {
    var state = SyntheticSpans.mixed(UInt64(trace))
    func next() -> Int {
      state = SyntheticSpans.mixed(state)
      return Int(truncatingIfNeeded: state >> 33)
    }
    let topic = next() % SyntheticSpans.topics.count
    let start = start + Int64(trace) * 4 * stride
    let id =
      SyntheticSpans.hexadecimal(SyntheticSpans.mixed(UInt64(trace) ^ 0x5851_F42D)) + SyntheticSpans.hexadecimal(state)
    for (place, kind) in ["workflow", "retrieval", "chat", "tool"].enumerated() {
      let began = Instant(nanoseconds: start + Int64(place) * 20_000_000)
      var span = SpanRecord(
        spanID: SyntheticSpans.hexadecimal(SyntheticSpans.mixed(UInt64(trace * 4 + place) ^ 0xABCD)), traceID: id,
        name: kind, spanKind: kind,
        startedAt: began, feature: features[topic % features.count])
      span.parentID = place == 0 ? nil : SyntheticSpans.hexadecimal(SyntheticSpans.mixed(UInt64(trace * 4) ^ 0xABCD))
      span.endedAt = Instant(nanoseconds: began.nanoseconds + Int64(next() % 900) * 1_000_000)
      span.status = next() % 50 == 0 ? .error : .ok
      span.tenant = "tenant-\(next() % 40)"
      span.sessionID = "session-\(trace / 5)"
      span.userID = "user-\(next() % 50_000)"
      span.tags = SyntheticSpans.tags[topic]
      span.trafficCluster = SyntheticSpans.topics[topic]
      span.attributes = #"{"agent":"desk","http_status":200,"ttft_ms":\#(next() % 800)}"#
      if kind == "chat" {
        span.modelRequested = SyntheticSpans.models[topic % 3]
        span.modelServed = SyntheticSpans.models[topic % 3]
        span.promptID = "support/answer@\(topic)"
        span.inputTokens = Int64(next() % 4_000)
        span.outputTokens = Int64(next() % 500)
        span.cachedTokens = 1_024
        span.finishReason = "stop"
        let input = Content(Array(#"[{"content":"\#(SyntheticSpans.text(120, next))","role":"user"}]"#.utf8), at: began)
        let output = Content(
          Array(#"[{"content":"\#(SyntheticSpans.text(80, next))","role":"assistant"}]"#.utf8), at: began)
        batch.receive(input)
        batch.receive(output)
        (span.contents.input, span.contents.output) = (input.sha256, output.sha256)
        if hasSources, trace % 4 == 0 { addSources(to: &span, next) }
      }
      batch.receive(span)
    }
  }

  private func addSources(to span: inout SpanRecord, _ next: () -> Int) {
    let documents = (0..<3).map { _ in next() % 5_000 }
    let digests = documents.map { SHA256Digest(of: "document \($0)").description }
    let rows = zip(documents, digests).enumerated().map { rank, row in
      #"{"chunk_id":"\#(row.0)-1","doc_id":"doc-\#(row.0)","doc_sha256":"\#(row.1)","in_context":true,"rank":\#(rank + 1)}"#
    }
    span.retrieved = "[\(rows.joined(separator: ","))]"
    let segments = zip(documents, digests).map { document, digest in
      #"{"doc_id":"doc-\#(document)","score":0.8,"sha256":"\#(digest)","tokens":400,"type":"chunk"}"#
    }
    span.inputTokens = 1_200
    span.attributes = #"{"context_segments":[\#(segments.joined(separator: ","))],"local_count":1190}"#
    span.promptSHA256 = SHA256Digest(of: span.promptID ?? "").description
    span.indexSHA256 = SHA256Digest(of: "index").description
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

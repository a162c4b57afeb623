public import Records

/// The spans of one trace, in no particular order.
public struct WindowTrace: Sendable {
  public let id: String
  public private(set) var spans: [WindowSpan] = []
  /// Whether its first span is there, which has no parent; of spans that were asked for with their places.
  private(set) var hasRoot = false
  /// Whether what was read ended while the trace may have gone on: its beginning may be missing.
  public internal(set) var isCut = false
  /// The hour in which its spans were last seen.
  var hour: Int64

  init(id: String, hour: Int64) {
    self.id = id
    self.hour = hour
  }

  mutating func append(_ span: WindowSpan) {
    spans.append(span)
    if span.parentID == nil { hasRoot = true }
  }

  /// A trace that was read by its id.
  public init?(_ spans: [SpanRecord]) {
    guard let first = spans.first else { return nil }
    self.init(id: first.traceID, hour: SpanRecord.hour(of: first.startedAt))
    for span in spans { append(WindowSpan(span)) }
  }
}

extension Snapshot {
  /// Hands out the traces of a stretch of time, each once and whole, the newest first.
  ///
  /// Spans of a trace come in any hours. A trace is whole when its first span, which has no parent, is there and an hour went
  /// by without another, or when `patience` hours did. Holds the spans of those hours and no more.
  /// - Parameters:
  ///   - question: asks for `.place`, unless nothing but `patience` shall end a trace.
  ///   - patience: hours without a span after which a trace is over though it has no first span.
  @discardableResult
  public func forEachTrace(
    _ question: SpanQuestion, patience: Int64 = 24, _ body: (WindowTrace) throws -> Void
  ) throws -> SpanReach {
    var open: [String: WindowTrace] = [:]
    // Dictionaries have no order, and what is handed out must have one.
    func close(_ isOver: (WindowTrace) -> Bool) throws {
      for trace in open.values.filter(isOver).ordered() {
        open[trace.id] = nil
        try body(trace)
      }
    }
    let knowsRoots = question.fields.contains(.place)
    var hour = Int64.max
    var current: WindowTrace?
    func settle() {
      guard let done = current else { return }
      open[done.id] = done
      current = nil
    }
    let reach = try forEachSpan(
      question,
      atHour: { next in
        settle()
        hour = next
        try close { trace in
          let silent = trace.hour - hour - 1
          return silent >= patience || silent >= 1 && knowsRoots && trace.hasRoot
        }
      },
      { span in
        if current?.id != span.traceID {
          settle()
          current = open.removeValue(forKey: span.traceID) ?? WindowTrace(id: span.traceID, hour: hour)
        }
        current?.hour = hour
        current?.append(span)
      })
    settle()
    let end = SpanRecord.hour(of: reach.since)
    for id in open.keys {
      guard let trace = open[id] else { continue }
      open[id]?.isCut = !(knowsRoots && trace.hasRoot) && trace.hour - end < patience
    }
    try close { _ in true }
    return reach
  }
}

extension [WindowTrace] {
  /// Newest first; of one hour by id.
  fileprivate func ordered() -> [WindowTrace] {
    sorted { left, right in
      left.hour == right.hour ? left.id.utf8.lexicographicallyPrecedes(right.id.utf8) : left.hour > right.hour
    }
  }
}

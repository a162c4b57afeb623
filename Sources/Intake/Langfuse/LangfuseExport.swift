import Records

/// What Langfuse exports: traces with their observations and scores, as its pages download them one by one, as its API gives
/// them (`/api/public/traces/{id}`, pages of traces, observations and scores), and as its batch exports write them (JSON, JSON lines).
///
/// An observation becomes the span that it was: what Langfuse keeps of OpenTelemetry's attributes, of the resource and of the
/// scope is read as such, and Langfuse's own fields as the attributes by which its SDKs send them (`LangfuseObservation`), so that both ways
/// give the same. Ids stay what they are. A score becomes an annotation (`LangfuseScore`).
///
/// Source: Langfuse public API, schemas `TraceWithFullDetails`, `ObservationsView` and `Score`; exports of version 3.
struct LangfuseExport {
  private let source: ByteSource
  private let mapping: SpanMapping
  /// For scores without a time.
  private let now: Instant

  /// What traces say of their observations, in files whose rows are apart.
  private var traces: [String: JSONValue] = [:]
  private var counts = (spans: 0, scores: 0, bareTraces: 0, rejected: 0)
  private var rejection: String?
  private var receiver: OTLPReceiver

  init(_ source: ByteSource, mapping: SpanMapping, now: Instant) {
    self.source = source
    self.mapping = mapping
    self.now = now
    receiver = OTLPReceiver(limits: .file, mapping: mapping)
  }

  /// Reads all records into the sink and says what was not kept. Holds one trace at a time, and of those whose rows stand apart
  /// from their observations what they say of them.
  /// - Returns: how many records there were.
  mutating func read<Sink: RecordSink>(into sink: inout Sink, summary: inout IntakeSummary) throws -> Int {
    var reader = JSONReader(source)
    while !reader.isAtEnd { try readValue(&reader, into: &sink) }
    if counts.rejected > 0, let rejection {
      summary.warn("\(source.name): \(counts.rejected) of \(total) not kept, such as: \(rejection)")
    }
    if counts.bareTraces > 0, counts.spans == 0 {
      summary.warn(
        "\(source.name): \(counts.bareTraces) traces without their observations, which are the spans: export those too")
    }
    return counts.spans + counts.scores
  }

  private var total: Int { counts.spans + counts.scores + counts.rejected }

  private mutating func readValue<Sink: RecordSink>(_ reader: inout JSONReader, into sink: inout Sink) throws {
    guard try reader.peek() == .array else { return try take(try reader.readValue(of: source), into: &sink) }
    try reader.enterArray()
    while try reader.nextElement() { try take(try reader.readValue(of: source), into: &sink) }
  }

  // MARK: What there is

  /// Takes a page, a trace, an observation or a score.
  private mutating func take<Sink: RecordSink>(_ value: JSONValue, into sink: inout Sink) throws {
    switch LangfuseShape(value) {
    case .page: for element in value["data"]?.elements ?? [] { try take(element, into: &sink) }
    case .download: try take(value["trace"] ?? .null, also: value["observations"]?.elements ?? [], into: &sink)
    case .trace: try take(value, also: [], into: &sink)
    case .observation:
      let trace = value["traceId"]?.text ?? ""
      try take([value], of: traces[trace] ?? value, into: &sink)
    case .score: try take(score: value, into: &sink)
    case nil: reject("an object that is no trace, observation or score")
    }
  }

  private mutating func take<Sink: RecordSink>(
    _ trace: JSONValue, also others: [JSONValue], into sink: inout Sink
  ) throws {
    for score in trace["scores"]?.elements ?? [] {
      if case .object = score { try take(score: score, into: &sink) }
    }
    // What is downloaded has observations twice, the second time with their input and output.
    var order: [String] = []
    var observations: [String: JSONObject] = [:]
    for case .object(let object) in (trace["observations"]?.elements ?? []) + others {
      let id = object["id"]?.text ?? ""
      if observations[id] == nil { order.append(id) }
      for member in object.members where member.value != .null {
        observations[id, default: JSONObject()][member.key] = member.value
      }
    }
    guard !order.isEmpty else {
      counts.bareTraces += 1
      if let id = trace["id"]?.text { traces[id] = LangfuseObservation.context(of: trace) }
      return
    }
    try take(order.compactMap { observations[$0].map(JSONValue.object) }, of: trace, into: &sink)
  }

  private mutating func take<Sink: RecordSink>(score: JSONValue, into sink: inout Sink) throws {
    let annotation: AnnotationRecord
    do throws(LangfuseScore.Refusal) {
      annotation = try LangfuseScore.annotation(LangfuseScore.ofExport(score), received: now)
    } catch {
      return reject(error.description)
    }
    try sink.receive(annotation)
    counts.scores += 1
  }

  private mutating func take<Sink: RecordSink>(
    _ observations: [JSONValue], of trace: JSONValue, into sink: inout Sink
  ) throws {
    var ids = LangfuseIDs()
    var spans: [JSONValue] = []
    for observation in observations {
      do throws(LangfuseObservation.Refusal) {
        spans.append(try LangfuseObservation.group(observation, of: trace, &ids))
      } catch {
        reject(error.description)
      }
    }
    var export = JSONObject()
    export["resourceSpans"] = .array(spans)
    // All numbers in it came out of JSON.
    let bytes = Array(((try? JSONValue.object(export).line()) ?? "{}").utf8)
    var facts = LangfuseFacts(sink: sink, ids: ids)
    defer { sink = facts.sink }
    let outcome = try bytes.withUnsafeBytes {
      try receiver.read($0, .traces, .json, name: source.name, into: &facts)
    }
    counts.spans += outcome.spans
    if let message = outcome.message { reject(message, count: outcome.rejected) }
  }

  private mutating func reject(_ why: String, count: Int = 1) {
    counts.rejected += count
    rejection = rejection ?? why
  }
}

/// Hands spans on with the ids that Langfuse gave them.
private struct LangfuseFacts<Sink: RecordSink>: OTLPSink {
  var sink: Sink
  let ids: LangfuseIDs

  mutating func receive(_ record: SpanRecord, content: SpanContent) throws {
    for content in content.contents(at: record.startedAt) { try sink.receive(content) }
    var record = record
    record.traceID = ids.original(of: record.traceID)
    record.spanID = ids.original(of: record.spanID)
    record.parentID = record.parentID.map(ids.original)
    try sink.receive(record)
  }

  mutating func receive(_ record: AnnotationRecord) throws { try sink.receive(record) }
}

/// What an object of an export is.
enum LangfuseShape {
  /// A page of a list.
  case page
  /// A trace as its page downloads it.
  case download
  case trace, observation, score

  init?(_ value: JSONValue) {
    guard case .object(let object) = value else { return nil }
    self.init(keys: Set(object.members.map(\.key)))
  }

  /// Told by keys that stand in every one of its kind and together in nothing else.
  init?(keys: Set<String>) {
    func has(_ names: String...) -> Bool { keys.isSuperset(of: names) }
    if has("data", "meta") {
      self = .page
    } else if has("trace", "observations") {
      self = .download
    } else if has("id", "traceId", "startTime", "type"), has("parentObservationId") || has("level") {
      self = .observation
    } else if has("id", "name", "value", "source"), has("dataType") {
      self = .score
    } else if has("id", "timestamp", "sessionId", "userId"), has("public") || has("bookmarked") || has("observations") {
      self = .trace
    } else {
      return nil
    }
  }

  /// Whether an input is an export: its first object is one of these, and a page holds some.
  static func isSeen(in probe: FormatProbe) -> Bool {
    guard probe.topLevel == .object || probe.topLevel == .array && probe.element == .object else { return false }
    switch LangfuseShape(keys: Set(probe.fields.map(\.name))) {
    case .page?: return (try? firstOfPage(probe)) != nil
    case .download?: return probe.has("trace", .object) && probe.has("observations", .array)
    case .trace?, .observation?, .score?: return true
    case nil: return false
    }
  }

  private static func firstOfPage(_ probe: FormatProbe) throws -> LangfuseShape? {
    var reader = JSONReader(bytes: probe.bytes, name: probe.name)
    try reader.enterObject()
    while let key = try reader.nextKey() {
      guard key.equals("data"), try reader.peek() == .array else {
        try reader.skipValue()
        continue
      }
      try reader.enterArray()
      guard try reader.nextElement(), try reader.peek() == .object else { return nil }
      var keys: Set<String> = []
      try reader.enterObject()
      while let key = try reader.nextKey() {
        keys.insert(key.string)
        try reader.skipValue()
      }
      return LangfuseShape(keys: keys)
    }
    return nil
  }
}

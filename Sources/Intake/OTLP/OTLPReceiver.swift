public import Records

/// What an export holds.
public enum OTLPSignal: Sendable {
  case traces, logs
}

/// How an export is encoded.
public enum OTLPEncoding: Sendable {
  case json, protobuf
}

/// Takes the records that an export becomes.
public protocol OTLPSink {
  /// A span's record and, apart from it, what was said in it.
  mutating func receive(_ record: SpanRecord, content: SpanContent) throws
  /// The result of an evaluation.
  mutating func receive(_ record: AnnotationRecord) throws
}

/// Reads exports of OpenTelemetry, such as the bodies of requests to `/v1/traces` and `/v1/logs`, as records.
///
/// Keeps its memory from one export to the next; one receiver serves one export at a time.
///
/// ```swift
/// var receiver = OTLPReceiver(limits: .request)
/// let outcome = try receiver.read(body, .traces, .protobuf, into: &sink)
/// // outcome.rejected and outcome.message are the reply's partial success.
/// ```
public struct OTLPReceiver {
  private let limits: OTLPLimits
  private let item = OTLPItem()
  private let mapper: SpanMapper

  public init(limits: OTLPLimits = .request, mapping: SpanMapping = SpanMapping()) {
    self.limits = limits
    mapper = SpanMapper(mapping)
  }

  /// Reads one export.
  /// - Parameters:
  ///   - body: decompressed.
  ///   - name: the input as errors name it.
  ///   - sink: takes the records in the order of the export.
  /// - Returns: what was accepted and what was rejected, with reasons.
  /// - Throws: `IntakeError` with line and column (JSON) or the byte (protobuf) when the export is malformed or beyond a limit,
  ///   and what the sink throws. Nothing half-read: when it throws, discard what the sink took.
  /// - Complexity: O(bytes).
  public mutating func read<Sink: OTLPSink>(
    _ body: UnsafeRawBufferPointer, _ signal: OTLPSignal, _ encoding: OTLPEncoding, name: String = "request body",
    into sink: inout Sink
  ) throws -> OTLPOutcome {
    guard body.count <= limits.bodyBytes else {
      throw IntakeError(
        file: name, problem: "\(body.count) bytes are more than the \(limits.bodyBytes) that one export may have",
        remedy: "Send smaller batches")
    }
    var records = OTLPRecords(sink: sink, mapper: mapper)
    // Also when it throws: the sink may own what it took.
    defer { sink = records.sink }
    switch encoding {
    case .json:
      var reader = JSONReader(bytes: body, name: name)
      var decoder = OTLPJSON(limits: limits, item: item)
      try decoder.read(&reader, into: &records)
      try reader.expectEnd()
      return records.complete(decoder.outcome)
    case .protobuf:
      return try readProtobuf(body, signal, name: name, base: 0, into: &records)
    }
  }

  private func readProtobuf<Sink: OTLPSink>(
    _ body: UnsafeRawBufferPointer, _ signal: OTLPSignal, name: String, base: Int,
    into records: inout OTLPRecords<Sink>
  ) throws -> OTLPOutcome {
    var decoder = OTLPProtobuf(limits: limits, item: item)
    do {
      try decoder.read(body, signal: signal, into: &records)
    } catch let fault as ProtobufFault {
      throw IntakeError(file: name, problem: "byte \(base + fault.offset): \(fault.problem)")
    }
    return records.complete(decoder.outcome)
  }

  /// Reads all exports of a file.
  mutating func readFile<Sink: OTLPSink>(
    _ source: ByteSource, format: FileFormat, into sink: inout Sink
  ) throws -> OTLPOutcome {
    var records = OTLPRecords(sink: sink, mapper: mapper)
    defer { sink = records.sink }
    if format == .otlpJSON {
      var reader = JSONReader(source)
      var decoder = OTLPJSON(limits: limits, item: item)
      while !reader.isAtEnd { try decoder.read(&reader, into: &records) }
      return records.complete(decoder.outcome)
    }
    var outcome = OTLPOutcome()
    var messages: [Range<Int>] = []
    if OTLPProbe.content(of: source.bytes) != nil || OTLPProbe.framed(source.bytes, at: 0) == nil {
      messages = [0..<source.bytes.count]
    } else {
      var offset = 0
      while offset < source.bytes.count {
        guard let message = OTLPProbe.framed(source.bytes, at: offset) else {
          throw IntakeError(
            file: source.name, problem: "byte \(offset): the length of an export goes beyond the end of the file",
            remedy: "The file is cut off: write or copy it again")
        }
        messages.append(message)
        offset = message.upperBound
      }
    }
    for message in messages {
      let bytes = UnsafeRawBufferPointer(rebasing: source.bytes[message])
      switch OTLPProbe.content(of: bytes) {
      case .metrics: outcome.metrics += 1
      case .logs:
        outcome.add(try readProtobuf(bytes, .logs, name: source.name, base: message.lowerBound, into: &records))
      default:
        outcome.add(try readProtobuf(bytes, .traces, name: source.name, base: message.lowerBound, into: &records))
      }
    }
    return outcome
  }
}

extension OTLPReceiver {
  /// Only decodes an export, and says how many spans it has and how many values their attributes hold: what decoding alone
  /// costs, for measuring.
  public mutating func decode(
    _ body: UnsafeRawBufferPointer, _ encoding: OTLPEncoding
  ) throws -> (spans: Int, values: Int) {
    var counter = OTLPCounter()
    switch encoding {
    case .json:
      var reader = JSONReader(bytes: body, name: "body")
      var decoder = OTLPJSON(limits: limits, item: item)
      try decoder.read(&reader, into: &counter)
    case .protobuf:
      var decoder = OTLPProtobuf(limits: limits, item: item)
      try decoder.read(body, signal: .traces, into: &counter)
    }
    return (counter.spans, counter.values)
  }
}

/// Counts what is decoded.
private struct OTLPCounter: OTLPConsumer {
  var spans = 0
  var values = 0

  mutating func receiveSpan(_ item: OTLPItem) {
    spans += 1
    values += item.attributes.count
  }

  mutating func receiveLog(_ item: OTLPItem) -> OTLPRejection? { nil }
}

/// Maps what is decoded and hands it on.
struct OTLPRecords<Sink: OTLPSink>: OTLPConsumer {
  var sink: Sink
  private let mapper: SpanMapper
  private var annotations = 0

  init(sink: Sink, mapper: SpanMapper) {
    self.sink = sink
    self.mapper = mapper
  }

  mutating func receiveSpan(_ item: OTLPItem) throws {
    let (record, content) = mapper.map(item)
    try sink.receive(record, content: content)
    for event in item.events where event.name.equals(EvaluationEvent.name) {
      let result = EvaluationEvent.annotation(
        item, item.eventAttributes, event.attributes, at: event.time == 0 ? item.start : event.time)
      if case .success(let annotation) = result {
        try sink.receive(annotation)
        annotations += 1
      }
    }
  }

  mutating func receiveLog(_ item: OTLPItem) throws -> OTLPRejection? {
    switch EvaluationEvent.annotation(item, item.attributes, 0..<item.attributes.count, at: item.start) {
    case .success(let annotation):
      try sink.receive(annotation)
      return nil
    case .failure: return .evaluationIncomplete
    }
  }

  /// The outcome with the annotations that stood on spans.
  mutating func complete(_ outcome: OTLPOutcome) -> OTLPOutcome {
    var outcome = outcome
    outcome.annotations += annotations
    annotations = 0
    return outcome
  }
}

import Records

/// A file of OpenTelemetry's spans and log records, as the Collector's file exporter or an SDK wrote it.
struct OTLPFile {
  private let source: ByteSource
  private let format: FileFormat
  private let mapping: SpanMapping

  init(_ source: ByteSource, format: FileFormat, mapping: SpanMapping) {
    self.source = source
    self.format = format
    self.mapping = mapping
  }

  /// Reads all records into the sink and says what was not kept.
  /// - Returns: how many records there were.
  func read<Sink: RecordSink>(into sink: inout Sink, summary: inout IntakeSummary) throws -> Int {
    var receiver = OTLPReceiver(limits: .file, mapping: mapping)
    var facts = OTLPFacts(sink: sink)
    defer { sink = facts.sink }
    let outcome = try receiver.readFile(source, format: format, into: &facts)
    if let message = outcome.message { summary.warn("\(source.name): \(message)") }
    if outcome.otherLogs > 0 {
      summary.warn("\(source.name): \(outcome.otherLogs) log records that are no evaluations were passed over")
    }
    if outcome.metrics > 0 { summary.warn("\(source.name): metrics were passed over; no record holds them") }
    return outcome.spans + outcome.annotations
  }
}

/// Hands spans and what was said in them to a sink of records.
struct OTLPFacts<Sink: RecordSink>: OTLPSink {
  var sink: Sink

  mutating func receive(_ record: SpanRecord, content: SpanContent) throws {
    for content in content.contents(at: record.startedAt) { try sink.receive(content) }
    try sink.receive(record)
  }

  mutating func receive(_ record: AnnotationRecord) throws { try sink.receive(record) }
}

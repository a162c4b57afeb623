import Records

/// Tallystick's own records as JSON lines, `tally.records/1`: an object a line, whose `kind` is trial, annotation, artifact,
/// span or change and whose other keys are the fields of that record.
///
/// A key that no such record has is refused, so that a misspelt field is not lost; what is to be kept beyond the fields
/// belongs inside `attributes`, and keys that begin with `x_` are passed over.
struct RecordLines {
  /// The kinds that can be written by hand. Findings and waivers are the ledger's own.
  static let kinds: [StaticString] = ["trial", "annotation", "artifact", "span", "change"]

  private let source: ByteSource
  private var trials: TrialRecordReader
  private var annotations: AnnotationRecordReader
  private var artifacts: ArtifactRecordReader
  private var spans: SpanRecordReader
  private var changes: ChangeRecordReader

  /// - Parameter time: of records that have none of their own; nil refuses them.
  init(_ source: ByteSource, time: Instant?) {
    self.source = source
    let input = InputText(name: source.name, bytes: source.bytes)
    trials = TrialRecordReader(input, time: time)
    annotations = AnnotationRecordReader(input, time: time)
    artifacts = ArtifactRecordReader(input, time: time)
    spans = SpanRecordReader(input)
    changes = ChangeRecordReader(input, time: time)
  }

  /// Reads all records into the sink.
  /// - Throws: `IntakeError` with line and column.
  mutating func read<Sink: RecordSink>(into sink: inout Sink, summary: inout IntakeSummary) throws {
    var reader = JSONReader(source)
    var ignored = 0
    while !reader.isAtEnd {
      reader.recycleTexts()
      guard try reader.peek() == .object else { throw reader.unexpected("a record object") }
      try readRecord(&reader, ignored: &ignored, into: &sink)
      summary.records += 1
    }
    if ignored > 0 {
      summary.warn("\(source.name): \(ignored) \(ignored == 1 ? "value" : "values") under x_… keys were passed over")
    }
  }

  private mutating func readRecord<Sink: RecordSink>(
    _ reader: inout JSONReader, ignored: inout Int, into sink: inout Sink
  ) throws {
    switch try RecordLines.kind(reader) {
    case .trial:
      try trials.fields.read(&reader) { ignored += 1 }
      try sink.receive(try trials.record())
    case .annotation:
      try annotations.fields.read(&reader) { ignored += 1 }
      try sink.receive(try annotations.record())
    case .artifact:
      try artifacts.fields.read(&reader) { ignored += 1 }
      try sink.receive(try artifacts.record())
    case .span:
      try spans.fields.read(&reader) { ignored += 1 }
      try sink.receive(try spans.record())
    case .change:
      try changes.fields.read(&reader) { ignored += 1 }
      try sink.receive(try changes.record())
    case .finding, .waiver:
      throw reader.error(
        atOffset: reader.offset, problem: "findings and waivers are made by the ledger's own checks, not ingested",
        remedy: "Leave the line out")
    }
  }

  /// The kind of the record at the reader, which is a copy: mostly it is the first key.
  static func kind(_ reader: JSONReader) throws -> RecordKind {
    var ahead = reader
    try ahead.enterObject()
    while let key = try ahead.nextKey() {
      guard key.equals("kind") else {
        try ahead.skipValue()
        continue
      }
      guard try ahead.peek() == .string else { throw ahead.unexpected("the kind of the record as a text") }
      let word = try ahead.readString()
      for kind in RecordKind.allCases where word.hasText(kind.name) { return kind }
      let name = word.string
      let nearest = NearestName.nearest(to: name, in: kinds.map { "\($0)" })
      throw ahead.error(
        at: word, problem: "there is no kind of record '\(name.prefix(60))'",
        remedy: nearest.map { "Write '\($0)' if that is meant" } ?? "Write trial, annotation, artifact, span or change")
    }
    throw reader.error(
      atOffset: reader.offset, problem: "the record has no 'kind'",
      remedy: "Write \"kind\": trial, annotation, artifact, span or change")
  }
}

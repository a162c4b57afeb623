import Records

/// Tallystick's own records as JSON lines, `tally.records/1`: an object a line, whose `kind` is one of `RecordLines.kinds` and
/// whose other keys are the fields of that record.
///
/// A key that no such record has is refused, so that a misspelt field is not lost; what is to be kept beyond the fields
/// belongs inside `attributes`, and keys that begin with `x_` are passed over.
struct RecordLines {
  /// The kinds that can be written by hand. Findings and waivers are the ledger's own.
  static let kinds = RecordKind.allCases.filter { $0 != .finding && $0 != .waiver }

  private let source: ByteSource
  private var trials: TrialRecordReader
  private var annotations: AnnotationRecordReader
  private var artifacts: ArtifactRecordReader
  private var spans: SpanRecordReader
  private var changes: ChangeRecordReader
  private var declared: DeclaredReaders

  /// - Parameter time: of records that have none of their own; nil refuses them.
  init(_ source: ByteSource, time: Instant?) {
    self.source = source
    let input = InputText(name: source.name, bytes: source.bytes)
    trials = TrialRecordReader(input, time: time)
    annotations = AnnotationRecordReader(input, time: time)
    artifacts = ArtifactRecordReader(input, time: time)
    spans = SpanRecordReader(input)
    changes = ChangeRecordReader(input, time: time)
    declared = DeclaredReaders(input, time: time)
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
      let span = try spans.record()
      for content in spans.contents { try sink.receive(content) }
      try sink.receive(span)
    case .change:
      try changes.fields.read(&reader) { ignored += 1 }
      try sink.receive(try changes.record())
    case .charge: try declared.charges.read(&reader, &ignored, into: &sink)
    case .run: try declared.runs.read(&reader, &ignored, into: &sink)
    case .item: try declared.items.read(&reader, &ignored, into: &sink)
    case .attempt: try declared.attempts.read(&reader, &ignored, into: &sink)
    case .receipt: try declared.receipts.read(&reader, &ignored, into: &sink)
    case .lease: try declared.leases.read(&reader, &ignored, into: &sink)
    case .heartbeat: try declared.heartbeats.read(&reader, &ignored, into: &sink)
    case .incident: try declared.incidents.read(&reader, &ignored, into: &sink)
    case .decision: try declared.decisions.read(&reader, &ignored, into: &sink)
    case .cost: try declared.costs.read(&reader, &ignored, into: &sink)
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
      let nearest = NearestName.nearest(to: name, in: kinds.map(\.name))
      throw ahead.error(
        at: word, problem: "there is no kind of record '\(name.prefix(60))'",
        remedy: nearest.map { "Write '\($0)' if that is meant" } ?? "Write one of \(listing)")
    }
    throw reader.error(
      atOffset: reader.offset, problem: "the record has no 'kind'",
      remedy: "Write \"kind\": one of \(listing)")
  }

  private static var listing: String { kinds.map(\.name).joined(separator: ", ") }
}

/// Readers of the kinds that declare their fields, each made when its first line comes.
private struct DeclaredReaders {
  private let input: InputText
  private let time: Instant?

  init(_ input: InputText, time: Instant?) {
    self.input = input
    self.time = time
  }

  lazy var charges = DeclaredRecordReader<ChargeRecord>(input, time: time)
  lazy var runs = DeclaredRecordReader<RunRecord>(input, time: time)
  lazy var items = DeclaredRecordReader<ItemRecord>(input, time: time)
  lazy var attempts = DeclaredRecordReader<AttemptRecord>(input, time: time)
  lazy var receipts = DeclaredRecordReader<ReceiptRecord>(input, time: time)
  lazy var leases = DeclaredRecordReader<LeaseRecord>(input, time: time)
  lazy var heartbeats = DeclaredRecordReader<HeartbeatRecord>(input, time: time)
  lazy var incidents = DeclaredRecordReader<IncidentRecord>(input, time: time)
  lazy var decisions = DeclaredRecordReader<DecisionRecord>(input, time: time)
  lazy var costs = DeclaredRecordReader<CostRecord>(input, time: time)
}

extension DeclaredRecordReader {
  /// Reads one line into a sink.
  fileprivate mutating func read<Sink: RecordSink>(
    _ reader: inout JSONReader, _ ignored: inout Int, into sink: inout Sink
  ) throws {
    try fields.read(&reader) { ignored += 1 }
    try sink.receive(try record())
  }
}

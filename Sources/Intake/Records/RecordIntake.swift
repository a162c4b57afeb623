public import Records

extension Intake {
  /// Reads all inputs, of any known format, as records.
  ///
  /// Trials that other formats hold become trial records: what a row says counts before what the place of its file says,
  /// and what the user says (`options`) before both.
  /// - Parameters:
  ///   - paths: files, directories, or `-` for standard input.
  ///   - sink: takes the records in the order of the input.
  /// - Throws: `IntakeError` with file, line and column. Nothing half-read: when it throws, discard what the sink took.
  public static func readRecords<Sink: RecordSink>(
    _ paths: [String], options: RecordOptions, into sink: inout Sink
  ) throws -> IntakeSummary {
    var summary = IntakeSummary()
    var maker = TrialRecordMaker(sink, options: options)
    var bills = BillLineNames()
    var batch = OpenAIBatch()
    try forEachSource(
      paths, format: options.reading.format, opened: options.opened, summary: &summary
    ) { source, format, summary in
      try read(source, format: format, options: options, bills: &bills, batch: &batch, into: &maker, summary: &summary)
    }
    try batch.finish(options, into: &maker.sink, summary: &summary)
    sink = maker.sink
    return summary
  }

  /// Reads one input that is open already, such as bytes in memory, as records.
  /// - Throws: `IntakeError`, as `readRecords(_:options:into:)`.
  public static func readRecords<Sink: RecordSink>(
    _ source: ByteSource, options: RecordOptions, into sink: inout Sink
  ) throws -> IntakeSummary {
    var summary = IntakeSummary()
    var maker = TrialRecordMaker(sink, options: options)
    let format = try options.reading.format ?? FormatDetection.format(of: source)
    var bills = BillLineNames()
    var batch = OpenAIBatch()
    try read(source, format: format, options: options, bills: &bills, batch: &batch, into: &maker, summary: &summary)
    try batch.finish(options, into: &maker.sink, summary: &summary)
    sink = maker.sink
    return summary
  }

  /// - Parameters:
  ///   - bills: what the delivery's bills have held so far.
  ///   - batch: the rows of batches that the delivery has held so far.
  private static func read<Sink: RecordSink>(
    _ source: ByteSource, format: FileFormat, options: RecordOptions, bills: inout BillLineNames,
    batch: inout OpenAIBatch, into maker: inout TrialRecordMaker<Sink>, summary: inout IntakeSummary
  ) throws {
    if format.isBill {
      try options.reading.checkRecordOptions(format, holding: "lines of a bill", file: source.name)
      let count =
        format == .focusBill
        ? try BillFile<FocusBill>(source).read(&bills, into: &maker.sink, summary: &summary)
        : try BillFile<AWSBill>(source).read(&bills, into: &maker.sink, summary: &summary)
      summary.records += count
      summary.files.append(IntakeSummary.File(name: source.name, format: format, rows: count))
      return withExtendedLifetime(source) {}
    }
    if format == .otlpJSON || format == .otlpProtobuf {
      try options.reading.checkRecordOptions(format, holding: "spans", file: source.name)
      let count = try OTLPFile(source, format: format, mapping: options.spans)
        .read(into: &maker.sink, summary: &summary)
      summary.records += count
      summary.files.append(IntakeSummary.File(name: source.name, format: format, rows: count))
      return withExtendedLifetime(source) {}
    }
    if format == .langfuse {
      try options.reading.checkRecordOptions(format, holding: "spans", file: source.name)
      var export = LangfuseExport(source, mapping: options.spans, now: options.now)
      let count = try export.read(into: &maker.sink, summary: &summary)
      summary.records += count
      summary.files.append(IntakeSummary.File(name: source.name, format: format, rows: count))
      return withExtendedLifetime(source) {}
    }
    if format == .openAIBatch {
      try options.reading.checkRecordOptions(format, holding: "the calls of a batch", file: source.name)
      let count = try batch.add(source)
      return summary.files.append(IntakeSummary.File(name: source.name, format: format, rows: count))
    }
    guard format == .records else {
      var reading = options.reading
      reading.keepsDetails = true
      return try read(source, format: format, options: reading, into: &maker, summary: &summary)
    }
    let before = summary.records
    var lines = RecordLines(source, time: options.at)
    try lines.read(into: &maker.sink, summary: &summary)
    withExtendedLifetime(source) {}
    summary.files.append(IntakeSummary.File(name: source.name, format: format, rows: summary.records - before))
  }

  /// Reads the trials among native records as rows.
  static func readTrials<Sink: TrialSink>(
    ofRecords source: ByteSource, options: IntakeOptions, into sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    if let scorer = options.scorer {
      throw IntakeError(
        file: source.name, problem: "--scorer \(scorer) does not apply to tally's own records",
        remedy: "Choose with --metric")
    }
    let before = summary.rows
    var rows = RecordRows(sink, options, summary: summary)
    var counted = IntakeSummary()
    // A comparison does not ask when: the time of a trial that says none is of no matter.
    var lines = RecordLines(source, time: Instant(nanoseconds: 0))
    try lines.read(into: &rows, summary: &counted)
    try rows.finish(file: source.name, rows: rows.summary.rows - before)
    for warning in counted.warnings { rows.summary.warn(warning) }
    sink = rows.sink
    summary = rows.summary
  }
}

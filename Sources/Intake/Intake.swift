public import Records

/// Reads what people already have: evaluation results in any known format, as trials.
public enum Intake {
  /// Reads all trials of the inputs, file by file, into a sink.
  ///
  /// The format of each file is told by its content. Columns that the options leave open are guessed by name and content;
  /// the summary lists every guess. Reads in a memory that does not grow with the files.
  /// - Parameters:
  ///   - paths: files, directories (all files of a known format in them, sorted by path), or `-` for standard input.
  ///   - options: what the user said about columns and formats.
  ///   - sink: takes the rows in file order.
  /// - Throws: `IntakeError` with file, line and column. Nothing half-read: when it throws, discard what the sink took.
  public static func read<Sink: TrialSink>(
    _ paths: [String], options: IntakeOptions = IntakeOptions(), into sink: inout Sink
  ) throws -> IntakeSummary {
    var summary = IntakeSummary()
    try forEachSource(paths, format: options.format, summary: &summary) { source, format, summary in
      try read(source, format: format, options: options, into: &sink, summary: &summary)
    }
    return summary
  }

  /// Reads all trials of one input that is open already, such as bytes in memory.
  /// - Throws: `IntakeError`, as `read(_:options:into:)`.
  public static func read<Sink: TrialSink>(
    _ source: ByteSource, options: IntakeOptions = IntakeOptions(), into sink: inout Sink
  ) throws -> IntakeSummary {
    var summary = IntakeSummary()
    let format = try options.format ?? FormatDetection.format(of: source)
    try read(source, format: format, options: options, into: &sink, summary: &summary)
    return summary
  }

  /// The files that reading a path would read: the path itself, or the files of known kinds in a directory, sorted.
  ///
  /// For callers that treat each file as an arm.
  public static func files(at path: String) throws -> [String] {
    guard path != "-", InputFiles.isDirectory(path) else { return [path] }
    return try InputFiles.list(path)
  }

  /// Opens the inputs one after the other, with their formats. Files of a directory that have no known format are named in
  /// a warning, as result folders hold other files too.
  static func forEachSource(
    _ paths: [String], format known: FileFormat?, opened: [String: OpenedInput] = [:], summary: inout IntakeSummary,
    _ body: (ByteSource, FileFormat, inout IntakeSummary) throws -> Void
  ) throws {
    for path in paths {
      if let input = opened[path] {
        try body(input.source, try input.format ?? known ?? FormatDetection.format(of: input.source), &summary)
        continue
      }
      guard path != "-", InputFiles.isDirectory(path) else {
        let source = try ByteSource(path: path)
        try body(source, try known ?? FormatDetection.format(of: source), &summary)
        continue
      }
      var found = false
      var unknown: [String] = []
      for file in try InputFiles.list(path) {
        let source = try ByteSource(path: file)
        guard let format = try known ?? FormatDetection.recognise(source) else {
          unknown.append(file)
          continue
        }
        found = true
        try body(source, format, &summary)
      }
      if let first = unknown.first {
        let others = unknown.count > 1 ? " and \(unknown.count - 1) other files" : ""
        summary.warn("\(first)\(others): passed over, no known format")
      }
      if !found {
        throw IntakeError(
          file: path, problem: "has no result files", remedy: "Name the files, or a directory that holds some")
      }
    }
  }

  /// Reads one input with the reader of its format: the only place that knows all readers.
  static func read<Sink: TrialSink>(
    _ source: ByteSource, format: FileFormat, options: IntakeOptions, into sink: inout Sink,
    summary: inout IntakeSummary
  ) throws {
    sink.begin(file: source.name)
    let before = summary.rows
    var format = format
    switch format {
    case .records:
      try options.checkLogOptions(format, file: source.name)
      try readTrials(ofRecords: source, options: options, into: &sink, summary: &summary)
    case .csv, .tsv:
      let table = try DelimitedTable(source, format: format)
      format = table.format
      try table.read(options, into: &sink, summary: &summary)
    case .jsonArray, .jsonLines:
      try JSONTable(source, format: format).read(options, into: &sink, summary: &summary)
    case .idMap:
      try IDMap.read(source, into: &sink, summary: &summary)
    case .resolvedList:
      try ResolvedList.read(source, into: &sink, summary: &summary)
    case .openAIEvals:
      try OpenAIEvals.read(source, options: options, into: &sink, summary: &summary)
    case .inspectArchive:
      let options = try options.forLog(file: source.name)
      try options.checkLogOptions(format, file: source.name)
      var archive = try InspectArchive(source)
      try archive.read(options, into: &sink, summary: &summary)
    case .inspectDocument:
      let options = try options.forLog(file: source.name)
      try options.checkLogOptions(format, file: source.name)
      try InspectDocument(source).read(options, into: &sink, summary: &summary)
    case .promptfoo:
      let options = try options.forLog(file: source.name)
      try options.checkLogOptions(format, file: source.name)
      try PromptfooResults(source).read(options, into: &sink, summary: &summary)
    case .lmEvaluation:
      let options = try options.forLog(file: source.name)
      try options.checkLogOptions(format, file: source.name)
      try LMEvaluationSamples(source).read(options, into: &sink, summary: &summary)
    case .otlpJSON, .otlpProtobuf:
      throw IntakeError(
        file: source.name, problem: "holds spans of OpenTelemetry, not trials",
        remedy: "Store them with `tally ingest`; compare results of an evaluation")
    case .langfuse:
      throw IntakeError(
        file: source.name, problem: "holds traces of Langfuse, not trials",
        remedy: "Store them with `tally ingest`; compare results of an evaluation")
    case .openAIBatch:
      throw IntakeError(
        file: source.name, problem: "holds the calls of an OpenAI batch, not trials",
        remedy: "Store them with `tally ingest`; compare results of an evaluation")
    case .focusBill, .awsBill:
      throw IntakeError(
        file: source.name, problem: "holds the lines of a bill, not trials",
        remedy: "Store them with `tally ingest`; compare results of an evaluation")
    }
    // Rows borrow from the source until the last of them is delivered.
    withExtendedLifetime(source) {}
    summary.files.append(IntakeSummary.File(name: source.name, format: format, rows: summary.rows - before))
  }
}

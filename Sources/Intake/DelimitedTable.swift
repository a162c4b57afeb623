import Records

/// CSV, TSV and their relatives: a header, then a row a record.
struct DelimitedTable {
  private let source: ByteSource
  private let input: InputText
  /// Comma, tab, semicolon, bar or space.
  let delimiter: UInt8

  init(_ source: ByteSource, format: FileFormat) throws {
    self.source = source
    input = InputText(name: source.name, bytes: source.bytes)
    delimiter = format == .tsv ? 0x09 : try DelimiterChoice.delimiter(of: input)
  }

  /// `tsv` when tabs separate the columns.
  var format: FileFormat { delimiter == 0x09 ? .tsv : .csv }

  /// Reads all rows into the sink.
  func read<Sink: TrialSink>(_ options: IntakeOptions, into sink: inout Sink, summary: inout IntakeSummary) throws {
    var parser = DelimitedParser(input, delimiter: delimiter)
    let names = try header(&parser)
    let profile = try profile(parser, names: names)
    let plan = try RowPlan(
      profile: profile, options: options, file: source.name, mayBeAbsent: false, summary: &summary)
    var mapper = RowMapper(plan: plan, input: input)
    mapper.expectLetters(of: profile)
    // Slot and column of every wanted field, so that a row costs only what is wanted.
    let wanted = plan.columns.enumerated().compactMap { slot, name in
      names.firstIndex(of: name).map { (slot: slot, column: $0) }
    }
    let cells = mapper.cells
    if let names = mapper.sliceNames { sink.name(slices: names) }
    var releaseMark = ByteSource.releaseStride
    while try parser.nextRecord() {
      guard parser.fields.count == names.count else { throw ragged(parser, names.count) }
      for (slot, column) in wanted { cells[slot] = DelimitedTable.cell(parser.fields[column]) }
      try mapper.deliver(rowAt: parser.recordOffset, to: &sink, summary: &summary)
      if parser.offset >= releaseMark {
        source.release(upTo: parser.offset)
        releaseMark = parser.offset + ByteSource.releaseStride
      }
    }
  }

  @inline(__always)
  private static func cell(_ text: BorrowedText) -> Cell {
    text.isEmpty ? Cell(kind: .null, text: text) : Cell(kind: .text, text: text)
  }

  /// The names of the columns; an unnamed one, such as the index that pandas writes, is called by its number.
  private func header(_ parser: inout DelimitedParser) throws -> [String] {
    guard try parser.nextRecord() else {
      throw IntakeError(
        file: source.name, problem: "holds only blank lines", remedy: "Check that the run wrote its results")
    }
    if parser.fields.allSatisfy({ ScoreText.number($0.bytes) != nil }) {
      throw input.error(
        atOffset: parser.recordOffset, problem: "the first line holds numbers, not the names of columns",
        remedy: "Add a header line")
    }
    return parser.fields.enumerated().map { index, field in
      let text = field.string
      guard let first = text.firstIndex(where: { $0 != " " }), let last = text.lastIndex(where: { $0 != " " }) else {
        return "column \(index + 1)"
      }
      return String(text[first...last])
    }
  }

  /// Looks at the first rows; the parser is a copy, so the caller's stays at the first of them.
  private func profile(_ start: DelimitedParser, names: [String]) throws -> TableProfile {
    var parser = start
    var profile = TableProfile(names: names)
    while profile.rows < ColumnProfile.sampledRows, try parser.nextRecord() {
      guard parser.fields.count == names.count else { throw ragged(parser, names.count) }
      for (index, field) in parser.fields.enumerated() { profile.note(DelimitedTable.cell(field), index: index) }
      profile.rows += 1
    }
    if profile.rows == 0 {
      throw IntakeError(
        file: source.name, problem: "has a header but no rows", remedy: "Check that the run wrote its results")
    }
    return profile
  }

  private func ragged(_ parser: DelimitedParser, _ expected: Int) -> IntakeError {
    input.error(
      atOffset: parser.recordOffset,
      problem:
        "the row has \(parser.fields.count) \(parser.fields.count == 1 ? "field" : "fields"), the header has \(expected)",
      remedy: "Quote fields that hold the delimiter, and write every field of a row")
  }
}

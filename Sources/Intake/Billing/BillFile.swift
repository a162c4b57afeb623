import Records

/// A bill of a cloud provider: each line becomes a charge.
protocol BillFormat {
  /// Whether a bill of this format has these columns.
  static func recognises(_ columns: Set<String>) -> Bool
  /// A column's name as the format's reader knows it.
  static func column(_ name: String) -> String
  /// What a line says, without its name.
  /// - Throws: `IntakeError` with the place of what cannot be read.
  static func charge(_ line: BillLine) throws -> ChargeRecord
}

/// Reads a bill line by line: delimited text with a header, or one JSON object a line. Memory does not grow with the file,
/// but for what tells equal lines apart.
struct BillFile<Format: BillFormat> {
  let source: ByteSource
  private let input: InputText

  init(_ source: ByteSource) {
    self.source = source
    input = InputText(name: source.name, bytes: source.bytes)
  }

  /// - Returns: the number of lines.
  func read<Sink: RecordSink>(
    _ names: inout BillLineNames, into sink: inout Sink, summary: inout IntakeSummary
  ) throws -> Int {
    if let twin = names.twin(of: source) {
      summary.warn("\(source.name): passed over, it holds the same bytes as \(twin)")
      return 0
    }
    let line = BillLine(input)
    var count = 0
    try forEachLine(line) {
      var charge = try Format.charge(line)
      charge.chargeID = names.name(line.digest())
      guard charge.currency.utf8.count == 3, charge.currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
        throw input.error(
          atOffset: line.offset, problem: "the currency '\(charge.currency.prefix(20))' is not three capital letters",
          remedy: "Write its code (ISO 4217), such as USD")
      }
      try sink.receive(charge)
      count += 1
    }
    if count == 0 {
      throw IntakeError(
        file: source.name, problem: "has a header but no rows", remedy: "Check that the export wrote its lines")
    }
    return count
  }

  private func forEachLine(_ line: BillLine, _ body: () throws -> Void) throws {
    var probe = JSONReader(bytes: source.bytes, name: source.name)
    if (try? probe.peek()) == .object { return try forEachObject(line, body) }
    guard let delimiter = BillColumns.delimiter(of: input, Format.recognises) else {
      throw IntakeError(
        file: source.name, problem: "has no header of this format",
        remedy: "Export it with the names of the columns in the first line")
    }
    var parser = DelimitedParser(input, delimiter: delimiter)
    guard try parser.nextRecord() else { return }
    let slots = try slots(of: parser, line)
    var releaseMark = ByteSource.releaseStride
    while try parser.nextRecord() {
      guard parser.fields.count == slots.count else {
        throw input.error(
          atOffset: parser.recordOffset,
          problem: "the row has \(parser.fields.count) fields, the header has \(slots.count)",
          remedy: "Quote fields that hold the delimiter, and write every field of a row")
      }
      line.offset = parser.recordOffset
      for (place, slot) in slots.enumerated() { line.set(slot, parser.fields[place]) }
      try body()
      if parser.offset >= releaseMark {
        source.release(upTo: parser.offset)
        releaseMark = parser.offset + ByteSource.releaseStride
      }
    }
  }

  /// Two columns that the format calls the same keep the names that the file gives them.
  private func slots(of header: DelimitedParser, _ line: BillLine) throws -> [Int] {
    var slots: [Int] = []
    var taken: Set<Int> = []
    for field in header.fields {
      let name = Format.column(field.string)
      let slot = line.slot(adding: line.has(name) ? field.string : name)
      guard taken.insert(slot).inserted else {
        throw input.error(
          at: field, orAtOffset: header.recordOffset, problem: "two columns are named '\(field.string.prefix(60))'",
          remedy: "Rename one of them")
      }
      slots.append(slot)
    }
    return slots
  }

  private func forEachObject(_ line: BillLine, _ body: () throws -> Void) throws {
    var reader = JSONReader(bytes: source.bytes, name: source.name)
    while !reader.isAtEnd {
      line.clear()
      reader.recycleTexts()
      line.offset = reader.offset
      try reader.enterObject()
      while let key = try reader.nextKey() {
        let slot = line.slot(adding: Format.column(key.string))
        switch try reader.peek() {
        case .string: line.set(slot, try reader.readString())
        case .number: line.set(slot, try reader.readNumberText())
        case .null: try reader.skipValue()
        default:
          let start = reader.cursor
          try reader.skipValue()
          line.set(slot, BorrowedText(UnsafeRawBufferPointer(start: start, count: reader.cursor - start)))
        }
      }
      try body()
    }
  }
}

/// The names of a bill's columns, before it is known to be one.
enum BillColumns {
  /// Headers of bills are long: hundreds of columns with their paths.
  private static let window = 1 << 18

  /// What separates the columns of a header that a format recognises; nil where it recognises none.
  static func delimiter(of input: InputText, _ recognises: (Set<String>) -> Bool) -> UInt8? {
    let head = InputText(name: input.name, bytes: UnsafeRawBufferPointer(rebasing: input.bytes.prefix(window)))
    return [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: "|")].first { delimiter in
      var parser = DelimitedParser(head, delimiter: delimiter)
      guard (try? parser.nextRecord()) == true else { return false }
      return recognises(Set(parser.fields.map(\.string)))
    }
  }
}

extension BillFormat {
  static func isSeen(in probe: FormatProbe) -> Bool {
    switch probe.topLevel {
    case .object: recognises(Set(probe.fields.map(\.name)))
    case nil: BillColumns.delimiter(of: InputText(name: probe.name, bytes: probe.bytes), recognises) != nil
    default: false
    }
  }
}

/// Finds out what separates the columns of a delimited text.
enum DelimiterChoice {
  /// In the order of preference among equals.
  private static let candidates: [UInt8] = [0x2C, 0x09, 0x3B, 0x7C]
  private static let space: UInt8 = 0x20
  private static let sampledRecords = 20

  /// The delimiter under which the first records have equally many fields, the most of them; space if no other
  /// separates anything.
  /// - Throws: `IntakeError` when there is only one column.
  static func delimiter(of input: InputText) throws -> UInt8 {
    var best: (delimiter: UInt8, columns: Int)?
    var ragged: (delimiter: UInt8, columns: Int)?
    for candidate in candidates {
      guard let shape = shape(input, candidate), shape.columns > 1 else { continue }
      if shape.isEven {
        if shape.columns > best?.columns ?? 1 { best = (candidate, shape.columns) }
      } else if shape.columns > ragged?.columns ?? 1 {
        ragged = (candidate, shape.columns)
      }
    }
    if let best { return best.delimiter }
    if let shape = shape(input, space), shape.columns > 1, shape.isEven { return space }
    // Let the reader name the row that breaks the table.
    if let ragged { return ragged.delimiter }
    throw IntakeError(
      file: input.name, line: 1,
      problem: "is not JSON, and its first line has no columns separated by , tab ; | or spaces",
      remedy: "Give CSV or TSV with a header, JSON lines, or another known format")
  }

  /// How many columns the header has, and whether the first records agree; nil when it has none.
  private static func shape(_ input: InputText, _ delimiter: UInt8) -> (columns: Int, isEven: Bool)? {
    var parser = DelimitedParser(input, delimiter: delimiter)
    guard let hasHeader = try? parser.nextRecord(), hasHeader else { return nil }
    let columns = parser.fields.count
    for _ in 0..<sampledRecords {
      // A quote that is not closed under one delimiter can be fine under another, so a fault is not yet an error.
      guard let hasRecord = try? parser.nextRecord() else { return (columns, false) }
      if !hasRecord { break }
      if parser.fields.count != columns { return (columns, false) }
    }
    return (columns, true)
  }
}

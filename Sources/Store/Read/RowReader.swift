import Records

/// Reads the fields of a selected row in order.
struct RowReader {
  let batch: RowBatch
  let row: Int
  private let terms: TermReader
  private var column = 0

  init(_ batch: RowBatch, row: Int, terms: TermReader) {
    self.batch = batch
    self.row = row
    self.terms = terms
  }

  mutating func skip(_ columns: Int) { column += columns }

  mutating func integer() -> Int64? {
    defer { column += 1 }
    return batch.integer(column, row)
  }

  mutating func real() -> Double? {
    defer { column += 1 }
    return batch.real(column, row)
  }

  mutating func text() -> String? {
    defer { column += 1 }
    return batch.string(column, row)
  }

  /// A text that rows which follow each other share, such as the id of their trace: it is not made anew for each of them.
  /// - Parameter last: what the row before held.
  mutating func text(sharedWith last: inout String?) -> String? {
    defer { column += 1 }
    guard let bytes = batch.bytes(column, row) else { return nil }
    if let last, last.utf8.withContiguousStorageIfAvailable({ bytes.elementsEqual($0) }) == true { return last }
    last = String(decoding: bytes, as: UTF8.self)
    return last
  }

  mutating func recordID() -> RecordID? {
    defer { column += 1 }
    return batch.recordID(column, row)
  }

  mutating func digest() -> SHA256Digest? {
    defer { column += 1 }
    return batch.digest(column, row)
  }

  mutating func term() throws -> String? {
    guard let number = integer() else { return nil }
    return try require(try terms.text(number))
  }

  mutating func series() throws -> TrialSeries { try require(try terms.series(try require(integer()))) }

  mutating func flag() -> Bool? { integer().map { $0 != 0 } }

  mutating func instant() throws -> Instant { Instant(nanoseconds: try require(integer())) }

  mutating func money() throws -> Money? {
    let (units, currency) = (amount(), try term())
    guard let units, let currency else { return nil }
    return Money(units: units, currency: currency)
  }

  mutating func amount() -> Int128? {
    let (high, low) = (integer(), integer())
    guard let high, let low else { return nil }
    return MoneyColumns.units(high: high, low: low)
  }

  /// - Throws: when a field is null that no record leaves out.
  func require<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw UnreadableRow(row: row, column: column) }
    return value
  }

  struct UnreadableRow: Error {
    let row: Int
    let column: Int
  }
}

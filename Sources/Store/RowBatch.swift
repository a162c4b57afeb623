public import Records

/// Up to 4,096 rows in columns, reused from batch to batch: what travels between an engine and the rest of the house.
///
/// An engine fills it while reading and empties it while writing, so that a call across the engine's boundary is paid
/// once a batch and not once a value. Texts and blobs lie end to end in one buffer a column.
public final class RowBatch {
  public static let capacity = 4096

  public enum ColumnKind: Sendable {
    case integer, real, text, blob
  }

  struct Column {
    let kind: ColumnKind
    var present: [Bool] = []
    var integers: [Int64] = []
    var reals: [Double] = []
    var bytes: [UInt8] = []
    /// Where each row's bytes end.
    var ends: [Int] = []

    init(kind: ColumnKind) {
      self.kind = kind
    }

    mutating func removeAll() {
      present.removeAll(keepingCapacity: true)
      integers.removeAll(keepingCapacity: true)
      reals.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
    }
  }

  public let kinds: [ColumnKind]
  var columns: [Column]
  /// Rows that are complete.
  public private(set) var count = 0
  private var cursor = 0

  public init(_ kinds: [ColumnKind]) {
    self.kinds = kinds
    columns = kinds.map(Column.init)
  }

  public var isFull: Bool { count >= RowBatch.capacity }

  public func removeAll() {
    for index in columns.indices { columns[index].removeAll() }
    count = 0
    cursor = 0
  }

  // MARK: Writing, column after column; the last column ends the row.

  public func append(_ value: Int64?) {
    columns[cursor].present.append(value != nil)
    columns[cursor].integers.append(value ?? 0)
    advance()
  }

  public func append(_ value: Double?) {
    columns[cursor].present.append(value != nil)
    columns[cursor].reals.append(value ?? 0)
    advance()
  }

  public func append(_ value: String?) {
    columns[cursor].present.append(value != nil)
    if var value { value.withUTF8 { columns[cursor].bytes.append(contentsOf: $0) } }
    columns[cursor].ends.append(columns[cursor].bytes.count)
    advance()
  }

  /// A text in a text column, a blob in a blob column.
  public func append(bytes value: UnsafeRawBufferPointer?) {
    columns[cursor].present.append(value != nil)
    if let value { columns[cursor].bytes.append(contentsOf: value) }
    columns[cursor].ends.append(columns[cursor].bytes.count)
    advance()
  }

  public func append(_ value: [UInt8]?) {
    guard let value else { return append(bytes: nil) }
    value.withUnsafeBytes { append(bytes: $0) }
  }

  public func append(_ value: RecordID) {
    withUnsafeBytes(of: (value.high.bigEndian, value.low.bigEndian)) { append(bytes: $0) }
  }

  private func advance() {
    cursor += 1
    if cursor == columns.count {
      cursor = 0
      count += 1
    }
  }

  // MARK: Reading

  public func isNull(_ column: Int, _ row: Int) -> Bool { !columns[column].present[row] }

  public func integer(_ column: Int, _ row: Int) -> Int64? {
    columns[column].present[row] ? columns[column].integers[row] : nil
  }

  public func real(_ column: Int, _ row: Int) -> Double? {
    columns[column].present[row] ? columns[column].reals[row] : nil
  }

  public func string(_ column: Int, _ row: Int) -> String? {
    withBytes(column, row) { $0.map { String(decoding: $0, as: UTF8.self) } }
  }

  public func blob(_ column: Int, _ row: Int) -> [UInt8]? {
    withBytes(column, row) { $0.map { Array($0) } }
  }

  public func recordID(_ column: Int, _ row: Int) -> RecordID? {
    withBytes(column, row) { $0.flatMap { RecordID(bytes: $0) } }
  }

  /// Lends the bytes of a text or blob; nil is null.
  public func withBytes<Result>(
    _ column: Int, _ row: Int, _ body: (UnsafeRawBufferPointer?) throws -> Result
  ) rethrows -> Result {
    guard columns[column].present[row] else { return try body(nil) }
    let start = row == 0 ? 0 : columns[column].ends[row - 1]
    let end = columns[column].ends[row]
    return try columns[column].bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  /// Lends every column's bytes at once, for callers that borrow several texts of a row at the same time.
  public func withBuffers<Result>(_ body: (borrowing Buffers) throws -> Result) rethrows -> Result {
    // Safe: the arrays are not touched while `body` runs, and what it is given does not escape.
    try columns.withUnsafeBufferPointer { columns in
      var bases: [UnsafeRawBufferPointer] = []
      bases.reserveCapacity(columns.count)
      func lend(_ index: Int) throws -> Result {
        if index == columns.count { return try body(Buffers(batch: self, bytes: bases)) }
        return try columns[index].bytes.withUnsafeBytes { bytes in
          bases.append(bytes)
          return try lend(index + 1)
        }
      }
      return try lend(0)
    }
  }

  /// The bytes of all columns, valid during one call.
  public struct Buffers: ~Copyable {
    let batch: RowBatch
    let bytes: [UnsafeRawBufferPointer]

    public func text(_ column: Int, _ row: Int) -> BorrowedText? {
      guard batch.columns[column].present[row] else { return nil }
      let start = row == 0 ? 0 : batch.columns[column].ends[row - 1]
      let end = batch.columns[column].ends[row]
      return BorrowedText(UnsafeRawBufferPointer(rebasing: bytes[column][start..<end]))
    }
  }

  /// Feeds every value to a hash, column by column.
  func update(_ hash: inout SHA256Stream) {
    for column in columns {
      column.present.withUnsafeBytes { hash.update($0) }
      switch column.kind {
      case .integer: column.integers.withUnsafeBytes { hash.update($0) }
      case .real: column.reals.withUnsafeBytes { hash.update($0) }
      case .text, .blob:
        column.ends.withUnsafeBytes { hash.update($0) }
        column.bytes.withUnsafeBytes { hash.update($0) }
      }
    }
  }
}

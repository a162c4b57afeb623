public import Records

/// Rows in columns, reused from batch to batch: what travels between an engine and the rest of the house.
///
/// An engine fills it while reading and empties it while writing, so that a call across the engine's boundary is paid
/// once a batch and not once a value. A batch is full at 4,096 rows, or at 8 MiB of texts.
public final class RowBatch {
  public static let capacity = 4096
  private static let byteCapacity = 8 << 20

  public enum ColumnKind: Sendable {
    case integer, real, text, blob

    var hasBytes: Bool { self == .text || self == .blob }
  }

  public let kinds: [ColumnKind]
  @usableFromInline let columns: UnsafeMutablePointer<RowColumn>
  private let columnCount: Int
  /// Rows that are complete.
  public private(set) var count = 0
  /// The column that is written next.
  public private(set) var cursor = 0
  private var byteCount = 0

  public init(_ kinds: [ColumnKind]) {
    self.kinds = kinds
    columnCount = kinds.count
    columns = .allocate(capacity: max(kinds.count, 1))
    for (index, kind) in kinds.enumerated() { (columns + index).initialize(to: RowColumn(kind: kind)) }
  }

  deinit {
    for index in 0..<columnCount { columns[index].deallocate() }
    columns.deallocate()
  }

  public var isFull: Bool { count >= RowBatch.capacity || byteCount >= RowBatch.byteCapacity }

  public func removeAll() {
    for index in 0..<columnCount { columns[index].removeAll() }
    count = 0
    cursor = 0
    byteCount = 0
  }

  /// Gives its rows to another batch of the same kinds and gets that one's: O(columns), whatever the rows hold.
  func exchange(with other: RowBatch) {
    precondition(kinds == other.kinds)
    for index in 0..<columnCount { swap(&columns[index], &other.columns[index]) }
    swap(&count, &other.count)
    swap(&cursor, &other.cursor)
    swap(&byteCount, &other.byteCount)
  }

  // MARK: Writing, column after column; the last column ends the row.

  public func append(_ value: Int64?) {
    precondition(columns[cursor].kind == .integer)
    columns[cursor].put(count, word: value)
    advance()
  }

  public func append(_ value: Double?) {
    precondition(columns[cursor].kind == .real)
    columns[cursor].put(count, word: value.map { Int64(bitPattern: $0.bitPattern) })
    advance()
  }

  public func append(_ value: String?) {
    guard var value else { return append(bytes: nil) }
    value.withUTF8 { append(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// A text in a text column, a blob in a blob column; nil is null.
  public func append(bytes value: UnsafeRawBufferPointer?) {
    precondition(columns[cursor].kind.hasBytes)
    columns[cursor].put(count, bytes: value)
    byteCount += value?.count ?? 0
    advance()
  }

  public func append(_ value: [UInt8]?) {
    guard let value else { return append(bytes: nil) }
    value.withUnsafeBytes { append(bytes: $0) }
  }

  public func append(_ value: RecordID) { value.withBytes { append(bytes: $0) } }

  public func append(_ value: SHA256Digest) { value.withBytes { append(bytes: $0) } }

  /// A row of another batch of the same kinds.
  func append(_ row: Int, of other: RowBatch) {
    for index in 0..<columnCount {
      let column = other.columns[index]
      if column.kind.hasBytes {
        let bytes = other.bytes(index, row)
        columns[index].put(count, bytes: bytes)
        byteCount += bytes?.count ?? 0
      } else {
        columns[index].put(count, word: column.present[row] ? column.words[row] : nil)
      }
    }
    count += 1
  }

  /// Changes an integer that was written.
  func set(_ column: Int, _ row: Int, _ value: Int64) {
    precondition(columns[column].kind == .integer && row < count)
    columns[column].put(row, word: value)
  }

  /// Forgets the row that is not complete.
  func dropPartialRow() {
    for column in 0..<cursor where columns[column].kind.hasBytes { columns[column].truncate(count) }
    cursor = 0
  }

  private func advance() {
    cursor += 1
    if cursor == columnCount {
      cursor = 0
      count += 1
    }
  }

  // MARK: Reading

  @inlinable
  public func isNull(_ column: Int, _ row: Int) -> Bool { !columns[column].present[row] }

  @inlinable
  public func integer(_ column: Int, _ row: Int) -> Int64? {
    columns[column].present[row] ? columns[column].words[row] : nil
  }

  @inlinable
  public func real(_ column: Int, _ row: Int) -> Double? {
    columns[column].present[row] ? Double(bitPattern: UInt64(bitPattern: columns[column].words[row])) : nil
  }

  public func string(_ column: Int, _ row: Int) -> String? {
    bytes(column, row).map { String(decoding: $0, as: UTF8.self) }
  }

  public func blob(_ column: Int, _ row: Int) -> [UInt8]? { bytes(column, row).map { Array($0) } }

  public func recordID(_ column: Int, _ row: Int) -> RecordID? { bytes(column, row).flatMap { RecordID(bytes: $0) } }

  public func digest(_ column: Int, _ row: Int) -> SHA256Digest? {
    bytes(column, row).flatMap { SHA256Digest(bytes: $0) }
  }

  /// The bytes of a text or blob, nil when null; valid until the batch is written to.
  @inlinable
  public func bytes(_ column: Int, _ row: Int) -> UnsafeRawBufferPointer? {
    guard columns[column].present[row] else { return nil }
    let start = columns[column].start(row)
    return UnsafeRawBufferPointer(
      start: columns[column].bytes + start, count: Int(columns[column].words[row]) - start)
  }

  /// A text, nil when null; valid until the batch is written to.
  @inlinable
  public func text(_ column: Int, _ row: Int) -> BorrowedText? { bytes(column, row).map(BorrowedText.init) }

  /// Feeds every value to a hash, column by column.
  func update(_ hash: inout SHA256Stream) {
    for index in 0..<columnCount {
      let column = columns[index]
      hash.update(UnsafeRawBufferPointer(start: column.present, count: count))
      hash.update(UnsafeRawBufferPointer(start: column.words, count: count * 8))
      if column.kind.hasBytes { hash.update(UnsafeRawBufferPointer(start: column.bytes, count: column.byteCount)) }
    }
  }
}

internal import CPostgres
internal import Store

/// The arguments of a statement in the server's binary form, reused from row to row.
final class PostgresParameters {
  private(set) var types: [Oid] = []
  private var bytes: [UInt8] = []
  /// Where a value begins; nil for null.
  private var starts: [Int?] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []
  private var values: [UnsafePointer<CChar>?] = []

  init() {}

  convenience init(_ values: [SQLValue]) {
    self.init()
    for value in values { append(value) }
  }

  static func type(of kind: RowBatch.ColumnKind) -> Oid {
    switch kind {
    case .integer: Libpq.TypeNumber.integer64
    case .real: Libpq.TypeNumber.real64
    case .text: Libpq.TypeNumber.text
    case .blob: Libpq.TypeNumber.bytes
    }
  }

  /// Takes a row of a batch instead of what it held.
  func set(_ rows: RowBatch, row: Int) {
    bytes.removeAll(keepingCapacity: true)
    types.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    for column in rows.kinds.indices {
      let type = PostgresParameters.type(of: rows.kinds[column])
      if let word = rows.isNull(column, row) ? nil : PostgresParameters.word(rows, column, row) {
        append(type) { withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) } }
      } else if let value = rows.text(orBlob: column, row) {
        append(type) { append(value, isText: rows.kinds[column] == .text) }
      } else {
        appendNull(type)
      }
    }
  }

  /// The eight bytes of a number; nil for texts and blobs. Minus zero is zero, as in SQLite.
  static func word(_ rows: RowBatch, _ column: Int, _ row: Int) -> Int64? {
    switch rows.kinds[column] {
    case .integer: rows.integer(column, row)
    case .real: rows.real(column, row).map { Int64(bitPattern: ($0 + 0).bitPattern) }
    case .text, .blob: nil
    }
  }

  private func append(_ value: SQLValue) {
    switch value {
    case .null: appendNull(Libpq.TypeNumber.unknown)
    case .integer(let value):
      append(Libpq.TypeNumber.integer64) { withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) } }
    case .real(let value):
      append(Libpq.TypeNumber.real64) {
        withUnsafeBytes(of: (value + 0).bitPattern.bigEndian) { bytes.append(contentsOf: $0) }
      }
    case .text(var value):
      append(Libpq.TypeNumber.text) { value.withUTF8 { append(UnsafeRawBufferPointer($0), isText: true) } }
    case .blob(let value):
      append(Libpq.TypeNumber.bytes) { value.withUnsafeBytes { append($0, isText: false) } }
    }
  }

  private func append(_ value: UnsafeRawBufferPointer, isText: Bool) {
    if isText, PostgresText.isSpecial(value) {
      bytes.append(contentsOf: PostgresText.escaped(value))
    } else {
      bytes.append(contentsOf: value)
    }
  }

  private func appendNull(_ type: Oid) {
    types.append(type)
    starts.append(nil)
    lengths.append(0)
  }

  private func append(_ type: Oid, _ write: () -> Void) {
    let start = bytes.count
    write()
    types.append(type)
    starts.append(start)
    lengths.append(Int32(clamping: bytes.count - start))
  }

  /// Lends the arrays that libpq takes.
  func lend<Result>(
    _ body: (
      _ count: Int32, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
      _ formats: UnsafePointer<Int32>?
    ) -> Result
  ) -> Result {
    // One byte more, so that an empty text at the end has an address: none means null.
    bytes.append(0)
    defer { bytes.removeLast() }
    if formats.count < types.count { formats = .init(repeating: 1, count: types.count) }
    return bytes.withUnsafeBytes { bytes in
      values.removeAll(keepingCapacity: true)
      for start in starts {
        values.append(start.flatMap { bytes.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) })
      }
      return values.withUnsafeBufferPointer { values in
        lengths.withUnsafeBufferPointer { lengths in
          formats.withUnsafeBufferPointer { formats in
            body(Int32(types.count), values.baseAddress, lengths.baseAddress, formats.baseAddress)
          }
        }
      }
    }
  }
}

extension RowBatch {
  /// The bytes of a text or blob; nil when null, and for numbers.
  func text(orBlob column: Int, _ row: Int) -> UnsafeRawBufferPointer? {
    kinds[column] == .text || kinds[column] == .blob ? bytes(column, row) : nil
  }
}

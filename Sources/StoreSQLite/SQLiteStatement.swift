internal import GRDB
internal import GRDBSQLite
internal import Store

/// A prepared statement, spoken to through SQLite's C interface.
struct SQLiteStatement {
  private let statement: GRDB.Statement
  private let prepared: OpaquePointer
  private let database: Database
  private let location: String

  init(_ statement: GRDB.Statement, database: Database, location: String) {
    self.statement = statement
    prepared = statement.sqliteStatement
    self.database = database
    self.location = location
  }

  // A destructor of −1 tells SQLite to copy the bytes before the call returns.
  // Safe: SQLite compares this address and never calls it.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  /// Whether there is another row.
  func step() throws -> Bool {
    switch sqlite3_step(prepared) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw failure(code)
    }
  }

  /// Makes it ready to run again; what is bound stays.
  func reset() { sqlite3_reset(prepared) }

  /// Resets it and forgets what is bound.
  func end() {
    sqlite3_reset(prepared)
    sqlite3_clear_bindings(prepared)
  }

  func bind(_ values: [SQLValue]) throws {
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      switch value {
      case .null: try check(sqlite3_bind_null(prepared, place))
      case .integer(let value): try check(sqlite3_bind_int64(prepared, place, value))
      case .real(let value): try check(sqlite3_bind_double(prepared, place, value))
      case .text(var value):
        try value.withUTF8 { bytes in
          try bind(UnsafeRawBufferPointer(bytes), isText: true, place, SQLiteStatement.copied)
        }
      case .blob(let value):
        try value.withUnsafeBytes { try bind($0, isText: false, place, SQLiteStatement.copied) }
      }
    }
  }

  /// Binds a row of a batch, whose bytes are not copied: the batch stays as it is until `end`.
  /// - Parameters:
  ///   - last: the row that is bound in the same places; nil before the first, when all of them are null.
  ///   - offset: how many arguments come before.
  func bind(_ rows: RowBatch, row: Int, after last: Int? = nil, at offset: Int = 0) throws {
    for column in rows.kinds.indices {
      let place = Int32(offset + column + 1)
      if rows.isNull(column, row) {
        // Most columns are null in all rows or in none.
        if let last, !rows.isNull(column, last) { try check(sqlite3_bind_null(prepared, place)) }
        continue
      }
      switch rows.kinds[column] {
      case .integer: try check(sqlite3_bind_int64(prepared, place, rows.integer(column, row) ?? 0))
      case .real: try check(sqlite3_bind_double(prepared, place, rows.real(column, row) ?? 0))
      case .text: if let bytes = rows.bytes(column, row) { try bind(bytes, isText: true, place, nil) }
      case .blob: if let bytes = rows.bytes(column, row) { try bind(bytes, isText: false, place, nil) }
      }
    }
  }

  private func bind(
    _ bytes: UnsafeRawBufferPointer, isText: Bool, _ place: Int32, _ destructor: sqlite3_destructor_type?
  ) throws {
    let count = UInt64(bytes.count)
    // A null pointer would bind NULL: empty is not absent.
    switch bytes.baseAddress {
    case let start? where isText:
      let text = start.assumingMemoryBound(to: CChar.self)
      try check(sqlite3_bind_text64(prepared, place, text, count, destructor, UInt8(SQLITE_UTF8)))
    case let start?: try check(sqlite3_bind_blob64(prepared, place, start, count, destructor))
    case nil where isText: try check(sqlite3_bind_text(prepared, place, "", 0, SQLiteStatement.copied))
    case nil: try check(sqlite3_bind_zeroblob(prepared, place, 0))
    }
  }

  /// Copies the columns of the row that the statement stands on.
  /// - Throws: `LedgerError` when a value is not of its column's kind: no version of this program wrote it.
  func copyRow(into batch: RowBatch) throws {
    for column in 0..<Int32(batch.kinds.count - batch.cursor) {
      // Safe: the connection is only used on this thread. Asked as a value, a column is looked for once and not thrice, and a
      // text is not copied to end with a zero.
      let value = sqlite3_column_value(prepared, column)
      switch (sqlite3_value_type(value), batch.kinds[batch.cursor]) {
      case (SQLITE_NULL, .integer): batch.append(nil as Int64?)
      case (SQLITE_NULL, .real): batch.append(nil as Double?)
      case (SQLITE_NULL, _): batch.append(bytes: nil)
      case (SQLITE_INTEGER, .integer): batch.append(sqlite3_value_int64(value))
      case (SQLITE_INTEGER, .real), (SQLITE_FLOAT, .real): batch.append(sqlite3_value_double(value))
      case (SQLITE_TEXT, .text), (SQLITE_BLOB, .blob):
        let start = sqlite3_value_blob(value)
        batch.append(bytes: UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
      default:
        throw LedgerError(
          .damaged, location: location, problem: "a value is not of its column's kind",
          remedy: "`tally ledger verify` says which; go back to a copy")
      }
    }
  }

  @inline(__always)
  private func check(_ code: Int32) throws {
    if code != SQLITE_OK { throw failure(code) }
  }

  private func failure(_ code: Int32) -> DatabaseError {
    let message = sqlite3_errmsg(database.sqliteConnection).map { String(cString: $0) }
    return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: statement.sql)
  }
}

internal import GRDB
internal import GRDBSQLite
internal import Store

/// One connection, for the length of one transaction.
final class SQLiteConnection: EngineWriter {
  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  // A destructor of −1 tells SQLite to copy the bytes before the call returns.
  // Safe: SQLite compares this address and never calls it.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  func query(_ statement: Store.Statement, _ body: (RowBatch) throws -> Void) throws {
    let prepared = try prepare(statement.sql)
    defer { reset(prepared) }
    try bind(statement.arguments, to: prepared)
    let batch = RowBatch(statement.columns)
    while try step(prepared) {
      for (column, kind) in batch.kinds.enumerated() { copy(prepared, Int32(column), kind, into: batch) }
      if batch.isFull {
        try body(batch)
        batch.removeAll()
      }
    }
    if batch.count > 0 { try body(batch) }
  }

  func execute(_ statement: Store.Statement) throws {
    let prepared = try prepare(statement.sql)
    defer { reset(prepared) }
    try bind(statement.arguments, to: prepared)
    while try step(prepared) {}
  }

  func executeForEach(_ sql: String, _ rows: RowBatch) throws {
    guard rows.count > 0 else { return }
    let prepared = try prepare(sql)
    defer { reset(prepared) }
    for row in 0..<rows.count {
      bind(rows, row, to: prepared)
      while try step(prepared) {}
      sqlite3_reset(prepared.sqliteStatement)
    }
  }

  func queryForEach(
    _ sql: String, _ rows: RowBatch, columns: [RowBatch.ColumnKind], _ body: (RowBatch) throws -> Void
  ) throws {
    guard rows.count > 0 else { return }
    let prepared = try prepare(sql)
    defer { reset(prepared) }
    let batch = RowBatch([.integer] + columns)
    for row in 0..<rows.count {
      bind(rows, row, to: prepared)
      while try step(prepared) {
        batch.append(Int64(row))
        for (column, kind) in columns.enumerated() { copy(prepared, Int32(column), kind, into: batch) }
        if batch.isFull {
          try body(batch)
          batch.removeAll()
        }
      }
      sqlite3_reset(prepared.sqliteStatement)
    }
    if batch.count > 0 { try body(batch) }
  }

  /// A prepared statement that is not running: the cached one, unless a question is asked while its answer is read.
  private func prepare(_ sql: String) throws -> GRDB.Statement {
    let cached = try database.cachedStatement(sql: sql)
    if sqlite3_stmt_busy(cached.sqliteStatement) == 0 { return cached }
    return try database.makeStatement(sql: sql)
  }

  private func reset(_ statement: GRDB.Statement) {
    sqlite3_reset(statement.sqliteStatement)
    sqlite3_clear_bindings(statement.sqliteStatement)
  }

  /// Whether there is another row.
  private func step(_ statement: GRDB.Statement) throws -> Bool {
    switch sqlite3_step(statement.sqliteStatement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let message = sqlite3_errmsg(database.sqliteConnection).map { String(cString: $0) }
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: statement.sql)
    }
  }

  private func bind(_ values: [SQLValue], to statement: GRDB.Statement) throws {
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      switch value {
      case .null: sqlite3_bind_null(statement.sqliteStatement, place)
      case .integer(let value): sqlite3_bind_int64(statement.sqliteStatement, place, value)
      case .real(let value): sqlite3_bind_double(statement.sqliteStatement, place, value)
      case .text(let value):
        var value = value
        value.withUTF8 { bytes in
          bind(UnsafeRawBufferPointer(bytes), isText: true, place, statement)
        }
      case .blob(let value): value.withUnsafeBytes { bind($0, isText: false, place, statement) }
      }
    }
  }

  private func bind(_ rows: RowBatch, _ row: Int, to statement: GRDB.Statement) {
    for (column, kind) in rows.kinds.enumerated() {
      let place = Int32(column + 1)
      if rows.isNull(column, row) {
        sqlite3_bind_null(statement.sqliteStatement, place)
        continue
      }
      switch kind {
      case .integer: sqlite3_bind_int64(statement.sqliteStatement, place, rows.integer(column, row) ?? 0)
      case .real: sqlite3_bind_double(statement.sqliteStatement, place, rows.real(column, row) ?? 0)
      case .text, .blob:
        rows.withBytes(column, row) { bytes in
          bind(bytes ?? UnsafeRawBufferPointer(start: nil, count: 0), isText: kind == .text, place, statement)
        }
      }
    }
  }

  private func bind(
    _ bytes: UnsafeRawBufferPointer, isText: Bool, _ place: Int32, _ statement: GRDB.Statement
  ) {
    let count = Int32(truncatingIfNeeded: bytes.count)
    // A null pointer would bind NULL: empty is not absent.
    if isText {
      let start = bytes.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }
      if let start {
        sqlite3_bind_text(statement.sqliteStatement, place, start, count, SQLiteConnection.copied)
      } else {
        sqlite3_bind_text(statement.sqliteStatement, place, "", 0, SQLiteConnection.copied)
      }
    } else if let start = bytes.baseAddress {
      sqlite3_bind_blob(statement.sqliteStatement, place, start, count, SQLiteConnection.copied)
    } else {
      sqlite3_bind_zeroblob(statement.sqliteStatement, place, 0)
    }
  }

  private func copy(
    _ statement: GRDB.Statement, _ column: Int32, _ kind: RowBatch.ColumnKind, into batch: RowBatch
  ) {
    let prepared = statement.sqliteStatement
    let isNull = sqlite3_column_type(prepared, column) == SQLITE_NULL
    switch kind {
    case .integer: batch.append(isNull ? nil : sqlite3_column_int64(prepared, column))
    case .real: batch.append(isNull ? nil : sqlite3_column_double(prepared, column))
    case .text:
      let text = isNull ? nil : sqlite3_column_text(prepared, column)
      batch.append(bytes: text.map { UnsafeRawBufferPointer(start: $0, count: length(prepared, column)) })
    case .blob:
      guard !isNull else { return batch.append(bytes: nil) }
      let start = sqlite3_column_blob(prepared, column)
      batch.append(bytes: UnsafeRawBufferPointer(start: start, count: length(prepared, column)))
    }
  }

  private func length(_ statement: OpaquePointer, _ column: Int32) -> Int {
    Int(sqlite3_column_bytes(statement, column))
  }
}

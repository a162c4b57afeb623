internal import GRDB
internal import GRDBSQLite
internal import Store

/// One connection, for the length of one transaction.
final class SQLiteConnection: EngineWriter {
  private let database: Database
  private let location: String

  init(_ database: Database, location: String) {
    self.database = database
    self.location = location
  }

  func query(_ statement: Store.Statement, _ body: (RowBatch) throws -> Void) throws {
    let prepared = try prepare(statement.sql)
    defer { prepared.end() }
    try prepared.bind(statement.arguments)
    let batch = RowBatch(statement.columns)
    while try prepared.step() {
      try prepared.copyRow(into: batch)
      if batch.isFull {
        try body(batch)
        batch.removeAll()
      }
    }
    if batch.count > 0 { try body(batch) }
  }

  func execute(_ statement: Store.Statement) throws {
    let prepared = try prepare(statement.sql)
    defer { prepared.end() }
    try prepared.bind(statement.arguments)
    while try prepared.step() {}
  }

  /// A statement that inserts several rows spares three quarters of what it costs to start one. Of wide rows that is little,
  /// and where an index calls a function, as one of spans does, SQLite keeps a copy of every page that such a statement
  /// changes, in a file.
  private static func rowsAtOnce(_ columns: [String]) -> Int { columns.count > 32 ? 1 : 16 }

  func insert(into table: String, columns: [String], _ rows: RowBatch, order: [Int]?) throws {
    let count = order?.count ?? rows.count
    let atOnce = SQLiteConnection.rowsAtOnce(columns)
    let whole = count / atOnce * atOnce
    for (places, size) in [(0..<whole, atOnce), (whole..<count, 1)] where !places.isEmpty {
      let prepared = try prepare(SQLiteConnection.insertion(table, columns, rows: size))
      defer { prepared.end() }
      for start in stride(from: places.lowerBound, to: places.upperBound, by: size) {
        for offset in 0..<size {
          // Before the first row, everything that can be bound is null.
          let last = start == places.lowerBound ? nil : start - size + offset
          try prepared.bind(
            rows, row: order?[start + offset] ?? start + offset, after: last.map { order?[$0] ?? $0 },
            at: offset * columns.count)
        }
        while try prepared.step() {}
        prepared.reset()
      }
    }
  }

  /// `OR FAIL`: what fails leaves the rows before it, and the transaction, which ends with it, takes them back. A statement
  /// that took back its own rows would keep the pages that it changes, as above.
  private static func insertion(_ table: String, _ columns: [String], rows: Int) -> String {
    let values = (0..<rows).map { row in
      "(" + columns.indices.map { "?\(row * columns.count + $0 + 1)" }.joined(separator: ",") + ")"
    }
    return "INSERT OR FAIL INTO \(table)(\(columns.joined(separator: ","))) VALUES \(values.joined(separator: ","))"
  }

  func executeForEach(_ sql: String, _ rows: RowBatch) throws {
    guard rows.count > 0 else { return }
    let prepared = try prepare(sql)
    defer { prepared.end() }
    for row in 0..<rows.count {
      try prepared.bind(rows, row: row, after: row == 0 ? nil : row - 1)
      while try prepared.step() {}
      prepared.reset()
    }
  }

  func queryForEach(
    _ sql: String, _ rows: RowBatch, order: [Int]?, columns: [RowBatch.ColumnKind], _ body: (RowBatch) throws -> Void
  ) throws {
    guard rows.count > 0 else { return }
    let prepared = try prepare(sql)
    defer { prepared.end() }
    let batch = RowBatch([.integer] + columns)
    var last: Int?
    for place in 0..<(order?.count ?? rows.count) {
      let row = order?[place] ?? place
      try prepared.bind(rows, row: row, after: last)
      last = row
      while try prepared.step() {
        batch.append(Int64(row))
        try prepared.copyRow(into: batch)
        if batch.isFull {
          try body(batch)
          batch.removeAll()
        }
      }
      prepared.reset()
    }
    if batch.count > 0 { try body(batch) }
  }

  func problems() throws -> [String] {
    var found: [String] = []
    try query(Store.Statement("PRAGMA integrity_check(20)", columns: [.text])) { batch in
      for row in 0..<batch.count { found.append("the database file: \(batch.string(0, row) ?? "")") }
    }
    return found == ["the database file: ok"] ? [] : found
  }

  /// A statement that is not running: the cached one, unless a question is asked while its answer is read.
  private func prepare(_ sql: String) throws -> SQLiteStatement {
    let cached = try database.cachedStatement(sql: sql)
    let isBusy = sqlite3_stmt_busy(cached.sqliteStatement) != 0
    return SQLiteStatement(
      isBusy ? try database.makeStatement(sql: sql) : cached, database: database, location: location)
  }
}

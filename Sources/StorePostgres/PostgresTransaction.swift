internal import CPostgres
internal import Store

/// One transaction on a connection, as the ledger uses it.
final class PostgresTransaction: EngineWriter {
  private let session: PostgresSession
  private var cursorCount = 0
  /// Cursors that were read to their end, to be closed with the next question.
  private var finished: [String] = []
  /// Whether anything was written.
  private(set) var hasWritten = false

  init(_ session: PostgresSession) {
    self.session = session
  }

  /// Questions in one go: so many answers may lie in memory.
  private static let pipelineLength = 512

  // MARK: Reading

  func query(_ statement: Statement, _ body: (RowBatch) throws -> Void) throws {
    let batch = RowBatch(statement.columns)
    if statement.isShort {
      let result = try session.run(statement)
      let decoder = try ResultDecoder(result, into: batch, location: session.location)
      for row in 0..<result.rowCount {
        try decoder.copy(row, into: batch)
        try handOver(batch, body)
      }
    } else {
      try read(statement, into: batch, body)
    }
    if batch.count > 0 { try body(batch) }
  }

  private func handOver(_ batch: RowBatch, _ body: (RowBatch) throws -> Void) throws {
    guard batch.isFull else { return }
    try body(batch)
    batch.removeAll()
  }

  private func read(_ statement: Statement, into batch: RowBatch, _ body: (RowBatch) throws -> Void) throws {
    let cursor = try open(statement)
    // Also when whoever takes the rows wants no more of them.
    defer { finished.append(cursor.name) }
    var (asked, longestRow) = (PostgresCursor.firstPage, 0)
    while let page = cursor.page {
      cursor.page = nil
      let (count, wanted) = (page.rowCount, asked)
      // The server looks for the next rows while these are read.
      if count == wanted {
        if longestRow == 0 { longestRow = try PostgresTransaction.size(of: page, session.location, batch.kinds) }
        asked = PostgresCursor.rows(after: asked, longestRow: longestRow)
        try session.request(cursor, rows: asked)
      }
      let decoder = try ResultDecoder(page, into: batch, location: session.location)
      for row in 0..<count {
        longestRow = max(longestRow, try decoder.copy(row, into: batch))
        try handOver(batch, body)
      }
      if count < wanted { break }
      if cursor.page == nil { try session.settle() }
    }
  }

  /// The size of the longest row of a first page.
  private static func size(of page: PostgresResult, _ location: String, _ kinds: [RowBatch.ColumnKind]) throws -> Int {
    (0..<Int32(page.rowCount)).reduce(1) { longest, row in
      max(longest, (0..<Int32(kinds.count)).reduce(0) { $0 + Int(PQgetlength(page.pointer, row, $1)) + 8 })
    }
  }

  private func open(_ statement: Statement) throws -> PostgresCursor {
    cursorCount += 1
    let cursor = PostgresCursor(name: "tally_cursor_\(cursorCount)")
    let sql = PostgresStatements.declare(cursor.name, for: PostgresDialect.translate(statement.sql))
    let fetch = PostgresStatements.fetch(PostgresCursor.firstPage, from: cursor.name)
    let closing = finished.map(PostgresStatements.close)
    finished.removeAll()
    try session.pipeline { pipeline in
      for close in closing { pipeline.add(close) }
      pipeline.add(sql, PostgresParameters(statement.arguments))
      pipeline.add(fetch)
    } each: { place, result in
      if place == closing.count + 1 { cursor.page = result }
    }
    return cursor
  }

  func queryForEach(
    _ sql: String, _ rows: RowBatch, order: [Int]?, columns: [RowBatch.ColumnKind], _ body: (RowBatch) throws -> Void
  ) throws {
    let batch = RowBatch([.integer] + columns)
    try forEach(sql, rows, order: order) { row, result in
      let decoder = try ResultDecoder(result, into: batch, location: session.location)
      for answer in 0..<result.rowCount {
        batch.append(Int64(row))
        try decoder.copy(answer, into: batch)
      }
    } afterEachGo: {
      try handOver(batch, body)
    }
    if batch.count > 0 { try body(batch) }
  }

  private func forEach(
    _ sql: String, _ rows: RowBatch, order: [Int]?, _ answer: (_ row: Int, PostgresResult) throws -> Void,
    afterEachGo: () throws -> Void = {}
  ) throws {
    let count = order?.count ?? rows.count
    guard count > 0 else { return }
    let name = try session.name(of: sql, types: rows.kinds.map(PostgresParameters.type))
    let parameters = PostgresParameters()
    for start in stride(from: 0, to: count, by: PostgresTransaction.pipelineLength) {
      let places = start..<min(start + PostgresTransaction.pipelineLength, count)
      try session.pipeline { pipeline in
        for place in places {
          parameters.set(rows, row: order?[place] ?? place)
          pipeline.add(prepared: name, parameters)
        }
      } each: { place, result in
        try answer(order?[start + place] ?? start + place, result)
      }
      try afterEachGo()
    }
  }

  func problems() throws -> [String] {
    var found: [String] = []
    try query(PostgresStatements.problems) { batch in
      for row in 0..<batch.count { found.append("the server: \(batch.string(0, row) ?? "")") }
    }
    return found
  }

  // MARK: Writing

  func execute(_ statement: Statement) throws {
    hasWritten = true
    if let indexes = PostgresDialect.indexes(statement.sql) {
      for index in indexes { try session.run(index) }
    } else {
      _ = try session.run(statement)
    }
  }

  func insert(into table: String, columns: [String], _ rows: RowBatch, order: [Int]?) throws {
    guard order?.count ?? rows.count > 0 else { return }
    hasWritten = true
    try session.copy(into: table, columns: columns, rows, order: order)
  }

  func executeForEach(_ sql: String, _ rows: RowBatch) throws {
    guard rows.count > 0 else { return }
    hasWritten = true
    try forEach(sql, rows, order: nil) { _, _ in }
  }
}

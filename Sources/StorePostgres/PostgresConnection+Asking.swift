internal import CPostgres
internal import Records
public import Store

extension PostgresConnection {
  /// Answers one statement that a person wrote.
  ///
  /// The transaction only reads, and has looked at the database, after which no setting makes it write. The statement is
  /// behind a cursor, whose grammar takes nothing but one SELECT: no COPY, no DO, no SET, no second statement, no change
  /// in a WITH. Where the ledger's user may take the role `pg_read_all_data` (an administrator may), the question runs in
  /// it, and functions that ask for more find no rights. What functions might do all the same is refused by their names
  /// (`StatementRule`).
  func ask(_ statement: AskedStatement, _ receiver: some AnswerReceiver) throws {
    let opening = try StatementRule.opening(statement.sql)
    try StatementRule.checkNames(statement.sql)
    let session = try connect()
    for view in LedgerView.all { try session.run(view.definition(.postgres)) }
    try session.run(PostgresStatements.beginReading)
    defer { session.rollBack() }
    restrict(session)
    try session.run(PostgresStatements.patience(statement.patience))
    guard opening == .question else {
      // It is sent as one message, which the server takes as one statement; it only reads, as the transaction does.
      let reader = AskedPage(try session.ask(statement.sql, prefix: 0, statement.patience))
      try receiver.start(columns: reader.columns)
      for row in 0..<reader.count { guard try receiver.receive(reader.row(row)) else { return } }
      return
    }
    let declaration = PostgresStatements.declare("asked", for: "")
    try session.ask(declaration + statement.sql, prefix: declaration.unicodeScalars.count, statement.patience)
    var isFirst = true
    while true {
      let rows = isFirst ? PostgresCursor.firstPage : 1_024
      let page = try session.ask(PostgresStatements.fetch(rows, from: "asked"), prefix: nil, statement.patience)
      let reader = AskedPage(page)
      if isFirst { try receiver.start(columns: reader.columns) }
      isFirst = false
      for row in 0..<page.rowCount { guard try receiver.receive(reader.row(row)) else { return } }
      if page.rowCount < rows { return }
    }
  }

  /// Takes the role that only reads, where that is allowed.
  private func restrict(_ session: PostgresSession) {
    do {
      for step in PostgresStatements.takeReadingRole { try session.run(step) }
    } catch {
      // Most users may not: their own rights are what they are.
      _ = try? session.run(PostgresStatements.leaveReadingRole)
    }
  }
}

extension PostgresEngine {
  public func ask(_ statement: AskedStatement, _ receiver: some AnswerReceiver & Sendable) async throws {
    // What a statement might do to its session ends with it.
    let connection = newConnection()
    defer { connection.close() }
    try await connection.ask(statement, receiver)
  }
}

/// Rows that came as texts.
struct AskedPage {
  private let result: PostgresResult
  let columns: [String]
  private let types: [Oid]
  var count: Int { result.rowCount }

  init(_ result: PostgresResult) {
    self.result = result
    let count = PQnfields(result.pointer)
    columns = (0..<count).map { PQfname(result.pointer, $0).map { String(cString: $0) } ?? "" }
    types = (0..<count).map { PQftype(result.pointer, $0) }
  }

  func row(_ row: Int) -> [AskedValue] { types.indices.map { value(Int32(row), Int32($0)) } }

  private func value(_ row: Int32, _ column: Int32) -> AskedValue {
    guard PQgetisnull(result.pointer, row, column) == 0, let start = PQgetvalue(result.pointer, row, column) else {
      return .null
    }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result.pointer, row, column)))
    let text = String(decoding: bytes, as: UTF8.self)
    switch types[Int(column)] {
    case Libpq.TypeNumber.integer64, Libpq.TypeNumber.integer32, Libpq.TypeNumber.integer16:
      return Int64(text).map(AskedValue.integer) ?? .text(text)
    case Libpq.TypeNumber.real64, Libpq.TypeNumber.real32:
      return Double(text).map(AskedValue.real) ?? .text(text)
    case Libpq.TypeNumber.boolean: return .integer(text == "t" ? 1 : 0)
    case Libpq.TypeNumber.numeric: return AskedPage.number(text)
    case Libpq.TypeNumber.bytes: return AskedPage.bytes(text).map(AskedValue.blob) ?? .text(text)
    case Libpq.TypeNumber.text where PostgresText.isEscaped(bytes):
      return .text(String(decoding: PostgresText.unescaped(bytes), as: UTF8.self))
    default: return .text(text)
    }
  }

  /// Sums and averages are decimal numbers there.
  private static func number(_ text: String) -> AskedValue {
    if let whole = Int64(text) { return .integer(whole) }
    // Infinities and what is no number are words there.
    let isNumber = text.utf8.allSatisfy { $0 == 0x2D || $0 == 0x2E || (0x30...0x39).contains($0) }
    return isNumber ? .decimal(text) : .text(text)
  }

  /// `\x00ff`
  private static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8.dropFirst(2))
    guard text.hasPrefix("\\x"), digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { place in
      UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) ?? 0
    }
  }
}

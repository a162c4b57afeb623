internal import Dispatch
internal import GRDBSQLite
internal import Records
public import Store

/// A connection for one statement that a person wrote.
///
/// The file is opened for reading only; an authorizer lets the statement read and compute and nothing else, so that no
/// `PRAGMA`, `ATTACH` or `CREATE` is even compiled. Not GRDB's: its connections carry an authorizer of their own.
final class AskingConnection {
  private let database: OpaquePointer
  private let location: String
  /// What the statement would do that it may not.
  private var denied: String?

  /// Texts and blobs that a statement makes are no longer than this, in bytes.
  private static let longestValue: Int32 = 1 << 28
  /// Instructions of SQLite's machine between looks at the clock.
  private static let pace: Int32 = 20_000

  init(path: String) throws {
    location = path
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let opened else {
      let said = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
      sqlite3_close_v2(opened)
      throw LedgerError(
        .unreadable, location: path, problem: "cannot be opened (\(said))", remedy: "Check that you may read it")
    }
    database = opened
    sqlite3_busy_timeout(database, 10_000)
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, AskingConnection.longestValue)
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0)
    for sql in ["PRAGMA trusted_schema = OFF", "PRAGMA cache_size = -65536", "PRAGMA temp_store = FILE"] {
      try run(sql)
    }
    for view in LedgerView.all { try run(view.definition(.sqlite)) }
    guard CarefulSums.install(database) else {
      throw LedgerError(
        .database, location: path, problem: message, remedy: "This is a fault of tally: please report it")
    }
    try run("PRAGMA query_only = ON")
    sqlite3_set_authorizer(
      database,
      { context, action, first, second, _, _ in
        // Safe: the connection outlives its authorizer, which is taken away before it is gone.
        let guarded = context.map { Unmanaged<AskingConnection>.fromOpaque($0).takeUnretainedValue() }
        return guarded?.permits(action, first, second) ?? SQLITE_DENY
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit {
    sqlite3_set_authorizer(database, nil, nil)
    sqlite3_close_v2(database)
  }

  private func run(_ sql: String) throws {
    guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
      throw LedgerError(
        .database, location: location, problem: "\(message) in \(sql)",
        remedy: "This is a fault of tally: please report it")
    }
  }

  private var message: String { String(cString: sqlite3_errmsg(database)) }

  /// Functions that reach beyond the database, where somebody built them in.
  private static let foreignFunctions: Set<String> = [
    "load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "lsdir", "fsdir", "shell_add_schema",
  ]

  private func permits(
    _ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?
  ) -> Int32 {
    let names = (first.map { String(cString: $0) }, second.map { String(cString: $0) })
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
    case SQLITE_FUNCTION:
      guard AskingConnection.foreignFunctions.contains(names.1?.lowercased() ?? "") else { return SQLITE_OK }
      denied = "call \(names.1 ?? "")()"
    case SQLITE_DELETE: denied = "delete from \(names.0 ?? "a table")"
    case SQLITE_INSERT: denied = "insert into \(names.0 ?? "a table")"
    case SQLITE_UPDATE: denied = "update \(names.0 ?? "a table")"
    case SQLITE_PRAGMA: denied = "use PRAGMA \(names.0 ?? "")"
    default: denied = "do something else"
    }
    return SQLITE_DENY
  }

  // MARK: Asking

  func ask(_ statement: AskedStatement, _ receiver: some AnswerReceiver) throws {
    let prepared = try prepare(statement.sql)
    defer { sqlite3_finalize(prepared) }
    guard sqlite3_stmt_readonly(prepared) != 0 else {
      throw StatementProblem(.refused, "a question may not change anything")
    }
    let columns = sqlite3_column_count(prepared)
    guard columns > 0 else { throw StatementProblem(.refused, "it asks for nothing: write a SELECT") }
    let watch = Watch(statement)
    sqlite3_progress_handler(
      database, AskingConnection.pace,
      { context in
        // Safe: it is lent for as long as the handler is set.
        context.map { Unmanaged<Watch>.fromOpaque($0).takeUnretainedValue().isOver } == true ? 1 : 0
      }, Unmanaged.passUnretained(watch).toOpaque())
    defer { sqlite3_progress_handler(database, 0, nil, nil) }
    try withExtendedLifetime(watch) {
      try receiver.start(
        columns: (0..<columns).map { sqlite3_column_name(prepared, $0).map { String(cString: $0) } ?? "" })
      while true {
        switch sqlite3_step(prepared) {
        case SQLITE_DONE: return
        case SQLITE_ROW:
          guard try receiver.receive((0..<columns).map { AskingConnection.value(prepared, $0) }) else { return }
        case SQLITE_INTERRUPT: throw StatementProblem.slow(statement.patience)
        case let code: throw problem(code, statement.sql)
        }
      }
    }
  }

  /// The clock, for the one who looks at it now and then.
  private final class Watch {
    private let statement: AskedStatement
    private let deadline: Instant

    init(_ statement: AskedStatement) {
      self.statement = statement
      deadline = statement.deadline
    }

    var isOver: Bool { statement.isOver(deadline) }
  }

  private func prepare(_ sql: String) throws -> OpaquePointer {
    _ = try StatementRule.opening(sql)
    return try sql.withCString { text in
      var (prepared, tail): (OpaquePointer?, UnsafePointer<CChar>?)
      let code = sqlite3_prepare_v2(database, text, -1, &prepared, &tail)
      guard code == SQLITE_OK else { throw problem(code, sql) }
      guard let prepared else { throw StatementProblem(.refused, "there is no statement") }
      // What follows may be spaces and comments: nothing that compiles to anything, or does not compile.
      var next: OpaquePointer?
      let rest = tail.map { sqlite3_prepare_v2(database, $0, -1, &next, nil) } ?? SQLITE_OK
      let isAlone = rest == SQLITE_OK && next == nil
      sqlite3_finalize(next)
      guard isAlone else {
        sqlite3_finalize(prepared)
        let offset = tail.map { AskingConnection.scalars(sql, before: $0 - text) }
        throw StatementProblem(.refused, "one statement at a time", offset: offset)
      }
      return prepared
    }
  }

  private func problem(_ code: Int32, _ sql: String) -> any Error {
    let (said, place) = (message, sqlite3_error_offset(database))
    switch code & 0xFF {
    case SQLITE_AUTH:
      return StatementProblem(.refused, "it would \(denied ?? "do something else"): a question only reads the ledger")
    case SQLITE_READONLY: return StatementProblem(.refused, "a question may not change anything")
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN:
      return LedgerError(
        .unreadable, location: location, problem: "cannot be read (\(said))",
        remedy: "`tally ledger verify` says more")
    default:
      return StatementProblem(
        .failed, said, offset: place < 0 ? nil : AskingConnection.scalars(sql, before: Int(place)))
    }
  }

  private static func scalars(_ sql: String, before byte: Int) -> Int {
    String(decoding: sql.utf8.prefix(byte), as: UTF8.self).unicodeScalars.count
  }

  private static func value(_ prepared: OpaquePointer, _ column: Int32) -> AskedValue {
    switch sqlite3_column_type(prepared, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(prepared, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(prepared, column))
    case SQLITE_TEXT:
      let start = sqlite3_column_text(prepared, column)
      let bytes = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(prepared, column)))
      return .text(String(decoding: bytes, as: UTF8.self))
    case SQLITE_BLOB:
      let start = sqlite3_column_blob(prepared, column)
      return .blob(Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(prepared, column)))))
    default: return .null
    }
  }
}

extension SQLiteEngine {
  public func ask(_ statement: AskedStatement, _ receiver: some AnswerReceiver & Sendable) async throws {
    // On a thread of its own: a question may take long.
    try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
      DispatchQueue(label: "asking").async { [location] in
        waiter.resume(with: Result { try AskingConnection(path: location).ask(statement, receiver) })
      }
    }
  }
}

internal import CPostgres
internal import Store

/// One connection, spoken to by one thread: sends statements and reads their answers.
///
/// What need not be waited for at once is left pending (`Pending`): the server works on it while the caller goes on, and
/// whatever is sent next first reads its answer.
final class PostgresSession {
  /// What was sent and not answered yet.
  private enum Pending {
    case nothing
    /// The end of a `COPY`.
    case copy
    /// The next rows of a cursor.
    case page(PostgresCursor)
  }

  let address: PostgresAddress
  var location: String { address.location }
  private let connection: OpaquePointer
  private let failure: PostgresFailure
  private var pending = Pending.nothing
  private var catalogue = StatementCatalogue()
  private let encoder = CopyEncoder()

  /// - Throws: `LedgerError` when the server cannot be reached or refuses the login.
  init(_ address: PostgresAddress) throws {
    self.address = address
    failure = PostgresFailure(address: address)
    // What comes after the address outweighs it, what comes before does not.
    let settings: KeyValuePairs = [
      "connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "6",
      "tcp_user_timeout": "120000", "dbname": address.url, "client_encoding": "UTF8",
      "fallback_application_name": "tally",
    ]
    guard let opened = PostgresSession.open(settings) else {
      throw LedgerError(
        .unreadable, location: address.location, problem: "there is no memory for a connection", remedy: "Repeat")
    }
    guard PQstatus(opened) == CONNECTION_OK else {
      let said = String(cString: PQerrorMessage(opened))
      PQfinish(opened)
      throw failure.unreachable(said)
    }
    connection = opened
    // Notices are for people at a terminal; nothing of ours depends on them.
    _ = PQsetNoticeProcessor(opened, { _, _ in }, nil)
  }

  deinit { PQfinish(connection) }

  private static func open(_ settings: KeyValuePairs<String, String>) -> OpaquePointer? {
    var texts: [[CChar]] = []
    for (key, value) in settings { texts += [Array(key.utf8CString), Array(value.utf8CString)] }
    let pieces = texts.map { text in
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
      copy.initialize(from: text, count: text.count)
      return UnsafePointer(copy)
    }
    defer { for piece in pieces { piece.deallocate() } }
    func every(from start: Int) -> [UnsafePointer<CChar>?] {
      stride(from: start, to: pieces.count, by: 2).map { pieces[$0] } + [nil]
    }
    return PQconnectdbParams(every(from: 0), every(from: 1), 1)
  }

  private(set) var isUsable = true
  var isBroken: Bool { !isUsable || PQstatus(connection) != CONNECTION_OK }

  // MARK: Transactions

  /// - Throws: when the server undid the transaction instead.
  func commit() throws {
    let result = try run(PostgresStatements.commit)
    // A transaction in which a statement failed ends so, without an error.
    guard String(cString: PQcmdStatus(result.pointer)) == "COMMIT" else {
      throw LedgerError(
        .database, location: location, problem: "a statement of this delivery failed; nothing of it was stored",
        remedy: "This is a fault of tally: please report it")
    }
  }

  /// Undoes what was begun, whatever is still pending.
  func rollBack() {
    try? settle()
    if (try? run(PostgresStatements.rollback)) == nil { isUsable = false }
  }

  // MARK: One statement

  /// Sends a statement and waits for its answer.
  /// - Parameter sql: as PostgreSQL writes it.
  @discardableResult
  func run(_ sql: String, _ arguments: PostgresParameters = PostgresParameters()) throws -> PostgresResult {
    try settle()
    try send(sql, arguments)
    return try answer()
  }

  /// Runs a statement of the house; one that was seen before is not read and planned again.
  func run(_ statement: Statement) throws -> PostgresResult {
    let arguments = PostgresParameters(statement.arguments)
    switch catalogue.use(statement.sql, types: arguments.types) {
    case .once(let sql): return try run(sql, arguments)
    case .prepared(let name):
      try settle()
      try send(prepared: name, arguments)
      return try answer()
    case .prepare(let name, let sql):
      try prepare(sql, as: name, types: arguments.types)
      try send(prepared: name, arguments)
      return try answer()
    }
  }

  private func prepare(_ sql: String, as name: String, types: [Oid]) throws {
    try settle()
    try check(PQsendPrepare(connection, name, sql, Int32(types.count), types))
    _ = try answer()
    catalogue.isPrepared(name)
  }

  /// The name of a statement that will run many times.
  func name(of sql: String, types: [Oid]) throws -> String {
    if catalogue.isFull {
      try run(PostgresStatements.forget)
      catalogue = StatementCatalogue()
    }
    while true {
      switch catalogue.use(sql, types: types) {
      case .once: continue
      case .prepared(let name): return name
      case .prepare(let name, let sql):
        try prepare(sql, as: name, types: types)
        return name
      }
    }
  }

  /// Runs what comes of a person's statement; what comes back is text.
  /// - Parameter prefix: how many characters of it are not the person's; nil when none are.
  /// - Throws: `StatementProblem` for what the server says of it.
  @discardableResult
  func ask(_ sql: String, prefix: Int?, _ patience: Duration) throws -> PostgresResult {
    try settle()
    try check(PQsendQueryParams(connection, sql, 0, nil, nil, nil, nil, 0))
    var last: PostgresResult?
    while let result = PQgetResult(connection).map(PostgresResult.init) {
      if last?.status != PGRES_FATAL_ERROR { last = result }
    }
    guard let last else { throw lost }
    guard last.status == PGRES_FATAL_ERROR else { return try sound(last) }
    throw failure.explain(last, prefix: prefix, patience)
  }

  private func send(_ sql: String, _ arguments: PostgresParameters) throws {
    try check(
      arguments.lend { count, values, lengths, formats in
        PQsendQueryParams(connection, sql, count, arguments.types, values, lengths, formats, 1)
      })
  }

  private func send(prepared name: String, _ arguments: PostgresParameters) throws {
    try check(
      arguments.lend { count, values, lengths, formats in
        PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
      })
  }

  /// The last answer to what was sent, once all of it is read.
  private func answer() throws -> PostgresResult {
    var last: PostgresResult?
    while let result = PQgetResult(connection).map(PostgresResult.init) {
      if last?.status != PGRES_FATAL_ERROR { last = result }
      // It waits for us: more answers come when we have done our part.
      if result.status == PGRES_COPY_IN { break }
    }
    guard let last else { throw lost }
    return try sound(last)
  }

  private func sound(_ result: PostgresResult) throws -> PostgresResult {
    switch result.status {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN, PGRES_PIPELINE_SYNC: return result
    default: throw isBroken ? lost : failure.explain(result)
    }
  }

  private func check(_ code: Int32) throws {
    if code != 1 { throw lost }
  }

  private var lost: LedgerError { failure.lost(String(cString: PQerrorMessage(connection))) }

  // MARK: What is pending

  /// Reads the answer to what was sent before.
  func settle() throws {
    let pending = pending
    self.pending = .nothing
    switch pending {
    case .nothing: return
    case .copy: _ = try answer()
    case .page(let cursor): cursor.page = try answer()
    }
  }

  /// Asks for the next rows of a cursor; `settle` brings them.
  func request(_ cursor: PostgresCursor, rows: Int) throws {
    try settle()
    try send(PostgresStatements.fetch(rows, from: cursor.name), PostgresParameters())
    pending = .page(cursor)
  }

  /// Sends rows; whether the server took them is known when something else is sent.
  func copy(into table: String, columns: [String], _ rows: RowBatch, order: [Int]?) throws {
    try run(PostgresStatements.copy(into: table, columns: columns))
    try encoder.encode(rows, order: order) { piece in
      try check(PQputCopyData(connection, piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count)))
    }
    try check(PQputCopyEnd(connection, nil))
    pending = .copy
  }

  // MARK: Many statements in one go

  /// Sends several statements before it reads the first answer.
  /// - Parameters:
  ///   - send: sends them, by what it is given.
  ///   - each: gets the answers in order.
  func pipeline(_ send: (PostgresPipeline) throws -> Void, each: (_ place: Int, PostgresResult) throws -> Void) throws {
    try settle()
    try check(PQenterPipelineMode(connection))
    let pipeline = PostgresPipeline(connection)
    var problem: (any Error)?
    do { try send(pipeline) } catch { problem = error }
    guard pipeline.isSound, PQpipelineSync(connection) == 1 else { throw lost }
    for place in 0..<pipeline.count {
      guard let result = PQgetResult(connection).map(PostgresResult.init) else { throw lost }
      do {
        if problem == nil { try each(place, try sound(result)) }
      } catch {
        problem = error
      }
      // The end of this answer.
      while let more = PQgetResult(connection) { PQclear(more) }
      if isBroken { throw problem ?? lost }
    }
    guard let end = PQgetResult(connection).map(PostgresResult.init), end.status == PGRES_PIPELINE_SYNC,
      PQexitPipelineMode(connection) == 1
    else { throw problem ?? lost }
    if let problem { throw problem }
  }
}

/// Takes statements that are sent in one go.
final class PostgresPipeline {
  private let connection: OpaquePointer
  private(set) var count = 0
  private(set) var isSound = true

  init(_ connection: OpaquePointer) {
    self.connection = connection
  }

  func add(_ sql: String, _ arguments: PostgresParameters = PostgresParameters()) {
    count += 1
    isSound =
      isSound
      && arguments.lend { count, values, lengths, formats in
        PQsendQueryParams(connection, sql, count, arguments.types, values, lengths, formats, 1)
      } == 1
  }

  func add(prepared name: String, _ arguments: PostgresParameters) {
    count += 1
    isSound =
      isSound
      && arguments.lend { count, values, lengths, formats in
        PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
      } == 1
  }
}

/// What a database must be able to do to hold a ledger. Everything above it is the same for every engine.
public protocol LedgerEngine: Sendable {
  /// Where the ledger lies, for people.
  var location: String { get }

  /// Reads one consistent state, however long it takes, without waiting for writers.
  func read<Result: Sendable>(_ body: @Sendable (any EngineReader) throws -> Result) async throws -> Result

  /// Runs one transaction at a time. When it returns, everything that `body` wrote is durable; when it throws, nothing
  /// was written. Waits for other processes that are writing.
  func write<Result: Sendable>(_ body: @Sendable (any EngineWriter) throws -> Result) async throws -> Result

  /// Answers a statement that a person wrote, on a connection of its own that cannot write, with the views of `LedgerView`.
  /// - Throws: `StatementProblem` when the statement is at fault.
  func ask(_ statement: AskedStatement, _ receiver: some AnswerReceiver & Sendable) async throws

  /// Copies one consistent state over what lies at another place, whole or not at all. Writers go on meanwhile.
  /// - Parameters:
  ///   - place: where a ledger of this kind of engine may lie; nobody else has it open.
  ///   - check: sees what is there and what shall be; throws to keep what is there.
  ///   - result: sees the copy and what was copied.
  func copy<Result: Sendable>(
    to place: String, check: @Sendable (_ there: any EngineReader, _ here: any EngineReader) throws -> Void,
    result: @Sendable (_ there: any EngineReader, _ here: any EngineReader) throws -> Result
  ) async throws -> Result

  func close() throws
}

public protocol EngineReader: AnyObject {
  /// Runs a statement and hands out its rows in batches, which are reused: copy what is kept.
  /// - Throws: also when a value is not of its column's kind; an integer may stand for a real.
  func query(_ statement: Statement, _ body: (RowBatch) throws -> Void) throws

  /// Runs a query once for every row of a batch, the row's values as arguments. The first column of what comes out, an
  /// integer, is the number of the row that was asked; `columns` are the kinds of the others.
  /// - Parameter order: which rows, in which order; nil for all.
  func queryForEach(
    _ sql: String, _ rows: RowBatch, order: [Int]?, columns: [RowBatch.ColumnKind], _ body: (RowBatch) throws -> Void)
    throws

  /// What the database itself finds wrong with what it holds, in words; reads all of it.
  func problems() throws -> [String]
}

public protocol EngineWriter: EngineReader {
  func execute(_ statement: Statement) throws

  /// Inserts rows of a batch into a table, its columns in the order of the batch's.
  /// - Parameter order: which rows, in which order; nil for all.
  func insert(into table: String, columns: [String], _ rows: RowBatch, order: [Int]?) throws

  /// Runs a statement once for every row of a batch, the row's values as arguments.
  func executeForEach(_ sql: String, _ rows: RowBatch) throws
}

extension EngineReader {
  /// All rows of a small answer.
  public func fetch<Row>(_ query: Query<Row>) throws -> [Row] {
    var rows: [Row] = []
    try self.query(query.statement) { batch in
      for row in 0..<batch.count { rows.append(try query.decode(batch, row)) }
    }
    return rows
  }

  /// The first row, nil when there is none.
  public func first<Row>(_ query: Query<Row>) throws -> Row? { try fetch(query.short).first }

  /// The integer in the only row, nil when there is none.
  func integer(_ sql: String, _ arguments: [SQLValue] = []) throws -> Int64? {
    try first(Query(Statement(sql, arguments, columns: [.integer])) { $0.integer(0, $1) }) ?? nil
  }
}

extension EngineWriter {
  func insert(into table: String, columns: [String], _ rows: RowBatch) throws {
    try insert(into: table, columns: columns, rows, order: nil)
  }
}

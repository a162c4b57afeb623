/// What a database must be able to do to hold a ledger. Everything above it is the same for every engine.
public protocol LedgerEngine: Sendable {
  /// Where the ledger lies, for people.
  var location: String { get }

  /// Reads one consistent state, however long it takes, without waiting for writers.
  func read<Result: Sendable>(_ body: @Sendable (any EngineReader) throws -> Result) async throws -> Result

  /// Runs one transaction at a time. When it returns, everything that `body` wrote is durable; when it throws, nothing
  /// was written. Waits for other processes that are writing.
  func write<Result: Sendable>(_ body: @Sendable (any EngineWriter) throws -> Result) async throws -> Result

  func close() throws
}

public protocol EngineReader: AnyObject {
  /// Runs a statement and hands out its rows in batches, which are reused: copy what is kept.
  func query(_ statement: Statement, _ body: (RowBatch) throws -> Void) throws
}

public protocol EngineWriter: EngineReader {
  func execute(_ statement: Statement) throws

  /// Runs a statement once for every row, the row's values as arguments.
  func executeForEach(_ sql: String, _ rows: RowBatch) throws

  /// Runs a query once for every row, the row's values as arguments. The first column of what comes out, an integer, is
  /// the number of the row that was asked; `columns` are the kinds of the others.
  func queryForEach(
    _ sql: String, _ rows: RowBatch, columns: [RowBatch.ColumnKind], _ body: (RowBatch) throws -> Void) throws
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
  public func first<Row>(_ query: Query<Row>) throws -> Row? { try fetch(query).first }
}

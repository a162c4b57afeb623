public import Records

/// One consistent state of the ledger, for typed questions.
///
/// Everything that is read through `forEach` and `fetch` is hashed on the way: `inputs` names exactly what an answer
/// rests on. A snapshot lives only inside the call that lends it.
public final class Snapshot {
  private let engine: any EngineReader
  private let ahead: ReadAhead?
  let crew: SnapshotCrew?
  public let horizon: Horizon
  private var hash = SHA256Stream()
  /// Shared texts become part of the inputs when they are first read.
  private(set) lazy var terms = TermReader { [unowned self] in try forEachBatch($0, $1) }
  private(set) lazy var unhashedTerms = TermReader { [engine] in try engine.query($0, $1) }

  /// How far questions about spans are read.
  public var scan = SpanScan()

  /// What was said.
  private(set) lazy var packs = PackReader(engine)

  /// - Parameters:
  ///   - ahead: reads what is asked for soon, if anybody does.
  ///   - crew: takes part in what is shared.
  init(_ engine: any EngineReader, horizon: Horizon, ahead: ReadAhead? = nil, crew: SnapshotCrew? = nil) {
    self.engine = engine
    self.ahead = ahead
    self.crew = crew
    self.horizon = horizon
  }

  public var asOf: Instant { horizon.asOf }

  /// The same state with an account of its own: its `inputs` name what is read through it and nothing else.
  public func account() -> Snapshot {
    let account = Snapshot(engine, horizon: horizon, ahead: ahead, crew: crew)
    // What nothing rests on is shared.
    (account.scan, account.packs, account.unhashedTerms) = (scan, packs, unhashedTerms)
    return account
  }

  /// Runs a statement and hands out its rows in batches, which are reused: copy what is kept.
  public func forEachBatch(_ statement: Statement, _ body: (RowBatch) throws -> Void) throws {
    note(statement)
    try engine.query(statement) { batch in
      note(batch)
      try body(batch)
    }
  }

  /// Says that a statement will be run soon. What it selects must not depend on when it is: rows within the horizon.
  func expect(_ statement: Statement) -> Expected { Expected(statement: statement, reading: ahead?.start(statement)) }

  /// How many statements are worth expecting beside the one that is run.
  var expectable: Int { ahead == nil ? 0 : ReadAhead.depth }

  /// A statement that will be run soon.
  struct Expected {
    let statement: Statement
    fileprivate let reading: ReadAhead.Reading?
  }

  /// Nobody will ask for it after all.
  func forget(_ expected: Expected) {
    if let reading = expected.reading { ahead?.drop(reading) }
  }

  /// Its rows, which are not hashed: whoever they are read for notes them.
  func forEachUnhashedBatch(_ expected: Expected, _ body: (RowBatch) throws -> Void) throws {
    guard let ahead, let reading = expected.reading else { return try engine.query(expected.statement, body) }
    try ahead.take(reading, engine, body)
  }

  public func forEach<Row>(_ query: Query<Row>, _ body: (Row) throws -> Void) throws {
    try forEachBatch(query.statement) { batch in
      for row in 0..<batch.count { try body(try query.decode(batch, row)) }
    }
  }

  /// All rows; for answers whose size does not grow with the ledger.
  public func fetch<Row>(_ query: Query<Row>) throws -> [Row] {
    var rows: [Row] = []
    try forEach(query) { rows.append($0) }
    return rows
  }

  public func first<Row>(_ query: Query<Row>) throws -> Row? { try fetch(query.short).first }

  /// What is read about the past of the checks themselves is no evidence: it is not hashed.
  public func fetchUnhashed<Row>(_ query: Query<Row>) throws -> [Row] { try engine.fetch(query) }

  /// The same, in batches.
  func forEachUnhashedBatch(_ statement: Statement, _ body: (RowBatch) throws -> Void) throws {
    try engine.query(statement, body)
  }

  /// The same, a query for every row of a batch; see `EngineReader.queryForEach`.
  func queryForEachUnhashed(
    _ sql: String, _ rows: RowBatch, columns: [RowBatch.ColumnKind], _ body: (RowBatch) throws -> Void
  ) throws {
    try engine.queryForEach(sql, rows, order: nil, columns: columns, body)
  }

  /// Makes something that does not come from the ledger part of the inputs, such as what a project declares.
  public func include(_ text: String) {
    var text = text
    text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
    hash.update([0])
  }

  /// The digest of everything read so far.
  public var inputs: SHA256Digest { hash.digest() }

  /// The question belongs to the inputs as much as the answer: an empty answer to another question is another input.
  func note(_ statement: Statement) { include(statement.sql) }

  func note(_ rows: RowBatch) { rows.update(&hash) }
}

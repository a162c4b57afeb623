import Store
import Synchronization

/// An engine that notes which statement of all that were read took longest, to show how it is found.
///
/// The time of a statement is that of the database and of the body that takes its rows.
final class WatchedEngine: LedgerEngine {
  private let engine: any LedgerEngine
  private let slowest = Mutex<(statement: Statement, seconds: Double)?>(nil)

  init(_ engine: any LedgerEngine) { self.engine = engine }

  var location: String { engine.location }

  /// The slowest statement since the last call; nil when none was read.
  func takeSlowest() -> (statement: Statement, seconds: Double)? {
    slowest.withLock { known in
      defer { known = nil }
      return known
    }
  }

  fileprivate func note(_ statement: Statement, _ seconds: Double) {
    slowest.withLock { known in
      if seconds > known?.seconds ?? 0 { known = (statement, seconds) }
    }
  }

  func read<Result: Sendable>(_ body: @Sendable (any EngineReader) throws -> Result) async throws -> Result {
    try await engine.read { try body(WatchedReader($0, self)) }
  }

  func write<Result: Sendable>(_ body: @Sendable (any EngineWriter) throws -> Result) async throws -> Result {
    try await engine.write(body)
  }

  func copy<Result: Sendable>(
    to place: String, check: @Sendable (any EngineReader, any EngineReader) throws -> Void,
    result: @Sendable (any EngineReader, any EngineReader) throws -> Result
  ) async throws -> Result {
    try await engine.copy(to: place, check: check, result: result)
  }

  func ask(_ statement: AskedStatement, _ receiver: some AnswerReceiver & Sendable) async throws {
    try await engine.ask(statement, receiver)
  }

  func close() throws { try engine.close() }
}

private final class WatchedReader: EngineReader {
  private let reader: any EngineReader
  private let engine: WatchedEngine

  init(_ reader: any EngineReader, _ engine: WatchedEngine) { (self.reader, self.engine) = (reader, engine) }

  func query(_ statement: Statement, _ body: (RowBatch) throws -> Void) throws {
    let start = ContinuousClock.now
    try reader.query(statement, body)
    engine.note(statement, (ContinuousClock.now - start).seconds)
  }

  func queryForEach(
    _ sql: String, _ rows: RowBatch, order: [Int]?, columns: [RowBatch.ColumnKind], _ body: (RowBatch) throws -> Void
  ) throws {
    let start = ContinuousClock.now
    try reader.queryForEach(sql, rows, order: order, columns: columns, body)
    engine.note(Statement(sql), (ContinuousClock.now - start).seconds)
  }

  func problems() throws -> [String] { try reader.problems() }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

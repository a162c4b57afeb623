import Records
import Synchronization

@testable import Store

/// An SQLite engine that asks of each statement that a ledger reads with how it is found.
final class QueryPlans: LedgerEngine {
  struct Plan: Sendable {
    let sql: String
    let steps: [String]
  }

  private let engine: any LedgerEngine
  private let plans = Mutex<[Plan]>([])

  init(_ engine: any LedgerEngine) { self.engine = engine }

  var all: [Plan] { plans.withLock { $0 } }

  /// The plans of statements that read a table, each once.
  func ofTable(_ table: String) -> [Plan] {
    var seen: Set<String> = []
    return all.filter { plan in plan.sql.contains("FROM \(table) ") || plan.sql.contains("FROM \(table)\n") }.filter {
      seen.insert($0.sql).inserted
    }
  }

  fileprivate func note(_ plan: Plan) { plans.withLock { $0.append(plan) } }

  var location: String { engine.location }

  func read<Result: Sendable>(_ body: @Sendable (any EngineReader) throws -> Result) async throws -> Result {
    try await engine.read { try body(PlannedReader($0, self)) }
  }

  func write<Result: Sendable>(_ body: @Sendable (any EngineWriter) throws -> Result) async throws -> Result {
    try await engine.write(body)
  }

  func ask(_ statement: AskedStatement, _ receiver: some AnswerReceiver & Sendable) async throws {
    try await engine.ask(statement, receiver)
  }

  func copy<Result: Sendable>(
    to place: String, check: @Sendable (any EngineReader, any EngineReader) throws -> Void,
    result: @Sendable (any EngineReader, any EngineReader) throws -> Result
  ) async throws -> Result {
    try await engine.copy(to: place, check: check, result: result)
  }

  func close() throws { try engine.close() }
}

private final class PlannedReader: EngineReader {
  private let reader: any EngineReader
  private let plans: QueryPlans

  init(_ reader: any EngineReader, _ plans: QueryPlans) {
    self.reader = reader
    self.plans = plans
  }

  func query(_ statement: Statement, _ body: (RowBatch) throws -> Void) throws {
    let explain = Statement(
      "EXPLAIN QUERY PLAN " + statement.sql, statement.arguments, columns: [.integer, .integer, .integer, .text])
    let steps = try reader.fetch(Query(explain) { batch, row in batch.string(3, row) ?? "" })
    plans.note(QueryPlans.Plan(sql: statement.sql, steps: steps))
    try reader.query(statement, body)
  }

  func queryForEach(
    _ sql: String, _ rows: RowBatch, order: [Int]?, columns: [RowBatch.ColumnKind], _ body: (RowBatch) throws -> Void
  ) throws {
    try reader.queryForEach(sql, rows, order: order, columns: columns, body)
  }

  func problems() throws -> [String] { try reader.problems() }
}

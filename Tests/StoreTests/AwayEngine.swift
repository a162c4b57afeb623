import Store

/// An engine that a test takes away from its writers.
struct AwayEngine: LedgerEngine {
  struct Away: Error {}

  private let engine: any LedgerEngine
  let isAway = Atomic(0)

  init(_ engine: any LedgerEngine) { self.engine = engine }

  var location: String { engine.location }

  func read<Result: Sendable>(
    _ body: @Sendable (any EngineReader) throws -> Result
  ) async throws -> Result { try await engine.read(body) }

  func write<Result: Sendable>(
    _ body: @Sendable (any EngineWriter) throws -> Result
  ) async throws -> Result {
    guard isAway.value == 0 else { throw Away() }
    return try await engine.write(body)
  }

  func ask(_ statement: AskedStatement, _ receiver: some AnswerReceiver & Sendable) async throws {
    try await engine.ask(statement, receiver)
  }

  func copy<Result: Sendable>(
    to place: String, check: @Sendable (any EngineReader, any EngineReader) throws -> Void,
    result: @Sendable (any EngineReader, any EngineReader) throws -> Result
  ) async throws -> Result { try await engine.copy(to: place, check: check, result: result) }

  func close() throws { try engine.close() }
}

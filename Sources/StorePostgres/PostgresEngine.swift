public import Store

/// A ledger in a schema of a PostgreSQL database: several processes, on several machines, share it.
///
/// One writer at a time, whoever it belongs to; readers see one state each and never wait for writers. What is written is
/// sent in bulk and worked on by the server while the next of it is made.
public final class PostgresEngine: LedgerEngine {
  public let location: String
  private let writer: PostgresConnection
  private let readers: ReaderPool
  /// A connection that nobody else uses.
  let newConnection: @Sendable () -> PostgresConnection

  /// Connects when something is first read or written.
  /// - Parameters:
  ///   - create: whether a ledger is made where there is none; else that is an error.
  /// - Throws: `LedgerError` when the client library cannot be loaded.
  public init(_ address: PostgresAddress, create: Bool = true) throws {
    location = address.location
    try Libpq.load(for: location)
    let acquaintance = Acquaintance(address, mustExist: !create)
    writer = PostgresConnection(address, acquaintance: acquaintance)
    newConnection = { PostgresConnection(address, acquaintance: acquaintance) }
    readers = ReaderPool(newConnection)
  }

  public func read<Result: Sendable>(
    _ body: @Sendable (any EngineReader) throws -> Result
  ) async throws -> Result {
    let reader = await readers.take()
    defer { readers.giveBack(reader) }
    return try await reader.read(body)
  }

  public func write<Result: Sendable>(
    _ body: @Sendable (any EngineWriter) throws -> Result
  ) async throws -> Result {
    try await writer.write(body)
  }

  public func copy<Result: Sendable>(
    to place: String, check: @Sendable (_ there: any EngineReader, _ here: any EngineReader) throws -> Void,
    result: @Sendable (_ there: any EngineReader, _ here: any EngineReader) throws -> Result
  ) async throws -> Result {
    throw LedgerError(
      .refused, location: location, problem: "backups of a ledger on a server are the server's",
      remedy: "pg_dump, or its continuous archive; `tally ledger copy` copies the ledger to a file")
  }

  public func close() throws {
    writer.close()
    readers.close()
  }

  deinit { try? close() }
}

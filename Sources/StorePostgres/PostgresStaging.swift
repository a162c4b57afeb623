public import Store

/// A schema on a server for a copy of a ledger: it is made in a schema beside it, whose tables move over when they are whole.
public struct PostgresStaging: LedgerStaging {
  public let location: String
  public let isShared = true
  private let address: PostgresAddress
  private let schema: String
  private let staging: String

  /// Names on a server are so long at most, in bytes.
  private static let longestName = 63
  private static let ending = "_copying"

  /// Asks the server for the schema that an address leads to.
  /// - Throws: `LedgerError`.
  public init(_ address: PostgresAddress) async throws {
    self.address = address
    location = address.location
    let engine = try PostgresEngine(address)
    defer { try? engine.close() }
    let found = try await engine.read { reader in
      try reader.first(Query(PostgresStatements.schema) { $0.string(0, $1) }) ?? nil
    }
    schema = found ?? "public"
    staging = schema + PostgresStaging.ending
    guard staging.utf8.count <= PostgresStaging.longestName,
      staging.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
    else {
      throw LedgerError(
        .refused, location: address.location, problem: "no copy can be made beside the schema '\(schema)'",
        remedy: "Name one of at most 55 small letters, digits and _ by options=-csearch_path=NAME in the address")
    }
  }

  public var howToDiscard: String { "To begin anew: DROP SCHEMA \"\(staging)\" CASCADE" }

  public func occupant() async throws -> (any LedgerEngine)? { try PostgresEngine(address) }

  public func begin() async throws -> any LedgerEngine {
    let engine = try PostgresEngine(address)
    defer { try? engine.close() }
    do {
      try await engine.write { writer in
        let found = try writer.first(Query(PostgresStatements.hasSchema(staging)) { $0.integer(0, $1) })
        if found == nil { try writer.execute(PostgresStatements.makeSchema(staging)) }
      }
    } catch let error as LedgerError where error.cause == .unreadable {
      throw LedgerError(
        .unreadable, location: location, problem: error.problem,
        remedy: "Grant the user CREATE ON DATABASE, or make the schema for it: CREATE SCHEMA \(staging) AUTHORIZATION …"
      )
    }
    return try PostgresEngine(address.with(schema: staging))
  }

  public func publish() async throws {
    let engine = try PostgresEngine(address)
    defer { try? engine.close() }
    try await engine.write { writer in
      let tables = try writer.fetch(Query(PostgresStatements.tables(of: staging)) { $0.string(0, $1) ?? "" })
      for table in tables { try writer.execute(PostgresStatements.move(table, from: staging, to: schema)) }
      try writer.execute(PostgresStatements.dropSchema(staging))
    }
  }
}

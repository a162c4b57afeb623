internal import Store
internal import Synchronization

/// What all connections of an engine know of the server.
final class Acquaintance: Sendable {
  private struct Known {
    /// Whether any connection was ever made.
    var isMet = false
    var hasChain = false
    /// Whether a ledger must be there already.
    var mustExist: Bool
  }

  private let known: Mutex<Known>
  private let address: PostgresAddress

  /// PostgreSQL 14.
  private static let oldestVersion: Int64 = 140_000

  init(_ address: PostgresAddress, mustExist: Bool) {
    self.address = address
    known = Mutex(Known(mustExist: mustExist))
  }

  var hasChain: Bool { known.withLock { $0.hasChain } }
  func noteChain() { known.withLock { $0.hasChain = true } }

  /// Whether it is worth waiting: the server was there before, or says that it will be.
  func mayComeBack(_ error: LedgerError) -> Bool {
    guard [.unreadable, .lost, .busy].contains(error.cause) else { return false }
    return known.withLock { $0.isMet } || PostgresFailure.isPassing(error.problem)
  }

  /// Sets up a new connection and looks at where it leads.
  /// - Throws: `LedgerError` when a ledger cannot be kept there.
  func meet(_ session: PostgresSession) throws {
    try session.run(PostgresStatements.settings)
    let transaction = PostgresTransaction(session)
    let facts = try transaction.first(
      Query(PostgresStatements.facts) { batch, row in
        Facts(
          version: batch.integer(0, row) ?? 0, encoding: batch.string(1, row) ?? "",
          synchronousCommit: batch.string(2, row) ?? "", fsync: batch.string(3, row) ?? "",
          follows: batch.integer(4, row) == 1, schema: batch.string(5, row))
      })
    if let facts, let refusal = Acquaintance.refusal(facts) {
      throw LedgerError(.unreadable, location: address.location, problem: refusal.problem, remedy: refusal.remedy)
    }
    if known.withLock({ $0.mustExist }) {
      guard try transaction.first(Query(PostgresStatements.hasLedger) { $0.integer(0, $1) }) != nil else {
        throw LedgerError(
          .unreadable, location: address.location, problem: "there is no ledger here",
          remedy: "`tally ingest FILE` makes one; --ledger names another")
      }
    }
    known.withLock {
      $0.isMet = true
      $0.mustExist = false
    }
  }

  private struct Facts {
    let version: Int64
    let encoding: String
    let synchronousCommit: String
    let fsync: String
    let follows: Bool
    let schema: String?
  }

  private static func refusal(_ facts: Facts) -> (problem: String, remedy: String)? {
    if facts.version < oldestVersion {
      return ("the server is too old (version \(facts.version / 10_000))", "Ledgers need PostgreSQL 14 or later")
    }
    if facts.encoding != "UTF8" {
      return (
        "the database's encoding is \(facts.encoding)",
        "Make one for the ledger: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
      )
    }
    let promises = [("synchronous_commit", facts.synchronousCommit), ("fsync", facts.fsync)]
    for (name, value) in promises where value == "off" {
      return (
        "the server acknowledges what a failure of its power would lose (\(name) is off)",
        "Turn \(name) on for this user and database: a ledger's commits must be durable"
      )
    }
    if facts.follows {
      return (
        "the server only follows another one and takes no writes",
        "Name the server that it follows, or both hosts and target_session_attrs=read-write"
      )
    }
    if facts.schema == nil {
      return ("the schema that search_path names is not there", "Make it on the server: CREATE SCHEMA …")
    }
    return nil
  }
}

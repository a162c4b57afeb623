internal import Glibc
internal import Store
internal import Synchronization

/// A connection that comes back: opened when it is first needed, and again when the server went away.
///
/// Everything on it happens on a thread of its own.
actor PostgresConnection {
  private let address: PostgresAddress
  private let acquaintance: Acquaintance
  private let executor = ThreadExecutor()
  private var session: PostgresSession?
  private var isClosed = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ address: PostgresAddress, acquaintance: Acquaintance) {
    self.address = address
    self.acquaintance = acquaintance
  }

  /// Ends the connection, once what runs on it has ended.
  nonisolated func close() {
    executor.stop {
      self.assumeIsolated {
        $0.session = nil
        $0.isClosed = true
      }
    }
  }

  // MARK: Transactions

  func read<Result: Sendable>(_ body: @Sendable (any EngineReader) throws -> Result) throws -> Result {
    let session = try begin { session in
      try session.pipeline { pipeline in
        pipeline.add(PostgresStatements.beginReading)
        pipeline.add(PostgresStatements.waitsWhileReading)
      } each: { _, _ in
      }
    }
    defer { drop(session) }
    do {
      let result = try body(PostgresTransaction(session))
      // There is nothing to lose.
      session.rollBack()
      return result
    } catch {
      session.rollBack()
      throw error
    }
  }

  func write<Result: Sendable>(_ body: @Sendable (any EngineWriter) throws -> Result) throws -> Result {
    let session = try begin { session in
      try session.pipeline { pipeline in
        pipeline.add(PostgresStatements.beginWriting)
        pipeline.add(PostgresStatements.lock)
      } each: { _, _ in
      }
    }
    defer { drop(session) }
    let (result, before, after): (Result, ChainEnd?, ChainEnd?)
    do {
      before = try chainEnd(session)
      let transaction = PostgresTransaction(session)
      result = try body(transaction)
      try session.settle()
      after = try transaction.hasWritten ? chainEnd(session) : before
    } catch {
      session.rollBack()
      throw error
    }
    do {
      try session.commit()
    } catch {
      guard session.isBroken else {
        session.rollBack()
        throw error
      }
      drop(session)
      try find(after, before: before)
    }
    return result
  }

  /// The newest commit.
  private struct ChainEnd: Equatable {
    let seq: Int64
    let head: [UInt8]
  }

  private func chainEnd(_ session: PostgresSession) throws -> ChainEnd? {
    let transaction = PostgresTransaction(session)
    // Before the first migration there is no chain.
    if !acquaintance.hasChain {
      guard try transaction.first(Query(PostgresStatements.hasChain) { $0.integer(0, $1) }) != nil else {
        return nil
      }
      acquaintance.noteChain()
    }
    let end = try transaction.first(
      Query(PostgresStatements.chainEnd) { batch, row -> ChainEnd? in
        guard let seq = batch.integer(0, row), let head = batch.blob(1, row) else { return nil }
        return ChainEnd(seq: seq, head: head)
      })
    return end ?? nil
  }

  /// The connection broke while a commit was waited for: looks whether it is in the chain.
  ///
  /// Whoever holds the writers' lock knows that the lost connection, wherever the server was with it, has come to its end.
  /// - Throws: when it is not, or nobody can tell.
  private func find(_ end: ChainEnd?, before: ChainEnd?) throws {
    let repeatIt = "Repeat the command: what is there already is not stored twice"
    guard let end, end != before else {
      throw LedgerError(.lost, location: address.location, problem: "the connection broke in the end", remedy: repeatIt)
    }
    let isThere: Bool
    do {
      isThere = try attend { session in
        try session.pipeline { pipeline in
          pipeline.add(PostgresStatements.beginWriting)
          pipeline.add(PostgresStatements.lock)
        } each: { _, _ in
        }
        let asked = PostgresStatements.isCommitted(seq: end.seq, head: end.head)
        let found = try PostgresTransaction(session).first(Query(asked) { $0.integer(0, $1) })
        session.rollBack()
        return found != nil
      }
    } catch {
      throw LedgerError(
        .lost, location: address.location,
        problem: "the connection broke while the delivery was committed, and whether it was cannot be asked (\(error))",
        remedy: repeatIt)
    }
    guard isThere else {
      throw LedgerError(
        .lost, location: address.location,
        problem: "the connection broke before the delivery was committed; nothing of it was stored", remedy: repeatIt)
    }
  }

  // MARK: Coming back

  /// How long a server that was there may be away, in milliseconds: a restart takes seconds.
  private static let patience = Duration.seconds(60)
  private static let longestPause: UInt32 = 250

  private func begin(_ start: (PostgresSession) throws -> Void) throws -> PostgresSession {
    try attend { session in
      do {
        try start(session)
        return session
      } catch {
        session.rollBack()
        throw error
      }
    }
  }

  /// Runs the beginning of something on a connection, on a new one when the old one turns out to be broken. Nothing was
  /// done that a second try could double.
  private func attend<Result>(_ start: (PostgresSession) throws -> Result) throws -> Result {
    var pause: UInt32 = 10
    let began = ContinuousClock.now
    while true {
      let isOld = session != nil
      do {
        return try start(try session ?? connect())
      } catch let error as LedgerError {
        let isBroken = session?.isBroken ?? true
        guard isBroken else { throw error }
        session = nil
        // What was idle may have been broken for long: the first new one needs no pause.
        if isOld { continue }
        guard acquaintance.mayComeBack(error) else { throw error }
        // A server that swallows what is sent takes its time too: what counts is how long somebody waits here.
        guard ContinuousClock.now - began < PostgresConnection.patience else { throw PostgresFailure.gone(error) }
        usleep(pause * 1_000)
        pause = min(pause * 2, PostgresConnection.longestPause)
      }
    }
  }

  func connect() throws -> PostgresSession {
    if isClosed {
      throw LedgerError(
        .unreadable, location: address.location, problem: "the ledger was closed",
        remedy: "This is a fault of tally: please report it")
    }
    let new = try PostgresSession(address)
    try acquaintance.meet(new)
    session = new
    return new
  }

  /// Lets go of a connection that is broken.
  private func drop(_ used: PostgresSession) {
    if used.isBroken, session === used { session = nil }
  }
}

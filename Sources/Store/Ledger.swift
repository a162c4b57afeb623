public import Records

/// Reads a ledger.
public protocol LedgerReading: Sendable {
  /// Lends one consistent state: the ledger as of an instant, nil for now.
  func read<Result: Sendable>(
    asOf: Instant?, _ body: @Sendable (Snapshot) throws -> Result
  ) async throws -> Result
}

/// Appends to a ledger.
public protocol LedgerAppending: Sendable {
  /// Appends everything that `body` hands over as one commit. When it returns, all of it is durable; when it throws,
  /// nothing of it is there.
  /// - Parameters:
  ///   - source: who delivers, for the record.
  func append(source: String, _ body: @Sendable (Appender) throws -> Void) async throws -> AppendReceipt
}

/// Looks after a ledger.
public protocol LedgerAdministration: Sendable {
  func status() async throws -> LedgerStatus
  /// Recomputes every digest, from the rows to the head of the chain.
  func verify() async throws -> LedgerVerification
  /// Copies the ledger as it is now, whole or not at all, while others append to it. Backing up and restoring are the
  /// same: from the ledger to a file, from the file to the ledger.
  /// - Parameters:
  ///   - place: where the copy lies afterwards; nobody else has it open.
  ///   - force: whether a ledger there may be lost that holds commits which this one does not have.
  /// - Returns: the status of the copy.
  func copy(to place: String, force: Bool) async throws -> LedgerStatus
  func close() throws
}

/// A ledger on any engine.
public struct Ledger: LedgerReading, LedgerAppending, LedgerAdministration {
  let engine: any LedgerEngine
  let clock: @Sendable () -> Instant
  let recent = RecentContents()
  let pruning = WindowPruning()

  /// Opens a ledger and takes the steps that bring it to this version's shape.
  /// - Parameter clock: gives the time of commits.
  /// - Throws: `LedgerError`.
  public init(engine: any LedgerEngine, clock: @escaping @Sendable () -> Instant) async throws {
    self.engine = engine
    self.clock = clock
    try await migrate()
  }

  public var location: String { engine.location }

  public func read<Result: Sendable>(
    asOf: Instant? = nil, _ body: @Sendable (Snapshot) throws -> Result
  ) async throws -> Result {
    try await read(asOf: asOf, nil, nil, body)
  }

  /// The same for whoever looks at much: other threads, with connections of their own, read what is expected, and take a part of what is
  /// shared (`Snapshot.share`).
  public func readTogether<Result: Sendable>(
    asOf: Instant? = nil, _ body: @Sendable (Snapshot) throws -> Result
  ) async throws -> Result {
    let (ahead, crew) = (ReadAhead(), SnapshotCrew())
    let (hasBegun, begin) = AsyncStream.makeStream(of: Void.self)
    let engine = engine
    func end() {
      begin.finish()
      ahead.end()
      crew.end()
    }
    async let help: Void = {
      // Not before: helpers that hold all connections would wait for ever for whom they help.
      var isRead = false
      for await _ in hasBegun { isRead = true }
      guard isRead else { return }
      // Why one of them has no connection is of no interest: everything is read all the same.
      async let reading: Void? = try? engine.read { ahead.serve($0) }
      async let readingToo: Void? = try? engine.read { ahead.serve($0) }
      async let helping: Void? = try? engine.read { crew.serve($0, ahead) }
      _ = await (reading, readingToo, helping)
    }()
    do {
      let result = try await read(asOf: asOf, ahead, crew) { snapshot in
        begin.yield()
        begin.finish()
        return try body(snapshot)
      }
      end()
      await help
      return result
    } catch {
      end()
      await help
      throw error
    }
  }

  private func read<Result: Sendable>(
    asOf: Instant?, _ ahead: ReadAhead?, _ crew: SnapshotCrew?, _ body: @Sendable (Snapshot) throws -> Result
  ) async throws -> Result {
    let now = clock()
    return try await engine.read { reader in
      // "Now" is never before the newest commit, whatever the clock says.
      let newest = try ChainHead.load(reader).at
      let horizon = try Horizon.load(reader, asOf: asOf ?? max(now, newest))
      return try body(Snapshot(reader, horizon: horizon, ahead: ahead, crew: crew))
    }
  }

  @discardableResult
  public func append(source: String, _ body: @Sendable (Appender) throws -> Void) async throws -> AppendReceipt {
    let (clock, location, recent) = (clock, location, recent)
    let (receipt, commit) = try await engine.write { writer in
      let appender = try Appender(writer, recent: recent, location: location)
      try body(appender)
      return (try appender.finish(source: source, now: clock()), appender.contentsCommit)
    }
    recent.end(commit)
    return receipt
  }

  public func status() async throws -> LedgerStatus { try await engine.read { try LedgerStatus($0) } }

  public func verify() async throws -> LedgerVerification { try await verify(head: nil) }

  /// - Parameter head: a head of the chain that was noted elsewhere: it must be in the chain. Only that tells a ledger
  ///   that was cut short, or written anew, by somebody who knew how.
  public func verify(head: SHA256Digest?) async throws -> LedgerVerification {
    do {
      return try await engine.read { try ChainVerifier.run($0, noted: head) }
    } catch let error as LedgerError where error.cause == .damaged {
      return LedgerVerification(problem: error.problem)
    }
  }

  public func close() throws { try engine.close() }

  private func migrate() async throws {
    let location = location
    let isCurrent = try await engine.read { try Ledger.version($0) == Migrations.steps.count }
    if isCurrent { return }
    try await engine.write { writer in
      try writer.execute(Statement("CREATE TABLE IF NOT EXISTS ledger_version(step INTEGER PRIMARY KEY) STRICT"))
      let taken = try Ledger.version(writer)
      guard taken <= Migrations.steps.count else {
        throw LedgerError(
          .newer, location: location, problem: "a newer version of tally wrote this ledger (step \(taken))",
          remedy: "Use that version, or a newer one; this one knows \(Migrations.steps.count)")
      }
      for (index, step) in Migrations.steps.enumerated().dropFirst(taken) {
        for statement in step { try writer.execute(Statement(statement)) }
        try writer.execute(
          Statement("INSERT INTO ledger_version(step) VALUES (?1)", [.integer(Int64(index + 1))]))
      }
    }
  }

  /// How many steps the ledger has taken, 0 for an empty one.
  static func version(_ engine: any EngineReader) throws -> Int {
    guard try engine.integer("SELECT 1 FROM sqlite_master WHERE name = 'ledger_version'") != nil else { return 0 }
    return Int(try engine.integer("SELECT MAX(step) FROM ledger_version") ?? 0)
  }
}

internal import Records

extension Ledger {
  /// Copies the ledger, as it is now, to another engine, while others append to it.
  ///
  /// The copy is made out of sight, in transactions; interrupted at any moment, the next call goes on where it was. Before it appears
  /// in its place, every digest of it is recomputed and its head held against this ledger's.
  /// - Parameter report: called now and then, on any thread.
  /// - Throws: `LedgerError`; `refused` when something else lies there, `damaged` when the copy is not what the chain says.
  public func copy(
    across staging: some LedgerStaging, report: @escaping @Sendable (CopyProgress) -> Void = { _ in }
  ) async throws -> CopyOutcome {
    if let occupant = try await staging.occupant() {
      let found = try await outcome(of: occupant, staging)
      try occupant.close()
      if let found { return found }
    }
    let copy = try await Ledger(engine: staging.begin(), clock: clock)
    let (status, rows): (LedgerStatus, Int64)
    do {
      (status, rows) = try await fill(copy, staging, report)
      report(.verifies)
      try await Ledger.demand(copy, equals: status, of: location, staging)
    } catch {
      try? copy.close()
      throw error
    }
    try copy.close()
    try await staging.publish()
    return CopyOutcome(status: status, wasThere: false, rows: rows)
  }

  private func fill(
    _ copy: Ledger, _ staging: some LedgerStaging, _ report: @escaping @Sendable (CopyProgress) -> Void
  ) async throws -> (LedgerStatus, Int64) {
    let loan = SnapshotLoan()
    let engine = engine
    async let lending: Void = {
      do {
        try await engine.read { loan.serve($0) }
        loan.end()
      } catch {
        loan.end(error)
      }
    }()
    var copier = LedgerCopier(loan, of: location, into: copy, staging, report: report)
    do {
      let status = try await copier.fill()
      loan.end()
      await lending
      return (status, copier.copied)
    } catch {
      loan.end()
      await lending
      throw error
    }
  }

  private static func demand(
    _ copy: Ledger, equals status: LedgerStatus, of source: String, _ staging: some LedgerStaging
  ) async throws {
    let verification = try await copy.verify(head: status.head)
    var problem = verification.problems.first
    if problem == nil, try await copy.status() != status { problem = "it holds other records, or ends elsewhere" }
    if let problem {
      throw LedgerError(
        .damaged, location: staging.location, problem: "the copy is not sound: \(problem)",
        remedy: "`tally ledger verify --ledger \(source)` tells whether the ledger is. \(staging.howToDiscard)")
    }
  }

  // MARK: What is there

  /// - Returns: nil when nothing of a ledger lies there.
  /// - Throws: when something does, unless it is this ledger's copy, whole and sound.
  private func outcome(of occupant: any LedgerEngine, _ staging: some LedgerStaging) async throws -> CopyOutcome? {
    let (tables, version) = try await occupant.read { there in
      (
        try there.fetch(
          Query(Statement("SELECT name FROM sqlite_master", columns: [.text])) { $0.string(0, $1) ?? "" }),
        try Ledger.version(there)
      )
    }
    guard version > 0 else {
      let ours = Set(CopyTable.all.map(\.name))
      guard let other = staging.isShared ? tables.first(where: ours.contains) : tables.first ?? "nothing that is known"
      else { return nil }
      throw LedgerError(
        .refused, location: staging.location, problem: "something else lies here (\(other))",
        remedy: "Name an empty place")
    }
    let there = try await occupant.read { try LedgerStatus($0) }
    let here = try await status()
    guard there == here else {
      throw LedgerError(
        .refused, location: staging.location,
        problem: "a ledger of \(there.commits) commits lies here, which is not \(location) as it is now",
        remedy: "Name an empty place; what is there stays as it is")
    }
    try await Ledger.demand(Ledger(engine: occupant, clock: clock), equals: here, of: location, staging)
    return CopyOutcome(status: there, wasThere: true, rows: 0)
  }
}

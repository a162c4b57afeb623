internal import Records

/// Fills a half-made copy from one state of a ledger, a transaction some thousand rows, and goes on where an earlier one was
/// interrupted, however that was.
///
/// What only grows goes on behind the last row that is there. What commits change in place (`CopyTable.Growth.byCommits`) goes on too while the
/// ledger has the same end as then, and else begins anew, emptied before the newer commits come. What changes at any time is
/// copied at the end in one transaction, with the chain's head.
struct LedgerCopier {
  private let loan: SnapshotLoan
  private let copy: Ledger
  private let source: String
  private let staging: any LedgerStaging
  private let report: @Sendable (CopyProgress) -> Void
  private(set) var copied: Int64 = 0

  init(
    _ loan: SnapshotLoan, of source: String, into copy: Ledger, _ staging: any LedgerStaging,
    report: @escaping @Sendable (CopyProgress) -> Void
  ) {
    self.loan = loan
    self.source = source
    self.copy = copy
    self.staging = staging
    self.report = report
  }

  /// What is there, and what is to be.
  private struct Beginning: Sendable {
    /// Of what is copied.
    let status: LedgerStatus
    /// The newest commit of the half-made copy, 0 when there is none, and what it is here and there.
    let seq: Int64
    let heads: (here: [UInt8]?, there: [UInt8]?)
    /// Records that are there.
    let records: Int64
  }

  /// - Returns: the status of what was copied.
  mutating func fill() async throws -> LedgerStatus {
    let beginning = try await look()
    try await prepare(beginning)
    for table in CopyTable.all(.appended) { try await fill(table) }
    // Commits are there before anything else.
    if beginning.seq > 0 { try await CopiedContents(loan).mend(copy.engine) }
    for table in CopyTable.all(.byCommits) { try await fill(table) }
    let loan = loan
    copied += try await copy.engine.write { writer in
      try CopyTable.all(.anyTime).reduce(Int64(0)) { sum, table in
        try writer.execute(Statement("DELETE FROM \(table.name)"))
        return sum + (try LedgerCopier.insert(table, table.everything, loan, writer))
      }
    }
    return beginning.status
  }

  /// On the thread of the copy's connection: a loan is waited for, which the threads that run tasks must not do.
  private func look() async throws -> Beginning {
    let loan = loan
    return try await copy.engine.read { there in
      let last = try there.first(
        Query(
          Statement("SELECT seq, head FROM ledger_commit ORDER BY seq DESC LIMIT 1", columns: [.integer, .blob])
        ) { ($0.integer(0, $1) ?? 0, $0.blob(1, $1)) })
      let ours = try loan.value { here in
        try here.first(
          Query(
            Statement("SELECT head FROM ledger_commit WHERE seq = ?1", [.integer(last?.0 ?? 0)], columns: [.blob])
          ) { $0.blob(0, $1) })
      }
      return Beginning(
        status: try loan.value { try LedgerStatus($0) }, seq: last?.0 ?? 0, heads: (ours ?? nil, last?.1),
        records: try RecordKind.allCases.reduce(Int64(0)) {
          $0 + (try there.integer("SELECT MAX(row) FROM \($1.name)") ?? 0)
        })
    }
  }

  /// Readies a half-made copy for what comes.
  /// - Throws: when it is of another ledger.
  private func prepare(_ beginning: Beginning) async throws {
    guard beginning.seq > 0 else { return }
    guard let ours = beginning.heads.here, ours == beginning.heads.there else {
      throw LedgerError(
        .refused, location: staging.location, problem: "a copy of another ledger than \(source) was begun here",
        remedy: staging.howToDiscard)
    }
    report(.goesOn(rows: beginning.records))
    guard ours != beginning.status.head.bytes else { return }
    // Before the newer commits come: what is there is then known to be of the end that is there.
    try await copy.engine.write { writer in
      for table in CopyTable.all(.byCommits) { try writer.execute(Statement("DELETE FROM \(table.name)")) }
    }
  }

  private mutating func fill(_ table: CopyTable) async throws {
    let loan = loan
    while true {
      let (count, limit) = try await copy.engine.write { writer in
        let last = try writer.first(Query(table.last) { CopyTable.values($0, $1) }) ?? []
        let (statement, limit) = table.rows(after: last)
        return (try LedgerCopier.insert(table, statement, loan, writer), Int64(limit))
      }
      copied += count
      if count > 0 { report(.rows(table: table.name, all: copied)) }
      if count < limit { return }
    }
  }

  private static func insert(
    _ table: CopyTable, _ statement: Statement, _ loan: SnapshotLoan, _ writer: any EngineWriter
  ) throws -> Int64 {
    var count: Int64 = 0
    try loan.rows(statement) { batch in
      try writer.insert(into: table.name, columns: table.columns, batch)
      count += Int64(batch.count)
    }
    return count
  }
}

/// Contents that changed in the ledger after they were copied: erased, pruned, or delivered at last.
struct CopiedContents {
  private let loan: SnapshotLoan

  init(_ loan: SnapshotLoan) { self.loan = loan }

  /// Columns by which a row tells that it was changed in place: erasing takes contents out of a pack, and what is delivered at
  /// last gets a place.
  private static let telling = ["content": ["contents"], "span": SpanContents.placeColumns]

  /// Brings those of a copy up to date, in a transaction for each table.
  func mend(_ copy: any LedgerEngine) async throws {
    for table in CopyTable.all(.appended) {
      guard let columns = CopiedContents.telling[table.name] else { continue }
      try await mend(table, columns, copy)
    }
  }

  private func mend(_ table: CopyTable, _ columns: [String], _ copy: any LedgerEngine) async throws {
    let loan = loan
    let list = columns.joined(separator: ", ")
    let kinds = [RowBatch.ColumnKind.integer] + columns.map { _ in .integer }
    @Sendable func told(_ batch: RowBatch, _ row: Int) -> [Int64?] {
      (1...columns.count).map { batch.integer($0, row) }
    }
    try await copy.write { writer in
      var changed: [Int64] = []
      try loan.rows(Statement("SELECT row, \(list) FROM \(table.name) ORDER BY row", columns: kinds)) { here in
        guard here.count > 0, let first = here.integer(0, 0), let last = here.integer(0, here.count - 1) else { return }
        var there: [Int64: [Int64?]] = [:]
        try writer.query(
          Statement(
            "SELECT row, \(list) FROM \(table.name) WHERE row BETWEEN ?1 AND ?2", [.integer(first), .integer(last)],
            columns: kinds)
        ) { batch in
          for row in 0..<batch.count {
            if let number = batch.integer(0, row) { there[number] = told(batch, row) }
          }
        }
        for row in 0..<here.count {
          if let number = here.integer(0, row), there[number] != told(here, row) { changed.append(number) }
        }
      }
      for number in changed {
        try writer.execute(Statement("DELETE FROM \(table.name) WHERE row = ?1", [.integer(number)]))
        try loan.rows(table.row(number)) { try writer.insert(into: table.name, columns: table.columns, $0) }
      }
    }
  }
}

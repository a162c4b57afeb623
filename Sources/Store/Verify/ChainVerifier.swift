import Records

/// Walks the chain from its first commit to its head and recomputes everything that it covers.
struct ChainVerifier {
  private let engine: any EngineReader
  private var result = LedgerVerification()
  private var tables: TableVerifier
  /// The last row of each table that a commit acknowledges.
  private var ends: [CommitTable: Int64] = [:]
  private var partCount: Int64 = 0

  private struct StoredCommit {
    let seq: Int64
    let at: Int64
    let source: String
    let records: Int64
    let root: [UInt8]?
    let previous: [UInt8]?
    let head: [UInt8]?
  }

  private static let pageSize = 1_000

  /// - Parameter noted: a head that was noted elsewhere, which must be in the chain.
  static func run(_ engine: any EngineReader, noted: SHA256Digest?) throws -> LedgerVerification {
    var verifier = ChainVerifier(engine: engine, tables: try TableVerifier(engine))
    for problem in try engine.problems() { verifier.result.note(problem) }
    try verifier.walk(noted: noted)
    return verifier.result
  }

  private init(engine: any EngineReader, tables: TableVerifier) {
    self.engine = engine
    self.tables = tables
  }

  private mutating func walk(noted: SHA256Digest?) throws {
    var expected = ChainHead.origin
    var isNotedSeen = noted == nil || noted == expected.head
    while !result.isFull {
      let page = try commits(after: expected.seq)
      for stored in page where !result.isFull {
        expected = try verify(stored, after: expected)
        if expected.head == noted { isNotedSeen = true }
      }
      if page.count < ChainVerifier.pageSize { break }
    }
    if result.isFull { return }
    let head = try ChainHead.load(engine)
    if head != expected { result.note("the chain ends at commit \(expected.seq), not at its head (chain_head)") }
    if let noted, !isNotedSeen { result.note("no commit of this chain has the head \(noted)") }
    try verifyEnds()
    try ContentVerifier(engine).verify(into: &result)
  }

  private func commits(after seq: Int64) throws -> [StoredCommit] {
    try engine.fetch(
      Query(
        Statement(
          """
          SELECT seq, at, source, records, root, previous, head FROM ledger_commit WHERE seq > ?1 ORDER BY seq
          LIMIT \(ChainVerifier.pageSize)
          """, [.integer(seq)], columns: [.integer, .integer, .text, .integer, .blob, .blob, .blob])
      ) { batch, row in
        StoredCommit(
          seq: batch.integer(0, row) ?? 0, at: batch.integer(1, row) ?? 0, source: batch.string(2, row) ?? "",
          records: batch.integer(3, row) ?? 0, root: batch.blob(4, row), previous: batch.blob(5, row),
          head: batch.blob(6, row))
      })
  }

  private mutating func verify(_ stored: StoredCommit, after last: ChainHead) throws -> ChainHead {
    if stored.seq != last.seq + 1 {
      result.note("commit \(last.seq + 1) is missing before commit \(stored.seq)")
    }
    var commit = CommitEntry(
      seq: stored.seq, at: Instant(nanoseconds: stored.at), source: stored.source, previous: last.head)
    let before = result.problems.count
    var recomputed: [CommitEntry.Part] = []
    for part in try parts(of: stored.seq) {
      recomputed.append(try verify(part, commit: stored.seq))
    }
    commit.add(recomputed)
    if result.problems.count == before,
      stored.previous != last.head.bytes || stored.root != commit.root.bytes || stored.head != commit.head.bytes
        || stored.records != commit.records || stored.at <= last.at.nanoseconds
    {
      result.note("commit \(stored.seq) of \(commit.at) is not what was acknowledged (ledger_commit)")
    }
    result.commits += 1
    result.records += commit.records
    // The walk goes on from what is stored: one broken link is one problem.
    let head = stored.head.flatMap { SHA256Digest(bytes: $0) } ?? commit.head
    return ChainHead(seq: stored.seq, at: commit.at, head: head)
  }

  private mutating func parts(of seq: Int64) throws -> [CommitEntry.Part] {
    let stored = try engine.fetch(
      Query(
        Statement(
          // Shared texts first: a row that names a changed text is not what was changed.
          "SELECT part, first_row, last_row, digest FROM commit_part WHERE seq = ?1 ORDER BY part < 200, part",
          [.integer(seq)], columns: [.integer, .integer, .integer, .blob])
      ) { batch, row -> CommitEntry.Part? in
        guard let table = batch.integer(0, row).flatMap({ CommitTable(number: $0) }),
          let digest = batch.blob(3, row).flatMap({ SHA256Digest(bytes: $0) })
        else { return nil }
        return CommitEntry.Part(
          table, first: batch.integer(1, row) ?? 0, last: batch.integer(2, row) ?? 0, digest: digest)
      })
    partCount += Int64(stored.count)
    return stored.compactMap { $0 }
  }

  /// - Returns: the part with the digest that its rows have now.
  private mutating func verify(_ part: CommitEntry.Part, commit: Int64) throws -> CommitEntry.Part {
    let before = result.problems.count
    let isNumbered = if case .replaced = part.table { false } else { true }
    let last = ends[part.table, default: 0]
    if isNumbered, part.first != last + 1 || part.last < part.first {
      result.note(
        "commit \(commit) does not follow the one before: \(part.table.name) rows \(part.first) to \(part.last) "
          + "after \(last) (commit_part)")
      return part
    }
    ends[part.table] = isNumbered ? part.last : last + part.count
    let digest: SHA256Digest
    do {
      digest = try tables.digest(part, rows: ends, into: &result)
    } catch let error as LedgerError where error.cause == .damaged {
      result.note("\(part.table.name) of commit \(commit): \(error.problem)")
      return part
    }
    if digest != part.digest, result.problems.count == before {
      result.note("\(part.table.name) of commit \(commit) is not what was acknowledged")
    }
    return CommitEntry.Part(part.table, first: part.first, last: part.last, digest: digest)
  }

  /// Rows that no commit acknowledges, and keys that lead elsewhere.
  private mutating func verifyEnds() throws {
    var replaced: Int64 = 0
    var records: Int64 = 0
    let numbered: [CommitTable] =
      RecordKind.allCases.map { .records($0) } + [.terms, .series, .trialRollup, .spanRollup]
    for table in numbered {
      let (expected, count) = (ends[table, default: 0], try count(table.name))
      if count != expected {
        result.note("\(table.name) holds \(count) rows; commits acknowledge \(expected)")
      }
      if case .records = table { records += expected }
    }
    for kind in RecordKind.allCases { replaced += ends[.replaced(kind), default: 0] }
    let found = try count("superseded")
    if found != replaced { result.note("superseded holds \(found) rows; commits acknowledge \(replaced)") }
    let parts = try count("commit_part")
    if parts != partCount { result.note("commit_part holds \(parts) rows; commits acknowledge \(partCount)") }
    let (keys, rivals) = (try count("natural_key"), try count("rival"))
    if keys + rivals + replaced != records {
      result.note("natural_key holds \(keys) keys; the records have \(records - rivals - replaced)")
    }
  }

  private func count(_ table: String) throws -> Int64 { try engine.integer("SELECT COUNT(*) FROM \(table)") ?? 0 }
}

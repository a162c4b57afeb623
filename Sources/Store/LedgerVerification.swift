import Records

/// What recomputing the whole chain found.
public struct LedgerVerification: Sendable, Equatable {
  public var commits: Int64 = 0
  public var records: Int64 = 0
  /// Sentences; none when the ledger is what it was when each commit was acknowledged.
  public var problems: [String] = []

  public var isSound: Bool { problems.isEmpty }

  /// Stops looking for more after so many.
  private static let problemLimit = 20

  static func run(_ engine: any EngineReader) throws -> LedgerVerification {
    var result = LedgerVerification()
    var expected = ChainHead.origin
    let commits = try engine.fetch(
      Query(
        Statement(
          "SELECT seq, at, source, root, previous, head FROM ledger_commit ORDER BY seq",
          columns: [.integer, .integer, .text, .blob, .blob, .blob])
      ) { batch, row in
        (
          seq: batch.integer(0, row) ?? 0, at: batch.integer(1, row) ?? 0, source: batch.string(2, row) ?? "",
          root: batch.blob(3, row), previous: batch.blob(4, row), head: batch.blob(5, row)
        )
      })
    for stored in commits where result.problems.count < problemLimit {
      var commit = CommitEntry(
        seq: stored.seq, at: Instant(nanoseconds: stored.at), source: stored.source, previous: expected.head)
      if stored.seq != expected.seq + 1 {
        result.problems.append("commit \(expected.seq + 1) is missing before commit \(stored.seq)")
      }
      for rows in try rows(engine, seq: stored.seq) {
        let digests = try digest(engine, rows, into: &result)
        commit.add(CommitEntry.Rows(kind: rows.kind, first: rows.first, last: rows.last, root: digests))
      }
      if stored.previous != expected.head.bytes || stored.root != commit.root.bytes || stored.head != commit.head.bytes
      {
        result.problems.append(
          "commit \(stored.seq) of \(commit.at) does not hold what it was acknowledged with")
      }
      expected = ChainHead(seq: stored.seq, at: commit.at, head: commit.head)
      result.commits += 1
      result.records += commit.records
    }
    let head = try ChainHead.load(engine)
    if result.problems.isEmpty, head != expected { result.problems.append("the chain ends before its head") }
    return result
  }

  private static func rows(
    _ engine: any EngineReader, seq: Int64
  ) throws -> [(kind: RecordKind, first: Int64, last: Int64)] {
    try engine.fetch(
      Query(
        Statement(
          "SELECT kind, first_row, last_row FROM commit_rows WHERE seq = ?1 ORDER BY kind", [.integer(seq)],
          columns: [.integer, .integer, .integer])
      ) { batch, row in
        (
          kind: RecordKind(rawValue: batch.integer(0, row) ?? 0) ?? .trial, first: batch.integer(1, row) ?? 0,
          last: batch.integer(2, row) ?? 0
        )
      })
  }

  private static func digest(
    _ engine: any EngineReader, _ rows: (kind: RecordKind, first: Int64, last: Int64),
    into result: inout LedgerVerification
  ) throws -> SHA256Digest {
    switch rows.kind {
    case .trial: try digest(TrialRecord.self, engine, rows, into: &result)
    case .annotation: try digest(AnnotationRecord.self, engine, rows, into: &result)
    case .artifact: try digest(ArtifactRecord.self, engine, rows, into: &result)
    case .span: try digest(SpanRecord.self, engine, rows, into: &result)
    case .change: try digest(ChangeRecord.self, engine, rows, into: &result)
    case .finding: try digest(Finding.self, engine, rows, into: &result)
    case .waiver: try digest(Waiver.self, engine, rows, into: &result)
    }
  }

  private static func digest<Record: StorableRecord>(
    _ type: Record.Type, _ engine: any EngineReader, _ rows: (kind: RecordKind, first: Int64, last: Int64),
    into result: inout LedgerVerification
  ) throws -> SHA256Digest {
    let table = Record.table
    var root = SHA256Stream()
    var hasher = DigestVisitor()
    var expected = rows.first
    var problems: [String] = []
    let statement = Statement(
      "\(table.selection) WHERE t.row BETWEEN ?1 AND ?2 ORDER BY t.row", [.integer(rows.first), .integer(rows.last)],
      columns: table.selectionKinds)
    try engine.query(statement) { batch in
      for row in 0..<batch.count {
        var reader = RowReader(batch, row: row)
        let number = reader.integer() ?? 0
        let id = reader.bytes().flatMap { RecordID(bytes: $0) }
        while expected < number, problems.count < problemLimit {
          problems.append("\(table.name) row \(expected) is gone")
          expected += 1
        }
        expected = number + 1
        guard let record = try? Record(&reader) else {
          problems.append("\(table.name) row \(number) cannot be read")
          continue
        }
        let digest = try hasher.digest(record)
        root.update(digest)
        if id != RecordID(milliseconds: record.time.milliseconds, digest: digest) {
          problems.append("\(table.name) row \(number) was changed after it was stored")
        }
      }
    }
    result.problems += problems.prefix(problemLimit)
    return root.digest()
  }
}

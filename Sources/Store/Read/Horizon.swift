public import Records

/// How far a reader sees: the commits up to an instant, and so the rows up to one number a kind.
///
/// A ledger only grows, and times of commits only grow: a state of the past is a prefix of every table.
public struct Horizon: Sendable, Equatable {
  public let asOf: Instant
  /// Number of the newest commit in sight, 0 before the first.
  public let seq: Int64
  /// Head of the chain there.
  public let head: SHA256Digest
  /// Time of that commit; nil before the first. The ledger as of it is this state, whatever follows.
  public let committedAt: Instant?
  private let lastRows: [RecordKind: Int64]
  private let replaced: Set<RecordKind>

  /// Last row of a kind in sight, 0 when there is none.
  public func lastRow(_ kind: RecordKind) -> Int64 { lastRows[kind, default: 0] }

  /// Whether any row of a kind in sight was replaced.
  func hasReplaced(_ kind: RecordKind) -> Bool { replaced.contains(kind) }

  static func load(_ engine: any EngineReader, asOf: Instant) throws -> Horizon {
    let newest = try engine.first(
      Query(
        Statement(
          "SELECT seq, head, at FROM ledger_commit WHERE at <= ?1 ORDER BY at DESC LIMIT 1",
          [.integer(asOf.nanoseconds)], columns: [.integer, .blob, .integer])
      ) { batch, row in (seq: batch.integer(0, row) ?? 0, head: batch.blob(1, row), at: batch.integer(2, row)) })
    let seq = newest?.seq ?? 0
    var lastRows: [RecordKind: Int64] = [:]
    var replaced: Set<RecordKind> = []
    for kind in RecordKind.allCases {
      func last(_ table: CommitTable) throws -> Int64? {
        try engine.integer(
          "SELECT last_row FROM commit_part WHERE part = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1",
          [.integer(table.number), .integer(seq)])
      }
      lastRows[kind] = try last(.records(kind))
      if try last(.replaced(kind)) != nil { replaced.insert(kind) }
    }
    let head = newest?.head.flatMap { SHA256Digest(bytes: $0) } ?? ChainHead.origin.head
    return Horizon(
      asOf: asOf, seq: seq, head: head, committedAt: newest?.at.map { Instant(nanoseconds: $0) }, lastRows: lastRows,
      replaced: replaced)
  }
}

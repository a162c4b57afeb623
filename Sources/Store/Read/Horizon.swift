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
  private let lastRows: [RecordKind: Int64]

  /// Last row of a kind in sight, 0 when there is none.
  public func lastRow(_ kind: RecordKind) -> Int64 { lastRows[kind, default: 0] }

  static func load(_ engine: any EngineReader, asOf: Instant) throws -> Horizon {
    let newest = try engine.first(
      Query(
        Statement(
          "SELECT seq, head FROM ledger_commit WHERE at <= ?1 ORDER BY seq DESC LIMIT 1",
          [.integer(asOf.nanoseconds)], columns: [.integer, .blob])
      ) { batch, row in (seq: batch.integer(0, row) ?? 0, head: batch.blob(1, row)) })
    let seq = newest?.seq ?? 0
    let ends = try engine.fetch(
      Query(
        Statement(
          "SELECT kind, MAX(last_row) FROM commit_rows WHERE seq <= ?1 GROUP BY kind", [.integer(seq)],
          columns: [.integer, .integer])
      ) { batch, row in (kind: batch.integer(0, row) ?? 0, last: batch.integer(1, row) ?? 0) })
    var lastRows: [RecordKind: Int64] = [:]
    for end in ends {
      if let kind = RecordKind(rawValue: end.kind) { lastRows[kind] = end.last }
    }
    let head = newest?.head.flatMap { SHA256Digest(bytes: $0) } ?? ChainHead.origin.head
    return Horizon(asOf: asOf, seq: seq, head: head, lastRows: lastRows)
  }
}

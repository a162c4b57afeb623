public import Records

/// How much a ledger holds.
public struct LedgerStatus: Sendable, Equatable {
  /// Rows of each kind, replaced ones included.
  public var records: [RecordKind: Int64] = [:]
  public var superseded: Int64 = 0
  public var commits: Int64 = 0
  /// Time of the newest commit.
  public var lastCommit: Instant?
  public var head: SHA256Digest

  init(_ engine: any EngineReader) throws {
    let head = try ChainHead.load(engine)
    self.head = head.head
    commits = head.seq
    lastCommit = head.seq > 0 ? head.at : nil
    let ends = try engine.fetch(
      Query(
        Statement(
          "SELECT part, SUM(last_row - first_row + 1) FROM commit_part WHERE part < 100 GROUP BY part",
          columns: [.integer, .integer])
      ) { ($0.integer(0, $1), $0.integer(1, $1)) })
    for case (let kind?, let count?) in ends {
      if let kind = RecordKind(rawValue: kind) { records[kind] = count }
    }
    superseded = try engine.integer("SELECT COUNT(*) FROM superseded") ?? 0
  }
}

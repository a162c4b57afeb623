import Records

/// The end of the chain: the newest commit.
struct ChainHead: Equatable {
  var seq: Int64
  var at: Instant
  var head: SHA256Digest

  /// Before the first commit.
  static let origin = ChainHead(seq: 0, at: Instant(nanoseconds: .min), head: SHA256Digest(of: [UInt8]()))

  static func load(_ engine: any EngineReader) throws -> ChainHead {
    let statement = Statement(
      "SELECT c.seq, c.at, h.head FROM chain_head h JOIN ledger_commit c ON c.seq = h.seq",
      columns: [.integer, .integer, .blob])
    let head = try engine.first(
      Query(statement) { batch, row -> ChainHead? in
        guard let seq = batch.integer(0, row), let at = batch.integer(1, row),
          let head = batch.blob(2, row).flatMap({ SHA256Digest(bytes: $0) })
        else { return nil }
        return ChainHead(seq: seq, at: Instant(nanoseconds: at), head: head)
      })
    return (head ?? nil) ?? .origin
  }
}

/// One link of the chain: what a commit holds, and the hash that binds it to everything before it.
///
/// head = SHA-256(previous head ‖ seq ‖ at ‖ source ‖ root), root = SHA-256 over, for each kind, its number, its first and
/// last row and the SHA-256 of its records' digests in order.
struct CommitEntry {
  struct Rows: Equatable {
    var kind: RecordKind
    var first: Int64
    var last: Int64
    var root: SHA256Digest
  }

  let seq: Int64
  let at: Instant
  let source: String
  let previous: SHA256Digest
  private(set) var rows: [Rows] = []

  /// Times of commits only grow, so that "as of" an instant means one prefix of the chain.
  init(previous: ChainHead, source: String, now: Instant) {
    let follows = previous.at.nanoseconds == .max ? previous.at : Instant(nanoseconds: previous.at.nanoseconds + 1)
    self.init(seq: previous.seq + 1, at: max(now, follows), source: source, previous: previous.head)
  }

  init(seq: Int64, at: Instant, source: String, previous: SHA256Digest) {
    self.seq = seq
    self.at = at
    self.source = source
    self.previous = previous
  }

  mutating func add(_ rows: Rows) { self.rows.append(rows) }

  var records: Int64 { rows.reduce(0) { $0 + $1.last - $1.first + 1 } }

  var root: SHA256Digest {
    var bytes = CanonicalBytes(kind: .trial)
    for rows in rows {
      bytes.append(rows.kind.rawValue)
      bytes.append(rows.first)
      bytes.append(rows.last)
      bytes.append(rows.root.bytes)
    }
    return bytes.digest
  }

  var head: SHA256Digest {
    var bytes = CanonicalBytes(kind: .trial)
    bytes.append(previous.bytes)
    bytes.append(seq)
    bytes.append(at.nanoseconds)
    bytes.append(source)
    bytes.append(root.bytes)
    return bytes.digest
  }

  func write(_ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        """
        INSERT INTO ledger_commit(seq, at, source, records, root, previous, head) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        """,
        [
          .integer(seq), .integer(at.nanoseconds), .text(source), .integer(records), .blob(root.bytes),
          .blob(previous.bytes), .blob(head.bytes),
        ]))
    for rows in rows {
      try engine.execute(
        Statement(
          "INSERT INTO commit_rows(seq, kind, first_row, last_row) VALUES (?1, ?2, ?3, ?4)",
          [.integer(seq), .integer(rows.kind.rawValue), .integer(rows.first), .integer(rows.last)]))
    }
    try engine.execute(
      Statement(
        """
        INSERT INTO chain_head(id, seq, head) VALUES (1, ?1, ?2)
        ON CONFLICT(id) DO UPDATE SET seq = excluded.seq, head = excluded.head
        """, [.integer(seq), .blob(head.bytes)]))
  }
}

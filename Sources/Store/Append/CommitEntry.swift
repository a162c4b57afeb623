import Records

/// One link of the chain: everything that a commit adds to the ledger, and the hash that binds it to what was before.
///
/// head = SHA-256(previous head ‖ seq ‖ at ‖ source ‖ root); root = SHA-256 over the parts: number, first and last row,
/// digest. Fields are written as `CanonicalBytes` writes them.
struct CommitEntry {
  /// What a commit adds to one table.
  struct Part {
    let table: CommitTable
    let first: Int64
    let last: Int64
    let digest: SHA256Digest

    init(_ table: CommitTable, first: Int64, last: Int64, digest: SHA256Digest) {
      self.table = table
      self.first = first
      self.last = last
      self.digest = digest
    }

    var count: Int64 { last - first + 1 }
  }

  let seq: Int64
  let at: Instant
  let source: String
  let previous: SHA256Digest
  /// In the order of their tables' numbers.
  private(set) var parts: [Part] = []

  /// Times of commits only grow, so that "as of" an instant means one prefix of the chain.
  init(previous: ChainHead, source: String, now: Instant) throws {
    guard previous.at.nanoseconds < .max else { throw Refusal(reason: "the newest commit is at the end of time") }
    let follows = Instant(nanoseconds: previous.at.nanoseconds + 1)
    self.init(seq: previous.seq + 1, at: max(now, follows), source: source, previous: previous.head)
  }

  init(seq: Int64, at: Instant, source: String, previous: SHA256Digest) {
    self.seq = seq
    self.at = at
    self.source = source
    self.previous = previous
  }

  mutating func add(_ parts: [Part]) {
    self.parts = (self.parts + parts).sorted { $0.table.number < $1.table.number }
  }

  /// How many records it holds.
  var records: Int64 {
    parts.reduce(0) { sum, part in if case .records = part.table { sum + part.count } else { sum } }
  }

  // No kind of record has these numbers.
  private static let rootDomain: UInt8 = 0xF0
  private static let headDomain: UInt8 = 0xF1

  var root: SHA256Digest {
    let bytes = CanonicalBytes(kind: .trial)
    bytes.reset(domain: CommitEntry.rootDomain)
    for part in parts {
      bytes.append(part.table.number)
      bytes.append(part.first)
      bytes.append(part.last)
      bytes.append(part.digest)
    }
    return bytes.digest
  }

  var head: SHA256Digest {
    let bytes = CanonicalBytes(kind: .trial)
    bytes.reset(domain: CommitEntry.headDomain)
    bytes.append(previous)
    bytes.append(seq)
    bytes.append(at.nanoseconds)
    bytes.append(source)
    bytes.append(root)
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
    for part in parts {
      try engine.execute(
        Statement(
          "INSERT INTO commit_part(part, seq, first_row, last_row, digest) VALUES (?1, ?2, ?3, ?4, ?5)",
          [
            .integer(part.table.number), .integer(seq), .integer(part.first), .integer(part.last),
            .blob(part.digest.bytes),
          ]))
    }
    try engine.execute(
      Statement(
        """
        INSERT INTO chain_head(id, seq, head) VALUES (1, ?1, ?2)
        ON CONFLICT(id) DO UPDATE SET seq = excluded.seq, head = excluded.head
        """, [.integer(seq), .blob(head.bytes)]))
  }
}

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

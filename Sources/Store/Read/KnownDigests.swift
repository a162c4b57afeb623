import Records

extension Snapshot {
  /// Which of some digests name an artifact of the ledger, of whatever kind. A look-up each, some hundred in a question.
  public func knownDigests(_ digests: [String]) throws -> Set<String> {
    var known: Set<String> = []
    let step = 400
    for start in stride(from: 0, to: digests.count, by: step) {
      let asked = digests[start..<min(start + step, digests.count)]
      let places = asked.indices.map { "?\($0 - start + 1)" }.joined(separator: ", ")
      let statement = Statement(
        """
        SELECT DISTINCT t.sha256 FROM artifact t WHERE t.sha256 IN (\(places)) AND \(horizon.current(.artifact, "t"))
        ORDER BY t.sha256
        """, asked.map { .text($0.identifier) }, columns: [.text])
      try forEachBatch(statement) { batch in
        for row in 0..<batch.count { if let digest = batch.string(0, row) { known.insert(digest) } }
      }
    }
    return known
  }
}

import Records

/// Reads every content and holds it against the hash that names it, and looks for what spans name and is not there.
struct ContentVerifier {
  private let engine: any EngineReader
  private let coder = ContentCoder()

  init(_ engine: any EngineReader) {
    self.engine = engine
  }

  func verify(into result: inout LedgerVerification) throws {
    try engine.query(
      Statement(
        "SELECT sha256, bytes, form, body FROM content ORDER BY row",
        columns: [.blob, .integer, .integer, .blob])
    ) { batch in
      for row in 0..<batch.count where !result.isFull {
        guard let sha256 = batch.digest(0, row) else {
          result.note("a content has no hash")
          continue
        }
        if case .damaged(let problem) = StoredContent(batch, row, from: 1).answer(sha256, coder) {
          result.note(problem)
        }
      }
    }
    for part in SpanContents.parts where !result.isFull {
      let column = "\(part.name)_sha256"
      try engine.query(
        Statement(
          """
          SELECT t.row, t.\(column) FROM span t WHERE t.\(column) IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM content c WHERE c.hour = \(SpanRecord.hour("t")) AND c.sha256 = t.\(column))
          ORDER BY t.row LIMIT 100
          """, columns: [.integer, .blob])
      ) { batch in
        for row in 0..<batch.count {
          let sha256 = batch.digest(1, row)?.description ?? "?"
          result.note("content \(sha256), the \(part.name) of span row \(batch.integer(0, row) ?? 0), is gone")
        }
      }
    }
  }
}

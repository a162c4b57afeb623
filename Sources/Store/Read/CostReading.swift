public import Records

/// Spans in the order in which they were stored, a page at a time.
public struct SpanPage: Sendable {
  public var spans: [SpanRecord] = []
  /// The row after which the next page begins; nil behind the last page.
  public var next: Int64?
}

extension Snapshot {
  /// What each span costs as of now, in their order; nil where nobody priced it. Not part of the inputs.
  ///
  /// One look-up a span, through the natural key that its cost bears.
  public func costs(of spans: [SpanRecord]) throws -> [CostRecord?] {
    var costs = [CostRecord?](repeating: nil, count: spans.count)
    guard horizon.lastRow(.cost) > 0 else { return costs }
    let asked = RowBatch([.integer, .integer])
    var first = 0
    while first < spans.count {
      asked.removeAll()
      let page = spans[first..<min(spans.count, first + RowBatch.capacity)]
      for span in page { asked.append(CostKey(of: span).key) }
      try forEachCost(asked) { costs[first + $0] = $1 }
      first += page.count
    }
    return costs
  }

  /// Tells what is found by its key's place; of several that contradict each other, the newest last.
  func forEachCost(_ asked: RowBatch, _ body: (_ place: Int, _ cost: CostRecord) -> Void) throws {
    let table = CostRecord.table
    // The newest of a key, and those that are newest only for whoever looks at the past.
    let sql = """
      SELECT \(table.names.map { "t.\($0)" }.joined(separator: ", ")) FROM cost t
      WHERE t.row IN (
        SELECT row FROM natural_key WHERE high = ?1 AND low = ?2
        UNION SELECT row FROM superseded WHERE high = ?1 AND low = ?2 AND kind = \(table.kind.rawValue)
        UNION SELECT row FROM rival WHERE high = ?1 AND low = ?2 AND kind = \(table.kind.rawValue))
        AND \(horizon.current(.cost, "t"))
      ORDER BY t.row
      """
    var found: [(Int, CostRecord)] = []
    try queryForEachUnhashed(sql, asked, columns: table.batchKinds) { batch in
      for row in 0..<batch.count {
        guard let place = batch.integer(0, row) else { continue }
        var reader = RowReader(batch, row: row, terms: unhashedTerms)
        reader.skip(1)
        found.append((Int(place), try CostRecord(&reader)))
      }
    }
    for (place, cost) in found { body(place, cost) }
  }

  /// A page of the current spans of some kinds. Not part of the inputs.
  /// - Parameters:
  ///   - kinds: at least one.
  ///   - since: started at this instant or later; nil for all.
  ///   - until: started before this instant; nil for all.
  ///   - row: where the page before ended.
  public func spans(
    ofKinds kinds: [String], since: Instant?, until: Instant?, after row: Int64?, limit: Int
  ) throws -> SpanPage {
    let table = SpanRecord.table
    let places = kinds.indices.map { "?\($0 + 4)" }.joined(separator: ", ")
    let statement = Statement(
      """
      \(table.selection) WHERE t.row > ?1 AND t.started_at >= ?2 AND t.started_at < ?3
        AND t.span_kind IN (SELECT id FROM term WHERE value IN (\(places))) AND \(horizon.current(.span, "t"))
      ORDER BY t.row LIMIT \(limit)
      """,
      [.integer(row ?? 0), .integer(since?.nanoseconds ?? .min), .integer(until?.nanoseconds ?? .max)]
        + kinds.map { .text($0.identifier) }, columns: table.batchKinds)
    let found = try fetchUnhashed(
      Query(statement) { [terms = unhashedTerms] batch, row in
        var reader = RowReader(batch, row: row, terms: terms)
        return (span: try SpanRecord(&reader), row: batch.integer(table.rowColumn, row) ?? 0)
      })
    return SpanPage(spans: found.map(\.span), next: found.count < limit ? nil : found.last?.row)
  }

  /// What an artifact is called that has this content; nil when no such artifact is on record. Not part of the inputs.
  public func artifactName(sha256: String) throws -> String? {
    let statement = Statement(
      "SELECT t.name FROM artifact t WHERE t.sha256 = ?1 AND \(horizon.current(.artifact, "t")) ORDER BY t.row LIMIT 1",
      [.text(sha256.identifier)], columns: [.text])
    return try fetchUnhashed(Query(statement) { $0.string(0, $1) }).first ?? nil
  }
}

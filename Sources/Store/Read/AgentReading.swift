public import Records

extension Snapshot {
  /// The agents of which one of the newest spans is, in UTF-8 order: `attributes.agent`.
  ///
  /// One that is seldom used may be missing where others are used much: what must be judged is declared. O(amongNewest).
  /// - Parameter amongNewest: how many of the spans that were stored last are looked at.
  public func recentAgents(amongNewest count: Int64 = 20_000) throws -> [String] {
    let statement = Statement(
      """
      SELECT t.attributes FROM span t
      WHERE t.row > ?1 AND t.span_kind IN (SELECT id FROM term WHERE value = 'tool' OR value = 'agent')
        AND t.attributes LIKE '%"agent":"%' AND \(horizon.current(.span, "t"))
      """, [.integer(horizon.lastRow(.span) - count)], columns: [.text])
    var agents: Set<String> = []
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        guard let text = batch.string(0, row), let attributes = try? JSONValue(parsing: text),
          let agent = attributes["agent"]?.text, !agent.isEmpty
        else { continue }
        agents.insert(agent.identifier)
      }
    }
    return agents.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The ids of the spans of a trace. As fast as `spans(ofTrace:)` finds them, and reads nothing else.
  public func spanIDs(ofTrace trace: String) throws -> Set<String> {
    Set(
      try fetch(
        Query(
          Statement(
            """
            SELECT t.span_id FROM span t
            WHERE t.row IN (\(SpanRecord.rowsOfTrace("?1"))) AND \(horizon.current(.span, "t"))
            """, [.text(trace.identifier)], columns: [.text])
        ) { $0.string(0, $1) ?? "" }))
  }

  /// Hands out the keys that have a receipt of a time, with the first such receipt and when it was: those of some keys only.
  ///
  /// Looks at every receipt once for 10,000 keys: there is no index on keys.
  public func forEachReceipt(
    underKeys keys: [String], since: Instant, _ body: (_ key: String, _ receipt: String, _ at: Instant) throws -> Void
  ) throws {
    for start in stride(from: 0, to: keys.count, by: 10_000) {
      let some = keys[start..<min(start + 10_000, keys.count)].map(\.identifier)
      let places = some.indices.map { "?\($0 + 3)" }.joined(separator: ", ")
      let statement = Statement(
        """
        SELECT t.idempotency_key, t.receipt_id, t.at FROM receipt t
        WHERE t.at >= ?1 AND t.at <= ?2 AND t.idempotency_key IN (\(places)) AND \(horizon.current(.receipt, "t"))
        ORDER BY t.at, t.row
        """,
        [.integer(since.nanoseconds), .integer(asOf.nanoseconds)] + some.map { .text($0) },
        columns: [.text, .text, .integer])
      try forEachBatch(statement) { batch in
        for row in 0..<batch.count {
          try body(
            batch.string(0, row) ?? "", batch.string(1, row) ?? "",
            Instant(nanoseconds: batch.integer(2, row) ?? 0))
        }
      }
    }
  }
}

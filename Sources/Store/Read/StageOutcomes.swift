public import Records

/// How often one stage of a feature ended well.
public struct StageOutcome: Sendable, Equatable {
  public let stage: String
  public let spans: Int
  /// Spans with status `ok`.
  public let succeeded: Int
}

extension Snapshot {
  /// Ended spans of a feature by stage, stages in UTF-8 order.
  ///
  /// Reads the spans that were delivered since then, and no older ones: rows lie in the order of their delivery.
  /// - Parameter since: spans that started earlier do not count.
  public func stageOutcomes(feature: String, since: Instant) throws -> [StageOutcome] {
    let statement = Statement(
      """
      SELECT (SELECT value FROM term WHERE id = t.stage), COUNT(*),
        SUM(CASE WHEN t.status = (SELECT id FROM term WHERE value = 'ok') THEN 1 ELSE 0 END)
      FROM span t
      WHERE t.row >= (
          SELECT MIN(c.first_row) FROM commit_part c JOIN ledger_commit l ON l.seq = c.seq
          WHERE c.part = \(CommitTable.records(.span).number) AND l.at >= ?2)
        AND t.feature = (SELECT id FROM term WHERE value = ?1) AND t.stage IS NOT NULL AND t.ended_at IS NOT NULL
        AND t.started_at >= ?2 AND \(horizon.current(.span, "t"))
      GROUP BY t.stage ORDER BY t.stage
      """, [.text(feature.identifier), .integer(since.nanoseconds)], columns: [.text, .integer, .integer])
    return try fetch(
      Query(statement) { batch, row in
        StageOutcome(
          stage: batch.string(0, row) ?? "", spans: Int(batch.integer(1, row) ?? 0),
          succeeded: Int(batch.integer(2, row) ?? 0))
      }
    ).sorted { $0.stage.utf8.lexicographicallyPrecedes($1.stage.utf8) }
  }
}

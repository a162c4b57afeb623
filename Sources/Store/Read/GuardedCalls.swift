public import Guards
public import Records

extension Snapshot {
  /// What guards in the path of calls did in a time.
  ///
  /// Calls of which no guard said anything are only counted. O(spans of the time).
  /// - Parameters:
  ///   - from: the first instant, inclusive; `to` is exclusive.
  public func callReplay(from: Instant, to: Instant) throws -> CallReplay {
    let window = """
      \(SpanRecord.hour("t")) BETWEEN ?1 AND ?2 AND t.started_at >= ?3 AND t.started_at < ?4
        AND t.model_requested IS NOT NULL AND \(horizon.current(.span, "t"))
      """
    let times: [SQLValue] = [
      .integer(SpanRecord.hour(of: from)), .integer(SpanRecord.hour(of: to)), .integer(from.nanoseconds),
      .integer(to.nanoseconds),
    ]
    let calls = try fetch(
      Query(Statement("SELECT COUNT(*) FROM span t WHERE \(window)", times, columns: [.integer])) {
        $0.integer(0, $1) ?? 0
      }
    ).first
    var replay = CallReplay(from: from, to: to, calls: calls ?? 0)
    let words = CallReplay.refusals.map { "'\($0)'" }.joined(separator: ", ")
    let statement = Statement(
      """
      SELECT t.started_at, (SELECT value FROM term WHERE id = t.feature), t.attributes,
        (SELECT value FROM term WHERE id = t.error_type)
      FROM span t WHERE \(window)
        AND (t.attributes LIKE '%s_observed"%' OR t.attributes LIKE '%"\(CallReplay.glass)"%'
          OR t.attributes LIKE '%"breaker":"open"%'
          OR t.error_type IN (SELECT id FROM term WHERE value IN (\(words))))
      """, times, columns: [.integer, .text, .text, .text])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        guard case .object(let attributes)? = batch.string(2, row).flatMap({ try? JSONValue(parsing: $0) }) else {
          continue
        }
        replay.add(
          CallReplay.Note(
            at: Instant(nanoseconds: batch.integer(0, row) ?? 0), feature: batch.string(1, row) ?? "",
            attributes: attributes, errorType: batch.string(3, row)))
      }
    }
    return replay
  }
}

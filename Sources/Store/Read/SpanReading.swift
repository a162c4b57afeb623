public import Records

extension Snapshot {
  /// The spans of a trace as they are now, by their start. None when there is no such trace.
  ///
  /// One look-up for each 8,192 rows of the ledger, of some microseconds: the index is by blocks of rows first, so that new
  /// spans are written where the last ones were, however random their ids are.
  public func spans(ofTrace trace: String) throws -> [SpanRecord] {
    var spans: [SpanRecord] = []
    try forEachRecord(
      SpanRecord.self, where: "t.row IN (\(SpanRecord.rowsOfTrace("?1")))", [.text(trace.identifier)]
    ) { spans.append($1) }
    return spans.sorted { ($0.startedAt, $0.spanID) < ($1.startedAt, $1.spanID) }
  }

  /// Judgements on some subjects, such as the spans of a trace, oldest first.
  public func annotations(on subjects: [String]) throws -> [AnnotationRecord] {
    var found: [AnnotationRecord] = []
    for subject in subjects {
      try forEachRecord(AnnotationRecord.self, where: "t.subject = ?1", [.text(subject.identifier)]) {
        found.append($1)
      }
    }
    return found
  }
}

extension SpanRecord {
  /// SQL for the hour in which a span started, since 1970.
  static func hour(_ alias: String) -> String { "(\(alias).started_at / \(nanoseconds))" }

  /// The same without a table, for the index.
  static let hourColumn = "(started_at / \(nanoseconds))"

  private static let nanoseconds = 3_600_000_000_000

  /// The block of rows, for the index of traces.
  static let blockColumn = "(row / 8192)"

  /// SQL for the rows of a trace: a look-up in each block.
  static func rowsOfTrace(_ trace: String) -> String {
    """
    WITH RECURSIVE blocks(block) AS (
      SELECT 0 UNION ALL SELECT block + 1 FROM blocks WHERE block < (SELECT MAX(row) / 8192 FROM span))
    SELECT s.row FROM blocks b CROSS JOIN span s WHERE (s.row / 8192) = b.block AND s.trace_id = \(trace)
    """
  }
}

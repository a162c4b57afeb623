public import Records

/// Which spans are asked for; what is nil does not matter.
public struct SpanFilter: Sendable {
  public var feature: String?
  /// As it was requested or served.
  public var model: String?
  public var status: SpanRecord.Status?
  public var kind: String?
  public var tenant: String?
  public var session: String?
  public var user: String?
  /// Started at this instant or later.
  public var since: Instant?
  /// Started before this instant.
  public var until: Instant?

  public init() {}
}

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

  /// The spans that were stored last, newest first.
  public func newestSpans(_ filter: SpanFilter, limit: Int) throws -> [SpanRecord] {
    var conditions = ["1 = 1"]
    var arguments: [SQLValue] = []
    func require(_ sql: (String) -> String, _ value: SQLValue?) {
      guard let value else { return }
      arguments.append(value)
      conditions.append(sql("?\(arguments.count)"))
    }
    func term(_ column: String) -> (String) -> String {
      { "t.\(column) = (SELECT id FROM term WHERE value = \($0))" }
    }
    require(term("feature"), filter.feature.map { .text($0.identifier) })
    require(
      { "\(term("model_served")($0)) OR \(term("model_requested")($0))" }, filter.model.map { .text($0.identifier) })
    require(term("status"), filter.status.map { .text($0.rawValue) })
    require(term("span_kind"), filter.kind.map { .text($0.identifier) })
    require(term("tenant"), filter.tenant.map { .text($0.identifier) })
    require({ "t.session_id = \($0)" }, filter.session.map { .text($0.identifier) })
    require({ "t.user_id = \($0)" }, filter.user.map { .text($0.identifier) })
    require({ "t.started_at >= \($0)" }, filter.since.map { .integer($0.nanoseconds) })
    require({ "t.started_at < \($0)" }, filter.until.map { .integer($0.nanoseconds) })
    return try unhashed(
      SpanRecord.self, where: conditions.map { "(\($0))" }.joined(separator: " AND "), arguments,
      order: "t.row DESC LIMIT \(limit)")
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

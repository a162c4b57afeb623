public import Records

/// How far a ledger was read row by row.
public struct ReadingPlace: Sendable, Equatable {
  /// The last rows that were read.
  public var span: Int64
  public var annotation: Int64

  public init(span: Int64, annotation: Int64) {
    (self.span, self.annotation) = (span, annotation)
  }
}

/// A call of a model, or of a tool, that has ended, as far as it shows whether it failed.
public struct EndedCall: Sendable, Equatable {
  public var spanID: String
  public var startedAt: Instant
  public var feature: String
  /// As it was asked for; nil for a tool.
  public var model: String?
  public var status: SpanRecord.Status
  public var errorType: String?
  public var isRefusal: Bool
  /// JSON of an object; nil where nothing in it is of interest.
  public var attributes: String?

  public init(
    spanID: String, startedAt: Instant, feature: String, model: String? = nil, status: SpanRecord.Status,
    errorType: String? = nil, isRefusal: Bool = false, attributes: String? = nil
  ) {
    self.spanID = spanID
    self.startedAt = startedAt
    self.feature = feature
    self.model = model
    self.status = status
    self.errorType = errorType
    self.isRefusal = isRefusal
    self.attributes = attributes
  }
}

/// A word on something: what an annotation says.
public struct StoredWord: Sendable, Equatable {
  public var name: String
  public var subject: String
  public var value: AnnotationRecord.Value
  public var at: Instant

  public init(name: String, subject: String, value: AnnotationRecord.Value, at: Instant) {
    (self.name, self.subject, self.value, self.at) = (name, subject, value, at)
  }
}

/// Reading what is new, again and again: rows are numbered in the order of commits, so that what comes later has a larger number,
/// whatever time it speaks of.
extension Snapshot {
  /// From where on everything is read that may speak of a time, at most so many rows of each table.
  /// - Returns: the place, and whether nothing before it is of interest.
  public func readingPlace(since: Instant, most: Int64) throws -> (place: ReadingPlace, isWhole: Bool) {
    // A span, or a word on it, is not delivered before it started.
    func first(_ kind: RecordKind) throws -> Int64 {
      let query = Query(
        Statement(
          """
          SELECT MIN(c.first_row) FROM commit_part c JOIN ledger_commit l ON l.seq = c.seq
          WHERE c.part = \(CommitTable.records(kind).number) AND l.at >= ?1
          """, [.integer(since.nanoseconds)], columns: [.integer])
      ) { $0.integer(0, $1) }
      return try fetchUnhashed(query).first.flatMap(\.self) ?? horizon.lastRow(kind) + 1
    }
    let (span, annotation) = (try first(.span) - 1, try first(.annotation) - 1)
    let place = ReadingPlace(
      span: max(span, horizon.lastRow(.span) - most), annotation: max(annotation, horizon.lastRow(.annotation) - most))
    return (place, place.span == span && place.annotation == annotation)
  }

  /// Hands out the calls that have ended among the rows after a place, at most so many rows further.
  ///
  /// One that was delivered again comes again, as it is said now. O(rows), by their numbers.
  /// - Parameters:
  ///   - features: whose calls; where `hasAgents`, also those of any agent, and where `hasUpstreams`, those that were made at upstreams of
  ///     the gateway.
  /// - Returns: the last row that was looked at.
  public func forEachEndedCall(
    after row: Int64, rows: Int64, features: [String], hasAgents: Bool, hasUpstreams: Bool = false,
    _ body: (EndedCall) throws -> Void
  ) throws -> Int64 {
    let last = min(row + rows, horizon.lastRow(.span))
    guard last > row else { return row }
    let places = features.indices.map { "?\($0 + 3)" }.joined(separator: ", ")
    var subjects: [String] = []
    // `+`: by the number of the row, and not through all spans of the feature.
    if !features.isEmpty { subjects.append("+t.feature IN (SELECT id FROM term WHERE value IN (\(places)))") }
    if hasAgents { subjects.append("t.attributes LIKE '%\"agent\":%'") }
    if hasUpstreams { subjects.append("t.attributes LIKE '%\"upstream\":%'") }
    guard !subjects.isEmpty else { return last }
    // What was refused as its caller's mistake says so by its status.
    let members = ["\"agent\":", "\"drill\":", "\"empty\":", "\"unasked\":", "\"http_status\":4"]
    let words = (members + (hasUpstreams ? ["\"upstream\":"] : [])).map { "t.attributes LIKE '%\($0)%'" }
    let statement = Statement(
      """
      SELECT t.span_id, t.started_at, (SELECT value FROM term WHERE id = t.feature),
        (SELECT value FROM term WHERE id = t.status), (SELECT value FROM term WHERE id = t.error_type), t.refusal,
        (SELECT value FROM term WHERE id = t.model_requested),
        CASE WHEN \(words.joined(separator: " OR ")) THEN t.attributes END
      FROM span t
      WHERE t.row > ?1 AND t.row <= ?2 AND t.ended_at IS NOT NULL
        AND (t.model_requested IS NOT NULL OR t.span_kind IN (SELECT id FROM term WHERE value = 'tool'))
        AND (\(subjects.joined(separator: " OR ")))
      ORDER BY t.row
      """, [.integer(row), .integer(last)] + features.map { .text($0.identifier) },
      columns: [.text, .integer, .text, .text, .text, .integer, .text, .text])
    try forEachUnhashedBatch(statement) { batch in
      for row in 0..<batch.count {
        try body(
          EndedCall(
            spanID: batch.string(0, row) ?? "", startedAt: Instant(nanoseconds: batch.integer(1, row) ?? 0),
            feature: batch.string(2, row) ?? "", model: batch.string(6, row),
            status: batch.string(3, row).flatMap(SpanRecord.Status.init(rawValue:)) ?? .ok,
            errorType: batch.string(4, row), isRefusal: batch.integer(5, row) == 1, attributes: batch.string(7, row)))
      }
    }
    return last
  }

  /// Hands out the words of some names among the rows after a place, at most so many rows further. O(rows).
  /// - Parameter names: of annotations; at least one.
  /// - Returns: the last row that was looked at.
  public func forEachWord(
    after row: Int64, rows: Int64, named names: [String], _ body: (StoredWord) throws -> Void
  ) throws -> Int64 {
    let last = min(row + rows, horizon.lastRow(.annotation))
    guard last > row else { return row }
    let places = names.indices.map { "?\($0 + 3)" }.joined(separator: ", ")
    // `+`: as above.
    let statement = Statement(
      """
      SELECT (SELECT value FROM term WHERE id = t.name), t.subject, t.label, t.number, t.at FROM annotation t
      WHERE t.row > ?1 AND t.row <= ?2 AND +t.name IN (SELECT id FROM term WHERE value IN (\(places)))
      ORDER BY t.row
      """, [.integer(row), .integer(last)] + names.map { .text($0.identifier) },
      columns: [.text, .text, .text, .real, .integer])
    try forEachUnhashedBatch(statement) { batch in
      for row in 0..<batch.count {
        guard
          let value = batch.string(2, row).map(AnnotationRecord.Value.label)
            ?? batch.real(3, row).map(AnnotationRecord.Value.number)
        else { continue }
        try body(
          StoredWord(
            name: batch.string(0, row) ?? "", subject: batch.string(1, row) ?? "", value: value,
            at: Instant(nanoseconds: batch.integer(4, row) ?? 0)))
      }
    }
    return last
  }
}

public import Records

/// An annotation on a span, with what the span carries.
public struct AnnotatedSpan: Sendable, Equatable {
  public let spanID: String
  public let value: AnnotationRecord.Value
  public let at: Instant
  /// Canonical JSON of an object; nil when there are none.
  public let annotationAttributes: String?
  public let spanAttributes: String?
}

extension Snapshot {
  /// Hands out annotations of one name on spans of one feature, by span, the newest annotation of each last.
  ///
  /// Spans are looked for among those that were stored since, so that no question scans the whole past.
  /// - Parameters:
  ///   - since: annotations made, and spans stored, from then on.
  public func forEachAnnotatedSpan(
    feature: String, annotation name: String, since: Instant, _ body: (AnnotatedSpan) throws -> Void
  ) throws {
    let made = "a.name = (SELECT id FROM term WHERE value = ?1) AND a.at >= ?2 AND \(horizon.current(.annotation, "a"))"
    // Without annotations nothing is looked for.
    let any = Query(
      Statement(
        "SELECT COUNT(*) FROM annotation a WHERE \(made)", [.text(name.identifier), .integer(since.nanoseconds)],
        columns: [.integer])
    ) { $0.integer(0, $1) ?? 0 }
    guard (try first(any) ?? 0) > 0 else { return }
    let statement = Statement(
      """
      SELECT s.span_id, a.label, a.number, a.at, a.attributes, s.attributes
      FROM annotation a JOIN span s ON s.span_id = a.subject
      WHERE \(made) AND s.feature = (SELECT id FROM term WHERE value = ?3)
        AND s.row >= (SELECT COALESCE(MIN(r.first_row), 0) FROM commit_part r JOIN ledger_commit c ON c.seq = r.seq
          WHERE r.part = \(CommitTable.records(.span).number) AND c.at >= ?2)
        AND \(horizon.current(.span, "s"))
      ORDER BY s.row, a.at, a.row
      """, [.text(name.identifier), .integer(since.nanoseconds), .text(feature.identifier)],
      columns: [.text, .text, .real, .integer, .text, .text])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        guard
          let value = batch.string(1, row).map(AnnotationRecord.Value.label)
            ?? batch.real(2, row).map(AnnotationRecord.Value.number)
        else { continue }
        try body(
          AnnotatedSpan(
            spanID: batch.string(0, row) ?? "", value: value, at: Instant(nanoseconds: batch.integer(3, row) ?? 0),
            annotationAttributes: batch.string(4, row), spanAttributes: batch.string(5, row)))
      }
    }
  }
}

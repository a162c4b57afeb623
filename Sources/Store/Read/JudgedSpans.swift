public import Records

/// A span that somebody judged, with the newest word on it.
public struct JudgedSpan: Sendable, Equatable {
  public let spanID: String
  public let value: AnnotationRecord.Value
  public let tags: Tags
}

extension Snapshot {
  /// Hands out the spans of a feature that have an annotation of one name, oldest row first. Of several annotations of one
  /// span the newest counts, of those of one instant the one that came later.
  ///
  /// Looks at the index entry of each span of the feature that started since, and at no older one: a span is not found by its
  /// id alone.
  /// - Parameter since: spans that started earlier are left out.
  public func forEachJudgedSpan(
    feature: String, annotation name: String, since: Instant, _ body: (JudgedSpan) throws -> Void
  ) throws {
    let named = "a.name = (SELECT id FROM term WHERE value = ?1) AND \(horizon.current(.annotation, "a"))"
    let any = Query(
      Statement(
        "SELECT a.row FROM annotation a WHERE \(named) LIMIT 1", [.text(name.identifier)], columns: [.integer])
    ) { $0.integer(0, $1) }
    // Without annotations, or without spans, nothing is looked for.
    guard try first(any) != nil, let firstRow = try firstSpanRow(deliveredSince: since) else { return }
    let statement = Statement(
      """
      SELECT s.span_id, (SELECT value FROM term WHERE id = s.tags), a.label, a.number
      FROM span s CROSS JOIN annotation a
      WHERE s.feature = (SELECT id FROM term WHERE value = ?2) AND s.started_at >= ?3 AND s.row >= ?4
        AND s.span_id IN (
          SELECT n.subject FROM annotation n WHERE n.name = (SELECT id FROM term WHERE value = ?1))
        AND \(horizon.current(.span, "s")) AND a.subject = s.span_id AND \(named)
      ORDER BY s.row, a.at, a.row
      """,
      [.text(name.identifier), .text(feature.identifier), .integer(since.nanoseconds), .integer(firstRow)],
      columns: [.text, .text, .text, .real])
    var last: JudgedSpan?
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        guard
          let value = batch.string(2, row).map(AnnotationRecord.Value.label)
            ?? batch.real(3, row).map(AnnotationRecord.Value.number)
        else { continue }
        let span = JudgedSpan(
          spanID: batch.string(0, row) ?? "", value: value, tags: Tags(canonical: batch.string(1, row) ?? "{}"))
        if let last, last.spanID != span.spanID { try body(last) }
        last = span
      }
    }
    if let last { try body(last) }
  }

  /// Lends the attributes of a feature's spans of one kind, oldest row first, those that have an attribute of this name.
  ///
  /// Looks at each span that was delivered since, and at no older one.
  /// - Parameters:
  ///   - attribute: letters, digits and underscores only.
  ///   - since: spans that started earlier are left out.
  public func forEachSpanAttributes(
    feature: String, kind: String, having attribute: String, since: Instant, _ body: (String) throws -> Void
  ) throws {
    // A kind that no record names has no spans.
    guard try numbers(of: [kind])[kind] != nil, let firstRow = try firstSpanRow(deliveredSince: since) else { return }
    let statement = Statement(
      """
      SELECT s.attributes FROM span s
      WHERE s.feature = (SELECT id FROM term WHERE value = ?2) AND s.started_at >= ?3 AND s.row >= ?4
        AND s.span_kind = (SELECT id FROM term WHERE value = ?1)
        AND s.attributes LIKE '%"\(attribute)"%' AND \(horizon.current(.span, "s"))
      ORDER BY s.row
      """,
      [.text(kind.identifier), .text(feature.identifier), .integer(since.nanoseconds), .integer(firstRow)],
      columns: [.text])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        if let text = batch.string(0, row) { try body(text) }
      }
    }
  }
}

public import Records

/// What most checks ask of an annotation.
public struct Annotation: Sendable, Equatable {
  public let id: RecordID
  public let annotationID: String
  public let subject: String
  public let annotator: String
  public let annotatorKind: AnnotationRecord.AnnotatorKind
  public let value: AnnotationRecord.Value
  /// The annotation that this one replaces.
  public let supersedes: String?
  public let at: Instant
  /// Canonical JSON of an object; nil when there are none.
  public let attributes: String?
}

extension Snapshot {
  /// Hands out the current annotations of one name by some kinds of annotators, in the order in which they were stored.
  /// - Parameter since: leaves out what was annotated earlier.
  public func forEachAnnotation(
    named name: String, by kinds: [AnnotationRecord.AnnotatorKind], since: Instant? = nil,
    _ body: (Annotation) throws -> Void
  ) throws {
    let places = kinds.indices.map { "?\($0 + 3)" }.joined(separator: ", ")
    let statement = Statement(
      """
      SELECT t.record_id, t.annotation_id, t.subject, (SELECT value FROM term WHERE id = t.annotator),
        (SELECT value FROM term WHERE id = t.annotator_kind), t.label, t.number, t.supersedes, t.at, t.attributes
      FROM annotation t
      WHERE t.name = (SELECT id FROM term WHERE value = ?1) AND t.at >= ?2
        AND t.annotator_kind IN (SELECT id FROM term WHERE value IN (\(places)))
        AND \(horizon.current(.annotation, "t")) ORDER BY t.row
      """,
      [.text(name.identifier), .integer(since?.nanoseconds ?? .min)] + kinds.map { .text($0.rawValue) },
      columns: [.blob, .text, .text, .text, .text, .text, .real, .text, .integer, .text])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        guard let id = batch.recordID(0, row),
          let kind = batch.string(4, row).flatMap(AnnotationRecord.AnnotatorKind.init),
          let value = batch.string(5, row).map(AnnotationRecord.Value.label)
            ?? batch.real(6, row).map(AnnotationRecord.Value.number)
        else { continue }
        try body(
          Annotation(
            id: id, annotationID: batch.string(1, row) ?? "", subject: batch.string(2, row) ?? "",
            annotator: batch.string(3, row) ?? "", annotatorKind: kind, value: value, supersedes: batch.string(7, row),
            at: Instant(nanoseconds: batch.integer(8, row) ?? 0), attributes: batch.string(9, row)))
      }
    }
  }
}

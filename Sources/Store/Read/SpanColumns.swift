/// The columns that a question about spans reads, and where those lie that rows are asked for; nil where the question does not ask.
final class SpanColumns: Sendable {
  let fields: SpanFields
  let selection: String
  let kinds: [RowBatch.ColumnKind]
  let kind: Int?
  let modelServed: Int?
  /// The first of three.
  let digests: Int?
  let retrieved: Int?
  let attributes: Int?

  // Those of `own`.
  static let recordID = 0
  static let spanID = 1
  static let traceID = 2
  static let startedAt = 3
  static let feature = 5

  private static let own: [(name: String, kind: RowBatch.ColumnKind)] = [
    ("record_id", .blob), ("span_id", .text), ("trace_id", .text), ("started_at", .integer), ("ended_at", .integer),
    ("feature", .integer),
  ]
  private static let groups: [(field: SpanFields, columns: [(name: String, kind: RowBatch.ColumnKind)])] = [
    (.kind, [("span_kind", .integer)]),
    (.place, [("parent_id", .text), ("name", .integer), ("stage", .integer)]),
    (.model, [("model_served", .integer)]),
    (.usage, [("input_tokens", .integer), ("output_tokens", .integer), ("cached_tokens", .integer)]),
    (.session, [("session_id", .text)]),
    (.digests, [("prompt_sha256", .integer), ("config_sha256", .integer), ("index_sha256", .integer)]),
    (.retrieved, [("retrieved", .text)]),
    (
      .call,
      [
        ("prompt_id", .integer), ("parameters", .integer), ("tags", .integer), ("cost_high", .integer),
        ("cost_low", .integer), ("cost_currency", .integer), ("user_id", .text),
      ]
    ),
    (.contents, WindowSpan.contentParts.map { ("\($0.name)_sha256", .blob) }),
    (
      .outcome, [("status", .integer), ("error_type", .integer), ("finish_reason", .integer), ("refusal", .integer)]
    ),
    (
      .asking,
      [
        ("tool", .integer), ("tool_schema_sha256", .integer), ("idempotency_key", .text), ("model_requested", .integer),
      ]
    ),
    (.tenant, [("tenant", .integer)]),
  ]

  /// - Parameter namesAttribute: the condition under which attributes are read.
  init(_ question: SpanQuestion, namesAttribute: String) {
    fields = question.fields
    var columns = SpanColumns.own
    for group in SpanColumns.groups where question.fields.isSuperset(of: group.field) { columns += group.columns }
    let names = columns
    func place(_ name: String) -> Int? { names.firstIndex { $0.name == name } }
    (kind, modelServed, digests) = (place("span_kind"), place("model_served"), place("prompt_sha256"))
    retrieved = place("retrieved")
    attributes = question.attributes.isEmpty ? nil : columns.count
    var selected = columns.map { "t.\($0.name)" }
    if attributes != nil {
      // Attributes may be long: those of other spans are not even copied. An underscore stands for any character, and a key may end
      // another one, which only lets a few more through.
      selected.append("CASE WHEN \(namesAttribute) THEN t.attributes END")
    }
    selection = selected.joined(separator: ", ")
    kinds = columns.map(\.kind) + (attributes != nil ? [.text] : [])
  }
}

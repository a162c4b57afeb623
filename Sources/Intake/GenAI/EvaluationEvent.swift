import Records

/// `gen_ai.evaluation.result` (GenAI conventions, events): the result of an evaluation, as an annotation of the span that it
/// belongs to.
enum EvaluationEvent {
  static let name: StaticString = "gen_ai.evaluation.result"

  /// The annotation that a log record or a span's event states; a reason, if it states none.
  ///
  /// The id is made of what is evaluated, by what name and when, so that a resend is the same annotation. A score counts before
  /// a label, which is then kept in `attributes.label`. Who evaluated is the instrumentation scope; it is code, unless a
  /// model is named.
  static func annotation(
    _ item: OTLPItem, _ tape: ValueTape, _ attributes: Range<Int>, at time: UInt64
  ) -> Result<AnnotationRecord, EvaluationFault> {
    var name: String?
    var label: String?
    var score: Double?
    var note: String?
    var response: String?
    var model: String?
    let rest = CanonicalObject()
    var place = attributes.lowerBound
    while place < attributes.upperBound {
      let node = tape[place]
      let text = node.kind == .text && !node.text.isEmpty ? node.text.string : nil
      let key = node.key
      if key.equals("gen_ai.evaluation.name") {
        name = text
      } else if key.equals("gen_ai.evaluation.score.label") {
        label = text
      } else if key.equals("gen_ai.evaluation.score.value") {
        score = node.kind == .real ? node.real : node.kind == .integer ? Double(node.word) : nil
      } else if key.equals("gen_ai.evaluation.explanation") {
        note = text
      } else if key.equals("gen_ai.response.id") {
        response = text
      } else {
        if key.equals("gen_ai.request.model") || key.equals("gen_ai.response.model") { model = text ?? model }
        if !key.equals("event.name") { rest.set(key) { $0.append(tape, place) } }
      }
      place = node.next
    }
    if let value = score, !value.isFinite { score = nil }
    let value: AnnotationRecord.Value? = score.map { .number($0) } ?? label.map { .label($0) }
    let subject = item.spanID != 0 ? HexadecimalText.text(item.spanID) : response
    guard let name, let value, let subject, let at = Int64(exactly: time) else { return .failure(EvaluationFault()) }
    if score != nil, let label { rest.set("label") { $0.append(plain: quoted(label)) } }
    if let response { rest.set("response_id") { $0.append(plain: quoted(response)) } }
    if !item.traceID.isZero { rest.set("trace_id") { $0.append(plain: quoted(item.traceID.text)) } }
    let identity = "\(item.traceID.text)\n\(subject)\n\(name)\n\(at)\n\(item.scopeName.string)"
    var record = AnnotationRecord(
      annotationID: "otlp-" + String(SHA256Digest(of: identity).description.prefix(32)), subject: subject, name: name,
      value: value, annotatorKind: model == nil ? .code : .llm,
      annotator: model ?? (item.scopeName.isEmpty ? "unknown" : item.scopeName.string), at: Instant(nanoseconds: at))
    record.note = note
    if !rest.isEmpty {
      let writer = CanonicalWriter()
      rest.write(to: writer)
      record.attributes = writer.string()
    }
    return .success(record)
  }

  struct EvaluationFault: Error {}

  private static func quoted(_ text: String) -> String { (try? JSONValue.string(text).canonical()) ?? "null" }
}

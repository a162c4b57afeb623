import Records

extension AnnotationRecord: StorableRecord {
  static let table = RecordTable(
    kind: .annotation, name: "annotation", time: "at",
    columns: [
      ("annotation_id", .text), ("subject", .text), ("subject_sha256", .text), ("name", .term), ("label", .text),
      ("number", .real), ("annotator_kind", .term), ("annotator", .term), ("reason_tags", .text), ("note", .text),
      ("seconds", .real), ("surface", .text), ("saw_critic", .integer), ("probe", .integer), ("supersedes", .text),
      ("vocabulary_version", .integer), ("at", .stamp), ("attributes", .text),
    ])

  var time: Instant { at }

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(annotationID)
  }

  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws {
    try visitor.identifier(annotationID)
    try visitor.identifier(subject)
    try visitor.identifier(subjectSHA256)
    try visitor.term(name)
    if case .label(let label) = value { try visitor.text(label) } else { try visitor.text(nil) }
    if case .number(let number) = value, number.isNaN { throw Refusal(reason: "it is not a number") }
    try visitor.real(value.number)
    try visitor.term(annotatorKind.rawValue)
    try visitor.term(annotator)
    try visitor.text(TextList.json(reasonTags))
    try visitor.text(note)
    try visitor.real(seconds)
    try visitor.text(surface)
    try visitor.flag(sawCritic)
    try visitor.flag(probe)
    try visitor.identifier(supersedes)
    try visitor.integer(vocabularyVersion)
    try visitor.stamp(at)
    try visitor.text(attributes)
  }

  init(_ row: inout RowReader) throws {
    let (id, subject) = (try row.require(row.text()), try row.require(row.text()))
    let sha = row.text()
    let name = try row.require(row.term())
    let (label, number) = (row.text(), row.real())
    let kind = try row.require(row.term().flatMap(AnnotatorKind.init(rawValue:)))
    self.init(
      annotationID: id, subject: subject, name: name,
      value: try row.require(label.map(Value.label) ?? number.map(Value.number)), annotatorKind: kind,
      annotator: try row.require(row.term()), at: Instant(nanoseconds: 0))
    subjectSHA256 = sha
    reasonTags = TextList.texts(row.text())
    note = row.text()
    seconds = row.real()
    surface = row.text()
    sawCritic = row.flag()
    probe = row.flag()
    supersedes = row.text()
    vocabularyVersion = try row.require(row.integer())
    at = try row.instant()
    attributes = row.text()
  }
}

import Records

extension ChangeRecord: StorableRecord {
  static let table = RecordTable(
    kind: .change, name: "change", time: "at",
    columns: [
      ("surface", .term), ("from_value", .text), ("to_value", .text), ("actor", .term), ("reason", .text),
      ("decision_id", .text), ("paths", .text), ("at", .integer), ("attributes", .text),
    ])

  var time: Instant { at }

  /// A change has no name of its own: the whole of it is its key, and nothing replaces it.
  func visitKey(_ visitor: inout KeyBytes) {
    visitor.placeBy(at)
    for field in [surface, from, to, actor, reason, decisionID, attributes] { visitor.append(field) }
    for path in paths { visitor.append(path) }
    visitor.append(at.nanoseconds)
  }

  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws {
    try visitor.term(surface)
    try visitor.text(from)
    try visitor.text(to)
    try visitor.term(actor)
    try visitor.text(reason)
    try visitor.identifier(decisionID)
    try visitor.text(TextList.json(paths))
    try visitor.integer(at.nanoseconds)
    try visitor.text(attributes)
  }

  init(_ row: inout RowReader) throws {
    let surface = try row.require(row.term())
    let (from, to) = (row.text(), row.text())
    self.init(surface: surface, actor: try row.require(row.term()), at: Instant(nanoseconds: 0))
    self.from = from
    self.to = to
    reason = row.text()
    decisionID = row.text()
    paths = TextList.texts(row.text())
    at = try row.instant()
    attributes = row.text()
  }
}

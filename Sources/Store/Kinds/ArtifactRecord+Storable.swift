import Records

extension ArtifactRecord: StorableRecord {
  static let table = RecordTable(
    kind: .artifact, name: "artifact", time: "at",
    columns: [
      ("sha256", .text), ("artifact_kind", .term), ("name", .text), ("version", .text), ("bytes", .integer),
      ("media_type", .text), ("owner", .text), ("derived_from", .text), ("at", .stamp), ("attributes", .text),
    ])

  var time: Instant { at }

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(artifactKind)
    visitor.placeByFields()
    visitor.append(name)
    visitor.append(sha256)
  }

  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws {
    try visitor.identifier(sha256)
    try visitor.term(artifactKind)
    try visitor.identifier(name)
    try visitor.identifier(version)
    try visitor.integer(bytes)
    try visitor.text(mediaType)
    try visitor.text(owner)
    try visitor.text(ArtifactRecord.json(derivedFrom))
    try visitor.stamp(at)
    try visitor.text(attributes)
  }

  init(_ row: inout RowReader) throws {
    self.init(
      sha256: try row.require(row.text()), artifactKind: try row.require(row.term()),
      name: try row.require(row.text()), at: Instant(nanoseconds: 0))
    version = row.text()
    bytes = row.integer()
    mediaType = row.text()
    owner = row.text()
    derivedFrom = ArtifactRecord.origins(row.text())
    at = try row.instant()
    attributes = row.text()
  }

  private static func json(_ origins: [Origin]) -> String? {
    guard !origins.isEmpty else { return nil }
    return try? JSONValue.array(origins.map { ["sha256": .string($0.sha256), "how": .string($0.how)] }).canonical()
  }

  private static func origins(_ json: String?) -> [Origin] {
    guard let json, case .array(let values)? = try? JSONValue(parsing: json) else { return [] }
    return values.compactMap { value in
      guard case .string(let sha)? = value["sha256"], case .string(let how)? = value["how"] else { return nil }
      return Origin(sha256: sha, how: how)
    }
  }
}

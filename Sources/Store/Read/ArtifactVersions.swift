public import Records

/// One version of an artifact, and of its attributes what was asked for.
public struct ArtifactVersion: Sendable, Equatable {
  public let sha256: String
  public let name: String
  public let at: Instant
  /// Canonical JSON of an object; nil where none of the keys that were asked for is in it.
  public let attributes: String?
}

extension Snapshot {
  /// Hands out the current versions of the artifacts of a kind, oldest first.
  /// - Parameters:
  ///   - keys: attributes are read where one of these is among them.
  ///   - onlyNaming: leaves out versions without one of the keys.
  public func forEachArtifactVersion(
    kind: String, attributes keys: [String], onlyNaming: Bool = false, _ body: (ArtifactVersion) throws -> Void
  ) throws {
    var arguments: [SQLValue] = [.text(kind.identifier)]
    let named = keys.map { key in
      arguments.append(.text("%\"\(key)\"%"))
      return "t.attributes LIKE ?\(arguments.count)"
    }.joined(separator: " OR ")
    let attributes = keys.isEmpty ? "NULL" : "CASE WHEN \(named) THEN t.attributes END"
    let statement = Statement(
      """
      SELECT t.sha256, t.name, t.at, \(attributes) FROM artifact t
      WHERE t.artifact_kind = (SELECT id FROM term WHERE value = ?1) \(onlyNaming ? "AND (\(named))" : "")
        AND \(horizon.current(.artifact, "t")) ORDER BY t.row
      """, arguments, columns: [.text, .text, .integer, .text])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        try body(
          ArtifactVersion(
            sha256: batch.string(0, row) ?? "", name: batch.string(1, row) ?? "",
            at: Instant(nanoseconds: batch.integer(2, row) ?? 0), attributes: batch.string(3, row)))
      }
    }
  }

  /// The current artifacts with a digest, of whatever kind.
  public func artifacts(sha256: String) throws -> [ArtifactRecord] {
    var found: [ArtifactRecord] = []
    try forEachRecord(ArtifactRecord.self, where: "t.sha256 = ?1", [.text(sha256.identifier)]) { found.append($1) }
    return found
  }

  /// The current artifacts of a kind and name, oldest first. O(artifacts of the kind).
  public func artifacts(kind: String, name: String) throws -> [ArtifactRecord] {
    var found: [ArtifactRecord] = []
    try forEachRecord(
      ArtifactRecord.self, where: "t.artifact_kind = (SELECT id FROM term WHERE value = ?1) AND t.name = ?2",
      [.text(kind.identifier), .text(name.identifier)]
    ) { found.append($1) }
    return found
  }
}

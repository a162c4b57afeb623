public import Records

extension PriceTable {
  /// The table as an artifact, which costs name by its hash.
  /// - Parameter at: when it came to be known.
  public func artifact(at: Instant) -> ArtifactRecord {
    var record = ArtifactRecord(sha256: version.description, artifactKind: "other", name: source, at: at)
    record.bytes = bytes
    var attributes = JSONObject()
    attributes["from"] = validity.from.map { .string($0.description) }
    attributes["role"] = "prices"
    attributes["to"] = validity.to.map { .string($0.description) }
    record.attributes = try? JSONValue.object(attributes).canonical()
    return record
  }
}

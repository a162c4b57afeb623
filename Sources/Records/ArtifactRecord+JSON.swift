extension ArtifactRecord: NativeRecord {
  public static var recordKind: RecordKind { .artifact }
  public var record: Record { .artifact(self) }

  public var fields: JSONObject {
    var line = JSONObject()
    line.set("sha256", sha256)
    line.set("artifact_kind", artifactKind)
    line.set("name", name)
    line.set("version", version)
    line.set("bytes", bytes)
    line.set("media_type", mediaType)
    line.set("owner", owner)
    if !derivedFrom.isEmpty {
      line["derived_from"] = .array(
        derivedFrom.map { ["sha256": .string($0.sha256), "how": .string($0.how)] })
    }
    line.set("at", at)
    line.set("attributes", canonical: attributes)
    return line
  }
}

extension ChangeRecord: NativeRecord {
  public static var recordKind: RecordKind { .change }
  public var record: Record { .change(self) }

  public var fields: JSONObject {
    var line = JSONObject()
    line.set("surface", surface)
    line.set("from", from)
    line.set("to", to)
    line.set("actor", actor)
    line.set("reason", reason)
    line.set("decision_id", decisionID)
    line.set("paths", paths)
    line.set("at", at)
    line.set("attributes", canonical: attributes)
    return line
  }
}

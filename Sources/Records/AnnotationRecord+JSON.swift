extension AnnotationRecord: NativeRecord {
  public static var recordKind: RecordKind { .annotation }
  public var record: Record { .annotation(self) }

  public var fields: JSONObject {
    var line = JSONObject()
    line.set("annotation_id", annotationID)
    line.set("subject", subject)
    line.set("subject_sha256", subjectSHA256)
    line.set("name", name)
    switch value {
    case .label(let label): line.set("value", label)
    case .number(let number): line.set("value", number)
    }
    line.set("annotator_kind", annotatorKind.rawValue)
    line.set("annotator", annotator)
    line.set("reason_tags", reasonTags)
    line.set("note", note)
    line.set("seconds", seconds)
    line.set("surface", surface)
    line.set("saw_critic", sawCritic)
    line.set("probe", probe)
    line.set("supersedes", supersedes)
    line.set("vocabulary_version", vocabularyVersion)
    line.set("at", at)
    line.set("attributes", canonical: attributes)
    return line
  }
}

import Records

enum AnnotationKey: Int, RecordKey {
  case annotationId, subject, subjectSha256, name, value, annotatorKind, annotator, reasonTags, note, seconds, surface
  case sawCritic, probe, supersedes, vocabularyVersion, at, attributes
  case recordId, ingestedAt, source, schemaVersion

  static var kind: RecordKind { .annotation }
}

/// Makes annotations of the fields of a native record.
struct AnnotationRecordReader {
  let fields: RecordFields<AnnotationKey>
  private var values: RecordValues<AnnotationKey>
  private let time: Instant?

  init(_ input: InputText, time: Instant?) {
    fields = RecordFields(input)
    values = RecordValues(fields)
    self.time = time
  }

  mutating func record() throws -> AnnotationRecord {
    guard let at = try values.time(.at) ?? time else { throw fields.missing(.at) }
    let kind = try values.required(.annotatorKind)
    guard let annotatorKind = AnnotationRecord.AnnotatorKind(rawValue: kind) else {
      throw fields.wrong(.annotatorKind, "one of human, llm, code")
    }
    var record = AnnotationRecord(
      annotationID: try values.required(.annotationId), subject: try values.required(.subject),
      name: try values.required(.name), value: try value(), annotatorKind: annotatorKind,
      annotator: try values.required(.annotator), at: at)
    record.subjectSHA256 = try values.sha256(.subjectSha256)
    record.reasonTags = try values.texts(.reasonTags)
    record.note = try values.text(.note)
    record.seconds = try values.amount(.seconds)
    record.surface = try values.name(.surface)
    record.sawCritic = try values.flag(.sawCritic)
    record.probe = try values.flag(.probe)
    record.supersedes = try values.name(.supersedes)
    if let version = try values.count(.vocabularyVersion) { record.vocabularyVersion = version }
    record.attributes = try values.object(.attributes)
    return record
  }

  /// A number is a number; a text and a truth value are labels.
  private mutating func value() throws -> AnnotationRecord.Value {
    guard let field = fields[.value] else { throw fields.missing(.value) }
    if field.kind == .number {
      guard let number = try values.real(.value) else { throw fields.wrong(.value, "a number or a label") }
      return .number(number)
    }
    return .label(try values.required(.value))
  }
}

enum ArtifactKey: Int, RecordKey {
  case sha256, artifactKind, name, version, bytes, mediaType, owner, derivedFrom, at, attributes
  case recordId, ingestedAt, source, schemaVersion

  static var kind: RecordKind { .artifact }
}

/// Makes artifacts of the fields of a native record; `kind` says what record it is, `artifact_kind` what artifact.
struct ArtifactRecordReader {
  let fields: RecordFields<ArtifactKey>
  private var values: RecordValues<ArtifactKey>
  private let time: Instant?

  init(_ input: InputText, time: Instant?) {
    fields = RecordFields(input)
    values = RecordValues(fields)
    self.time = time
  }

  mutating func record() throws -> ArtifactRecord {
    guard let at = try values.time(.at) ?? time else { throw fields.missing(.at) }
    guard let sha = try values.sha256(.sha256) else { throw fields.missing(.sha256) }
    var record = ArtifactRecord(
      sha256: sha, artifactKind: try values.choice(.artifactKind, of: ArtifactRecord.kinds),
      name: try values.required(.name), at: at)
    record.version = try values.name(.version)
    record.bytes = try values.count(.bytes)
    record.mediaType = try values.name(.mediaType)
    record.owner = try values.name(.owner)
    record.derivedFrom = try values.elements(.derivedFrom).map(origin)
    record.attributes = try values.object(.attributes)
    return record
  }

  private func origin(_ value: JSONValue) throws -> ArtifactRecord.Origin {
    guard let sha = value["sha256"]?.text?.lowercased(), SHA256Digest(hexadecimal: sha) != nil,
      let how = value["how"]?.text,
      case .object(let object) = value, object.members.count == 2
    else { throw fields.wrong(.derivedFrom, "a list of {\"sha256\": 64 hexadecimal digits, \"how\": text}") }
    return ArtifactRecord.Origin(sha256: sha, how: how)
  }
}

enum ChangeKey: Int, RecordKey {
  case surface, from, to, actor, reason, decisionId, paths, at, attributes
  case recordId, ingestedAt, source, schemaVersion

  static var kind: RecordKind { .change }
}

/// Makes changes of the fields of a native record.
struct ChangeRecordReader {
  let fields: RecordFields<ChangeKey>
  private var values: RecordValues<ChangeKey>
  private let time: Instant?

  init(_ input: InputText, time: Instant?) {
    fields = RecordFields(input)
    values = RecordValues(fields)
    self.time = time
  }

  mutating func record() throws -> ChangeRecord {
    guard let at = try values.time(.at) ?? time else { throw fields.missing(.at) }
    var record = ChangeRecord(
      surface: try values.choice(.surface, of: ChangeRecord.surfaces), actor: try values.required(.actor), at: at)
    record.from = try values.text(.from)
    record.to = try values.text(.to)
    record.reason = try values.text(.reason)
    record.decisionID = try values.name(.decisionId)
    record.paths = try values.texts(.paths)
    record.attributes = try values.object(.attributes)
    return record
  }
}

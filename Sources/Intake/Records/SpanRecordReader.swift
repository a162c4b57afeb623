import Records

/// Keys of a span. `kind` says what record it is, so that the kind of the operation is `span_kind`.
enum SpanKey: Int, RecordKey {
  case spanId, traceId, parentId, name, spanKind, startedAt, endedAt, status, errorType, feature, tenant, sessionId
  case userId, tags, trafficCluster, stage, modelRequested, modelServed, promptId, promptSha256, configSha256
  case parameters, inputTokens, outputTokens, cachedTokens, costUsd, finishReason, refusal, retrieved, indexSha256
  case tool, toolSchemaSha256, attempt, idempotencyKey, subject, subjectSha256, attributes
  case input, output, instructions, tools, other
  case inputSha256, outputSha256, instructionsSha256, toolsSha256, otherSha256
  case recordId, ingestedAt, source, schemaVersion

  static var kind: RecordKind { .span }
}

/// Makes spans of the fields of a native record.
struct SpanRecordReader {
  let fields: RecordFields<SpanKey>
  private var values: RecordValues<SpanKey>
  /// What was said in the last record that was read.
  private(set) var contents: [Content] = []

  init(_ input: InputText) {
    fields = RecordFields(input)
    values = RecordValues(fields)
  }

  mutating func record() throws -> SpanRecord {
    guard let start = try values.time(.startedAt) else { throw fields.missing(.startedAt) }
    var record = SpanRecord(
      spanID: try values.required(.spanId), traceID: try values.required(.traceId), name: try values.required(.name),
      spanKind: try values.choice(.spanKind, of: SpanRecord.kinds), startedAt: start,
      feature: try values.required(.feature))
    record.parentID = try values.name(.parentId)
    record.endedAt = try values.time(.endedAt)
    if let end = record.endedAt, end < start { throw fields.wrong(.endedAt, "a time that is not before 'started_at'") }
    if let status = try values.text(.status) {
      guard let known = SpanRecord.Status(rawValue: status) else {
        throw fields.wrong(.status, "one of ok, error, timeout")
      }
      record.status = known
    }
    record.errorType = try values.name(.errorType)
    record.tenant = try values.name(.tenant)
    record.sessionID = try values.name(.sessionId)
    record.userID = try values.name(.userId)
    record.tags = try values.tags(.tags)
    record.trafficCluster = try values.name(.trafficCluster)
    record.stage = try values.name(.stage)
    try readModel(&record)
    try readTool(&record)
    record.attributes = try values.object(.attributes)
    try readContents(&record)
    return record
  }

  /// What was said, by its hash or as it is: any JSON, kept in its canonical form.
  private mutating func readContents(_ record: inout SpanRecord) throws {
    contents.removeAll(keepingCapacity: true)
    for (part, keys) in zip(SpanContents.parts, SpanRecordReader.contentKeys) {
      let stated = try values.sha256(keys.hash).flatMap { SHA256Digest(hexadecimal: $0) }
      if let text = try values.document(keys.whole) {
        let content = Content(Array(text.utf8), at: record.startedAt)
        guard stated == nil || stated == content.sha256 else {
          throw fields.wrong(keys.hash, "the SHA-256 of the canonical JSON of '\(part.name)'")
        }
        contents.append(content)
        record.contents[keyPath: part.path] = content.sha256
      } else {
        record.contents[keyPath: part.path] = stated
      }
    }
  }

  /// In the order of `SpanContents.parts`.
  private static let contentKeys: [(whole: SpanKey, hash: SpanKey)] = [
    (.input, .inputSha256), (.output, .outputSha256), (.instructions, .instructionsSha256), (.tools, .toolsSha256),
    (.other, .otherSha256),
  ]

  private mutating func readModel(_ record: inout SpanRecord) throws {
    record.modelRequested = try values.name(.modelRequested)
    record.modelServed = try values.name(.modelServed)
    record.promptID = try values.name(.promptId)
    record.promptSHA256 = try values.sha256(.promptSha256)
    record.configSHA256 = try values.sha256(.configSha256)
    record.parameters = try values.object(.parameters)
    record.inputTokens = try values.count(.inputTokens)
    record.outputTokens = try values.count(.outputTokens)
    record.cachedTokens = try values.count(.cachedTokens)
    record.cost = try values.dollars(.costUsd)
    record.finishReason = try values.name(.finishReason)
    record.refusal = try values.flag(.refusal)
    record.retrieved = try values.list(.retrieved)
    record.indexSHA256 = try values.sha256(.indexSha256)
  }

  private mutating func readTool(_ record: inout SpanRecord) throws {
    record.tool = try values.name(.tool)
    record.toolSchemaSHA256 = try values.sha256(.toolSchemaSha256)
    record.attempt = try values.count(.attempt)
    record.idempotencyKey = try values.name(.idempotencyKey)
    record.subject = try values.name(.subject)
    record.subjectSHA256 = try values.sha256(.subjectSha256)
  }
}

import Records

extension SpanRecord: StorableRecord {
  static let table = RecordTable(
    kind: .span, name: "span", time: "started_at",
    columns: [
      ("span_id", .text), ("trace_id", .text), ("parent_id", .text), ("name", .term), ("span_kind", .term),
      ("started_at", .integer), ("ended_at", .integer), ("status", .term), ("error_type", .term), ("feature", .term),
      ("tenant", .term), ("session_id", .text), ("user_id", .text), ("tags", .term), ("traffic_cluster", .term),
      ("stage", .term), ("model_requested", .term), ("model_served", .term), ("prompt_id", .term),
      ("prompt_sha256", .term), ("config_sha256", .term), ("parameters", .term), ("input_tokens", .integer),
      ("output_tokens", .integer), ("cached_tokens", .integer), ("cost_high", .integer), ("cost_low", .integer),
      ("cost_currency", .term), ("finish_reason", .term), ("refusal", .integer), ("retrieved", .text),
      ("index_sha256", .term), ("tool", .term), ("tool_schema_sha256", .term), ("attempt", .integer),
      ("idempotency_key", .text), ("subject", .text), ("subject_sha256", .text), ("attributes", .text),
    ] + SpanContents.parts.map { ("\($0.name)_sha256", .blob) },
    places: SpanContents.placeColumns)

  var time: Instant { startedAt }

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.placeBy(startedAt)
    visitor.append(traceID)
    visitor.append(spanID)
  }

  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws {
    try visitor.identifier(spanID)
    try visitor.identifier(traceID)
    try visitor.identifier(parentID)
    try visitor.term(name)
    try visitor.term(spanKind)
    try visitor.integer(startedAt.nanoseconds)
    try visitor.integer(endedAt?.nanoseconds)
    try visitor.term(status.rawValue)
    try visitor.term(errorType)
    try visitor.term(feature)
    try visitor.term(tenant)
    try visitor.identifier(sessionID)
    try visitor.identifier(userID)
    try visitor.term(tags.canonical)
    try visitor.term(trafficCluster)
    try visitor.term(stage)
    try visitor.term(modelRequested)
    try visitor.term(modelServed)
    try visitor.term(promptID)
    try visitor.term(promptSHA256)
    try visitor.term(configSHA256)
    try visitor.term(parameters)
    try visitor.integer(inputTokens)
    try visitor.integer(outputTokens)
    try visitor.integer(cachedTokens)
    try visitor.money(cost)
    try visitor.term(finishReason)
    try visitor.flag(refusal)
    try visitor.text(retrieved)
    try visitor.term(indexSHA256)
    try visitor.term(tool)
    try visitor.term(toolSchemaSHA256)
    try visitor.integer(attempt)
    try visitor.identifier(idempotencyKey)
    try visitor.identifier(subject)
    try visitor.identifier(subjectSHA256)
    try visitor.text(attributes)
    // In the order of `SpanContents.parts`, whose key paths would take longer than all that is read by them.
    try visitor.digest(contents.input)
    try visitor.digest(contents.output)
    try visitor.digest(contents.instructions)
    try visitor.digest(contents.tools)
    try visitor.digest(contents.other)
  }

  init(_ row: inout RowReader) throws {
    let (id, trace) = (try row.require(row.text()), try row.require(row.text()))
    let parent = row.text()
    let (name, kind) = (try row.require(row.term()), try row.require(row.term()))
    self.init(
      spanID: id, traceID: trace, name: name, spanKind: kind, startedAt: try row.instant(), feature: "")
    parentID = parent
    endedAt = row.integer().map(Instant.init(nanoseconds:))
    status = try row.require(row.term().flatMap(Status.init(rawValue:)))
    errorType = try row.term()
    feature = try row.require(row.term())
    tenant = try row.term()
    sessionID = row.text()
    userID = row.text()
    tags = Tags(canonical: try row.require(row.term()))
    trafficCluster = try row.term()
    stage = try row.term()
    modelRequested = try row.term()
    modelServed = try row.term()
    promptID = try row.term()
    promptSHA256 = try row.term()
    configSHA256 = try row.term()
    parameters = try row.term()
    inputTokens = row.integer()
    outputTokens = row.integer()
    cachedTokens = row.integer()
    cost = try row.money()
    finishReason = try row.term()
    refusal = row.flag()
    retrieved = row.text()
    indexSHA256 = try row.term()
    tool = try row.term()
    toolSchemaSHA256 = try row.term()
    attempt = row.integer()
    idempotencyKey = row.text()
    subject = row.text()
    subjectSHA256 = row.text()
    attributes = row.text()
    for part in SpanContents.parts { contents[keyPath: part.path] = row.digest() }
  }
}

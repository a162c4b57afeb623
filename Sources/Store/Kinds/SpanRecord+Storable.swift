import Records

extension SpanRecord: StorableRecord {
  static let table = RecordTable(
    kind: .span, name: "span",
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
    ])

  var time: Instant { startedAt }

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.placeBy(startedAt)
    visitor.append(traceID)
    visitor.append(spanID)
  }

  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws {
    try visitor.text(spanID)
    try visitor.text(traceID)
    try visitor.text(parentID)
    try visitor.term(name)
    try visitor.term(spanKind)
    try visitor.integer(startedAt.nanoseconds)
    try visitor.integer(endedAt?.nanoseconds)
    try visitor.term(status.rawValue)
    try visitor.term(errorType)
    try visitor.term(feature)
    try visitor.term(tenant)
    try visitor.text(sessionID)
    try visitor.text(userID)
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
    try visitor.text(idempotencyKey)
    try visitor.text(subject)
    try visitor.text(subjectSHA256)
    try visitor.text(attributes)
  }

  init(_ row: inout RowReader) throws {
    let (id, trace) = (try row.require(row.text()), try row.require(row.text()))
    let parent = row.text()
    let (name, kind) = (try row.require(row.text()), try row.require(row.text()))
    self.init(
      spanID: id, traceID: trace, name: name, spanKind: kind, startedAt: try row.instant(), feature: "")
    parentID = parent
    endedAt = row.integer().map(Instant.init(nanoseconds:))
    status = try row.require(row.text().flatMap(Status.init(rawValue:)))
    errorType = row.text()
    feature = try row.require(row.text())
    tenant = row.text()
    sessionID = row.text()
    userID = row.text()
    tags = Tags(canonical: try row.require(row.text()))
    trafficCluster = row.text()
    stage = row.text()
    modelRequested = row.text()
    modelServed = row.text()
    promptID = row.text()
    promptSHA256 = row.text()
    configSHA256 = row.text()
    parameters = row.text()
    inputTokens = row.integer()
    outputTokens = row.integer()
    cachedTokens = row.integer()
    cost = row.money()
    finishReason = row.text()
    refusal = row.flag()
    retrieved = row.text()
    indexSHA256 = row.text()
    tool = row.text()
    toolSchemaSHA256 = row.text()
    attempt = row.integer()
    idempotencyKey = row.text()
    subject = row.text()
    subjectSHA256 = row.text()
    attributes = row.text()
  }
}

public import Records

extension WindowTrace {
  /// A trace that was read by its id.
  public init?(_ spans: [SpanRecord]) {
    guard let first = spans.first else { return nil }
    self.init(id: first.traceID, hour: SpanRecord.hour(of: first.startedAt))
    self.spans = spans.map(WindowSpan.init)
  }
}

extension WindowSpan {
  /// Everything that a question may ask of a span.
  init(_ span: SpanRecord) {
    self.init(
      spanID: span.spanID, traceID: span.traceID, startedAt: span.startedAt, endedAt: span.endedAt,
      feature: span.feature, parentID: span.parentID, name: span.name, kind: span.spanKind, stage: span.stage,
      inputTokens: span.inputTokens, outputTokens: span.outputTokens, cachedTokens: span.cachedTokens,
      modelServed: span.modelServed, sessionID: span.sessionID, promptSHA256: span.promptSHA256,
      configSHA256: span.configSHA256, indexSHA256: span.indexSHA256, retrieved: span.retrieved,
      promptID: span.promptID,
      parameters: span.parameters, tags: span.tags, cost: span.cost, userID: span.userID,
      status: span.status, errorType: span.errorType, finishReason: span.finishReason, isRefusal: span.refusal,
      tool: span.tool, toolSchemaSHA256: span.toolSchemaSHA256, idempotencyKey: span.idempotencyKey,
      modelRequested: span.modelRequested, tenant: span.tenant, contents: span.contents,
      attributes: span.attributes)
  }
}

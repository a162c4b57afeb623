public import Records

/// A span as a question about a stretch of time asks for it; fields that were not asked for are nil.
///
/// Checks hold thousands of spans, and sort them and hand them on: a reference moves faster than forty fields do.
public final class WindowSpan: Sendable {
  public let recordID: RecordID?
  public let spanID: String
  public let traceID: String
  public let startedAt: Instant
  /// Nil is open.
  public let endedAt: Instant?
  public let feature: String
  public let parentID: String?
  public let name: String?
  public let kind: String?
  public let stage: String?
  public let inputTokens: Int64?
  public let outputTokens: Int64?
  public let cachedTokens: Int64?
  public let modelServed: String?
  public let sessionID: String?
  public let promptSHA256: String?
  public let configSHA256: String?
  public let indexSHA256: String?
  /// JSON of a list; `[]` ran and found nothing, nil was not recorded.
  public let retrieved: String?
  public let promptID: String?
  /// JSON of an object.
  public let parameters: String?
  public let tags: Tags
  public let cost: Money?
  public let userID: String?
  public let status: SpanRecord.Status?
  public let errorType: String?
  public let finishReason: String?
  public let isRefusal: Bool?
  public let tool: String?
  public let toolSchemaSHA256: String?
  public let idempotencyKey: String?
  public let modelRequested: String?
  public let tenant: String?
  public let contents: SpanContents
  /// JSON of an object; nil where none of the keys that were asked for is in it.
  public let attributes: String?

  /// What a span was made of, as far as questions ask for it.
  static let contentParts = SpanContents.parts.filter { $0.name != "other" }

  /// - Parameters:
  ///   - reader: stands before the columns of those fields.
  ///   - readsAttributes: whether attributes are the last of them.
  init(_ reader: inout RowReader, _ fields: SpanFields, readsAttributes: Bool) throws {
    recordID = reader.recordID()
    (spanID, traceID) = (try reader.require(reader.text()), try reader.require(reader.text()))
    (startedAt, endedAt) = (try reader.instant(), reader.integer().map(Instant.init(nanoseconds:)))
    feature = try reader.require(reader.term())
    let place = fields.contains(.place)
    parentID = place ? reader.text() : nil
    name = place ? try reader.term() : nil
    kind = place ? try reader.term() : nil
    stage = place ? try reader.term() : nil
    let usage = fields.contains(.usage)
    inputTokens = usage ? reader.integer() : nil
    outputTokens = usage ? reader.integer() : nil
    cachedTokens = usage ? reader.integer() : nil
    modelServed = usage ? try reader.term() : nil
    sessionID = fields.contains(.session) ? reader.text() : nil
    let digests = fields.contains(.digests)
    promptSHA256 = digests ? try reader.term() : nil
    configSHA256 = digests ? try reader.term() : nil
    indexSHA256 = digests ? try reader.term() : nil
    retrieved = fields.contains(.retrieved) ? reader.text() : nil
    let call = fields.contains(.call)
    promptID = call ? try reader.term() : nil
    parameters = call ? try reader.term() : nil
    tags = call ? Tags(canonical: try reader.require(reader.term())) : Tags()
    cost = call ? try reader.money() : nil
    userID = call ? reader.text() : nil
    var contents = SpanContents()
    if fields.contains(.contents) {
      for part in WindowSpan.contentParts { contents[keyPath: part.path] = reader.digest() }
    }
    self.contents = contents
    let outcome = fields.contains(.outcome)
    status = outcome ? try reader.term().flatMap(SpanRecord.Status.init) : nil
    errorType = outcome ? try reader.term() : nil
    finishReason = outcome ? try reader.term() : nil
    isRefusal = outcome ? reader.flag() : nil
    let asking = fields.contains(.asking)
    tool = asking ? try reader.term() : nil
    toolSchemaSHA256 = asking ? try reader.term() : nil
    idempotencyKey = asking ? reader.text() : nil
    modelRequested = asking ? try reader.term() : nil
    tenant = fields.contains(.tenant) ? try reader.term() : nil
    attributes = readsAttributes ? reader.text() : nil
  }

  /// Everything that a question may ask of a span.
  init(_ span: SpanRecord) {
    recordID = nil
    (spanID, traceID, parentID) = (span.spanID, span.traceID, span.parentID)
    (startedAt, endedAt) = (span.startedAt, span.endedAt)
    (feature, name, kind, stage) = (span.feature, span.name, span.spanKind, span.stage)
    (inputTokens, outputTokens, cachedTokens) = (span.inputTokens, span.outputTokens, span.cachedTokens)
    (modelServed, modelRequested) = (span.modelServed, span.modelRequested)
    (sessionID, userID, tenant) = (span.sessionID, span.userID, span.tenant)
    (promptSHA256, configSHA256, indexSHA256) = (span.promptSHA256, span.configSHA256, span.indexSHA256)
    (retrieved, promptID, parameters) = (span.retrieved, span.promptID, span.parameters)
    (tags, cost, contents, attributes) = (span.tags, span.cost, span.contents, span.attributes)
    (status, errorType, finishReason) = (span.status, span.errorType, span.finishReason)
    isRefusal = span.refusal
    (tool, toolSchemaSHA256, idempotencyKey) = (span.tool, span.toolSchemaSHA256, span.idempotencyKey)
  }
}

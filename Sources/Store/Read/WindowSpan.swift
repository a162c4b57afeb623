public import Records

/// A span as a question about a stretch of time asks for it; fields that were not asked for are nil.
///
/// Checks hold thousands of spans, and sort them and hand them on: a reference moves faster than forty fields do, and what few
/// questions ask for lies apart, so that spans are small.
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
  /// JSON of a list; `[]` ran and found nothing, nil was not recorded.
  public let retrieved: String?
  public let tenant: String?
  /// JSON of an object; nil where none of the keys that were asked for is in it.
  public let attributes: String?
  private let digests: Digests?
  private let call: Call?
  private let said: Said?
  private let outcome: Outcome?
  private let asking: Asking?

  public var promptSHA256: String? { digests?.prompt }
  public var configSHA256: String? { digests?.config }
  public var indexSHA256: String? { digests?.index }
  public var promptID: String? { call?.promptID }
  /// JSON of an object.
  public var parameters: String? { call?.parameters }
  public var tags: Tags { call?.tags ?? Tags() }
  public var cost: Money? { call?.cost }
  public var userID: String? { call?.userID }
  public var contents: SpanContents { said?.contents ?? SpanContents() }
  public var status: SpanRecord.Status? { outcome?.status }
  public var errorType: String? { outcome?.errorType }
  public var finishReason: String? { outcome?.finishReason }
  public var isRefusal: Bool? { outcome?.isRefusal }
  public var tool: String? { asking?.tool }
  public var toolSchemaSHA256: String? { asking?.toolSchemaSHA256 }
  public var idempotencyKey: String? { asking?.idempotencyKey }
  public var modelRequested: String? { asking?.modelRequested }

  /// What a span was made of, as far as questions ask for it.
  static let contentParts = SpanContents.parts.filter { $0.name != "other" }

  /// - Parameter last: what it may share with the span before it.
  init(_ row: SpanRow, _ last: inout LastTrace) throws {
    let fields = row.columns.fields
    var reader = RowReader(row.batch, row: row.row, terms: row.terms)
    recordID = reader.recordID()
    spanID = try reader.require(reader.text())
    traceID = try reader.require(reader.text(sharedWith: &last.id))
    (startedAt, endedAt) = (try reader.instant(), reader.integer().map(Instant.init(nanoseconds:)))
    feature = try reader.require(reader.term())
    kind = fields.contains(.kind) ? try reader.term() : nil
    let place = fields.contains(.place)
    parentID = place ? reader.text(sharedWith: &last.parent) : nil
    name = place ? try reader.term() : nil
    stage = place ? try reader.term() : nil
    modelServed = fields.contains(.model) ? try reader.term() : nil
    let usage = fields.contains(.usage)
    inputTokens = usage ? reader.integer() : nil
    outputTokens = usage ? reader.integer() : nil
    cachedTokens = usage ? reader.integer() : nil
    sessionID = fields.contains(.session) ? reader.text() : nil
    digests = fields.contains(.digests) ? try Digests(&reader) : nil
    retrieved = fields.contains(.retrieved) ? reader.text() : nil
    call = fields.contains(.call) ? try Call(&reader) : nil
    said = fields.contains(.contents) ? Said(&reader) : nil
    outcome = fields.contains(.outcome) ? try Outcome(&reader) : nil
    asking = fields.contains(.asking) ? try Asking(&reader) : nil
    tenant = fields.contains(.tenant) ? try reader.term() : nil
    attributes = row.columns.attributes != nil ? reader.text() : nil
  }

  /// Everything that a question may ask of a span.
  init(_ span: SpanRecord) {
    recordID = nil
    (spanID, traceID, parentID) = (span.spanID, span.traceID, span.parentID)
    (startedAt, endedAt) = (span.startedAt, span.endedAt)
    (feature, name, kind, stage) = (span.feature, span.name, span.spanKind, span.stage)
    (inputTokens, outputTokens, cachedTokens) = (span.inputTokens, span.outputTokens, span.cachedTokens)
    (modelServed, sessionID, tenant) = (span.modelServed, span.sessionID, span.tenant)
    (retrieved, attributes) = (span.retrieved, span.attributes)
    digests = Digests(span)
    call = Call(span)
    said = Said(span)
    outcome = Outcome(span)
    asking = Asking(span)
  }
}

/// Spans of one trace mostly follow each other.
struct LastTrace {
  var id: String?
  var parent: String?
}

/// The configuration that answered; nothing where no digest was recorded.
private final class Digests: Sendable {
  let prompt: String?
  let config: String?
  let index: String?

  init?(_ reader: inout RowReader) throws {
    (prompt, config, index) = (try reader.term(), try reader.term(), try reader.term())
    if prompt == nil, config == nil, index == nil { return nil }
  }

  init(_ span: SpanRecord) { (prompt, config, index) = (span.promptSHA256, span.configSHA256, span.indexSHA256) }
}

/// How it was called.
private final class Call: Sendable {
  let promptID: String?
  let parameters: String?
  let tags: Tags
  let cost: Money?
  let userID: String?

  init(_ reader: inout RowReader) throws {
    (promptID, parameters) = (try reader.term(), try reader.term())
    tags = Tags(canonical: try reader.require(reader.term()))
    cost = try reader.money()
    userID = reader.text()
  }

  init(_ span: SpanRecord) {
    (promptID, parameters, tags, cost) = (span.promptID, span.parameters, span.tags, span.cost)
    userID = span.userID
  }
}

/// The hashes of what was said.
private final class Said: Sendable {
  let contents: SpanContents

  init(_ reader: inout RowReader) {
    var contents = SpanContents()
    for part in WindowSpan.contentParts { contents[keyPath: part.path] = reader.digest() }
    self.contents = contents
  }

  init(_ span: SpanRecord) { contents = span.contents }
}

/// How it ended.
private final class Outcome: Sendable {
  let status: SpanRecord.Status?
  let errorType: String?
  let finishReason: String?
  let isRefusal: Bool?

  init(_ reader: inout RowReader) throws {
    status = try reader.term().flatMap(SpanRecord.Status.init)
    (errorType, finishReason) = (try reader.term(), try reader.term())
    isRefusal = reader.flag()
  }

  init(_ span: SpanRecord) {
    (status, errorType, finishReason) = (span.status, span.errorType, span.finishReason)
    isRefusal = span.refusal
  }
}

/// What it asked for.
private final class Asking: Sendable {
  let tool: String?
  let toolSchemaSHA256: String?
  let idempotencyKey: String?
  let modelRequested: String?

  init(_ reader: inout RowReader) throws {
    (tool, toolSchemaSHA256) = (try reader.term(), try reader.term())
    idempotencyKey = reader.text()
    modelRequested = try reader.term()
  }

  init(_ span: SpanRecord) {
    (tool, toolSchemaSHA256) = (span.tool, span.toolSchemaSHA256)
    (idempotencyKey, modelRequested) = (span.idempotencyKey, span.modelRequested)
  }
}

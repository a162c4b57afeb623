public import Records

/// Spans as an export in OTLP/JSON, by the table of attributes by which such exports are read.
///
/// A span that came by OTLP goes out with the attributes that it came with, as far as its record keeps them: counts of tokens
/// under the names that they were reported by, what resource and scope said, tags, parameters. What OTLP has no attribute for,
/// and what was said, stays behind. Every span stands under a resource of its own, so that none has to be kept.
public enum OTLPExport {
  public static let start = #"{"resourceSpans":["# + "\n"
  public static let separator = ",\n"
  public static let end = "\n]}\n"
  public static let empty = #"{"resourceSpans":[]}"# + "\n"

  /// An element of `resourceSpans`; nil for a span whose ids OTLP has no room for.
  public static func span(_ span: SpanRecord) throws -> String? {
    guard isID(span.traceID, digits: 32), isID(span.spanID, digits: 16) else { return nil }
    let attributes = OTLPAttributes(span)
    var body = JSONObject()
    body["traceId"] = .string(span.traceID)
    body["spanId"] = .string(span.spanID)
    if let parent = span.parentID, isID(parent, digits: 16) { body["parentSpanId"] = .string(parent) }
    body["name"] = .string(span.name)
    let calls = ["chat", "completion", "embeddings", "rerank", "retrieval"]
    body["kind"] = .integer(calls.contains(span.spanKind) ? 3 : 1)
    // 64-bit numbers are texts in protobuf's JSON.
    body["startTimeUnixNano"] = .string(String(span.startedAt.nanoseconds))
    body["endTimeUnixNano"] = span.endedAt.map { .string(String($0.nanoseconds)) }
    body["attributes"] = .array(attributes.list.map(OTLPExport.member))
    var status = JSONObject()
    status["code"] = .integer(span.status == .ok ? 1 : 2)
    status["message"] = attributes.statusMessage
    body["status"] = .object(status)
    return try element(body, attributes).line()
  }

  private static func element(_ span: JSONObject, _ attributes: OTLPAttributes) -> JSONValue {
    var scoped = JSONObject()
    scoped["scope"] = attributes.scope
    scoped["spans"] = .array([.object(span)])
    var resource = JSONObject()
    resource["attributes"] = .array(attributes.resource.map(OTLPExport.member))
    var element = JSONObject()
    element["resource"] = .object(resource)
    element["scopeSpans"] = .array([.object(scoped)])
    return .object(element)
  }

  /// Lower-case hexadecimal digits, not all zero, as W3C's trace context has them.
  private static func isID(_ text: String, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      && text.utf8.contains { $0 != 0x30 }
  }

  // MARK: Values

  private static func member(_ key: String, _ value: JSONValue) -> JSONValue {
    var member = JSONObject()
    member["key"] = .string(key)
    member["value"] = anyValue(value)
    return .object(member)
  }

  private static func anyValue(_ value: JSONValue) -> JSONValue {
    func one(_ name: String, _ value: JSONValue) -> JSONValue {
      var object = JSONObject()
      object[name] = value
      return .object(object)
    }
    func list(_ values: [JSONValue]) -> JSONValue { one("values", .array(values)) }
    switch value {
    case .null: return .object(JSONObject())
    case .bool: return one("boolValue", value)
    case .number: return one("doubleValue", value)
    case .integer(let number): return one("intValue", .string(String(number)))
    case .string: return one("stringValue", value)
    case .array(let elements): return one("arrayValue", list(elements.map(anyValue)))
    case .object(let object): return one("kvlistValue", list(object.members.map { member($0.key, $0.value) }))
    }
  }
}

/// The attributes of a span on its way out.
private struct OTLPAttributes {
  private(set) var list: [(String, JSONValue)] = []
  private(set) var resource: [(String, JSONValue)] = []
  private(set) var scope: JSONValue?
  private(set) var statusMessage: JSONValue?

  init(_ span: SpanRecord) {
    let kept = OTLPAttributes.members(span.attributes)
    addFields(span)
    addUsage(span, kept)
    add(.finishReason, kept["finish_reasons"] ?? span.finishReason.map { .array([.string($0)]) })
    for (name, value) in span.tags.values.sorted(by: { $0.key < $1.key }) {
      list.append(("tally.tag." + name, .string(value)))
    }
    for member in kept.members { addKept(member.key, member.value) }
  }

  private static func members(_ text: String?) -> JSONObject {
    guard let text, case .object(let object)? = try? JSONValue(parsing: text) else { return JSONObject() }
    return object
  }

  /// The name that comes first for a field.
  private static func key(_ field: SpanField) -> String? {
    AttributeTable.groups.first { $0.field == field }?.keys.first?.description
  }

  private mutating func add(_ field: SpanField, _ value: JSONValue?) {
    guard let value, let key = OTLPAttributes.key(field) else { return }
    list.append((key, value))
  }

  private mutating func add(_ field: SpanField, _ text: String?) { add(field, text.map(JSONValue.string)) }

  private mutating func addFields(_ span: SpanRecord) {
    add(.kind, span.spanKind)
    add(.feature, span.feature)
    add(.modelRequested, span.modelRequested)
    add(.modelServed, span.modelServed)
    add(.errorType, span.errorType ?? (span.status == .timeout ? "timeout" : nil))
    add(.tenant, span.tenant)
    add(.session, span.sessionID)
    add(.user, span.userID)
    add(.promptID, span.promptID)
    add(.promptSHA256, span.promptSHA256)
    add(.configSHA256, span.configSHA256)
    add(.indexSHA256, span.indexSHA256)
    add(.tool, span.tool)
    add(.stage, span.stage)
    add(.trafficCluster, span.trafficCluster)
    add(.attempt, span.attempt.map(JSONValue.integer))
    add(.idempotencyKey, span.idempotencyKey)
    add(.subject, span.subject)
    add(.subjectSHA256, span.subjectSHA256)
    add(.refusal, span.refusal.map(JSONValue.bool))
    add(.retrieved, span.retrieved)
    add(.parameterObject, span.parameters)
    if let cost = span.cost, cost.currency == "USD" { add(.cost, Money.decimal(cost.units)) }
  }

  // MARK: Tokens

  private static let buckets: [(name: String, field: SpanField)] = [
    ("cache_write", .cacheWrite), ("cache_write_5m", .cacheWrite5Minutes), ("cache_write_1h", .cacheWrite1Hour),
    ("reasoning", .reasoningTokens), ("input_audio", .inputAudio), ("input_image", .inputImage),
    ("input_text", .inputText), ("output_audio", .outputAudio), ("output_text", .outputText),
  ]

  /// As they were reported, where that is known; else under the names of the conventions.
  private mutating func addUsage(_ span: SpanRecord, _ kept: JSONObject) {
    if case .object(let usage)? = kept["usage"] {
      for member in usage.members { list.append((member.key, member.value)) }
      return
    }
    add(.inputTokens, span.inputTokens.map(JSONValue.integer))
    add(.outputTokens, span.outputTokens.map(JSONValue.integer))
    add(.cacheRead, span.cachedTokens.map(JSONValue.integer))
    for (name, field) in OTLPAttributes.buckets { add(field, kept["tokens"]?[name]) }
    add(.serviceTier, kept["billing"]?["service_tier"])
  }

  // MARK: What has no field

  private mutating func addKept(_ key: String, _ value: JSONValue) {
    switch key {
    // Said by other attributes, or made of what was said.
    case "usage", "tokens", "billing", "finish_reasons", "args_sha256", "ended_before_start_ns": return
    case "provider": add(.provider, value)
    case "resource":
      guard case .object(let object) = value else { return }
      for member in object.members { resource.append((member.key, member.value)) }
    case "scope": scope = value
    case "status_message": statusMessage = value
    default:
      let group = AttributeTable.groups.first { $0.field == .attribute && $0.name.description == key }
      list.append((group?.keys.first?.description ?? key, value))
    }
  }
}

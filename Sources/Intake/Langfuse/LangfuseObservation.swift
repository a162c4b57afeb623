import Records

/// An observation as the span of OpenTelemetry that Langfuse's SDKs send for it.
enum LangfuseObservation {
  /// Why an observation cannot be taken, in a sentence.
  struct Refusal: Error {
    let description: String
  }

  /// What a trace says of its observations, without what was said in it.
  static func context(of trace: JSONValue) -> JSONValue {
    var object = JSONObject()
    for key in ["userId", "sessionId", "tags", "release", "version", "environment"] { object[key] = trace[key] }
    return .object(object)
  }

  /// A resource with one span, in OTLP/JSON.
  /// - Parameters:
  ///   - trace: what holds `userId`, `sessionId`, `tags` and the like.
  ///   - ids: gets the ids that OpenTelemetry does not have.
  static func group(
    _ observation: JSONValue, of trace: JSONValue, _ ids: inout LangfuseIDs
  ) throws(Refusal) -> JSONValue {
    guard let id = text(observation, "id") else { throw Refusal(description: "An observation has no id.") }
    guard let traceID = text(observation, "traceId") ?? text(trace, "id") else {
      throw Refusal(description: "The observation '\(id)' names no trace.")
    }
    guard let start = time(observation, "startTime") else {
      throw Refusal(description: "The observation '\(id)' has no startTime in RFC 3339.")
    }
    let metadata = object(observation["metadata"])
    var span = JSONObject()
    span["traceId"] = .string(ids.digits(32, of: traceID))
    span["spanId"] = .string(ids.digits(16, of: id))
    if let parent = text(observation, "parentObservationId") {
      span["parentSpanId"] = .string(ids.digits(16, of: parent))
    }
    span["name"] = .string(text(observation, "name") ?? "")
    span["startTimeUnixNano"] = .string(start)
    if let end = time(observation, "endTime") { span["endTimeUnixNano"] = .string(end) }
    span["attributes"] = .array(attributes(observation, trace, metadata))
    var status = JSONObject()
    status["code"] = .integer(text(observation, "level") == "ERROR" ? 2 : 0)
    status["message"] = text(observation, "statusMessage").map(JSONValue.string)
    span["status"] = .object(status)
    var scope = JSONObject()
    scope["name"] = text(metadata["scope"] ?? .null, "name").map(JSONValue.string)
    scope["version"] = text(metadata["scope"] ?? .null, "version").map(JSONValue.string)
    var spans = JSONObject()
    spans["scope"] = .object(scope)
    spans["spans"] = .array([.object(span)])
    var resource = JSONObject()
    resource["attributes"] = .array(OTLPAttributeList.of(object(metadata["resourceAttributes"])))
    var group = JSONObject()
    group["resource"] = .object(resource)
    group["scopeSpans"] = .array([.object(spans)])
    return .object(group)
  }

  private static func attributes(_ observation: JSONValue, _ trace: JSONValue, _ metadata: JSONObject) -> [JSONValue] {
    var attributes = JSONObject()
    func put(_ key: String, _ value: JSONValue?) {
      guard let value, value != .null, value != .string(""), value != .array([]), value != .object(JSONObject()) else {
        return
      }
      attributes[key] = value
    }
    put("langfuse.observation.type", text(observation, "type").map { .string($0.lowercased()) })
    put("langfuse.observation.model.name", observation["model"] ?? observation["providedModelName"])
    put("langfuse.observation.model.parameters", document(observation["modelParameters"]))
    put("langfuse.observation.usage_details", document(observation["usageDetails"]))
    put("langfuse.observation.cost_details", document(observation["costDetails"]))
    put("langfuse.observation.input", document(observation["input"]))
    put("langfuse.observation.output", document(observation["output"]))
    put("langfuse.observation.level", observation["level"])
    put("langfuse.observation.prompt.name", observation["promptName"])
    put("langfuse.observation.prompt.version", observation["promptVersion"])
    put("langfuse.session.id", text(trace, "sessionId").map(JSONValue.string) ?? observation["sessionId"])
    put("langfuse.user.id", text(trace, "userId").map(JSONValue.string) ?? observation["userId"])
    put("langfuse.trace.tags", trace["tags"])
    put("langfuse.release", trace["release"])
    put("langfuse.version", text(observation, "version").map(JSONValue.string) ?? trace["version"])
    put("langfuse.environment", text(observation, "environment").map(JSONValue.string) ?? trace["environment"])
    var rest = metadata
    for key in ["attributes", "resourceAttributes", "scope"] { rest[key] = nil }
    put("langfuse.observation.metadata", document(.object(rest)))
    // What came by OpenTelemetry is still there, under its own keys.
    for member in object(metadata["attributes"]).members where attributes[member.key] == nil {
      put(member.key, member.value)
    }
    return OTLPAttributeList.of(attributes)
  }

  // MARK: Values

  private static func text(_ value: JSONValue, _ key: String) -> String? {
    value[key]?.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func time(_ value: JSONValue, _ key: String) -> String? {
    // Older exports have a space in the place of the T, and no zone, which is UTC.
    guard var time = text(value, key) else { return nil }
    if let instant = Instant(time) { return String(instant.nanoseconds) }
    time = time.split(separator: " ").joined(separator: "T") + (time.hasSuffix("Z") ? "" : "Z")
    return Instant(time).map { String($0.nanoseconds) }
  }

  /// An object, which may come as a text that holds one.
  private static func object(_ value: JSONValue?) -> JSONObject {
    if case .object(let object)? = value { return object }
    guard let text = value?.text, case .object(let object)? = try? JSONValue(parsing: text) else { return JSONObject() }
    return object
  }

  /// A value as a text that holds JSON; of one that comes as such a text, that text. Nil when there is nothing in it.
  private static func document(_ value: JSONValue?) -> JSONValue? {
    switch value {
    case nil, .null?: return nil
    case .string(let text)?:
      // Downloads write what was said as JSON in a text, a text among it too.
      if let inner = try? JSONValue(parsing: text), let words = inner.text { return .string(words) }
      return .string(text)
    case .array(let elements)? where elements.isEmpty: return nil
    case .object(let object)? where object.members.isEmpty: return nil
    case let value?: return (try? value.line()).map(JSONValue.string)
    }
  }
}

/// Ids of traces and observations: hexadecimal digits where OpenTelemetry gave them, anything where an older SDK or a caller
/// did. For those, digits stand in while the span is read.
struct LangfuseIDs {
  private var originals: [String: String] = [:]

  mutating func digits(_ count: Int, of id: String) -> String {
    let isHexadecimal =
      id.utf8.count == count && id.utf8.contains { $0 != 0x30 }
      && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    if isHexadecimal { return id }
    let digits = String(SHA256Digest(of: id).description.prefix(count))
    originals[digits] = id
    return digits
  }

  func original(of digits: String) -> String { originals[digits] ?? digits }
}

internal import Intake
internal import Records
public import Redaction
internal import Store

/// What of a delivery may go on to others: it comes with the words and for the tenant as the ledger keeps it, or not at all.
///
/// Where nothing is redacted and the key is bound to no tenant, it goes on as it came, byte for byte. Else it is written again.
public struct Onward: Sendable {
  private let redactor: Redactor?

  /// - Parameter redactor: nil leaves all words.
  public init(_ redactor: Redactor?) { self.redactor = redactor }

  /// Whether words are taken out.
  public var changes: Bool { redactor != nil }

  // MARK: OpenTelemetry

  /// An export as it may go on; nil when it cannot be written again.
  /// - Parameter bound: what of it its bearer may deliver; nil when all.
  func export(_ body: [UInt8], _ signal: OTLPEndpoint.Signal, isJSON: Bool, _ bound: Principal.Bound?) -> [UInt8]? {
    guard redactor != nil || bound != nil else { return body }
    var rewrite = OTLPRewrite()
    if let redactor {
      rewrite.text = { Onward.redacted($0, redactor) }
      rewrite.omitsContent = redactor.dropsContent
    }
    if let bound {
      var spans: Set<SpanName> = []
      for case .span(let span) in bound.batch.records {
        spans.insert(SpanName(span))
        if let tenant = span.tenant, bound.given.contains(SpanName(span)) { rewrite.tenant = (tenant, bound.given) }
      }
      // A name that is refused once does not go on at all: the rewriting cannot tell two spans of one name apart.
      rewrite.spans = spans.subtracting(bound.refused)
    }
    return rewrite.rewritten(body, signal == .traces ? .traces : .logs, isJSON ? .json : .protobuf)
  }

  /// A text that holds a list or a map of JSON is redacted within it, where a text may be written with escapes, and then as
  /// the text that it is: keys and decimals are words too.
  private static func redacted(_ text: String, _ redactor: Redactor) -> String? {
    let first = text.utf8.first { $0 > 0x20 }
    let isDocument = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    guard isDocument else { return redactor.redacted(text) }
    let within = redactor.redacted(document: text)
    return redactor.redacted(within ?? text) ?? within
  }

  // MARK: Langfuse

  /// A body of Langfuse's paths as it may go on; nil when it may not: it is no JSON, or is to lose what it says.
  /// - Parameter body: decompressed.
  public func request(_ body: [UInt8]) -> [UInt8]? {
    guard let redactor, !body.isEmpty else { return body }
    guard !redactor.dropsContent, let value = body.withUnsafeBytes({ try? JSONValue(parsing: $0) }) else { return nil }
    return Onward.bytes(redacted(value))
  }

  /// Scores as they may go on.
  /// - Parameter body: the same as bytes.
  func scores(_ value: JSONValue, _ body: [UInt8]) -> [UInt8]? {
    redactor == nil ? body : Onward.bytes(redacted(value))
  }

  /// Events as they may go on: of those who deliver for one tenant only those that are taken here, since nobody can say whose
  /// the others are.
  /// - Parameter body: the same as bytes.
  func events(_ value: JSONValue, _ body: [UInt8], from principal: Principal) -> [UInt8]? {
    guard redactor != nil || principal.tenant != nil else { return body }
    guard case .object(var whole) = value else { return nil }
    var events = value["batch"]?.elements ?? []
    if principal.tenant != nil {
      events.removeAll { event in !["score-create", "sdk-log"].contains(event["type"]?.text) }
      if events.isEmpty { return nil }
    }
    if redactor?.dropsContent == true { events = events.map(Onward.withoutContent) }
    whole["batch"] = .array(events)
    return Onward.bytes(redacted(.object(whole)))
  }

  /// Members of an event's body that hold what was said.
  private static let content = ["input", "output", "log"]

  private static func withoutContent(_ event: JSONValue) -> JSONValue {
    guard case .object(var event) = event, case .object(var body)? = event["body"] else { return event }
    for key in content { body[key] = nil }
    event["body"] = .object(body)
    return .object(event)
  }

  /// - Parameter isFree: whether the value is somewhere in what people fill as they like.
  private func redacted(_ value: JSONValue, of key: String = "", isFree: Bool = false) -> JSONValue {
    guard let redactor else { return value }
    func number(_ text: String) -> JSONValue { redactor.redacted(text).map(JSONValue.string) ?? value }
    switch value {
    case .null, .bool: return value
    case .integer(let whole): return number(String(whole))
    case .number(let real): return Int64(exactly: real).map { number(String($0)) } ?? value
    case .string(let text):
      guard isFree || !Onward.isPlain(text, of: key) else { return value }
      return .string(Onward.redacted(text, redactor) ?? text)
    case .array(let elements): return .array(elements.map { redacted($0, of: key, isFree: isFree) })
    case .object(let object):
      var output = JSONObject()
      for member in object.members {
        output[redactor.redacted(member.key) ?? member.key] = redacted(
          member.value, of: member.key, isFree: isFree || Onward.free.contains(member.key))
      }
      return .object(output)
    }
  }

  /// Members that hold whatever an application puts there.
  private static let free: Set<String> = ["metadata", "input", "output", "value", "comment", "modelParameters", "log"]
  /// Members that hold ids which machines make.
  private static let ids: Set<String> = [
    "id", "traceId", "observationId", "parentObservationId", "spanId", "parentSpanId", "datasetItemId", "datasetRunId",
    "projectId", "promptId", "configId", "queueId",
  ]
  private static let times: Set<String> = ["timestamp", "startTime", "endTime", "completionStartTime"]

  /// Ids that machines make, and times: what is looked for may seem to be in them.
  private static func isPlain(_ text: String, of key: String) -> Bool {
    if times.contains(key) { return Instant(text) != nil }
    guard ids.contains(key) else { return false }
    // Sixteen digits without a letter may be a card.
    guard text.utf8.count != 16 || text.utf8.contains(where: { $0 > 0x39 }) else { return false }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isHexadecimal = parts.allSatisfy { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
    }
    return isHexadecimal && [[16], [32], [8, 4, 4, 4, 12]].contains(parts.map(\.utf8.count))
  }

  private static func bytes(_ value: JSONValue) -> [UInt8]? { (try? value.line()).map { Array($0.utf8) } }
}

extension ErasureScope {
  /// Of whom bodies of scores and events speak, as far as they say.
  static func all(in bodies: [JSONValue]) -> Set<ErasureScope> {
    var scopes: Set<ErasureScope> = []
    for body in bodies {
      if let user = body["userId"]?.text { scopes.insert(.user(user.identifier)) }
      if let session = body["sessionId"]?.text { scopes.insert(.session(session.identifier)) }
    }
    return scopes
  }
}

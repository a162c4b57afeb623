import Records
import Store
import Testing

@testable import Checks

/// Prompts of the feature `help`, segment by segment.
enum ContextBench {
  static let check = "context-waste"
  static let now = CheckBench.now

  static func segment(_ type: String, _ tokens: Int64, _ more: JSONValue = [:]) -> JSONValue {
    var object = JSONObject()
    object["type"] = .string(type)
    object["tokens"] = .integer(tokens)
    if case .object(let members) = more { for member in members.members { object[member.key] = member.value } }
    return .object(object)
  }

  static func span(
    _ number: Int, _ segments: [JSONValue]?, session: String? = nil, input: Int64? = nil, days: Int64 = -2,
    emitted: [String]? = nil, _ change: (inout SpanRecord) -> Void = { _ in }
  ) throws -> SpanRecord {
    var span = SpanRecord(
      spanID: "s\(number)", traceID: "t\(number)", name: "chat", spanKind: "chat", startedAt: now.adding(days: days),
      feature: "help")
    span.sessionID = session ?? "session-\(number)"
    span.modelServed = "m"
    span.inputTokens = input
    var attributes = JSONObject()
    if let segments { attributes["context_segments"] = .array(segments) }
    if let emitted { attributes["emitted_fields"] = .array(emitted.map(JSONValue.string)) }
    span.attributes = try JSONValue.object(attributes).canonical()
    change(&span)
    return span
  }

  static func spans(
    _ count: Int, _ segments: [JSONValue], emitted: [String]? = nil, days: Int64 = -2,
    _ change: (inout SpanRecord) -> Void = { _ in }
  ) throws -> [SpanRecord] {
    try (0..<count).map { try span($0, segments, days: days, emitted: emitted, change) }
  }

  static func document(
    _ name: String, _ version: String, _ attributes: JSONValue, days: Int64 = -90
  ) throws -> ArtifactRecord {
    var document = ArtifactRecord(
      sha256: SHA256Digest(of: version).description, artifactKind: "document", name: name, at: now.adding(days: days))
    document.attributes = try attributes.canonical()
    return document
  }

  static func yaml(_ policy: String = "", price: String? = "input_per_mtok: 3 USD", more: String = "") -> String {
    """
    features:
      help: {owner: ana, policies: {context-waste: {\(policy)}}}
    \(price.map { "models: {m: {price: {\($0)}}}" } ?? "")
    \(more)
    """
  }

  static func finding(
    _ yaml: String = yaml(), _ spans: [SpanRecord], artifacts: [ArtifactRecord] = [],
    annotations: [AnnotationRecord] = [], changes: [ChangeRecord] = []
  ) async throws -> Finding {
    let bench = try await CheckBench(yaml)
    try await bench.append { appender in
      for span in spans { try appender.append(span) }
      for artifact in artifacts { try appender.append(artifact) }
      for annotation in annotations { try appender.append(annotation) }
      for change in changes { try appender.append(change) }
    }
    return try await bench.finding(check)
  }
}

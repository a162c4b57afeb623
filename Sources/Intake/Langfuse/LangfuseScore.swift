public import Records

/// A score as Langfuse's SDKs send it, which is a judgement: it becomes an annotation.
///
/// Source: Langfuse public API, `POST /api/public/scores` (body `CreateScoreRequest`, SDK 5) and the event `score-create` of
/// `POST /api/public/ingestion` (older SDKs).
public enum LangfuseScore {
  /// Why a score cannot be taken, in a sentence.
  public struct Refusal: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Parameters:
  ///   - score: the object of the body.
  ///   - received: when it came, for scores without a time.
  /// - Throws: `Refusal`.
  public static func annotation(_ score: JSONValue, received: Instant) throws(Refusal) -> AnnotationRecord {
    guard case .object = score else { throw Refusal(description: "A score is a JSON object.") }
    guard let name = score["name"]?.text, !name.isEmpty else { throw Refusal(description: "A score needs a name.") }
    guard
      let subject = text(score, "observationId") ?? text(score, "traceId") ?? text(score, "sessionId")
        ?? text(score, "datasetRunId")
    else {
      throw Refusal(description: "The score '\(name)' names no trace, observation, session or dataset run.")
    }
    var at = received
    if let timestamp = text(score, "timestamp") {
      guard let instant = Instant(timestamp) else {
        throw Refusal(description: "The score '\(name)' has no time but '\(timestamp)': write RFC 3339.")
      }
      at = instant
    }
    let isByPeople = text(score, "source") == "ANNOTATION"
    let isByModel = text(score, "source") == "EVAL"
    var record = AnnotationRecord(
      annotationID: text(score, "id") ?? identity(score), subject: subject, name: name,
      value: try value(score, name: name), annotatorKind: isByPeople ? .human : isByModel ? .llm : .code,
      annotator: isByPeople ? "langfuse-annotation" : isByModel ? "langfuse-eval" : "langfuse", at: at)
    record.note = text(score, "comment")
    record.attributes = attributes(score)
    return record
  }

  /// A score of an export as SDKs send it: there its label stands beside a number, its metadata is a text, and since version 3 of
  /// the API its subject is an object with a kind.
  static func ofExport(_ score: JSONValue) -> JSONValue {
    guard case .object(var object) = score else { return score }
    if let label = text(score, "stringValue"), text(score, "dataType") != "NUMERIC" {
      object["value"] = .string(label)
      if text(score, "dataType") == "BOOLEAN" { object["value"] = .bool(label.lowercased() == "true") }
    }
    if let subject = score["subject"], let id = text(subject, "id") {
      let keys = [
        "trace": "traceId", "observation": "observationId", "session": "sessionId", "experiment": "datasetRunId",
      ]
      if let key = text(subject, "kind").flatMap({ keys[$0] }) { object[key] = .string(id) }
      object["traceId"] = object["traceId"] ?? subject["traceId"]
      object["subject"] = nil
    }
    if let metadata = text(score, "metadata").flatMap({ try? JSONValue(parsing: $0) }) { object["metadata"] = metadata }
    if object["metadata"] == .object(JSONObject()) { object["metadata"] = .null }
    return .object(object)
  }

  private static func text(_ score: JSONValue, _ key: String) -> String? {
    score[key]?.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A score without an id is what it says: sent again, it is the same.
  private static func identity(_ score: JSONValue) -> String {
    "langfuse-\(SHA256Digest(of: (try? score.canonical()) ?? "").description.prefix(32))"
  }

  private static func value(_ score: JSONValue, name: String) throws(Refusal) -> AnnotationRecord.Value {
    let type = text(score, "dataType")
    switch score["value"] {
    case .bool(let value)?: return .label(value ? "true" : "false")
    case .string(let value)? where !value.isEmpty && type != "NUMERIC" && type != "BOOLEAN": return .label(value)
    case let value?:
      guard let number = value.real, number.isFinite else { break }
      guard type == "BOOLEAN" else {
        if type == nil || type == "NUMERIC" { return .number(number) }
        break
      }
      if number == 0 || number == 1 { return .label(number == 1 ? "true" : "false") }
    case nil: break
    }
    throw Refusal(description: "The value of the score '\(name)' does not fit its data type (\(type ?? "any")).")
  }

  /// What no field of an annotation holds.
  private static func attributes(_ score: JSONValue) -> String? {
    var kept = JSONObject()
    for key in ["traceId", "sessionId", "datasetRunId", "environment", "queueId", "configId", "dataType", "metadata"] {
      if let value = score[key], value != .null { kept["langfuse.\(key)"] = value }
    }
    return kept.members.isEmpty ? nil : try? JSONValue.object(kept).canonical()
  }
}

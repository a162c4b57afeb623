import Records
import Store
import Testing

@testable import Checks

/// A deployed model: its offline score, labelled spans, and everything that can differ.
enum Deployment {
  static let check = "deployment-gap"
  static let now = CheckBench.now
  static let dimensions = ["covariate", "prior", "skew", "concept", "precision", "latency"]

  /// - Parameter required: what must be measured; all dimensions when nil.
  static func yaml(_ policy: String = "", required: [String]? = [], settings: String = "") -> String {
    let needed = required.map { "required: [\($0.joined(separator: ", "))]" } ?? ""
    let policies = [needed, policy].filter { !$0.isEmpty }.joined(separator: ", ")
    return """
      suites:
        holdout: {version: 1, slice_tag: photo}
      features:
        expenses:
          deployment: {suite: holdout, variant: int8\(settings.isEmpty ? "" : ", " + settings)}
          policies: {deployment-gap: {\(policies)}}
      """
  }

  /// So many of so many items of a slice are right.
  static func items(
    _ appender: Appender, _ slice: String?, right: Int, of count: Int, variant: String = "int8",
    suite: String = "holdout", _ change: (Int, inout TrialRecord) -> Void = { _, _ in }
  ) throws {
    for number in 0..<count {
      var trial = TrialRecord.trial(suite, "\(slice ?? "none")-\(number)", variant, passed: number < right)
      trial.suiteVersion = "1"
      if let slice { trial.tags = Tags(["photo": slice]) }
      change(number, &trial)
      try appender.append(trial)
    }
  }

  /// Spans of a slice, of which so many are right of all that are labelled.
  static func spans(
    _ appender: Appender, _ slice: String?, right: Int = 0, labelled: Int = 0, of count: Int? = nil, days: Int64 = -1,
    _ change: (Int, inout SpanRecord) -> Void = { _, _ in }
  ) throws {
    for number in 0..<(count ?? labelled) {
      var span = SpanRecord(
        spanID: "\(slice ?? "none")-\(days)-\(number)", traceID: "t", name: "chat", spanKind: "chat",
        startedAt: now.adding(days: days), feature: "expenses")
      if let slice { span.tags = Tags(["photo": slice]) }
      change(number, &span)
      try appender.append(span)
      if number < labelled { try appender.append(label(span, number < right ? "true" : "false")) }
    }
  }

  static func label(_ span: SpanRecord, _ value: String, name: String = "correct", at: Instant? = nil)
    -> AnnotationRecord
  {
    AnnotationRecord(
      annotationID: "\(name)-\(span.spanID)-\(value)-\(at?.nanoseconds ?? 0)", subject: span.spanID, name: name,
      value: .label(value), annotatorKind: .human, annotator: "mira", at: at ?? now.adding(days: -1))
  }

  /// The features of an item or a span.
  static func features(_ features: JSONValue) -> String? { try? (["features": features] as JSONValue).canonical() }

  static func vector(
    _ appender: Appender, _ id: String, _ path: String, _ vector: JSONValue, days: Int64 = -1, again: Int = 0
  ) throws {
    var span = SpanRecord(
      spanID: "\(id)-\(path)-\(again)", traceID: "t", name: "resize", spanKind: "preprocess",
      startedAt: now.adding(days: days), feature: "expenses")
    let attributes: JSONValue = ["parity_id": .string(id), "path": .string(path), "vector": vector]
    span.attributes = try attributes.canonical()
    try appender.append(span)
  }

  static func finding(_ yaml: String = yaml(), _ body: @Sendable @escaping (Appender) throws -> Void) async throws
    -> Finding
  {
    let bench = try await CheckBench(yaml)
    try await bench.append(body)
    return try await bench.finding(check)
  }

  /// Nothing to blame: 94 % on both sides, in the same mix.
  static func fine(_ appender: Appender) throws {
    try items(appender, "clean", right: 1880, of: 2000)
    try spans(appender, "clean", right: 940, labelled: 1000)
  }
}

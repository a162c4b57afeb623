import Guards
import Records
import Store
import Testing

@testable import Checks

/// Answers of the feature `contracts`, with what they were made of.
enum AnswerBench {
  static let check = "answer-provenance"
  static let now = CheckBench.now

  static func sha(_ text: String) -> String { SHA256Digest(of: text).description }

  /// A row of what was retrieved, of the version of a document.
  static func row(
    _ chunk: String, doc: String = "contract", version: String = "v3", rank: Int64 = 1, sent: Bool = true
  ) -> JSONValue {
    [
      "chunk_id": .string(chunk), "doc_id": .string(doc), "doc_sha256": .string(sha(version)), "rank": .integer(rank),
      "in_context": .bool(sent),
    ]
  }

  static func answer(
    _ name: String, _ rows: [JSONValue] = [row("c1")], days: Int64 = -5, _ change: (inout SpanRecord) -> Void = { _ in }
  ) throws -> SpanRecord {
    var span = SpanRecord(
      spanID: name, traceID: "trace-\(name)", name: "chat", spanKind: "chat", startedAt: now.adding(days: days),
      feature: "contracts")
    (span.promptSHA256, span.configSHA256, span.modelServed) = (sha("prompt"), sha("config"), "model-1")
    span.indexSHA256 = sha("index")
    span.retrieved = try JSONValue.array(rows).canonical()
    change(&span)
    return span
  }

  static func answers(_ count: Int, _ rows: [JSONValue] = [row("c1")]) throws -> [SpanRecord] {
    try (0..<count).map { try answer("a\($0)", rows) }
  }

  static func artifact(
    _ kind: String, _ name: String, _ content: String, _ attributes: JSONValue = [:], from: [String] = []
  ) throws -> ArtifactRecord {
    var artifact = ArtifactRecord(sha256: sha(content), artifactKind: kind, name: name, at: now.adding(days: -200))
    artifact.attributes = try attributes.canonical()
    artifact.derivedFrom = from.map { ArtifactRecord.Origin(sha256: sha($0), how: "chunked") }
    return artifact
  }

  /// Everything that the answers of this bench are made of.
  static func artifacts(
    without missing: Set<String> = [], v3: JSONValue = [:], v2: JSONValue = [:]
  ) throws -> [ArtifactRecord] {
    try [
      artifact("prompt", "prompt", "prompt"), artifact("other", "config", "config"),
      artifact("model", "model-1", "weights"), artifact("index", "index", "index", from: ["v3", "v2"]),
      artifact("document", "contract", "v3", v3), artifact("document", "contract", "v2", v2),
    ].filter { !missing.contains($0.name) }
  }

  static func annotation(
    _ name: String, on subject: String, _ value: AnnotationRecord.Value, _ attributes: JSONValue = [:],
    id: String? = nil, by annotator: String = "ana", kind: AnnotationRecord.AnnotatorKind = .human
  ) throws -> AnnotationRecord {
    let attributes = try attributes.canonical()
    var annotation = AnnotationRecord(
      annotationID: id ?? "\(name)/\(subject)/\(value.text)/\(attributes)", subject: subject, name: name,
      value: value, annotatorKind: kind, annotator: annotator, at: now.adding(days: -1))
    annotation.attributes = attributes
    return annotation
  }

  static func wrong(_ answer: String) throws -> AnnotationRecord {
    try annotation("correct", on: answer, .label("false"))
  }

  static func gold(_ answer: String, _ doc: String = "contract", fact: JSONValue = .null) throws -> AnnotationRecord {
    try annotation("gold", on: answer, .label("28 February"), ["doc_id": .string(doc), "fact": fact])
  }

  static func claim(
    _ claim: String, of answer: String, _ support: String, _ chunks: [String], by annotator: String = "judge",
    id: String? = nil
  ) throws -> AnnotationRecord {
    try annotation(
      "claim_support", on: claim, .label(support),
      ["span": .string(answer), "chunk_ids": .array(chunks.map(JSONValue.string))], id: id, by: annotator, kind: .llm)
  }

  static func yaml(_ policy: String = "") -> String {
    "features: {contracts: {owner: ana, policies: {answer-provenance: {\(policy)}}}}"
  }

  static func finding(
    _ spans: [SpanRecord], artifacts: [ArtifactRecord]? = nil, annotations: [AnnotationRecord] = [],
    changes: [ChangeRecord] = []
  ) async throws -> Finding {
    try await finding(yaml(), spans, artifacts: artifacts, annotations: annotations, changes: changes)
  }

  static func finding(
    _ yaml: String, _ spans: [SpanRecord], artifacts: [ArtifactRecord]? = nil,
    annotations: [AnnotationRecord] = [], changes: [ChangeRecord] = []
  ) async throws -> Finding {
    let bench = try await CheckBench(yaml)
    let artifacts = try artifacts ?? AnswerBench.artifacts()
    try await bench.append { appender in
      for span in spans { try appender.append(span) }
      for artifact in artifacts { try appender.append(artifact) }
      for annotation in annotations { try appender.append(annotation) }
      for change in changes { try appender.append(change) }
    }
    return try await bench.finding(check)
  }

  /// The rows of the table of a title's beginning.
  static func table(_ finding: Finding, _ beginning: String) -> [[String]]? {
    finding.figures.lazy.compactMap { figure in
      if case .table(let title, _, let rows) = figure, title.hasPrefix(beginning) { rows } else { nil }
    }.first
  }
}

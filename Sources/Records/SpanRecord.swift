/// One operation of an AI system, as OpenTelemetry's GenAI semantic conventions see it.
public struct SpanRecord: Sendable, Equatable {
  public static let kinds: Set<String> = [
    "chat", "completion", "embeddings", "retrieval", "rerank", "tool", "agent", "workflow", "preprocess", "review",
    "other",
  ]

  public enum Status: String, Sendable, CaseIterable {
    case ok, error, timeout
  }

  public var spanID: String
  public var traceID: String
  public var parentID: String?
  public var name: String
  public var spanKind: String
  public var startedAt: Instant
  /// Nil is open.
  public var endedAt: Instant?
  public var status: Status
  public var errorType: String?
  public var feature: String
  public var tenant: String?
  public var sessionID: String?
  public var userID: String?
  public var tags: Tags
  /// Topic or intent of the input.
  public var trafficCluster: String?
  public var stage: String?
  public var modelRequested: String?
  public var modelServed: String?
  public var promptID: String?
  public var promptSHA256: String?
  public var configSHA256: String?
  /// Canonical JSON of an object; nil when there are none.
  public var parameters: String?
  public var inputTokens: Int64?
  public var outputTokens: Int64?
  public var cachedTokens: Int64?
  public var cost: Money?
  public var finishReason: String?
  public var refusal: Bool?
  /// Canonical JSON of a list; `[]` ran and found nothing, nil was not recorded.
  public var retrieved: String?
  public var indexSHA256: String?
  public var tool: String?
  public var toolSchemaSHA256: String?
  public var attempt: Int64?
  public var idempotencyKey: String?
  /// The item or artifact that a review is about.
  public var subject: String?
  public var subjectSHA256: String?
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?
  /// What was said, by the hashes of its canonical JSON: see `Content`.
  public var contents = SpanContents()

  public init(spanID: String, traceID: String, name: String, spanKind: String, startedAt: Instant, feature: String) {
    self.spanID = spanID
    self.traceID = traceID
    self.name = name
    self.spanKind = spanKind
    self.startedAt = startedAt
    self.status = .ok
    self.feature = feature
    self.tags = Tags()
  }
}

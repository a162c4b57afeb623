import Records

/// What was said: kept apart from the record of a span, so that it can be redacted and erased while the facts stay.
public struct SpanContent: Sendable, Equatable {
  /// Canonical JSON (RFC 8785) and the SHA-256 of its UTF-8, as 64 lower-case digits.
  public struct Document: Sendable, Equatable {
    public let json: String
    public let sha256: String

    init(json: String, sha256: String) {
      self.json = json
      self.sha256 = sha256
    }
  }

  /// The trace and the span whose content this is.
  public internal(set) var traceID = ""
  public internal(set) var spanID = ""
  /// What went in: messages in the schema of the GenAI conventions (`role`, `parts`) where the source has messages, else the
  /// value as it came; of a tool its arguments.
  public internal(set) var input: Document?
  /// What came out, likewise; of a tool its result.
  public internal(set) var output: Document?
  /// System instructions that the source keeps apart from the messages.
  public internal(set) var instructions: Document?
  /// Definitions of the tools that the model could call.
  public internal(set) var tools: Document?
  /// All other attributes that hold a user's words, by their keys.
  public internal(set) var other: Document?

  public init() {}

  /// Whether the source recorded no content.
  public var isEmpty: Bool {
    input == nil && output == nil && instructions == nil && tools == nil && other == nil
  }
}

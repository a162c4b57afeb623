public import Records

/// What was said: kept apart from the record of a span, so that it can be redacted and erased while the facts stay.
public struct SpanContent: Sendable, Equatable {
  /// Canonical JSON (RFC 8785) and the SHA-256 of its UTF-8.
  public struct Document: Sendable, Equatable {
    public let bytes: [UInt8]
    public let sha256: SHA256Digest

    /// - Parameter json: what a writer of canonical JSON holds.
    init(json: UnsafeRawBufferPointer) {
      bytes = Array(json)
      sha256 = SHA256Digest(of: json)
    }

    public var json: String { String(decoding: bytes, as: UTF8.self) }
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

  /// What there is, as the ledger keeps it.
  /// - Parameter at: when the span started.
  public func contents(at: Instant) -> [Content] {
    [input, output, instructions, tools, other].compactMap { document in
      document.map { Content($0.bytes, sha256: $0.sha256, at: at) }
    }
  }

  /// The hashes, as the record of the span names them.
  var hashes: SpanContents {
    var hashes = SpanContents()
    hashes.input = input?.sha256
    hashes.output = output?.sha256
    hashes.instructions = instructions?.sha256
    hashes.tools = tools?.sha256
    hashes.other = other?.sha256
    return hashes
  }

  /// Whether the source recorded no content.
  public var isEmpty: Bool {
    input == nil && output == nil && instructions == nil && tools == nil && other == nil
  }
}

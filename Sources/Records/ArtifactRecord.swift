/// One immutable version of a thing, named by the sha256 of its bytes.
public struct ArtifactRecord: Sendable, Equatable {
  /// What it was made from, and how.
  public struct Origin: Sendable, Equatable {
    public var sha256: String
    public var how: String

    public init(sha256: String, how: String) {
      self.sha256 = sha256
      self.how = how
    }
  }

  /// 64 hexadecimal digits.
  public var sha256: String
  /// prompt, model, adapter, dataset, dataset_item, document, chunk, index, tokenizer, template, schema, profile, policy,
  /// suite, image, manifest, ensemble, tool, mcp_server, quantisation, guardrail or other.
  public var artifactKind: String
  public var name: String
  public var version: String?
  public var bytes: Int64?
  public var mediaType: String?
  public var owner: String?
  public var derivedFrom: [Origin]
  /// When it came to be known.
  public var at: Instant
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init(sha256: String, artifactKind: String, name: String, at: Instant) {
    self.sha256 = sha256
    self.artifactKind = artifactKind
    self.name = name
    self.derivedFrom = []
    self.at = at
  }

  public static let kinds: Set<String> = [
    "prompt", "model", "adapter", "dataset", "dataset_item", "document", "chunk", "index", "tokenizer", "template",
    "schema", "profile", "policy", "suite", "image", "manifest", "ensemble", "tool", "mcp_server", "quantisation",
    "guardrail", "other",
  ]
}

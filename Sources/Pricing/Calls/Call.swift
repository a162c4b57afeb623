public import Records

/// What is known of a call when it is priced.
public struct Call: Sendable {
  /// Who billed it, as it was reported.
  public var provider: String?
  /// The model that answered.
  public var modelServed: String?
  /// The model that was asked for.
  public var modelRequested: String?
  /// When it began: its price is the one that held then.
  public var at: Instant
  public var usage: TokenBuckets
  /// Whether the call has no output, so that none need be reported.
  public var isEmbedding: Bool

  public init(
    provider: String? = nil, modelServed: String?, modelRequested: String? = nil, at: Instant, usage: TokenBuckets,
    isEmbedding: Bool = false
  ) {
    self.provider = provider
    self.modelServed = modelServed
    self.modelRequested = modelRequested
    self.at = at
    self.usage = usage
    self.isEmbedding = isEmbedding
  }
}

/// How questions about spans are read: up to their limits or whole, and who is told how far that is.
public struct SpanScan {
  /// How far a question is answered.
  public struct Progress: Sendable, Equatable {
    /// Hours that lie behind, of those between the first span and the last that may be asked for.
    public let hours: Int64
    public let of: Int64
    /// Spans that were handed out.
    public let spans: Int
  }

  /// Whether the limits of a question end it. Without them it takes as long as its stretch of time is full: O(spans).
  public var hasLimits = true
  /// Is told after each hour that was read.
  public var onProgress: ((Progress) -> Void)?

  public init() {}
}

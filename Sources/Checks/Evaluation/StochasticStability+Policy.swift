public import Project

extension StochasticStability {
  /// Thresholds of stochastic stability.
  public struct Policy: CheckPolicy {
    public static let check = "stochastic-stability"

    /// One-sided confidence of the bound.
    public var confidence = 0.95
    /// Share of repeated items that sometimes fail, above which a proof is warned about.
    public var flakyWarn = 0.05
    /// Tries that pass^k and pass@k speak of.
    public var k = 5
    /// Share of trials without a result up to which they are left out.
    public var maxMissingShare = 0.05
    /// Share of items with contradicting trials up to which they are left out.
    public var maxConflictShare = 0.01

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("confidence", \.confidence, .openShare, "One-sided confidence of the bound"),
      Key("flaky_warn", \.flakyWarn, .share, "Share of repeated items that sometimes fail, above which it warns"),
      Key("k", \.k, .count(atLeast: 1), "Tries that pass^k and pass@k speak of"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of trials without a result that is left out"),
      Key(
        "max_conflict_share", \.maxConflictShare, .share, "Share of items with contradicting trials that is left out"),
    ]
  }
}

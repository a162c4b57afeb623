public import Comparison
public import Project

extension EvalPower {
  /// Thresholds of every comparison of two arms, in this check and in all that compare.
  public struct Policy: CheckPolicy {
    public static let check = "eval-power"

    /// Two-sided error of a test.
    public var alpha = 0.05
    /// Power that planning aims at.
    public var power = 0.80
    /// One-sided error of each end of an interval.
    public var marginAlpha = 0.025
    /// False discovery rate of exploratory slices.
    public var sliceFDR = 0.05
    /// Random sign vectors or permutations of a test.
    public var resamples = 10_000
    /// Up to so many units every sign vector is enumerated.
    public var exactFlipMax = 20
    /// Fewer dependence clusters warn.
    public var minClusters = 10
    /// Share of missing scores that is left out; above, they are bounded.
    public var maxMissingShare = 0.01
    /// Share of items with contradicting scores that is left out.
    public var maxConflictShare = 0.01
    /// A confidence sequence is not read before so many items.
    public var minAnytimeN = 100
    /// From so many A/A runs on their noise enters the comparison.
    public var aaPairsMin = 5
    /// A slice that cannot see a difference of this size is called too small.
    public var sliceMinEffect = 0.10

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("alpha", \.alpha, .openShare, "Two-sided error of a test"),
      Key("power", \.power, .openShare, "Power that planning aims at"),
      Key("margin_alpha", \.marginAlpha, .openShare, "One-sided error of each end of an interval"),
      Key("slice_fdr", \.sliceFDR, .openShare, "False discovery rate of exploratory slices"),
      Key("resamples", \.resamples, .count(atLeast: 100), "Random sign vectors or permutations of a test"),
      Key("exact_flip_max", \.exactFlipMax, .count(atLeast: 1), "Up to so many units every sign vector is enumerated"),
      Key("min_clusters", \.minClusters, .count(atLeast: 6), "Fewer dependence clusters warn"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of missing scores that is left out, not bounded"),
      Key(
        "max_conflict_share", \.maxConflictShare, .share, "Share of items with contradicting scores that is left out"),
      Key("min_anytime_n", \.minAnytimeN, .count(atLeast: 2), "Items before which a confidence sequence is not read"),
      Key("aa_pairs_min", \.aaPairsMin, .count(atLeast: 1), "A/A runs from which on their noise enters the comparison"),
      Key("slice_min_effect", \.sliceMinEffect, .share, "Effect that a slice must be able to see (points as a share)"),
    ]

    /// The engine's policy for one metric.
    public func comparison(_ metric: MetricSettings, suite: SuiteSettings) -> ComparisonPolicy {
      var policy = ComparisonPolicy()
      policy.claim = metric.claim.map {
        switch $0 {
        case .improvement: .improvement
        case .noRegression: .noRegression
        case .equivalence: .equivalence
        }
      }
      policy.minEffect = metric.minEffect ?? 0
      policy.margin = metric.margin ?? 0
      policy.lowerIsBetter = metric.direction == .down
      policy.unpaired = suite.design == .unpaired
      policy.sequential = suite.looks == .anytime
      policy.plannedItems = suite.plannedItems
      policy.alpha = alpha
      policy.power = power
      policy.marginAlpha = marginAlpha
      policy.resamples = resamples
      policy.exactFlipMax = exactFlipMax
      policy.minClusters = minClusters
      policy.maxMissingShare = maxMissingShare
      policy.maxConflictShare = maxConflictShare
      policy.sliceFalseDiscoveryRate = sliceFDR
      policy.sliceMinEffect = sliceMinEffect
      policy.minAnytimeCount = minAnytimeN
      return policy
    }
  }
}

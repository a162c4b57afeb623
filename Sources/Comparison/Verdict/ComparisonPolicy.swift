/// Everything about a comparison that is a choice: what is claimed, what matters, and the thresholds of `eval-power`.
///
/// Rates and differences are in the unit of the score (0.03 is three points of a pass rate). All probabilities are 0…1.
public struct ComparisonPolicy: Sendable {
  public var claim: Claim?
  /// The smallest improvement worth having, ≥ 0.
  public var minEffect = 0.0
  /// The loss that is tolerated, ≥ 0.
  public var margin = 0.0
  /// Two-sided error of the test.
  public var alpha = 0.05
  /// Power that planning aims at.
  public var power = 0.80
  /// One-sided error of each end of the interval: the interval's level is 1 − 2·marginAlpha.
  public var marginAlpha = 0.025
  /// Lower scores are better (latency, cost): the difference is negated.
  public var lowerIsBetter = false
  /// Treat the arms as independent even where items are common.
  public var unpaired = false
  /// Any look is a valid look: anytime-valid inference instead of the fixed-sample test.
  public var sequential = false
  /// The number of items planned: a fixed look before it decides nothing, and a confidence sequence is tuned to it (nil:
  /// to `usualPlan`). It may not depend on the data: a sequence tuned anew at each look is no longer valid at all of them.
  public var plannedItems: Int?
  /// Overrides the method the design would choose; the default's result is reported beside it.
  public var method: Method?
  /// Seeds every random resample; nil: the first 64 bits of the inputs' fingerprint.
  public var seed: UInt64?
  public var resamples = 10_000
  /// Up to so many units every sign vector is enumerated.
  public var exactFlipMax = 20
  /// Below 6 clusters nothing is decided; from 6 to below this one is warned.
  public var minClusters = 10
  public var maxMissingShare = 0.01
  public var maxConflictShare = 0.01
  /// False discovery rate of exploratory slices.
  public var sliceFalseDiscoveryRate = 0.05
  /// A slice that cannot see a difference of this size is called too small.
  public var sliceMinEffect = 0.10
  /// A confidence sequence is not read before so many items (or clusters).
  public var minAnytimeCount = 100
  /// Comparisons that are decided together, this one included: the interval is Bonferroni's over them, and what the items
  /// can see is reckoned at α over their number. `ComparisonFamily` sets it.
  public var family = 1
  /// The p-values of the others in the family, before adjustment: this one's is Holm's over all.
  public var familyPValues: [Double] = []
  /// Variance between runs of one configuration, as A/A comparisons show it, in the squared unit of the score: noise that
  /// no item sees, and that more items do not lessen.
  public var runVariance = 0.0
  /// The smallest p-value that earlier looks at this comparison gave; counts only where any look is valid.
  public var earlierPValue: Double?
  /// What a confidence sequence is tuned to when nobody planned.
  public static let usualPlan = 1_000

  public init() {}

  /// Level of the reported interval.
  public var level: Double { 1 - 2 * marginAlpha / Double(family) }

  /// How a difference may be estimated and tested. A name says the test, then the interval.
  public enum Method: String, Sendable, CaseIterable {
    case mcnemar = "mcnemar-tango"
    case signFlip = "sign-flip"
    case pairedT = "paired-t"
    case pooledZ = "pooled-z"
    case fisher = "fisher"
    case welch = "welch"
    case clusterRobust = "cluster-robust"
    case bootstrap = "bootstrap"
    case anytime = "anytime"
  }
}

public import Project

extension SliceCoverage {
  /// Thresholds of slice coverage.
  public struct Policy: CheckPolicy {
    public static let check = "slice-coverage"

    /// Whether every value of `expected` is a slice, with the floor of the suite.
    public var autoClassSlices = true
    /// Largest adjusted p-value at which a slice is below its floor.
    public var alpha = 0.05
    /// Smallest distance from a floor that planning aims to see.
    public var planMargin = 0.05
    /// Least share of traffic in slices with enough items.
    public var minTrafficCoverage = 0.95
    /// Largest share of traffic in no slice.
    public var maxUnmatchedTraffic = 0.05
    /// How slices that nobody declared are searched for.
    public var discover = Discovery()
    /// Share of trials without a result up to which they are left out.
    public var maxMissingShare = 0.05
    /// Share of items with contradicting trials up to which they are left out.
    public var maxConflictShare = 0.01

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("auto_class_slices", \.autoClassSlices, .flag, "Whether every expected label is a slice of its own"),
      Key("alpha", \.alpha, .openShare, "Largest adjusted p-value at which a slice is below its floor"),
      Key("plan_margin", \.planMargin, .openShare, "Smallest distance from a floor that planning aims to see"),
      Key("min_traffic_coverage", \.minTrafficCoverage, .share, "Least share of traffic in slices with enough items"),
      Key("max_unmatched_traffic", \.maxUnmatchedTraffic, .share, "Largest share of traffic in no slice"),
      Key("discover", \.discover, .object, "How slices that nobody declared are searched for"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of trials without a result that is left out"),
      Key(
        "max_conflict_share", \.maxConflictShare, .share, "Share of items with contradicting trials that is left out"),
    ]
  }

  /// `policies.slice-coverage.discover`.
  public struct Discovery: Configurable {
    /// Fewest items of a slice that is searched.
    public var minItems = 20
    /// How many times the overall error rate it must have.
    public var minLift = 2.0
    /// False discovery rate.
    public var falseDiscoveryRate = 0.05

    public init() {}

    public static let keys: [Key<Discovery>] = [
      Key("min_n", \.minItems, .count(atLeast: 1), "Fewest items of a slice that is searched"),
      Key("min_lift", \.minLift, .positive, "How many times the overall error rate it must have"),
      Key("q", \.falseDiscoveryRate, .openShare, "False discovery rate of the slices that are found"),
    ]
  }
}

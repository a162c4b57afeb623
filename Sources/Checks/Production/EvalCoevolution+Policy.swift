public import Project

extension EvalCoevolution {
  public struct Policy: CheckPolicy {
    public static let check = "eval-coevolution"

    /// Divergence from the launch in bits: above the first it warns, above the second users may have adapted.
    public var jsWarn = 0.05
    public var jsFail = 0.10
    /// Error of the test that a mix differs from the launch.
    public var mixAlpha = 0.01
    /// Divergence, and share of it, that only the feature explains.
    public var inducedMin = 0.05
    public var inducedShare = 0.5
    /// By how much the suite's score may differ from the one that traffic would give.
    public var gap = 0.05
    /// Share of traffic from which on what the suite does not cover counts.
    public var newCluster = 0.05
    /// Items with a result from which on a topic is covered.
    public var minTrials = 20
    /// Divergence that sampling alone may explain.
    public var jsFloorMax = 0.01
    public var unclusteredMax = 0.10
    /// Age of the suite's newest item.
    public var refreshDays = 45
    /// Words in a run that may be an echo.
    public var echoN = 5
    /// A topic is avoided when less than the first of it is left with the feature, and at least the second without it.
    public var avoidedBelow = 0.5
    public var holdoutKept = 0.8
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("js_warn", \.jsWarn, .share, "Divergence from the launch above which it warns (bits)"),
      Key("js_fail", \.jsFail, .share, "Divergence from the launch above which users may have adapted (bits)"),
      Key("mix_alpha", \.mixAlpha, .openShare, "Error of the test that a mix differs from the launch"),
      Key("induced_min", \.inducedMin, .share, "Divergence that only the feature explains, and that counts (bits)"),
      Key("induced_share", \.inducedShare, .share, "Share of the divergence that only the feature explains"),
      Key("gap", \.gap, .share, "By how much the suite may differ from traffic (points as a share)"),
      Key("new_cluster", \.newCluster, .share, "Share of traffic that the suite may leave uncovered"),
      Key("min_trials", \.minTrials, .count(atLeast: 1), "Items with a result from which on a topic is covered"),
      Key("js_floor_max", \.jsFloorMax, .positive, "Divergence that sampling alone may explain (bits)"),
      Key("unclustered_max", \.unclusteredMax, .share, "Share of spans without a topic that is tolerated"),
      Key("refresh_days", \.refreshDays, .count, "Age of the suite's newest item (days)"),
      Key("echo_n", \.echoN, .count(atLeast: 1), "Words in a run that may be an echo"),
      Key("avoided_below", \.avoidedBelow, .share, "A topic is avoided when less than this of it is left"),
      Key("holdout_kept", \.holdoutKept, .nonNegative, "…and at least this of it where the feature is held back"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of records without a needed field that is left out"),
    ]

    public func faults() -> [Fault] {
      guard jsWarn > jsFail else { return [] }
      return [
        Fault(
          key: "js_warn", problem: "js_warn is above js_fail",
          remedy: "The warning comes first: write a smaller js_warn.")
      ]
    }
  }
}

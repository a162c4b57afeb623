/// `suites.<suite>`: how the results of a suite are compared.
public struct SuiteSettings: Configurable {
  /// Which items and variants are compared with each other.
  public enum Design: String, CaseIterable, Sendable {
    /// Paired where the variants share their items.
    case auto
    case paired
    case unpaired
  }

  /// How often the results may be looked at.
  public enum Looks: String, CaseIterable, Sendable {
    /// Once, at the planned number of items.
    case fixed
    /// At any time: wider intervals that hold for all looks together.
    case anytime
  }

  /// Version of the suite; versions are never compared with each other.
  public var version: String?
  /// The variant that others are compared with.
  public var baseline: String?
  /// The variant that is judged.
  public var candidate: String?
  /// Which items and variants are compared with each other.
  public var design = Design.auto
  /// The tag or column whose equal values make items depend on each other.
  public var cluster: String?
  /// How often the results may be looked at.
  public var looks = Looks.fixed
  /// Items after which the one look of `looks: fixed` is taken.
  public var plannedItems: Int?
  /// Least pass rate of slices that have no floor of their own.
  public var floor: Double?
  /// Whether the items are a sample of traffic as it comes.
  public var isNaturalMix = false
  /// The tag that names the slice of an item and of a span.
  public var sliceTag = "intent"
  /// The feature whose traffic the suite stands for.
  public var feature: String?
  /// Who answers for the suite.
  public var owner: String?
  /// What is measured; one metric `correct` when nothing is said.
  public var metrics = [MetricSettings()]
  /// Thresholds of checks for this suite.
  public var policies = PolicyOverrides()

  public init() {}

  /// The metrics that decide: those marked primary, or else the first.
  public var primaryMetrics: [MetricSettings] {
    let marked = metrics.filter(\.isPrimary)
    return marked.isEmpty ? Array(metrics.prefix(1)) : marked
  }

  public static let keys: [Key<SuiteSettings>] = [
    Key("version", \.version, .optional(.text), "Version of the suite; versions are never compared with each other"),
    Key("baseline", \.baseline, .optional(.text), "The variant that others are compared with"),
    Key("candidate", \.candidate, .optional(.text), "The variant that is judged"),
    Key("design", \.design, .choice, "Which items are compared: auto pairs what the variants share"),
    Key("cluster", \.cluster, .optional(.text), "Tag whose equal values make items depend on each other"),
    Key("looks", \.looks, .choice, "fixed: one look, at planned_n items; anytime: as many as you like"),
    Key("planned_n", \.plannedItems, .optional(.count(atLeast: 1)), "Items after which the fixed look is taken"),
    Key("floor", \.floor, .optional(.share), "Least pass rate of slices without a floor of their own (share)"),
    Key("natural_mix", \.isNaturalMix, .flag, "Whether the items are a sample of traffic as it comes"),
    Key("slice_tag", \.sliceTag, .text, "Tag that names the slice of an item and of a span"),
    Key("feature", \.feature, .optional(.id), "The feature whose traffic the suite stands for"),
    Key("owner", \.owner, .optional(.text), "Who answers for the suite"),
    Key("metrics", \.metrics, .list(of: .object, atLeast: 1), "What is measured"),
    Key("policies", \.policies, .policies(withDefault: false), "Thresholds of checks for this suite"),
  ]

  public func faults() -> [Fault] {
    var seen: Set<String> = []
    return metrics.filter { !seen.insert($0.name).inserted }.map {
      Fault(
        key: "metrics", problem: "two metrics are named \(quoted($0.name))", remedy: "Rename or remove one of them.")
    }
  }
}

/// One element of `suites.<suite>.metrics`.
public struct MetricSettings: Configurable {
  /// What the scores are.
  public enum Scale: String, CaseIterable, Sendable {
    /// 0 or 1.
    case binary
    /// Any number.
    case real
  }

  /// Which way is better.
  public enum Direction: String, CaseIterable, Sendable {
    case up
    case down
  }

  /// What is claimed of the candidate.
  public enum Claim: String, CaseIterable, Sendable {
    case improvement
    case noRegression = "no_regression"
    case equivalence
  }

  /// As the results name it; unique in its suite.
  public var name = "correct"
  /// What the scores are (`type` in YAML).
  public var scale = Scale.binary
  /// Which way is better.
  public var direction = Direction.up
  /// What is claimed; nil when whatever is found is reported.
  public var claim: Claim?
  /// Whether the metric was marked as one that decides; ask `primaryMetrics` which do.
  public var isPrimary = false
  /// Smallest difference that matters, in the metric's unit; nil leaves it to the check.
  public var minEffect: Double?
  /// Largest loss that is tolerated, in the metric's unit; nil leaves it to the check.
  public var margin: Double?

  public init() {}

  public static let keys: [Key<MetricSettings>] = [
    Key("name", \.name, .text, "Name of the metric in the results"),
    Key("type", \.scale, .choice, "binary: scores are 0 or 1; real: any number"),
    Key("direction", \.direction, .choice, "Which way is better"),
    Key("claim", \.claim, .optional(.choice), "What is claimed of the candidate"),
    Key("primary", \.isPrimary, .flag, "Whether the metric decides; the first does when none is marked"),
    Key("min_effect", \.minEffect, .optional(.nonNegative), "Smallest difference that matters, in the metric's unit"),
    Key("margin", \.margin, .optional(.nonNegative), "Largest loss that is tolerated, in the metric's unit"),
  ]
}

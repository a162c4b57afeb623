public import Records

/// `features.<feature>`: something that users use, and what it must reach and keep.
public struct FeatureSettings: Configurable {
  /// Who answers for the feature.
  public var owner: String?
  /// The suite whose trials measure the feature.
  public var suite: String?
  /// What the feature must reach; nil when nothing is promised.
  public var target: TargetSettings?
  /// The suite that a tuned model is meant to gain on.
  public var targetSuite: String?
  /// What a tuned model must not lose.
  public var capabilities: [CapabilitySettings] = []
  /// SHA-256 of the model or adapter that is judged, in lower case.
  public var candidateSHA256: String?
  /// How the feature's suite is watched for traffic moving away from it; nil when it is not.
  public var rot: RotSettings?
  /// Which evaluation stands for what is served; nil when none was declared.
  public var parity: ParitySettings?
  /// Which offline score production is measured against; nil when none is.
  public var deployment: DeploymentSettings?
  /// How it is watched whether users adapt to the feature; nil when it is not.
  public var coevolution: CoevolutionSettings?
  /// Thresholds of checks for this feature.
  public var policies = PolicyOverrides()

  public init() {}

  public static let keys: [Key<FeatureSettings>] = [
    Key("owner", \.owner, .optional(.text), "Who answers for the feature"),
    Key("suite", \.suite, .optional(.id), "The suite whose trials measure the feature"),
    Key("target", \.target, .optional(.object), "What the feature must reach"),
    Key("target_suite", \.targetSuite, .optional(.id), "The suite that a tuned model is meant to gain on"),
    Key("capabilities", \.capabilities, .list(of: .object), "What a tuned model must not lose"),
    Key("candidate_sha256", \.candidateSHA256, .optional(.sha256), "SHA-256 of the model or adapter that is judged"),
    Key("rot", \.rot, .optional(.object), "How the suite is watched for traffic moving away from it"),
    Key("parity", \.parity, .optional(.object), "Which evaluation stands for what is served"),
    Key("deployment", \.deployment, .optional(.object), "Which offline score production is measured against"),
    Key("coevolution", \.coevolution, .optional(.object), "How it is watched whether users adapt to the feature"),
    Key("policies", \.policies, .policies(withDefault: false), "Thresholds of checks for this feature"),
  ]

  public func faults() -> [Fault] {
    var seen: Set<String> = []
    return capabilities.filter { !seen.insert($0.name).inserted }.map {
      Fault(
        key: "capabilities", problem: "two capabilities are named \(quoted($0.name))",
        remedy: "Rename or remove one of them.")
    }
  }
}

/// `features.<feature>.target`: what the feature must reach, and what that is worth.
public struct TargetSettings: Configurable {
  /// Accuracy over all inputs.
  public var accuracy: Double?
  /// Accuracy over the inputs that are answered, when the others go to a person.
  public var selectiveAccuracy: Double?
  /// Least share of inputs that must be answered.
  public var minCoverage = 0.50
  /// What one more percentage point is worth.
  public var valuePerPoint: Money?
  /// The most that reaching the target may cost.
  public var maxSpend: Money?

  public init() {}

  public static let keys: [Key<TargetSettings>] = [
    Key("accuracy", \.accuracy, .optional(.openShare), "Accuracy over all inputs (share)"),
    Key(
      "selective_accuracy", \.selectiveAccuracy, .optional(.openShare),
      "Accuracy over the inputs that are answered (share)"),
    Key("min_coverage", \.minCoverage, .share, "Least share of inputs that must be answered"),
    Key("value_per_point", \.valuePerPoint, .optional(.money), "What one more percentage point is worth"),
    Key("max_spend", \.maxSpend, .optional(.money), "The most that reaching the target may cost"),
  ]
}

/// One element of `features.<feature>.capabilities`: an ability with the suite that measures it.
public struct CapabilitySettings: Configurable {
  /// Name of the ability; unique in its feature.
  public var name = ""
  /// The suite that measures it.
  public var suite = ""
  /// Whether losing it fails.
  public var isProtected = true
  /// Whether no significant loss at all is tolerated.
  public var isHard = false
  /// Largest loss that is tolerated; nil for the check's own.
  public var margin: Double?
  /// Pass rate of guessing.
  public var chance = 0.0
  /// Share of traffic that needs it; nil to take it from the traffic.
  public var trafficShare: Double?

  public init() {}

  public static let keys: [Key<CapabilitySettings>] = [
    Key("name", \.name, .id, "Name of the ability", required: true),
    Key("suite", \.suite, .id, "The suite that measures it", required: true),
    Key("protected", \.isProtected, .flag, "Whether losing it fails"),
    Key("hard", \.isHard, .flag, "Whether no significant loss at all is tolerated"),
    Key("margin", \.margin, .optional(.share), "Largest loss that is tolerated (share)"),
    Key("chance", \.chance, .share, "Pass rate of guessing (share)"),
    Key("traffic_share", \.trafficShare, .optional(.share), "Share of traffic that needs it"),
  ]
}

/// `features.<feature>.rot`: how the feature's suite is watched.
public struct RotSettings: Configurable {
  /// The suite that measures it.
  public var suite = ""
  /// Name of the annotation by which users judge.
  public var userMetric = "csat"
  /// How many new cases can be labelled.
  public var labelBudget = 200

  public init() {}

  public static let keys: [Key<RotSettings>] = [
    Key("suite", \.suite, .id, "The suite that is watched", required: true),
    Key("user_metric", \.userMetric, .text, "Name of the annotation by which users judge"),
    Key("label_budget", \.labelBudget, .count, "How many new cases can be labelled"),
  ]
}

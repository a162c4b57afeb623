public import Project

extension DeploymentGap {
  /// A way in which what is deployed can differ from what was measured offline.
  public enum Dimension: String, CaseIterable, Sendable {
    /// The inputs' features have another mix.
    case covariate
    /// The true labels have another mix.
    case prior
    /// Inputs are prepared in another way than for training.
    case skew
    /// The same kind of input is answered worse.
    case concept
    /// The model lost quality when it was shrunk.
    case precision
    /// Answers take too long.
    case latency
  }

  public struct Policy: CheckPolicy {
    public static let check = "deployment-gap"

    /// What must be measured.
    public var required = Dimension.allCases
    /// By how much production may be worse than the offline score.
    public var maxGap = 0.05
    /// Labelled spans that are needed.
    public var labelMinN = 200
    /// Stability index above which a mix warns, and above which it fails.
    public var psiWarn = 0.10
    public var psiFail = 0.20
    /// How far an element of a vector may be off, relative to the trained one where that is above 1.
    public var parityTolerance = 1.0e-5
    public var parityMinN = 100
    /// Largest loss by quantisation or conversion that is tolerated.
    public var precisionMaxDrop = 0.01
    /// The share of requests that must be within the budget.
    public var latencyQuantile = 0.99
    /// What a request may take; nil leaves latency unmeasured.
    public var latencyBudgetMs: Double?
    /// Days of spans and labels that count.
    public var windowDays = 14
    /// Of the bound on requests over the budget, one-sided.
    public var confidence = 0.95
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("required", \.required, .list(of: .choice), "Dimensions that must be measured"),
      Key("max_gap", \.maxGap, .share, "By how much production may be worse than offline (points as a share)"),
      Key("label_min_n", \.labelMinN, .count(atLeast: 1), "Labelled spans that are needed"),
      Key("psi_warn", \.psiWarn, .nonNegative, "Stability index above which a mix warns"),
      Key("psi_fail", \.psiFail, .nonNegative, "Stability index above which a mix fails"),
      Key("parity_tolerance", \.parityTolerance, .nonNegative, "How far an element of a vector may be off"),
      Key("parity_min_n", \.parityMinN, .count(atLeast: 1), "Pairs of vectors that are needed"),
      Key(
        "precision_max_drop", \.precisionMaxDrop, .share, "Loss by quantisation that is tolerated (points as a share)"),
      Key("latency_quantile", \.latencyQuantile, .openShare, "Share of requests that must be within the budget"),
      Key("latency_budget_ms", \.latencyBudgetMs, .optional(.positive), "What a request may take (ms)"),
      Key("window_days", \.windowDays, .count(atLeast: 1), "Days of spans and labels that count"),
      Key("confidence", \.confidence, .openShare, "Of the bound on requests over the budget, one-sided"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of records without a needed field that is left out"),
    ]

    public func faults() -> [Fault] {
      guard psiWarn > psiFail else { return [] }
      return [
        Fault(
          key: "psi_warn", problem: "psi_warn is above psi_fail",
          remedy: "The warning comes first: write a smaller psi_warn.")
      ]
    }
  }
}

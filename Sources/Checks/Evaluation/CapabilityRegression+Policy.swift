public import Project

extension CapabilityRegression {
  /// Thresholds of capability regression.
  public struct Policy: CheckPolicy {
    public static let check = "capability-regression"

    /// Largest loss of an ability that is tolerated, where the ability sets none.
    public var margin = 0.03
    /// The same for hard abilities.
    public var hardMargin = 0.02
    /// Error of the test of a loss, over all hard abilities together.
    public var alpha = 0.05
    /// Share of traffic whose abilities must be measured.
    public var coverageMin = 0.8
    /// Abilities that every tuned model must be measured on.
    public var required = ["instruction", "format", "reasoning", "factual", "refusal", "abstention"]

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("margin", \.margin, .share, "Largest loss of an ability that is tolerated, where it sets none (share)"),
      Key("hard_margin", \.hardMargin, .share, "The same for hard abilities (share)"),
      Key("alpha", \.alpha, .openShare, "Error of the test of a loss, over all hard abilities together"),
      Key("coverage_min", \.coverageMin, .share, "Share of traffic whose abilities must be measured"),
      Key("required", \.required, .list(of: .text), "Abilities that every tuned model must be measured on"),
    ]
  }
}

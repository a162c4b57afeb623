import Guards
public import Project

extension TenantIsolation {
  /// Thresholds of tenants.
  public struct Policy: CheckPolicy {
    public static let check = "tenant-isolation"

    /// The stages of a request, in the order in which they must come.
    public var stages = [
      "authenticate", "resolve_tenant", "load_session", "compile_context", "inference", "cache_write",
    ]
    /// Largest share of the bill that may be nobody's, and by how much more than the bill may be attributed.
    public var maxDarkShare = 0.03
    public var maxOverShare = 0.01
    /// Accounts whose bills are what the calls cost; none for all.
    public var invoiceAccounts: [String] = []
    /// Probes without which nothing is said.
    public var probeMinN = 300
    /// What tokens count for when it is asked who had how much for its weight.
    public var fairWeights = FairWeights()
    /// Largest p-value, and least ratio, at which a tenant disturbs its neighbours.
    public var noisyAlpha = 0.01
    public var noisyRatio = 1.2
    /// The longest that a call may take; nil judges no neighbours.
    public var latencySlo: Duration?
    /// How far back spans are looked at.
    public var windowDays = 30
    /// Confidence of the bound of the rate of leaks.
    public var confidence = 0.95
    /// Share of traces without stages that is left out.
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("stages", \.stages, .list(of: .text, atLeast: 1), "The stages of a request, in their order"),
      Key("max_dark_share", \.maxDarkShare, .share, "Largest share of the bill that may be nobody's"),
      Key("max_over_share", \.maxOverShare, .nonNegative, "By how much more than the bill may be attributed"),
      Key("invoice_accounts", \.invoiceAccounts, .list(of: .id), "Accounts whose bills are what calls cost; [] is all"),
      Key("probe_min_n", \.probeMinN, .count(atLeast: 1), "Probes without which nothing is said"),
      Key("fair_weights", \.fairWeights, .object, "What tokens count for when shares are compared"),
      Key("noisy_alpha", \.noisyAlpha, .openShare, "Largest p-value at which a tenant disturbs others"),
      Key("noisy_ratio", \.noisyRatio, .number(in: 1...1_000), "Least ratio of slow calls at which it does"),
      Key("latency_slo", \.latencySlo, .optional(.shortDuration), "The longest that a call may take"),
      Key("window_days", \.windowDays, .count(atLeast: 1), "Days of spans that are looked at"),
      Key("confidence", \.confidence, .openShare, "Confidence of the bound of the rate of leaks"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of traces without stages that is left out"),
    ]
  }

  /// `policies.tenant-isolation.fair_weights`.
  public struct FairWeights: Configurable {
    public var input = 1
    public var output = 2

    public init() {}

    public static let keys: [Key<FairWeights>] = [
      Key("input", \.input, .count, "Of a token that is read"),
      Key("output", \.output, .count, "Of a token that is written"),
    ]

    var weights: TenantRule.FairWeights {
      var weights = TenantRule.FairWeights()
      (weights.input, weights.output) = (Int64(input), Int64(output))
      return weights
    }
  }
}

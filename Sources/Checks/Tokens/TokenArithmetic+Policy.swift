public import Project

extension TokenArithmetic {
  /// Thresholds of token arithmetic.
  public struct Policy: CheckPolicy {
    public static let check = "token-arithmetic"

    /// Largest drift of a class of the golden corpus when a model changes.
    public var goldenDrift = 0.02
    /// Smallest share of a prompt's static tokens that two consecutive renders must begin with.
    public var prefixShareMin = 0.90
    /// The quantile of the gap for which there must be room.
    public var gapQuantile = 0.99
    /// Pairs of a billed and an own count that are needed for that quantile.
    public var gapMinimum = 200
    /// The margin that guards add to their own counts where nothing better is known.
    public var marginDefault = 0.15
    /// Largest distance of the projected bill from the actual one.
    public var billDrift = 0.10
    /// The quantile of valid answers for which `max_tokens` must have room.
    public var answerQuantile = 0.99
    /// Languages with a smaller share of the calls are not judged.
    public var languageShareMin = 0.01
    /// Days of calls that are read.
    public var windowDays = 30
    /// Error of the tests of margin and answers.
    public var alpha = 0.05
    /// Share of calls without a pair which is left out.
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("golden_drift", \.goldenDrift, .nonNegative, "Largest drift of the golden corpus when a model changes"),
      Key(
        "prefix_share_min", \.prefixShareMin, .share, "Smallest share of static tokens that renders begin with alike"),
      Key("gap_quantile", \.gapQuantile, .openShare, "The quantile of the gap for which there must be room"),
      Key("gap_min_n", \.gapMinimum, .count(atLeast: 1), "Pairs of counts that the quantile of the gap needs"),
      Key("margin_default", \.marginDefault, .nonNegative, "What guards add to their own counts, as a share of them"),
      Key("bill_drift", \.billDrift, .nonNegative, "Largest distance of the projected bill from the actual one"),
      Key("json_p", \.answerQuantile, .openShare, "The quantile of valid answers that max_tokens must hold"),
      Key("language_share_min", \.languageShareMin, .share, "Languages with a smaller share are not judged"),
      Key("window_days", \.windowDays, .count(atLeast: 1), "Days of calls that are read"),
      Key("alpha", \.alpha, .openShare, "Error of the tests of margin and answers"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of calls without a pair which is left out"),
    ]
  }
}

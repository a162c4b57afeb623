public import Project

extension EvalValidity {
  public struct Policy: CheckPolicy {
    public static let check = "eval-validity"

    /// Least share of items that were taken from production.
    public var minProdShare = 0.60
    /// Largest share by which suite and traffic may differ.
    public var maxTVD = 0.20
    /// Days of traffic that the suite is compared with.
    public var trafficDays = 30
    /// Items that judge and people have both judged.
    public var judgeMinLabels = 50
    public var judgeMinKappa = 0.60
    public var judgeMinTPR = 0.80
    public var judgeMinTNR = 0.80
    /// Median age of the items.
    public var maxItemAgeDays = 180
    /// Items that may be found in prompts or training data.
    public var leakMax = 0
    /// Past releases with a delta offline and one in production.
    public var predictiveMinReleases = 8
    public var predictiveMinSign = 0.70
    public var predictiveMinSpearman = 0.30
    /// Error of the tests of the whole, of the slices together, and of the mix.
    public var alpha = 0.05
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("min_prod_share", \.minProdShare, .share, "Least share of items taken from production"),
      Key("max_tvd", \.maxTVD, .share, "Share by which the mixes of suite and traffic may differ"),
      Key("traffic_days", \.trafficDays, .count(atLeast: 1), "Days of traffic that the suite is compared with"),
      Key("judge_min_labels", \.judgeMinLabels, .count(atLeast: 1), "Items that judge and people have both judged"),
      Key("judge_min_kappa", \.judgeMinKappa, .share, "Least agreement of judge and people beyond chance (kappa)"),
      Key("judge_min_tpr", \.judgeMinTPR, .share, "Least share of right answers that the judge passes"),
      Key("judge_min_tnr", \.judgeMinTNR, .share, "Least share of wrong answers that the judge fails"),
      Key("max_item_age_days", \.maxItemAgeDays, .count, "Largest median age of the items (days)"),
      Key("leak_max", \.leakMax, .count, "Items that may be found in prompts or training data"),
      Key(
        "predictive_min_releases", \.predictiveMinReleases, .count(atLeast: 2),
        "Past releases with deltas offline and in production"),
      Key("predictive_min_sign", \.predictiveMinSign, .share, "Least share of releases whose deltas agree in sign"),
      Key("predictive_min_spearman", \.predictiveMinSpearman, .share, "Least rank correlation of the deltas"),
      Key("alpha", \.alpha, .openShare, "Error of the tests of the whole, of the slices together, and of the mix"),
      Key(
        "max_missing_share", \.maxMissingShare, .share,
        "Share of items or spans without slice up to which they are left out"
      ),
    ]
  }
}

public import Project

extension EvalProdParity {
  public struct Policy: CheckPolicy {
    public static let check = "eval-prod-parity"

    /// By how much the evaluation may flatter.
    public var gap = 0.05
    /// A gap fails only where its interval lies above this.
    public var tolerated = 0.03
    public var minProd = 200
    /// Age of the newest trial of production.
    public var maxAgeDays = 14
    /// By how much known wording may flatter.
    public var contamination = 0.05
    /// How well a probe may tell tests from production: above the first it warns, above the second it fails if behaviour
    /// differs as well.
    public var aucWarn = 0.70
    public var aucFail = 0.85
    /// Distance of two distributions from which on a significant shift warns.
    public var shiftD = 0.10
    /// False discovery rate of the shifts.
    public var bhQ = 0.05
    /// Days of spans that say what is served.
    public var windowDays = 14
    /// Share of spans from which on a configuration counts.
    public var minConfigShare = 0.01
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("gap", \.gap, .share, "By how much the evaluation may flatter (points as a share)"),
      Key("tolerated", \.tolerated, .share, "A gap fails only where its interval lies above this (points as a share)"),
      Key("min_prod", \.minProd, .count(atLeast: 1), "Items of production that are needed"),
      Key("max_age_days", \.maxAgeDays, .count, "Age of the newest trial of production (days)"),
      Key("contamination", \.contamination, .share, "By how much known wording may flatter (points as a share)"),
      Key("auc_warn", \.aucWarn, .share, "Area above which a probe that tells tests from production warns"),
      Key("auc_fail", \.aucFail, .share, "Area above which it fails, where behaviour differs as well"),
      Key("shift_d", \.shiftD, .share, "Distance of two distributions from which on a significant shift warns"),
      Key("bh_q", \.bhQ, .openShare, "False discovery rate of the shifts"),
      Key("window_days", \.windowDays, .count(atLeast: 1), "Days of spans that say what is served"),
      Key("min_config_share", \.minConfigShare, .share, "Share of spans from which on a configuration counts"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of records without a needed field that is left out"),
    ]

    public func faults() -> [Fault] {
      var faults: [Fault] = []
      if tolerated > gap {
        faults.append(
          Fault(
            key: "tolerated", problem: "tolerated is above gap",
            remedy: "What fails for certain is below what fails at all: write a smaller tolerated."))
      }
      if aucWarn > aucFail {
        faults.append(
          Fault(
            key: "auc_warn", problem: "auc_warn is above auc_fail",
            remedy: "The warning comes first: write a smaller auc_warn."))
      }
      return faults
    }
  }
}

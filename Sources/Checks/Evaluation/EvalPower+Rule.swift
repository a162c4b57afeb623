import Comparison
import Project
import Records
import Statistics

extension EvalPower {
  /// What one comparison means under a claim, once nothing puts its evidence in doubt.
  ///
  /// - Parameters:
  ///   - claim: nil when nothing is claimed: then no regression is what is asked.
  ///   - minEffect: M, the smallest gain worth having, ≥ 0.
  ///   - margin: m, the loss (or, for equivalence, the difference) that is tolerated, ≥ 0.
  static func call(
    _ outcome: Outcome, _ evidence: Evidence, claim: MetricSettings.Claim?, minEffect: Double, margin: Double
  ) -> (code: String, verdict: Finding.Verdict) {
    switch claim {
    case .improvement:
      if outcome == .improved { return (outcome.rawValue, .pass) }
      if outcome == .regressed || outcome == .worseWithinMargin { return (outcome.rawValue, .fail) }
      if evidence.high.isBelow(minEffect) { return ("NO_WORTHWHILE_EFFECT", .fail) }
      return outcome == .improvedSmall ? ("BELOW_WORTH", .warn) : ("INCONCLUSIVE", .unknown)
    case .noRegression, nil:
      switch outcome {
      case .improved, .improvedSmall, .equivalent, .nonInferior: return (outcome.rawValue, .pass)
      case .worseWithinMargin: return (outcome.rawValue, .warn)
      case .regressed: return (outcome.rawValue, .fail)
      case .inconclusive: return (outcome.rawValue, .unknown)
      }
    case .equivalence:
      switch Equivalence.read(Interval(low: evidence.low, high: evidence.high), margin: margin) {
      case .within: return ("EQUIVALENT", .pass)
      case .beyond: return ("NOT_EQUIVALENT", .fail)
      case .undecided: return ("INCONCLUSIVE", .unknown)
      }
    }
  }

  /// The size that has to be told from nothing: M for a claimed improvement, m for the other claims; without a claim
  /// whichever is set. 0: none is.
  static func decisiveSize(_ metric: MetricSettings) -> Double {
    let (minEffect, margin) = (metric.minEffect ?? 0, metric.margin ?? 0)
    switch metric.claim {
    case .improvement: return minEffect
    case .noRegression, .equivalence: return margin
    case nil: return minEffect > 0 ? minEffect : margin
    }
  }

  /// What would decide an undecided comparison: items up to the plan, then as many as bring the interval's half-width down
  /// to half the decisive size. No amount does where the noise between runs alone hides a difference of that size.
  static func shortfall(_ result: ComparisonResult, _ metric: MetricSettings) -> (what: String, howMuch: Int?) {
    let decisive = decisiveSize(metric)
    guard decisive > 0 else { return ("the size that matters: min_effect or margin of \(metric.name)", nil) }
    let reach = Normal.standard.quantile(1 - result.policy.marginAlpha) * result.policy.runVariance.squareRoot()
    if reach >= decisive {
      return ("quieter runs: the noise between runs of \(metric.name) hides a difference of this size", nil)
    }
    let unit = result.power?.unit ?? "paired items"
    let width = result.evidence.map { $0.high - $0.low } ?? .infinity
    let howMuch = SampleSize.shortfall(
      planned: result.power?.itemsNeeded, items: result.design.items, width: width, decisive: decisive)
    return (unit, howMuch)
  }

  /// Looks at a growing number of items without a valid plan for them: the earlier numbers of items that count, once there
  /// are too many of them; else nothing.
  ///
  /// Without a plan one earlier look is forgiven; with one, the first look from the planned number on is the only one.
  static func peeks(earlier: [Int], items: Int, planned: Int?) -> [Int] {
    let looks = Set(earlier.filter { $0 < items && $0 >= planned ?? 0 }).sorted()
    return looks.count > (planned == nil ? 1 : 0) ? looks : []
  }
}

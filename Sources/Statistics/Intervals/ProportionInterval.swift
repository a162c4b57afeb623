/// Confidence intervals of one proportion: `successes` of `trials`, both in items, the limits in 0...1.
///
/// Counts may be real where a design effect or weights made them so. Without trials (`trials` ≤ 0) nothing is known and
/// every interval is [0, 1]; the estimate itself is then undefined and is not the caller's to print as 0.
/// `level` is the two-sided confidence, in 0..<1. Counts outside 0...trials are taken as the nearest end.
public enum ProportionInterval {
  /// Wilson's score interval, without continuity correction: all rates that a score test at `level` does not reject.
  ///
  /// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
  /// Constant time, no allocation.
  public static func wilson(successes: Double, trials: Double, level: Double = 0.95) -> Interval {
    wilson(successes: successes, trials: trials, z: CriticalValue.normal(level: level))
  }

  /// Wilson's score interval that reaches `z` standard errors, for callers that compute many at one level.
  public static func wilson(successes: Double, trials: Double, z: Double) -> Interval {
    guard trials > 0 else { return unknown }
    let rate = share(successes, of: trials)
    let complement = share(trials - successes, of: trials)
    let slack = z * z / trials
    let spread = z * (rate * complement / trials + slack / (4 * trials)).squareRoot()
    // The two limits are the roots of a quadratic with product rate²/(1 + slack): dividing instead of subtracting
    // keeps the small limit's digits and makes it exactly 0 (or the large one exactly 1) at the ends.
    return Interval(
      low: rate == 0 ? 0 : rate * rate / (rate + slack / 2 + spread),
      high: complement == 0 ? 1 : 1 - complement * complement / (complement + slack / 2 + spread))
  }

  /// The exact interval of Clopper and Pearson with (1 − level)/2 in each tail: it never covers less than `level`.
  ///
  /// Source: C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits", Biometrika 26 (1934), as quantiles
  /// of the beta distribution.
  public static func clopperPearson(successes: Int, trials: Int, level: Double = 0.95) -> Interval {
    twoTails(successes: Double(successes), trials: Double(trials), tail: (1 - level) / 2)
  }

  /// The exact one-sided lower bound: with `confidence`, the true rate is not below it. 0 when nothing succeeded.
  ///
  /// `clopperPearsonLower(x, n, c) > a` exactly when the upper-tail binomial test of "rate ≤ a" has p < 1 − c.
  public static func clopperPearsonLower(successes: Double, trials: Double, confidence: Double = 0.95) -> Double {
    guard trials > 0 else { return 0 }
    return lowerBound(successes: successes, trials: trials, tail: 1 - confidence)
  }

  /// The exact one-sided upper bound: with `confidence`, the true rate is not above it. 1 when everything succeeded.
  public static func clopperPearsonUpper(successes: Double, trials: Double, confidence: Double = 0.95) -> Double {
    guard trials > 0 else { return 1 }
    return upperBound(successes: successes, trials: trials, tail: 1 - confidence)
  }

  /// Korn and Graubard's interval of a rate from clustered or repeated items: Clopper-Pearson on the effective size.
  ///
  /// The effective size is `trials / max(1, designEffect)`, so that clusters can only widen the interval.
  /// Source: E. L. Korn, B. I. Graubard, "Confidence intervals for proportions with small expected number of positive
  /// counts estimated from survey data", Survey Methodology 24 (1998).
  public static func kornGraubard(
    successes: Double, trials: Double, designEffect: Double, level: Double = 0.95
  ) -> Interval {
    let shrink = max(1, designEffect)
    return twoTails(successes: successes / shrink, trials: trials / shrink, tail: (1 - level) / 2)
  }

  /// The equal-tailed interval of the posterior under Jeffreys' prior, Beta(x + ½, n − x + ½), with the lower limit 0 at
  /// x = 0 and the upper limit 1 at x = n.
  ///
  /// Source: L. D. Brown, T. T. Cai, A. DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16
  /// (2001), section 4.1.2, which gives the rule for the ends.
  public static func jeffreys(successes: Double, trials: Double, level: Double = 0.95) -> Interval {
    guard trials > 0 else { return unknown }
    let count = min(max(0, successes), trials)
    let tail = (1 - level) / 2
    let posterior = BetaDistribution(alpha: count + 0.5, beta: trials - count + 0.5)
    return Interval(
      low: count == 0 ? 0 : posterior.quantile(tail),
      high: count == trials ? 1 : posterior.upperQuantile(tail))
  }

  static let unknown = Interval(low: 0, high: 1)

  private static func share(_ count: Double, of trials: Double) -> Double {
    min(max(0, count / trials), 1)
  }

  private static func twoTails(successes: Double, trials: Double, tail: Double) -> Interval {
    guard trials > 0 else { return unknown }
    return Interval(
      low: lowerBound(successes: successes, trials: trials, tail: tail),
      high: upperBound(successes: successes, trials: trials, tail: tail))
  }

  private static func lowerBound(successes: Double, trials: Double, tail: Double) -> Double {
    let count = min(max(0, successes), trials)
    guard count > 0 else { return 0 }
    return BetaDistribution(alpha: count, beta: trials - count + 1).quantile(tail)
  }

  private static func upperBound(successes: Double, trials: Double, tail: Double) -> Double {
    let count = min(max(0, successes), trials)
    guard count < trials else { return 1 }
    return BetaDistribution(alpha: count + 1, beta: trials - count).upperQuantile(tail)
  }
}

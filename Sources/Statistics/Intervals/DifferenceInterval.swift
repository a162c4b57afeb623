/// Confidence intervals of a difference of two proportions, in −1...1.
///
/// For two independent arms the difference is p1 − p2. For pairs it is (c − b)/n, where of n items that both arms
/// answered b pass only in the base and c only in the candidate. Counts may be real (effective sizes). Without trials
/// or pairs nothing is known and the interval is [−1, 1]. Tango's interval, the one that decides paired comparisons, is in
/// its own file.
public enum DifferenceInterval {
  /// Newcombe's hybrid score interval of p1 − p2 for independent arms: the distances of each rate to its own Wilson
  /// limits, combined as square roots of sums of squares.
  ///
  /// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of
  /// eleven methods", Statistics in Medicine 17 (1998), method 10. Constant time, no allocation.
  public static func newcombe(
    successes1: Double, trials1: Double, successes2: Double, trials2: Double, level: Double = 0.95
  ) -> Interval {
    newcombe(
      successes1: successes1, trials1: trials1, successes2: successes2, trials2: trials2,
      z: CriticalValue.normal(level: level))
  }

  /// Newcombe's interval that reaches `z` standard errors, for callers that compute many at one level.
  public static func newcombe(
    successes1: Double, trials1: Double, successes2: Double, trials2: Double, z: Double
  ) -> Interval {
    guard trials1 > 0, trials2 > 0 else { return unknown }
    let rate1 = min(max(0, successes1 / trials1), 1)
    let rate2 = min(max(0, successes2 / trials2), 1)
    let wilson1 = ProportionInterval.wilson(successes: successes1, trials: trials1, z: z)
    let wilson2 = ProportionInterval.wilson(successes: successes2, trials: trials2, z: z)
    return newcombe(rate1: rate1, limits1: wilson1, rate2: rate2, limits2: wilson2)
  }

  /// Newcombe's combination of any two independent rates' own limits: the square-and-add step of his method 10, for
  /// limits that know about clusters or repeats.
  public static func newcombe(rate1: Double, limits1: Interval, rate2: Double, limits2: Interval) -> Interval {
    let difference = rate1 - rate2
    return Interval(
      low: difference - rootOfSquares(rate1 - limits1.low, limits2.high - rate2),
      high: difference + rootOfSquares(limits1.high - rate1, rate2 - limits2.low))
  }

  /// Bonett and Price's interval of a paired difference: Wald after adding one half to each of the four cells' margins
  /// (one pair to each discordant kind, two pairs in all).
  ///
  /// Source: D. G. Bonett, R. M. Price, "Adjusted Wald confidence interval for a difference of binomial proportions based
  /// on paired data", Journal of Educational and Behavioral Statistics 37 (2012). No verdict uses it.
  public static func bonettPrice(
    baseOnly: Double, candidateOnly: Double, pairs: Double, level: Double = 0.95
  ) -> Interval {
    adjustedWald(
      baseOnly: baseOnly + 1, candidateOnly: candidateOnly + 1, pairs: pairs + 2, level: level, isKnown: pairs > 0)
  }

  /// Agresti and Min's interval of a paired difference: Wald after adding one half to each of the four cells.
  ///
  /// Source: A. Agresti, Y. Min, "Simple improved confidence intervals for comparing matched proportions", Statistics in
  /// Medicine 24 (2005). No verdict uses it.
  public static func agrestiMin(
    baseOnly: Double, candidateOnly: Double, pairs: Double, level: Double = 0.95
  ) -> Interval {
    adjustedWald(
      baseOnly: baseOnly + 0.5, candidateOnly: candidateOnly + 0.5, pairs: pairs + 2, level: level, isKnown: pairs > 0)
  }

  /// The plain standard error of a paired binary difference, √(b + c − (c − b)²/n)/n, which the A/A widening starts
  /// from; nil without pairs.
  public static func pairedStandardError(baseOnly: Double, candidateOnly: Double, pairs: Double) -> Double? {
    guard pairs > 0 else { return nil }
    let net = candidateOnly - baseOnly
    return max(0, baseOnly + candidateOnly - net * net / pairs).squareRoot() / pairs
  }

  static let unknown = Interval(low: -1, high: 1)

  private static func adjustedWald(
    baseOnly: Double, candidateOnly: Double, pairs: Double, level: Double, isKnown: Bool
  ) -> Interval {
    guard isKnown,
      let error = pairedStandardError(baseOnly: baseOnly, candidateOnly: candidateOnly, pairs: pairs)
    else { return unknown }
    let centre = (candidateOnly - baseOnly) / pairs
    let reach = CriticalValue.normal(level: level) * error
    return Interval(low: max(-1, centre - reach), high: min(1, centre + reach))
  }

  private static func rootOfSquares(_ x: Double, _ y: Double) -> Double {
    (x * x + y * y).squareRoot()
  }
}

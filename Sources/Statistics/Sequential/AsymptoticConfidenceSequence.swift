import RealModule

/// Intervals of a mean that hold at all times at once, for values in their order of arrival.
///
/// mean ± s·√( 2(tρ²+1)/(t²ρ²) · ln(√(tρ²+1)/α) ): with probability about 1 − α no interval of the whole sequence
/// misses the mean, so that one may look and stop at any t. The tuning ρ makes the sequence tightest near the planned
/// number of values. The guarantee is asymptotic: it wants some 100 values before the first look.
///
/// Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas, "Time-uniform central limit theory and
/// asymptotic confidence sequences", Annals of Statistics 52(6), 2024, Theorem 2.2 and appendix B.2 (ρ).
public struct AsymptoticConfidenceSequence: Sendable, Equatable {
  /// The chance that any interval of the sequence misses, in (0, 1).
  public let alpha: Double
  /// ρ², in 1/values.
  public let tuning: Double

  /// A sequence tuned for a number of values; nil unless 0 < alpha < 1 and plannedCount ≥ 1.
  ///
  /// - Parameters:
  ///   - alpha: for a family of k comparisons, α/k.
  ///   - plannedCount: how many values (items, or clusters where items are clustered) the experiment plans.
  public init?(alpha: Double, plannedCount: Int) {
    guard alpha > 0, alpha < 1, plannedCount >= 1 else { return nil }
    self.alpha = alpha
    let logarithm = -2 * Double.log(alpha)
    tuning = (logarithm + .log(logarithm) + 1) / Double(plannedCount)
  }

  /// Half the width of the interval after `count` ≥ 1 values with this standard deviation, in its unit.
  public func halfWidth(count: Int, standardDeviation: Double) -> Double {
    criticalValue(count: count) * standardDeviation / Double(count).squareRoot()
  }

  /// How many standard errors the interval reaches after `count` ≥ 1 values: what a fixed look takes from the normal
  /// distribution, for score intervals that are to hold at every look.
  public func criticalValue(count: Int) -> Double {
    let information = Double(count) * tuning
    let growth = information + 1
    return (2 * growth / information * .log(growth.squareRoot() / alpha)).squareRoot()
  }

  /// The interval after `count` values; nil when count < 1.
  public func interval(mean: Double, standardDeviation: Double, count: Int) -> Interval? {
    guard count >= 1 else { return nil }
    let half = halfWidth(count: count, standardDeviation: standardDeviation)
    return Interval(low: mean - half, high: mean + half)
  }

  /// The smallest α whose sequence, with the same ρ, excludes `null` now: anytime p at this look.
  ///
  /// At most ``alpha`` exactly when ``interval(mean:standardDeviation:count:)`` excludes `null`. Over several looks the
  /// smallest of them holds. Nil when count < 1 or the standard deviation is 0: without variation there is no test.
  public func pValue(mean: Double, standardDeviation: Double, count: Int, null: Double = 0) -> Double? {
    guard count >= 1, standardDeviation > 0 else { return nil }
    let values = Double(count)
    let growth = values * tuning + 1
    let standardised = (mean - null) / standardDeviation
    let exponent = standardised * standardised * values * values * tuning / (2 * growth)
    return min(1, growth.squareRoot() * .exp(-exponent))
  }
}

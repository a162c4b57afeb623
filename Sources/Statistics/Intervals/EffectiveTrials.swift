/// A rate of items that are repeated or clustered, as so many independent trials as would leave it equally uncertain.
///
/// Source: E. L. Korn, B. I. Graubard, "Confidence intervals for proportions with small expected number of positive counts
/// estimated from survey data", Survey Methodology 24 (1998), with Wilson's interval in the place of Clopper and
/// Pearson's: N. Dean, M. Pagano, Journal of Survey Statistics and Methodology 3 (2015).
public struct EffectiveTrials: Sendable, Equatable {
  /// In 0...1.
  public let rate: Double
  /// n' = p(1 − p)/SE² > 0, real.
  public let trials: Double

  /// - Parameters:
  ///   - standardError: of the rate, robust to the clusters.
  ///   - units: the independent ones, clusters or items: the effective size where nothing varies.
  public init(rate: Double, standardError: Double, units: Int) {
    let variance = standardError * standardError
    let spread = rate * (1 - rate)
    self.rate = rate
    trials = variance > EffectiveTrials.negligibleVariance && spread > 0 ? spread / variance : Double(units)
  }

  /// Wilson's interval that reaches as far as Student's t with the degrees of freedom of the standard error.
  public func wilson(level: Double = 0.95, degreesOfFreedom: Double) -> Interval {
    wilson(z: CriticalValue.student(level: level, degreesOfFreedom: degreesOfFreedom))
  }

  /// Wilson's interval of all rates whose score statistic is at most `z` in absolute value.
  public func wilson(z: Double) -> Interval {
    ProportionInterval.wilson(successes: rate * trials, trials: trials, z: z)
  }

  /// Below this the variance of a rate or of a difference of rates is rounding.
  static let negligibleVariance = 1e-14
}

import RealModule

/// The chi-square distribution, on 0…∞.
///
/// Complexity: O(√ν) near the mean, fewer steps in the tails.
public struct ChiSquared: ContinuousDistribution {
  public let degreesOfFreedom: Double
  private let gamma: IncompleteGamma

  /// - Precondition: the degrees of freedom are positive and finite; they need not be whole.
  public init(degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0 && degreesOfFreedom.isFinite, "degrees of freedom are positive and finite")
    self.degreesOfFreedom = degreesOfFreedom
    gamma = IncompleteGamma(shape: degreesOfFreedom / 2)
  }

  public func cumulative(_ x: Double) -> Double { tails(x).lower }

  public func survival(_ x: Double) -> Double { tails(x).upper }

  public func logSurvival(_ x: Double) -> Double { tails(x).logUpper }

  public func quantile(_ p: Double) -> Double {
    requireProbability(p)
    return point(lower: p, upper: 1 - p)
  }

  public func upperQuantile(_ q: Double) -> Double {
    requireProbability(q)
    return point(lower: 1 - q, upper: q)
  }

  private func tails(_ x: Double) -> TailSplit {
    requireNumber(x)
    return gamma.tails(x / 2)
  }

  private func point(lower: Double, upper: Double) -> Double {
    if lower == 0 { return 0 }
    if upper == 0 { return .infinity }
    return 2 * gamma.quantile(lower: lower, upper: upper)
  }
}

import RealModule

/// The beta distribution, on 0…1.
///
/// Complexity: O(√max(α, β)) near the mean, fewer steps in the tails.
public struct BetaDistribution: ContinuousDistribution {
  public let alpha: Double
  public let beta: Double
  private let function: IncompleteBeta

  /// - Precondition: both parameters are positive and finite.
  public init(alpha: Double, beta: Double) {
    precondition(
      alpha > 0 && beta > 0 && alpha.isFinite && beta.isFinite,
      "the parameters of a beta distribution are positive and finite")
    self.alpha = alpha
    self.beta = beta
    function = IncompleteBeta(alpha, beta)
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
    if x <= 0 { return .nothingBelow }
    if x >= 1 { return .nothingAbove }
    return function.tails(function.point(x))
  }

  private func point(lower: Double, upper: Double) -> Double {
    if lower == 0 { return 0 }
    if upper == 0 { return 1 }
    let logOdds = function.logOdds(lower: lower, upper: upper)
    return 1 / (1 + .exp(-logOdds))
  }
}

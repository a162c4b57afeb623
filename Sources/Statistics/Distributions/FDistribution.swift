import RealModule

/// Snedecor's F distribution, on 0…∞: the ratio of two chi-squares, each over its degrees of freedom.
///
/// Complexity: O(√max(ν₁, ν₂)) near the mean, fewer steps in the tails.
public struct FDistribution: ContinuousDistribution {
  public let numeratorDegreesOfFreedom: Double
  public let denominatorDegreesOfFreedom: Double
  private let function: IncompleteBeta

  /// - Precondition: both degrees of freedom are positive and finite; they need not be whole.
  public init(numeratorDegreesOfFreedom: Double, denominatorDegreesOfFreedom: Double) {
    precondition(
      numeratorDegreesOfFreedom > 0 && numeratorDegreesOfFreedom.isFinite
        && denominatorDegreesOfFreedom > 0 && denominatorDegreesOfFreedom.isFinite,
      "degrees of freedom are positive and finite")
    self.numeratorDegreesOfFreedom = numeratorDegreesOfFreedom
    self.denominatorDegreesOfFreedom = denominatorDegreesOfFreedom
    function = IncompleteBeta(numeratorDegreesOfFreedom / 2, denominatorDegreesOfFreedom / 2)
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

  private func tails(_ value: Double) -> TailSplit {
    requireNumber(value)
    if value <= 0 { return .nothingBelow }
    let odds = value * (numeratorDegreesOfFreedom / denominatorDegreesOfFreedom)
    if odds == .infinity { return .nothingAbove }
    // a - (a + b)·x, with x = odds/(1 + odds), is a·(1 - F)/(1 + odds).
    let belowMean = numeratorDegreesOfFreedom / 2 * ((1 - value) / (1 + odds))
    return function.tails(.init(x: odds / (1 + odds), y: 1 / (1 + odds), belowMean: belowMean))
  }

  private func point(lower: Double, upper: Double) -> Double {
    if lower == 0 { return 0 }
    if upper == 0 { return .infinity }
    let odds = Double.exp(function.logOdds(lower: lower, upper: upper))
    return odds * (denominatorDegreesOfFreedom / numeratorDegreesOfFreedom)
  }
}

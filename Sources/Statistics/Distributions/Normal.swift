import RealModule

/// The normal distribution.
///
/// Constant time. Tails are accurate to a few units in the last place down to underflow (about 38 standard
/// deviations); ``logSurvival(_:)`` has no such limit.
public struct Normal: ContinuousDistribution, Equatable {
  public let mean: Double
  public let standardDeviation: Double

  /// Mean 0, standard deviation 1.
  public static let standard = Normal()

  public init() {
    mean = 0
    standardDeviation = 1
  }

  /// - Precondition: the mean is finite; the standard deviation is positive and finite.
  public init(mean: Double, standardDeviation: Double) {
    precondition(mean.isFinite, "the mean of a normal distribution is finite")
    precondition(
      standardDeviation > 0 && standardDeviation.isFinite,
      "the standard deviation of a normal distribution is positive and finite")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  public func cumulative(_ x: Double) -> Double { Self.upperTail(-standardized(x)) }

  public func survival(_ x: Double) -> Double { Self.upperTail(standardized(x)) }

  public func logSurvival(_ x: Double) -> Double { Self.logUpperTail(standardized(x)) }

  public func quantile(_ p: Double) -> Double {
    requireProbability(p)
    return mean + standardDeviation * StandardNormalQuantile.quantile(p)
  }

  public func upperQuantile(_ q: Double) -> Double {
    requireProbability(q)
    return mean - standardDeviation * StandardNormalQuantile.quantile(q)
  }

  private func standardized(_ x: Double) -> Double {
    requireNumber(x)
    return (x - mean) / standardDeviation
  }

  /// P(Z > z) = ½·erfc(z/√2).
  private static func upperTail(_ z: Double) -> Double {
    let scaled = z * inverseRootTwo
    let tail = 0.5 * Double.erfc(scaled)
    guard z > 1 && z < 40 else { return tail }
    // erfc magnifies the rounding of z/√2 by about z²; undo it to first order, with (log erfc)' ≈ -(2s + 1/s).
    let rounding = (-scaled).addingProduct(z, inverseRootTwo) + z * inverseRootTwoRest
    return tail * (1 - rounding * (2 * scaled + 1 / scaled))
  }

  /// √½ to twice the precision of a double, as the sum of two.
  private static let inverseRootTwo = 0.70710678118654752440
  private static let inverseRootTwoRest = -4.833646656726457e-17

  private static func logUpperTail(_ z: Double) -> Double {
    if z < 0 { return .log(onePlus: -upperTail(-z)) }
    if z < 30 { return .log(upperTail(z)) }
    if z == .infinity { return -.infinity }
    // Mills' ratio times z, 1 - 1/z² + 3/z⁴ - 15/z⁶ + … (Abramowitz & Stegun 26.2.12): below 1e-19 after six terms.
    let inverse = 1 / (z * z)
    var mills = 1 - 11 * inverse
    mills = 1 - 9 * inverse * mills
    mills = 1 - 7 * inverse * mills
    mills = 1 - 5 * inverse * mills
    mills = 1 - 3 * inverse * mills
    mills = 1 - inverse * mills
    return -0.5 * z * z - .log(z) - SaddlePoint.halfLogTwoPi + .log(mills)
  }
}

import RealModule

/// The two pieces from which every density of this folder is built.
///
/// Factorials of large numbers agree in almost all their digits, so differences of log-gammas lose what we need:
/// at n = 1e6 they keep nine digits. Writing n! = √(2πn)·(n/e)ⁿ·exp(stirlingError(n)) and collecting the powers into
/// deviances leaves only small terms, each computed to full relative accuracy.
///
/// Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000). Unlike there, the deviance is
/// given the difference observed - expected by its caller, who can often form it without cancellation.
enum SaddlePoint {
  static let halfLogTwoPi = 0.918938533204672741780329736406

  /// log Γ(x + 1) - (x + ½)·log x + x - ½·log 2π, for x > 0.
  ///
  /// The asymptotic series (Abramowitz & Stegun 6.1.41) from 10 on; below, the definition, where cancellation is
  /// bounded by the size of the terms (absolute error under 1e-14).
  static func stirlingError(_ x: Double) -> Double {
    if x < 10 {
      return .logGamma(x + 1) - (x + 0.5) * .log(x) + x - halfLogTwoPi
    }
    let square = x * x
    var sum = 1.0 / 156
    sum = 691.0 / 360_360 - sum / square
    sum = 1.0 / 1188 - sum / square
    sum = 1.0 / 1680 - sum / square
    sum = 1.0 / 1260 - sum / square
    sum = 1.0 / 360 - sum / square
    return (1.0 / 12 - sum / square) / x
  }

  /// observed·log(observed / expected) + expected - observed, which is ≥ 0 and 0 only where the two agree.
  ///
  /// - Parameters:
  ///   - observed: ≥ 0.
  ///   - expected: ≥ 0, needed to a few units in its last place only.
  ///   - difference: observed - expected, to full relative accuracy: the deviance is as accurate as its square.
  static func deviance(observed: Double, expected: Double, difference: Double) -> Double {
    if observed == 0 { return expected }
    let relative = -difference / observed
    guard relative > -0.5 && relative < 1 else {
      return observed * .log(observed / expected) - difference
    }
    return observed * excessOverLogarithm(relative)
  }

  /// x - log(1 + x) for -0.5 < x < 1, to full relative accuracy.
  ///
  /// With r = x/(2 + x), log(1 + x) = 2·artanh r = 2(r + r³/3 + r⁵/5 + …), so that the leading terms cancel on paper:
  /// x - log(1 + x) = r·x - 2r³(1/3 + r²/5 + r⁴/7 + …).
  private static func excessOverLogarithm(_ x: Double) -> Double {
    let r = x / (2 + x)
    let square = r * r
    var power = 1.0
    var denominator = 3.0
    var sum = 0.0
    while power > 1e-17 {
      sum += power / denominator
      power *= square
      denominator += 2
    }
    return r * (x - 2 * square * sum)
  }
}

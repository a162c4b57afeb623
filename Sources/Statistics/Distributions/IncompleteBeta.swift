import RealModule

/// The regularized incomplete beta function Iₓ(a, b), for fixed parameters.
///
/// Points are given as ``Point``, which carries x, 1 - x and the distance from the mean, each without cancellation.
/// The density factor xᵃ(1-x)ᵇ/B(a,b) is in saddle-point form (``SaddlePoint``); what multiplies it is a power series
/// or a continued fraction:
/// - x at or below the mean a/(a+b), else the function is reflected;
/// - a series of positive terms (DLMF 8.17.8) where its terms fall quickly;
/// - the same series for the complement where b is small and the upper tail holds most of the mass;
/// - otherwise the continued fraction of A. R. DiDonato & A. H. Morris, ACM TOMS 18 (1992) 360 (Algorithm 708, eq. 9),
///   evaluated by the modified Lentz method in O(√max(a,b)) steps near the mean, few in the tails.
struct IncompleteBeta: Sendable {
  let a: Double
  let b: Double
  /// log of √(ab/(2π(a+b)))·exp(stirlingError(a+b) - stirlingError(a) - stirlingError(b)).
  private let logNormalization: Double

  /// - Precondition: both parameters are positive and finite.
  init(_ a: Double, _ b: Double) {
    self.a = a
    self.b = b
    logNormalization =
      0.5 * (.log(a) + .log(b / (a + b))) - SaddlePoint.halfLogTwoPi
      + SaddlePoint.stirlingError(a + b) - SaddlePoint.stirlingError(a) - SaddlePoint.stirlingError(b)
  }

  private init(a: Double, b: Double, logNormalization: Double) {
    self.a = a
    self.b = b
    self.logNormalization = logNormalization
  }

  /// 1 - Iₓ(a, b) = I₁₋ₓ(b, a).
  var reflected: IncompleteBeta { IncompleteBeta(a: b, b: a, logNormalization: logNormalization) }

  /// A point of 0…1.
  struct Point {
    let x: Double
    /// 1 - x.
    let y: Double
    /// a - (a + b)·x, that is (a + b) times the distance of x below the mean.
    let belowMean: Double

    var reflected: Point { Point(x: y, y: x, belowMean: -belowMean) }
  }

  /// The point x, exact as given.
  func point(_ x: Double) -> Point {
    let (sum, rounding) = exactSum(a, b)
    return Point(x: x, y: 1 - x, belowMean: a.addingProduct(-sum, x) - rounding * x)
  }

  /// The point whose odds x/(1 - x) are exp(`logOdds`).
  func point(logOdds: Double) -> Point {
    let odds = Double.exp(-abs(logOdds))
    let small = odds / (1 + odds)
    return logOdds <= 0 ? point(small) : reflected.point(small).reflected
  }

  /// The logarithm of xᵃ(1-x)ᵇ/B(a,b), the density of log(x/(1-x)).
  func logDensityOfLogOdds(_ point: Point) -> Double {
    let sum = a + b
    return logNormalization
      - SaddlePoint.deviance(observed: a, expected: sum * point.x, difference: point.belowMean)
      - SaddlePoint.deviance(observed: b, expected: sum * point.y, difference: -point.belowMean)
  }

  /// Iₓ(a, b) and its complement.
  func tails(_ point: Point) -> TailSplit {
    if point.x <= 0 { return .nothingBelow }
    if point.y <= 0 { return .nothingAbove }
    if point.belowMean < 0 { return reflected.lowerHalf(point.reflected).swapped }
    return lowerHalf(point)
  }

  /// ``tails(_:)`` at or below the mean.
  private func lowerHalf(_ point: Point) -> TailSplit {
    let logDensity = logDensityOfLogOdds(point)
    let firstRatio = (a + b) * point.x / (a + 1)
    if Swift.max(firstRatio, point.x) < 0.5 || (b <= 1 && point.x < 0.7) {
      return TailSplit(logScale: logDensity, factor: series(point.x), isLower: true)
    }
    if b <= 1 && (a + b) * point.y < 3 {
      let split = TailSplit(logScale: logDensity, factor: reflected.series(point.y), isLower: false)
      if split.upper < 0.95 || a <= 1 { return split }
    }
    return TailSplit(logScale: logDensity, factor: continuedFraction(point), isLower: true)
  }

  /// (1/a)·Σ (a+b)ₙ/(a+1)ₙ·xⁿ, all terms positive.
  private func series(_ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    var numerator = a + b
    var denominator = a + 1
    var ratio = 1.0
    // The ratio falls towards x: once below 1, the rest is below the last term over 1 - ratio.
    while term > sum * 1e-17 * (1 - ratio) {
      ratio = numerator / denominator * x
      term *= ratio
      sum += term
      numerator += 1
      denominator += 1
    }
    return sum / a
  }

  /// The continued fraction that multiplies the density, for x at or below the mean.
  private func continuedFraction(_ point: Point) -> Double {
    let x = point.x
    let step = 1 + point.y
    var inverse = 1 / (a + 1)
    var value = a * (point.belowMean + 1) * inverse
    var upper = value
    var lower = 0.0
    var m = 1.0
    while m < 1e6 {
      // Numerator αₘ and denominator βₘ of the m-th level; `inverse` is 1/(a + 2m - 1) and then 1/(a + 2m + 1).
      let weight = m * (b - m) * x * inverse
      let numerator = (a + m - 1) * (a + b + m - 1) * inverse * x * weight
      inverse = 1 / (a + 2 * m + 1)
      let denominator = m + weight + (a + m) * (point.belowMean + 1 + m * step) * inverse
      lower = 1 / (denominator + numerator * lower)
      upper = denominator + numerator / upper
      let change = upper * lower
      value *= change
      if abs(change - 1) < 2e-16 { break }
      m += 1
    }
    return 1 / value
  }
}

/// a + b and the rounding error of it: the exact sum is `sum + rounding` (Knuth's two-sum).
func exactSum(_ a: Double, _ b: Double) -> (sum: Double, rounding: Double) {
  let sum = a + b
  let bPart = sum - a
  return (sum, (a - (sum - bPart)) + (b - bPart))
}

import RealModule

/// The regularized incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x), for a fixed shape.
///
/// xᵃe⁻ˣ/Γ(a+1) is in saddle-point form (``SaddlePoint``); it is multiplied by the series of positive terms of P
/// (DLMF 8.7.1) at or below the mean, and by Legendre's continued fraction of Q (DLMF 8.9.2) above it.
struct IncompleteGamma: Sendable {
  let shape: Double
  /// log of exp(-stirlingError(a))/√(2πa).
  private let logNormalization: Double

  /// - Precondition: the shape is positive and finite.
  init(shape: Double) {
    self.shape = shape
    logNormalization = -0.5 * .log(shape) - SaddlePoint.halfLogTwoPi - SaddlePoint.stirlingError(shape)
  }

  /// P(a, x) and Q(a, x), for x in 0…∞.
  func tails(_ x: Double) -> TailSplit {
    if x <= 0 { return .nothingBelow }
    if x == .infinity { return .nothingAbove }
    if shape < 1 && x < 1.5 { return smallShape(x) }
    if x < shape + 1 {
      return TailSplit(logScale: logPoisson(x), factor: series(x), isLower: true)
    }
    return TailSplit(logScale: logPoisson(x), factor: shape * continuedFraction(x), isLower: false)
  }

  /// log(xᵃe⁻ˣ/Γ(a+1)).
  private func logPoisson(_ x: Double) -> Double {
    logNormalization - SaddlePoint.deviance(observed: shape, expected: x, difference: shape - x)
  }

  /// The logarithm of xᵃe⁻ˣ/Γ(a), the density of log x.
  func logDensityOfLog(_ x: Double) -> Double { logPoisson(x) + .log(shape) }

  /// Σ xⁿ/(a+1)ₙ.
  private func series(_ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    var denominator = shape + 1
    var ratio = 1.0
    while term > sum * 1e-17 * (1 - ratio) {
      ratio = x / denominator
      term *= ratio
      sum += term
      denominator += 1
    }
    return sum
  }

  /// 1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - …))), by the modified Lentz method.
  private func continuedFraction(_ x: Double) -> Double {
    var denominator = x - shape + 1
    var value = denominator
    var upper = value
    var lower = 0.0
    var m = 1.0
    while m < 1e6 {
      let numerator = -m * (m - shape)
      denominator += 2
      lower = 1 / (denominator + numerator * lower)
      upper = denominator + numerator / upper
      let change = upper * lower
      value *= change
      if abs(change - 1) < 2e-16 { break }
      m += 1
    }
    return 1 / value
  }

  /// Both tails for a < 1 and small x, where the upper one may be as small as a itself: with
  /// t = log(xᵃ/Γ(1+a)), P = eᵗ(1 + s) and Q = -(eᵗ - 1) - eᵗ·s, s = a·Σₙ₌₁ (-x)ⁿ/(n!(a+n)).
  private func smallShape(_ x: Double) -> TailSplit {
    let exponent = shape * .log(x) - .logGamma(1 + shape)
    var term = 1.0
    var sum = 0.0
    var n = 1.0
    while n < 100 {
      term *= -x / n
      let contribution = term / (shape + n)
      sum += contribution
      if abs(contribution) < 1e-17 * abs(sum) { break }
      n += 1
    }
    let correction = shape * sum
    let upper = -Double.expMinusOne(exponent) - .exp(exponent) * correction
    if upper < 0.5 { return TailSplit(logScale: 0, factor: upper, isLower: false) }
    return TailSplit(logScale: exponent, factor: 1 + correction, isLower: true)
  }
}

extension IncompleteGamma {
  /// The x with P(a, x) = p, by Newton's method in log x on the logarithm of the nearer tail (both are log-concave).
  ///
  /// - Precondition: p is in 0<..<1, and `complement` is 1 - p.
  func quantile(lower p: Double, upper complement: Double) -> Double {
    let isLower = p <= complement
    let target = Double.log(isLower ? p : complement)
    // Far below, P = xᵃ/Γ(a+1); for tiny shapes that is most of the distribution, and x may underflow.
    let far = ((isLower ? target : .log(onePlus: -complement)) + .logGamma(shape + 1)) / shape
    if far < -37 { return .exp(far) }
    var position = startingLog(lower: p, upper: complement, far: far)
    var low = -Double.infinity
    var high = Double.infinity
    for _ in 0..<200 {
      let x = Double.exp(position)
      let split = tails(x)
      let residual = (isLower ? split.logLower : split.logUpper) - target
      let slope = Double.exp(logDensityOfLog(x) - target - residual) * (isLower ? 1 : -1)
      var next = position - residual / slope
      if abs(residual) < 1e-8 || abs(next - position) < 1e-16 * abs(position) { return .exp(next) }
      if (residual > 0) == isLower { high = position } else { low = position }
      if !(next > low && next < high) || abs(next - position) > 20 {
        next = low.isFinite && high.isFinite ? low + (high - low) / 2 : position + (low.isFinite ? 1 : -1)
      }
      position = next
    }
    return .exp(position)
  }

  /// Wilson & Hilferty's cube-root normal approximation (1931) where it holds, else the power law of the lower tail
  /// or the exponential of the upper one.
  private func startingLog(lower p: Double, upper complement: Double, far: Double) -> Double {
    let z = p <= complement ? Normal.standard.quantile(p) : Normal.standard.upperQuantile(complement)
    let variance = 1 / (9 * shape)
    let root = 1 - variance + z * .sqrt(variance)
    if root > 0.3 { return .log(shape) + 3 * .log(root) }
    return p <= 0.5 ? far : .log(shape + 1 - .log(complement))
  }
}

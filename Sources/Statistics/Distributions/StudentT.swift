import RealModule

/// Student's t distribution.
///
/// Through the incomplete beta function: P(T > t) = ½·I(ν/2, ½) at ν/(ν + t²), for t ≥ 0. From 10²⁰ degrees of freedom
/// on, infinity included, it is the normal distribution to the last digit, tails included.
public struct StudentT: ContinuousDistribution {
  public let degreesOfFreedom: Double
  private let function: IncompleteBeta
  private let isNormal: Bool

  /// - Precondition: the degrees of freedom are positive; they need not be whole, and may be infinite.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
    self.degreesOfFreedom = degreesOfFreedom
    isNormal = degreesOfFreedom >= 1e20
    function = IncompleteBeta(isNormal ? 1 : degreesOfFreedom / 2, 0.5)
  }

  public func cumulative(_ x: Double) -> Double { survival(-x) }

  public func survival(_ x: Double) -> Double {
    requireNumber(x)
    if isNormal { return Normal.standard.survival(x) }
    let split = outside(abs(x))
    return x >= 0 ? 0.5 * split.lower : 0.5 + 0.5 * split.upper
  }

  public func logSurvival(_ x: Double) -> Double {
    requireNumber(x)
    if isNormal { return Normal.standard.logSurvival(x) }
    let split = outside(abs(x))
    return x >= 0 ? split.logLower - 0.693147180559945309417 : .log(onePlus: -0.5 * split.lower)
  }

  public func quantile(_ p: Double) -> Double {
    requireProbability(p)
    return p <= 0.5 ? -magnitude(tail: p, centre: 0.5 - p) : magnitude(tail: 1 - p, centre: p - 0.5)
  }

  public func upperQuantile(_ q: Double) -> Double { -quantile(q) }

  /// P(|T| > t) as the lower tail, P(|T| ≤ t) as the upper, for t ≥ 0.
  private func outside(_ t: Double) -> TailSplit {
    if t == .infinity { return .nothingBelow }
    let ratio = degreesOfFreedom / t / t
    if ratio < 1e-18 { return powerLaw(t) }
    // a - (a + b)·x at x = ν/(ν + t²) is ½ν(t² - 1)/(ν + t²).
    let belowMean =
      t > 1
      ? degreesOfFreedom / 2 * ((1 - 1 / t) * (1 + 1 / t)) / (1 + ratio)
      : (t - 1) * (t + 1) / (2 * (1 + t * t / degreesOfFreedom))
    let inside = t * t / degreesOfFreedom
    return function.tails(.init(x: 1 / (1 + inside), y: inside / (1 + inside), belowMean: belowMean))
  }

  /// The far tail, where 1 + t²/ν is t²/ν to the last digit: the same integral with a pure power, in logarithms
  /// because t² may overflow.
  private func powerLaw(_ t: Double) -> TailSplit {
    // At the mean x = ν/(ν + 1), y = 1/(ν + 1) the density is explicit, which gives B(a, b) without log-gammas.
    let v = degreesOfFreedom
    let mean = IncompleteBeta.Point(x: v / (v + 1), y: 1 / (v + 1), belowMean: 0)
    let logInverseBeta =
      function.logDensityOfLogOdds(mean) + v / 2 * .log(onePlus: 1 / v) + 0.5 * .log(onePlus: v)
    let logScale = logInverseBeta + v / 2 * (.log(v) - 2 * .log(t))
    return TailSplit(logScale: logScale, factor: 2 / v, isLower: true)
  }

  /// The t > 0 with P(T > t) = tail; `centre` is ½ - tail without its rounding.
  private func magnitude(tail: Double, centre: Double) -> Double {
    if isNormal { return -StandardNormalQuantile.quantile(tail) }
    if tail == 0 { return .infinity }
    if centre == 0 { return 0 }
    return centre < 0.2 ? centralQuantile(centre) : tailQuantile(tail)
  }
}

extension StudentT {
  /// Halley's method in log t on the logarithm of the tail, which is concave in log t.
  private func tailQuantile(_ tail: Double) -> Double {
    let v = degreesOfFreedom
    let target = Double.log(tail) + 0.693147180559945309417
    var position = Double.log(hillApproximation(tail))
    for _ in 0..<100 {
      let t = Double.exp(position)
      let split = outside(t)
      let residual = split.logLower - target
      let square = t * t / v
      // g = log tail, g' = -r with r = (density of log t)/tail, and the density's own logarithmic slope h.
      let r = 2 * Double.exp(split.logScale - split.logLower)
      let h = square.isFinite ? 1 - (v + 1) * (square / (1 + square)) : -v
      let curvature = 1 + residual * (h + r) / (2 * r)
      let step = residual / r / (curvature > 0.5 && curvature < 2 ? curvature : 1)
      position += Swift.max(-10, Swift.min(10, step))
      if abs(residual) < 1e-5 && abs(residual * (h + r)) < 1e-5 * r { break }
    }
    return .exp(position)
  }

  /// Newton's method in t on the mass between 0 and t, which is concave: it starts from the tangent at 0, a lower
  /// bound, and never overshoots.
  private func centralQuantile(_ centre: Double) -> Double {
    var t = hillApproximation(0.5 - centre)
    for _ in 0..<100 {
      let split = outside(t)
      let density = Double.exp(split.logScale) / t
      let step = (0.5 * split.upper - centre) / density
      t = Swift.max(t - step, t / 2)
      if abs(step) < 1e-8 * t { break }
    }
    return t
  }

  /// A starting point for the t > 0 with P(T > t) = tail, a few digits good: an expansion about the normal quantile,
  /// or one in powers of the tail where that is heavy; below one degree of freedom the Cauchy quantile, stretched.
  ///
  /// Source: G. W. Hill, "Algorithm 396: Student's t-quantiles", Communications of the ACM 13 (1970) 619.
  private func hillApproximation(_ tail: Double) -> Double {
    let v = degreesOfFreedom
    if v < 1 { return .pow(.tan(.pi * (0.5 - tail)), 1 / v) }
    let a = 1 / (v - 0.5)
    let b = 2304 / (a * a)
    let c = ((20_700 * a / b - 98) * a - 16) * a + 96.36
    let d = ((94.5 / (b + c) - 3) / b + 1) * .sqrt(a * .pi / 2) * v
    let y = Double.pow(d * 2 * tail, 2 / v)
    if y > 0.05 + a { return aboutNormal(tail, a: a, b: b, c: c, d: d) }
    let inner = 1 / (((v + 6) / (v * y) - 0.089 * d - 0.822) * (v + 2) * 3) + 0.5 / (v + 4)
    let square = (inner * y - 1) * (v + 1) / (v + 2) + 1 / y
    return square > 0 && square.isFinite ? .sqrt(v * square) : .sqrt(v) * .exp(-.log(2 * d * tail) / v)
  }

  private func aboutNormal(_ tail: Double, a: Double, b: Double, c: Double, d: Double) -> Double {
    let v = degreesOfFreedom
    let z = StandardNormalQuantile.quantile(tail)
    let square = z * z
    let shift = v < 5 ? 0.3 * (v - 4.5) * (z + 0.6) : 0
    let scale = (((0.05 * d * z - 5) * z - 7) * z - 2) * z + b + c + shift
    let y = (((((0.4 * square + 6.3) * square + 36) * square + 94.5) / scale - square - 3) / b + 1) * z
    return .sqrt(v * .expMinusOne(a * y * y))
  }
}

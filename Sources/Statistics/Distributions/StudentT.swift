import RealModule

/// Student's t distribution.
///
/// Through the incomplete beta function: P(T > t) = ½·I(ν/2, ½) at ν/(ν + t²), for t ≥ 0. From 10²⁰ degrees of freedom
/// on, infinity included, it is the normal distribution to the last digit, tails included.
public struct StudentT: ContinuousDistribution {
  public let degreesOfFreedom: Double
  private let function: IncompleteBeta
  let isNormal: Bool
  static let logTwo = 0.693147180559945309417

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
    return x >= 0 ? split.logLower - Self.logTwo : .log(onePlus: -0.5 * split.lower)
  }

  public func quantile(_ p: Double) -> Double {
    requireProbability(p)
    return p <= 0.5 ? 0 - magnitude(tail: p, centre: 0.5 - p) : magnitude(tail: 1 - p, centre: p - 0.5)
  }

  public func upperQuantile(_ q: Double) -> Double {
    requireProbability(q)
    return q <= 0.5 ? magnitude(tail: q, centre: 0.5 - q) : 0 - magnitude(tail: 1 - q, centre: q - 0.5)
  }

  /// P(|T| > t) as the lower tail, P(|T| ≤ t) as the upper, for t ≥ 0.
  func outside(_ t: Double) -> TailSplit {
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

  /// The far tail, where 1 + t²/ν is t²/ν to the last digit: in logarithms, because t² may overflow.
  private func powerLaw(_ t: Double) -> TailSplit {
    let v = degreesOfFreedom
    return TailSplit(logScale: .log(v / 2) + logPowerLaw - v * .log(t), factor: 2 / v, isLower: true)
  }

  /// log C of the power law P(|T| > t) ≈ C·t^-ν that the tail approaches from below.
  var logPowerLaw: Double {
    // At the mean x = ν/(ν + 1) the density of the incomplete beta is explicit: B(ν/2, ½) without log-gammas.
    let v = degreesOfFreedom
    let mean = IncompleteBeta.Point(x: v / (v + 1), y: 1 / (v + 1), belowMean: 0)
    let logInverseBeta =
      function.logDensityOfLogOdds(mean) + v / 2 * .log(onePlus: 1 / v) + 0.5 * .log(onePlus: v)
    return logInverseBeta + v / 2 * .log(v) - .log(v / 2)
  }
}

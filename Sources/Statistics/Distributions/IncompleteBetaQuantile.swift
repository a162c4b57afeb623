import RealModule

extension IncompleteBeta {
  /// The log-odds log(x/(1-x)) of the point with Iₓ(a, b) = p; the odds hold what x itself would round away near 1.
  ///
  /// In log-odds the density is log-concave for all parameters, hence so are both tails: Newton's method on the
  /// logarithm of the nearer tail approaches the root from below without overshooting, wherever it starts.
  ///
  /// - Precondition: p is in 0<..<1, and `complement` is 1 - p.
  func logOdds(lower p: Double, upper complement: Double) -> Double {
    let far = farLogOdds(logLower: p <= complement ? .log(p) : .log(onePlus: -complement))
    if far < farLimit { return far }
    let farAbove = reflected.farLogOdds(logLower: p <= complement ? .log(onePlus: -p) : .log(complement))
    if farAbove < farLimit { return -farAbove }
    return p <= complement
      ? logOddsOfLowerTail(p, bound: far) : -reflected.logOddsOfLowerTail(complement, bound: farAbove)
  }

  /// The log-odds at which the power law xᵃ/(a·B) of the far lower tail has the given logarithm.
  private func farLogOdds(logLower: Double) -> Double { (logLower + .log(a) + logBeta) / a }

  /// Where x·max(1, a + b) is below half a unit in the last place, so that the power law is exact in doubles. For tiny
  /// parameters that is most of the distribution, and x may underflow.
  private var farLimit: Double { -37 - .log(1 + a + b) }

  /// The log-odds of the quantile of a p of at most ½.
  private func logOddsOfLowerTail(_ p: Double, bound: Double) -> Double {
    let target = Double.log(p)
    var position = Swift.max(bound, startingLogOdds(p))
    var low = -Double.infinity
    var high = Double.infinity
    for _ in 0..<200 {
      let point = point(logOdds: position)
      let split = tails(point)
      let residual = split.logLower - target
      // d log I / d logOdds = density / I, and every split of this function is scaled by the density.
      let slope = Double.exp(split.logScale - target - residual)
      var next = position - residual / slope
      // Newton squares the error: the step from here is the last that doubles can tell.
      if abs(residual) < 1e-8 || abs(next - position) < 1e-16 * abs(position) { return next }
      if residual > 0 { high = position } else { low = position }
      if !(next > low && next < high) || abs(next - position) > 20 {
        next = bisected(low, high, from: position, towards: residual)
      }
      position = next
    }
    return position
  }

  private func bisected(_ low: Double, _ high: Double, from position: Double, towards residual: Double) -> Double {
    if low.isFinite && high.isFinite { return low + (high - low) / 2 }
    return position + (residual > 0 ? -8 : 8)
  }

  /// log B(a, b) from the density at the mean, where the powers are explicit: large parameters keep their digits.
  private var logBeta: Double {
    let sum = a + b
    let mean = Point(x: a / sum, y: b / sum, belowMean: 0)
    return -a * .log(onePlus: b / a) - b * .log(onePlus: a / b) - logDensityOfLogOdds(mean)
  }

  /// Carter's normal approximation to half the log of an F quantile (Abramowitz & Stegun 26.5.22); it needs
  /// parameters above ½, below which the power law of the far tail is a lower bound that serves.
  private func startingLogOdds(_ p: Double) -> Double {
    guard a > 0.75 && b > 0.75 else { return -.infinity }
    let z = -Normal.standard.quantile(p)
    let first = 1 / (2 * a - 1)
    let second = 1 / (2 * b - 1)
    let harmonic = 2 / (first + second)
    let skew = (z * z - 3) / 6
    let w = z * .sqrt(harmonic + skew > 0 ? harmonic + skew : 0.1) / harmonic
    return .log(a / b) - 2 * (w - (second - first) * (skew + 5.0 / 6 - 2 / (3 * harmonic)))
  }
}

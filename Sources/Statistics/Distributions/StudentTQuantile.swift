import RealModule

extension StudentT {
  /// The t ≥ 0 with P(T > t) = `tail`, which is at most ½; `centre` is ½ - tail without its rounding.
  func magnitude(tail: Double, centre: Double) -> Double {
    if tail == 0 { return .infinity }
    if centre == 0 { return 0 }
    if isNormal { return -StandardNormalQuantile.quantile(tail) }
    return centre < 0.2 ? centralQuantile(centre) : tailQuantile(tail)
  }

  /// Halley's method in log t on the logarithm of the tail, which is concave in log t.
  private func tailQuantile(_ tail: Double) -> Double {
    let v = degreesOfFreedom
    let target = Double.log(tail) + Self.logTwo
    // The power law bounds the quantile from above, and is exact where t²/ν swallows 1.
    let far = (logPowerLaw - target) / v
    if 2 * far - .log(v) > 40 { return .exp(far) }
    var position = v < 1 ? far : .log(hillApproximation(tail))
    for _ in 0..<100 {
      let t = Double.exp(position)
      let split = outside(t)
      let residual = split.logLower - target
      let square = t * t / v
      // g = log tail, g' = -r with r = (density of log t)/tail, and the density's own logarithmic slope h.
      let r = 2 * Double.exp(split.logScale - split.logLower)
      let h = 1 - (v + 1) * (square / (1 + square))
      let curvature = 1 + residual * (h + r) / (2 * r)
      let step = residual / r / (curvature > 0.5 && curvature < 2 ? curvature : 1)
      position += Swift.max(-10, Swift.min(10, step))
      // Halley cubes the error.
      if abs(residual) < 1e-5 && abs(residual * (h + r)) < 1e-5 * r { break }
    }
    return .exp(position)
  }

  /// Newton's method in t on the mass between 0 and t, which is concave in t.
  private func centralQuantile(_ centre: Double) -> Double {
    // The density at 0 is at most 1/π below one degree of freedom: a lower bound, from which Newton never overshoots.
    var t = degreesOfFreedom < 1 ? .pi * centre : hillApproximation(0.5 - centre)
    for _ in 0..<100 {
      let split = outside(t)
      let density = Double.exp(split.logScale) / t
      let step = (0.5 * split.upper - centre) / density
      t = Swift.max(t - step, t / 2)
      if abs(step) < 1e-8 * t { break }
    }
    return t
  }

  /// A starting point for the t > 0 with P(T > t) = tail, a few digits good, for one degree of freedom or more: an
  /// expansion about the normal quantile, or one in powers of the tail where that is heavy.
  ///
  /// Source: G. W. Hill, "Algorithm 396: Student's t-quantiles", Communications of the ACM 13 (1970) 619.
  private func hillApproximation(_ tail: Double) -> Double {
    let v = degreesOfFreedom
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

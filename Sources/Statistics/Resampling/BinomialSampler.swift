import RealModule

/// Exact binomial counts in constant time.
///
/// Below ten expected successes the probabilities are summed up until they pass a uniform number; from ten on a
/// transformed uniform number is accepted or rejected (BTRS), mostly without a logarithm.
///
/// Source: W. Hörmann, "The generation of binomial random variates", Journal of Statistical Computation and
/// Simulation 46, 1993.
enum BinomialSampler {
  /// - Parameters:
  ///   - trials: at least 0.
  ///   - probability: in [0, 1].
  static func draw(trials: Int, probability: Double, _ generator: inout Xoshiro256StarStar) -> Int {
    guard trials > 0, probability > 0 else { return 0 }
    guard probability < 1 else { return trials }
    if probability > 0.5 {
      return trials - lower(trials, 1 - probability, &generator)
    }
    return lower(trials, probability, &generator)
  }

  private static func lower(_ trials: Int, _ probability: Double, _ generator: inout Xoshiro256StarStar) -> Int {
    Double(trials) * probability < 10
      ? inverted(trials, probability, &generator) : transformed(trials, probability, &generator)
  }

  /// Inversion of the cumulative probabilities, about n·p steps.
  private static func inverted(_ trials: Int, _ probability: Double, _ generator: inout Xoshiro256StarStar) -> Int {
    let odds = probability / (1 - probability)
    let start = Double.exp(Double(trials) * .log(onePlus: -probability))
    while true {
      var rest = generator.nextUnit()
      var density = start
      for successes in 0...trials {
        if rest < density {
          return successes
        }
        rest -= density
        density *= odds * Double(trials - successes) / Double(successes + 1)
      }
      // Rounding left a sliver above the last probability: as if the number had not been drawn.
    }
  }

  /// Transformed rejection with squeeze, for n·p ≥ 10 and p ≤ ½.
  private static func transformed(_ trials: Int, _ probability: Double, _ generator: inout Xoshiro256StarStar) -> Int {
    let n = Double(trials)
    let spread = (n * probability * (1 - probability)).squareRoot()
    let b = 1.15 + 2.53 * spread
    let a = -0.0873 + 0.0248 * b + 0.01 * probability
    let centre = n * probability + 0.5
    let squeeze = 0.92 - 4.2 / b
    let alpha = (2.83 + 5.1 / b) * spread
    while true {
      let u = generator.nextUnit() - 0.5
      let v = generator.nextUnit()
      let distance = 0.5 - u.magnitude
      let candidate = ((2 * a / distance + b) * u + centre).rounded(.down)
      if distance >= 0.07, v <= squeeze {
        return Int(candidate)
      }
      guard candidate >= 0, candidate <= n else { continue }
      let density = logRatio(candidate, trials: n, probability)
      if .log(v * alpha / (a / (distance * distance) + b)) <= density {
        return Int(candidate)
      }
    }
  }

  /// The logarithm of the probability of k over that of the mode.
  private static func logRatio(_ k: Double, trials n: Double, _ probability: Double) -> Double {
    let mode = ((n + 1) * probability).rounded(.down)
    let odds = probability / (1 - probability)
    return logFactorial(mode) + logFactorial(n - mode) - logFactorial(k) - logFactorial(n - k)
      + (k - mode) * .log(odds)
  }

  private static func logFactorial(_ k: Double) -> Double {
    guard k > 0 else { return 0 }
    return (k + 0.5) * .log(k) - k + SaddlePoint.halfLogTwoPi + SaddlePoint.stirlingError(k)
  }
}

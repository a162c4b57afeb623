import Foundation
import Statistics

/// The random numbers that worlds are made of, each from a seeded generator.
extension Xoshiro256StarStar {
  /// 1 with this probability, else 0.
  mutating func bernoulli(_ probability: Double) -> Double {
    nextUnit() < probability ? 1 : 0
  }

  /// The mean of so many independent ones and zeros.
  mutating func average(of trials: Int, _ probability: Double) -> Double {
    var successes = 0
    for _ in 0..<trials where nextUnit() < probability { successes += 1 }
    return Double(successes) / Double(trials)
  }

  /// Standard normal, by the polar method of Marsaglia and Bray.
  mutating func normal() -> Double {
    while true {
      let (u, v) = (2 * nextUnit() - 1, 2 * nextUnit() - 1)
      let square = u * u + v * v
      if square < 1, square > 0 { return u * (-2 * log(square) / square).squareRoot() }
    }
  }

  /// e to the power of a normal number with mean 0 and this standard deviation; its mean is exp(deviation²/2).
  mutating func logNormal(deviation: Double) -> Double {
    exp(deviation * normal())
  }

  /// Beta with this mean and intraclass correlation 1/(α + β + 1): the chance of success of a cluster (or an item) whose
  /// draws correlate so. Correlation 0 is the mean itself.
  mutating func rate(mean: Double, correlation: Double) -> Double {
    guard correlation > 0, mean > 0, mean < 1 else { return mean }
    let strength = (1 - correlation) / correlation
    let first = logGamma(shape: mean * strength)
    let second = logGamma(shape: (1 - mean) * strength)
    return 1 / (1 + exp(second - first))
  }

  /// The logarithm of a gamma number, because shapes far below 1 underflow. G. Marsaglia, W. W. Tsang, ACM Transactions
  /// on Mathematical Software 26 (2000); below 1 with their boost U^(1/shape).
  private mutating func logGamma(shape: Double) -> Double {
    if shape < 1 { return logGamma(shape: shape + 1) + log(nextUnit()) / shape }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(nextUnit()) < 0.5 * x * x + d - d * v + d * log(v) { return log(d * v) }
    }
  }
}

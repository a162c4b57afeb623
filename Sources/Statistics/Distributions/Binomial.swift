import RealModule

/// The binomial distribution: successes in independent trials, on 0…trials.
///
/// Probabilities take constant time; tails go through the incomplete beta function, O(√trials) near the mean and fewer
/// steps in the tails; quantiles take O(log) of those.
public struct Binomial: DiscreteDistribution {
  public let trials: Int
  /// The probability of success of each trial.
  public let probability: Double

  /// - Precondition: trials are in 0...2³¹; the probability is in 0…1.
  public init(trials: Int, probability: Double) {
    precondition(trials >= 0 && trials <= 1 << 31, "the trials of a binomial are in 0...2^31")
    requireProbability(probability)
    self.trials = trials
    self.probability = probability
  }

  public func probability(_ k: Int) -> Double {
    if k < 0 || k > trials { return 0 }
    if probability == 0 { return k == 0 ? 1 : 0 }
    if probability == 1 { return k == trials ? 1 : 0 }
    if k == 0 { return .exp(Double(trials) * .log(onePlus: -probability)) }
    if k == trials { return .exp(Double(trials) * .log(probability)) }
    let n = Double(trials)
    let successes = Double(k)
    let failures = Double(trials - k)
    let aboveMean = successes.addingProduct(-n, probability)
    let errors =
      SaddlePoint.stirlingError(n) - SaddlePoint.stirlingError(successes) - SaddlePoint.stirlingError(failures)
    let deviance =
      SaddlePoint.deviance(observed: successes, expected: n * probability, difference: aboveMean)
      + SaddlePoint.deviance(observed: failures, expected: n * (1 - probability), difference: -aboveMean)
    return .exp(errors - deviance) * .sqrt(n / successes / (2 * .pi * failures))
  }

  public func cumulative(_ k: Int) -> Double { tails(k).lower }

  public func survival(_ k: Int) -> Double { tails(k).upper }

  public func logSurvival(_ k: Int) -> Double { tails(k).logUpper }

  public func quantile(_ p: Double) -> Int {
    let n = Double(trials)
    let variance = n * probability * (1 - probability)
    let deviation = Double.sqrt(variance)
    let skewness = deviation > 0 ? (1 - 2 * probability) / deviation : 0
    let guess = cornishFisher(p, mean: n * probability, deviation: deviation, skewness: skewness)
    return discreteQuantile(p, in: 0...trials, guess: guess) { cumulative($0) }
  }

  /// P(X > k) = I_p(k + 1, n - k).
  private func tails(_ k: Int) -> TailSplit {
    if k < 0 { return .nothingBelow }
    if k >= trials { return .nothingAbove }
    let function = IncompleteBeta(Double(k) + 1, Double(trials - k))
    return function.tails(function.point(probability)).swapped
  }
}

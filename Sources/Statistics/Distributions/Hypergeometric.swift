import RealModule

/// The hypergeometric distribution: successes among draws without replacement.
///
/// Probabilities take constant time. A tail is a sum from its largest term outwards, O(standard deviation) terms.
public struct Hypergeometric: DiscreteDistribution {
  public let population: Int
  /// The successes in the population.
  public let successes: Int
  public let draws: Int

  /// - Precondition: 0 ≤ successes ≤ population, 0 ≤ draws ≤ population, population ≤ 2³¹ (products of counts stay
  ///   exact).
  public init(population: Int, successes: Int, draws: Int) {
    precondition(population >= 0 && population <= 1 << 31, "the population is in 0...2^31")
    precondition(successes >= 0 && successes <= population, "the successes are in 0...population")
    precondition(draws >= 0 && draws <= population, "the draws are in 0...population")
    self.population = population
    self.successes = successes
    self.draws = draws
  }

  /// The counts that can occur.
  public var support: ClosedRange<Int> {
    Swift.max(0, draws + successes - population)...Swift.min(draws, successes)
  }

  public func probability(_ k: Int) -> Double {
    let range = support
    if !range.contains(k) { return 0 }
    // A certain count needs no arithmetic, which an empty population could not give.
    return range.count == 1 ? 1 : .exp(logProbability(k))
  }

  public func cumulative(_ k: Int) -> Double { tails(k).lower }

  public func survival(_ k: Int) -> Double { tails(k).upper }

  public func logSurvival(_ k: Int) -> Double { tails(k).logUpper }

  public func quantile(_ p: Double) -> Int {
    let n = Double(population)
    let share = population > 0 ? Double(successes) / n : 0
    let drawn = population > 0 ? Double(draws) / n : 0
    let variance = Double(draws) * share * (1 - share) * (1 - drawn) * (population > 1 ? n / (n - 1) : 1)
    let deviation = Double.sqrt(variance)
    let skewness = deviation > 0 ? (1 - 2 * share) * (1 - 2 * drawn) / deviation : 0
    let guess = cornishFisher(p, mean: Double(draws) * share, deviation: deviation, skewness: skewness)
    return discreteQuantile(p, in: support, guess: guess) { cumulative($0) }
  }

  /// The two-by-two table with fixed margins that k stands for has four cells; each differs from its expectation by
  /// the same amount, ± (k·population - successes·draws)/population, whose numerator is exact in integers.
  private func logProbability(_ k: Int) -> Double {
    let excess = Double(k * population - successes * draws) / Double(population)
    return logMargins
      - cell(k, expected: (successes, draws), excess: excess)
      - cell(successes - k, expected: (successes, population - draws), excess: -excess)
      - cell(draws - k, expected: (population - successes, draws), excess: -excess)
      - cell(population - successes - draws + k, expected: (population - successes, population - draws), excess: excess)
  }

  /// The logarithm of the margins' part of successes!·failures!·draws!·rest!/population!, powers taken out.
  private var logMargins: Double {
    margin(successes) + margin(population - successes) + margin(draws) + margin(population - draws)
      - margin(population)
  }

  /// log(n!·eⁿ/nⁿ).
  private func margin(_ count: Int) -> Double {
    if count == 0 { return 0 }
    let n = Double(count)
    return SaddlePoint.stirlingError(n) + 0.5 * .log(n) + SaddlePoint.halfLogTwoPi
  }

  private func cell(_ count: Int, expected: (Int, Int), excess: Double) -> Double {
    let expectation = Double(expected.0 * expected.1) / Double(population)
    return SaddlePoint.deviance(observed: Double(count), expected: expectation, difference: excess) + margin(count)
  }

  /// The tail on the side of k away from the mean is summed; the other is its complement.
  private func tails(_ k: Int) -> TailSplit {
    let range = support
    if k < range.lowerBound { return .nothingBelow }
    if k >= range.upperBound { return .nothingAbove }
    let isBelowMean = (k + 1) * population <= successes * draws
    let first = isBelowMean ? k : k + 1
    let factor = isBelowMean ? sumDownwards(from: first) : sumUpwards(from: first)
    return TailSplit(logScale: logProbability(first), factor: factor, isLower: isBelowMean)
  }

  /// Σ over j ≤ k of P(j)/P(k).
  private func sumDownwards(from k: Int) -> Double {
    let rest = Double(population - successes - draws)
    let successes = Double(successes)
    let draws = Double(draws)
    var j = Double(k)
    var term = 1.0
    var sum = 1.0
    var ratio = 1.0
    while term > sum * 1e-17 * (1 - ratio) {
      ratio = j * (rest + j) / ((successes - j + 1) * (draws - j + 1))
      term *= ratio
      sum += term
      j -= 1
    }
    return sum
  }

  /// Σ over j ≥ k of P(j)/P(k).
  private func sumUpwards(from k: Int) -> Double {
    let rest = Double(population - successes - draws)
    let successes = Double(successes)
    let draws = Double(draws)
    var j = Double(k)
    var term = 1.0
    var sum = 1.0
    var ratio = 1.0
    while term > sum * 1e-17 * (1 - ratio) {
      ratio = (successes - j) * (draws - j) / ((j + 1) * (rest + j + 1))
      term *= ratio
      sum += term
      j += 1
    }
    return sum
  }
}

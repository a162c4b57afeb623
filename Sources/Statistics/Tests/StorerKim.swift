/// Storer and Kim's unconditional test of two independent proportions.
///
/// The pooled z test rejects a true null too often in small samples, because its statistic takes few values. Here the
/// distribution of the same statistic is computed from all tables, each as probable as two binomials with the observed
/// pooled rate make it. Less conservative than Fisher's test, which fixes both margins.
///
/// Source: B. E. Storer, C. Kim, "Exact properties of some exact test statistics for comparing two binomial proportions",
/// Journal of the American Statistical Association 85 (1990).
public enum StorerKim {
  /// The two-sided p-value, Σ Bin(n₁, p̂)·Bin(n₂, p̂) over the tables with |z| ≥ |z observed| − 1e-9, z the pooled
  /// statistic, 0 where nothing varies. 1 where an arm has no trials or nothing varies.
  ///
  /// Complexity: O(n₁ + n₂) time and memory: for each count of the first arm the extreme counts of the second are a
  /// lower and an upper tail, whose ends never fall as the first count rises.
  /// - Parameters: counts, 0 ≤ successes ≤ trials.
  public static func test(successes1: Int, trials1: Int, successes2: Int, trials2: Int) -> TestResult {
    let observed = ProportionTest.pooledZ(
      successes1: Double(successes1), trials1: Double(trials1), successes2: Double(successes2),
      trials2: Double(trials2))
    guard let statistic = observed.statistic else { return TestResult(pValue: 1) }
    let limit = abs(statistic) - slack
    guard limit > 0 else { return TestResult(statistic: statistic, pValue: 1) }
    let rate = Double(successes1 + successes2) / Double(trials1 + trials2)
    let first = probabilities(trials: trials1, rate: rate)
    let second = probabilities(trials: trials2, rate: rate)
    let p = extremeMass(first, second, tables: Tables(trials1: trials1, trials2: trials2), limit: limit)
    return TestResult(statistic: statistic, pValue: min(1, p))
  }

  /// Statistics this close are one.
  private static let slack = 1e-9

  /// All P(X = k), from the mode outwards by the ratio of neighbours: one exponential instead of one a term.
  private static func probabilities(trials: Int, rate: Double) -> [Double] {
    let mode = min(trials, Int(Double(trials + 1) * rate))
    let odds = rate / (1 - rate)
    var terms = [Double](repeating: 0, count: trials + 1)
    terms[mode] = Binomial(trials: trials, probability: rate).probability(mode)
    for k in stride(from: mode, to: trials, by: 1) {
      terms[k + 1] = terms[k] * (Double(trials - k) / Double(k + 1)) * odds
    }
    for k in stride(from: mode, to: 0, by: -1) {
      terms[k - 1] = terms[k] * (Double(k) / Double(trials - k + 1)) / odds
    }
    return terms
  }

  private static func extremeMass(_ first: [Double], _ second: [Double], tables: Tables, limit: Double) -> Double {
    // below[k] = P(second < k), above[k] = P(second ≥ k), each summed from its small end.
    var below = [0.0]
    below.reserveCapacity(second.count + 1)
    for term in second { below.append(below[below.count - 1] + term) }
    var above = [Double](repeating: 0, count: second.count + 1)
    for k in stride(from: second.count - 1, through: 0, by: -1) { above[k] = above[k + 1] + second[k] }

    var mass = 0.0
    var lower = 0
    var upper = 0
    for (count, weight) in first.enumerated() {
      while lower < second.count, tables.statistic(count, lower) >= limit { lower += 1 }
      while upper < second.count, tables.statistic(count, upper) > -limit { upper += 1 }
      mass += weight * (below[lower] + above[upper])
    }
    return mass
  }

  /// The pooled z statistics of all tables with these numbers of trials; they fall as the second count rises.
  private struct Tables {
    let trials1: Double
    let trials2: Double

    init(trials1: Int, trials2: Int) {
      self.trials1 = Double(trials1)
      self.trials2 = Double(trials2)
    }

    func statistic(_ successes1: Int, _ successes2: Int) -> Double {
      let (x, y) = (Double(successes1), Double(successes2))
      let pooled = (x + y) / (trials1 + trials2)
      let variance = pooled * (1 - pooled) * (1 / trials1 + 1 / trials2)
      return variance > 0 ? (x / trials1 - y / trials2) / variance.squareRoot() : 0
    }
  }
}

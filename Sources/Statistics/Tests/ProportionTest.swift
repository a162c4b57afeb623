/// Tests of two independent proportions.
public enum ProportionTest {
  /// The two-sided z test of p1 = p2 with the pooled variance and without continuity correction.
  ///
  /// When nothing varies (no trials in an arm, every trial passed, or none did) there is no statistic and p = 1.
  /// The normal approximation wants every expected cell to be at least 5: see ``smallestExpectedCell``.
  /// - Parameters: counts, possibly real; the statistic is positive when the first rate is larger.
  public static func pooledZ(
    successes1: Double, trials1: Double, successes2: Double, trials2: Double
  ) -> TestResult {
    guard trials1 > 0, trials2 > 0 else { return TestResult(pValue: 1) }
    let pooled = (successes1 + successes2) / (trials1 + trials2)
    let variance = pooled * (1 - pooled) * (1 / trials1 + 1 / trials2)
    guard variance > 0 else { return TestResult(pValue: 1) }
    let z = (successes1 / trials1 - successes2 / trials2) / variance.squareRoot()
    return TestResult(statistic: z, pValue: min(1, 2 * Normal.standard.survival(abs(z))))
  }

  /// The smallest of the four counts that equal rates would lead to expect; below 5, Fisher's test takes the place of
  /// the pooled z test. 0 when there are no trials.
  public static func smallestExpectedCell(
    successes1: Double, trials1: Double, successes2: Double, trials2: Double
  ) -> Double {
    let trials = trials1 + trials2
    guard trials > 0 else { return 0 }
    let successes = successes1 + successes2
    return min(trials1, trials2) * min(successes, trials - successes) / trials
  }
}

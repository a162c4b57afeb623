/// What comparing an arm with itself says about noise that no item sees: a provider's bad hour, a changed seed, a judge
/// in another mood.
///
/// The same configuration run twice gives A/A differences D_r with standard errors SE_r. What they vary beyond their own
/// standard errors is the variance between runs, and belongs into the error of every A/B comparison.
public struct NoiseFloor: Sendable, Equatable {
  /// R, the pairs of runs.
  public let pairs: Int
  /// √(ΣD²/R), in the unit of the metric: differences of this size are seen without any change.
  public let floor: Double
  /// σ²_run = max(0, floor² − mean SE²).
  public let runVariance: Double

  /// nil without pairs.
  /// - Parameters:
  ///   - differences: D_r, one for each pair of runs of one configuration.
  ///   - standardErrors: SE_r of the same pairs, ≥ 0; as long as `differences`.
  public init?(differences: [Double], standardErrors: [Double]) {
    precondition(differences.count == standardErrors.count, "each difference has a standard error")
    guard !differences.isEmpty else { return nil }
    let count = Double(differences.count)
    let meanSquare = differences.reduce(0) { $0 + $1 * $1 } / count
    let expected = standardErrors.reduce(0) { $0 + $1 * $1 } / count
    pairs = differences.count
    floor = meanSquare.squareRoot()
    runVariance = max(0, meanSquare - expected)
  }

  /// √(SE² + σ²_run): the standard error of an A/B difference with the noise between runs in it.
  public func widened(standardError: Double) -> Double {
    (standardError * standardError + runVariance).squareRoot()
  }

  /// estimate ± z·SE with the widened standard error.
  public func interval(estimate: Double, standardError: Double, level: Double = 0.95) -> Interval {
    Interval(
      centre: estimate, halfWidth: CriticalValue.normal(level: level) * widened(standardError: standardError))
  }

  /// The larger of the design's own p-value and the normal one from the widened standard error, so that the noise between
  /// runs can only make a comparison more careful.
  public func test(estimate: Double, standardError: Double, design: TestResult) -> TestResult {
    let error = widened(standardError: standardError)
    guard error > 0 else { return design }
    let z = estimate / error
    let p = min(1, 2 * Normal.standard.survival(abs(z)))
    return p > design.pValue ? TestResult(statistic: z, pValue: p) : design
  }
}

/// Whether a harness finds differences where there are none.
public enum HarnessTest {
  /// The exact upper tail P(Bin(R, α) ≥ significant): how surprising so many significant A/A comparisons are.
  ///
  /// At most 0.05 means that the p-values of this harness cannot be trusted. 1 without comparisons.
  /// - Parameters:
  ///   - significant: how many of the A/A comparisons had p ≤ `alpha`.
  ///   - comparisons: R, all A/A comparisons.
  public static func upperTail(significant: Int, comparisons: Int, alpha: Double = 0.05) -> TestResult {
    guard comparisons > 0, significant > 0 else { return TestResult(pValue: 1) }
    return TestResult(pValue: Binomial(trials: comparisons, probability: alpha).survival(significant - 1))
  }

  /// ``upperTail(significant:comparisons:alpha:)`` from the p-values themselves.
  public static func upperTail(pValues: [Double], alpha: Double = 0.05) -> TestResult {
    upperTail(significant: pValues.count { $0 <= alpha }, comparisons: pValues.count, alpha: alpha)
  }
}

/// The studentised permutation test of a difference of means of two independent samples.
///
/// Items change arms and Welch's |t| is computed anew each time. Exact where the arms have one distribution, and, unlike
/// a permutation of the plain difference, asymptotically right where only their means are equal. It holds where Welch's
/// test does not: small samples of unequal size and skewed values.
///
/// Source: A. Janssen, "Studentized permutation tests for non-i.i.d. hypotheses and the generalized Behrens–Fisher
/// problem", Statistics & Probability Letters 36 (1997); E. Chung, J. P. Romano, "Exact and asymptotically robust
/// permutation tests", Annals of Statistics 41 (2013).
public enum StudentizedPermutation {
  /// - Returns: nil when an arm has fewer than two values or neither arm varies.
  /// - Complexity: O(min(n₁, n₂)·resamples), or all divisions where there are at most 20,000.
  public static func test(
    _ first: [Double], _ second: [Double], resamples: Int = 10_000, seed: UInt64
  ) -> ArmPermutationResult? {
    guard first.count > 1, second.count > 1 else { return nil }
    guard first.count <= second.count else {
      return test(second, first, resamples: resamples, seed: seed)
    }
    let moments = Moments(first + second)
    guard let deviation = moments.standardDeviation, deviation > 0 else { return nil }
    // Standardised together: t does not change, and neither offset nor unit costs the sums of squares their digits.
    let units = (first + second).map { value in
      let standardised = (value - moments.mean) / deviation
      return SIMD2(standardised, standardised * standardised)
    }
    guard let statistic = WelchStatistic(units: units, chosen: first.count) else { return nil }
    return ArmPermutation.test(
      units, chosen: first.count, statistic: statistic, resamples: resamples, seed: seed)
  }
}

/// Welch's t², from (Σx, Σx²) of one arm.
private struct WelchStatistic: DivisionStatistic {
  let total: SIMD2<Double>
  let chosenCount: Double
  let restCount: Double
  let limit: Double

  /// nil when neither arm varies.
  init?(units: [SIMD2<Double>], chosen: Int) {
    var (total, seen) = (SIMD2<Double>(), SIMD2<Double>())
    for (index, unit) in units.enumerated() {
      total += unit
      if index < chosen { seen += unit }
    }
    let (n, m) = (Double(chosen), Double(units.count - chosen))
    let (gap, variance) = WelchStatistic.terms(seen, total - seen, n, m)
    guard variance > WelchStatistic.rounding else { return nil }
    self.total = total
    (chosenCount, restCount) = (n, m)
    limit = gap * gap / variance * (1 - 1e-9)
  }

  /// As a product, because t is infinite where neither arm of a division varies. Their means then differ: the values
  /// are not all equal.
  func isExtreme(_ chosen: SIMD2<Double>) -> Bool {
    let (gap, variance) = WelchStatistic.terms(chosen, total - chosen, chosenCount, restCount)
    return gap * gap >= limit * variance
  }

  /// The difference of the means and its estimated variance.
  private static func terms(
    _ chosen: SIMD2<Double>, _ rest: SIMD2<Double>, _ n: Double, _ m: Double
  ) -> (gap: Double, variance: Double) {
    let first = max(0, chosen.y - chosen.x * chosen.x / n) / (n * (n - 1))
    let second = max(0, rest.y - rest.x * rest.x / m) / (m * (m - 1))
    return (chosen.x / n - rest.x / m, first + second)
  }

  /// Of standardised values.
  private static let rounding = 1e-13
}

/// The permutation test of a difference of means (or rates) between independent arms whose items come in clusters.
///
/// Whole clusters change arms; the statistic is the absolute difference of the arms' means over items. Under the null
/// hypothesis that the arms' clusters are exchangeable its error is α whatever the dependence within clusters, where a t
/// test from few clusters has only its approximation. Items that stand alone are clusters of one.
///
/// Source: P. Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd ed. 2005, chapter 3; for clusters:
/// M. Gail et al., "On design considerations and randomization-based inference for community intervention trials",
/// Statistics in Medicine 15 (1996).
public enum ClusterPermutation {
  /// - Parameters:
  ///   - sums1, sizes1: sum and number of the items of each cluster of one arm; sizes ≥ 1.
  ///   - sums2, sizes2: the other arm's.
  ///   - resamples: random divisions where there are too many to visit all, at least 1.
  /// - Returns: nil when an arm has no clusters.
  /// - Complexity: O(min(G₁, G₂)·resamples), or all divisions where there are at most 20,000.
  public static func test(
    sums1: [Double], sizes1: [Double], sums2: [Double], sizes2: [Double], resamples: Int = 10_000, seed: UInt64
  ) -> ArmPermutationResult? {
    precondition(sums1.count == sizes1.count && sums2.count == sizes2.count, "each cluster has a sum and a size")
    guard !sums1.isEmpty, !sums2.isEmpty else { return nil }
    // A resample costs as many steps as the first arm has units.
    guard sums1.count <= sums2.count else {
      return test(
        sums1: sums2, sizes1: sizes2, sums2: sums1, sizes2: sizes1, resamples: resamples, seed: seed)
    }
    let sizes = sizes1 + sizes2
    let size = sizes.reduce(0, +)
    let mean = (sums1.reduce(0, +) + sums2.reduce(0, +)) / size
    // Around the common mean: a shift of all values must not cost the statistic its digits.
    let units = zip(sums1 + sums2, sizes).map { SIMD2($0 - mean * $1, $1) }
    let statistic = MeanDifference(units: units, chosen: sums1.count)
    return ArmPermutation.test(
      units, chosen: sums1.count, statistic: statistic, resamples: resamples, seed: seed)
  }
}

/// |mean of the chosen units − mean of the rest| from (sum, size), for sums around the common mean.
private struct MeanDifference: DivisionStatistic {
  let total: SIMD2<Double>
  let limit: Double

  init(units: [SIMD2<Double>], chosen: Int) {
    var (total, seen, scale) = (SIMD2<Double>(), SIMD2<Double>(), 0.0)
    for (index, unit) in units.enumerated() {
      total += unit
      if index < chosen { seen += unit }
      scale += abs(unit.x)
    }
    self.total = total
    // Above rounding, below any step that data can show; relative, so that the unit of measurement does not matter.
    limit = MeanDifference.distance(seen, total) - 1e-12 * scale / min(seen.y, total.y - seen.y)
  }

  func isExtreme(_ chosen: SIMD2<Double>) -> Bool {
    MeanDifference.distance(chosen, total) >= limit
  }

  private static func distance(_ chosen: SIMD2<Double>, _ total: SIMD2<Double>) -> Double {
    let rest = total - chosen
    return abs(chosen.x / chosen.y - rest.x / rest.y)
  }
}

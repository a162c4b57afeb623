/// The nonparametric bootstrap of a mean, or of a ratio of sums, over independent units.
///
/// The units are what was sampled: items (paired: the item differences), or, where items share a cluster, whole clusters
/// with their sums. Each resample draws as many units as there are, with replacement; nothing else is assumed.
///
/// Source: B. Efron, R. Tibshirani, "An introduction to the bootstrap", 1993; of clusters: A. Davison, D. Hinkley,
/// "Bootstrap methods and their application", 1997, §3.8.
public enum Bootstrap {
  /// The bootstrap distribution of the mean of the values; for a paired comparison of the item differences.
  ///
  /// - Parameters:
  ///   - values: one finite value a unit.
  ///   - resamples: number of resamples, at least 1.
  ///   - seed: equal values in equal order and an equal seed give an equal distribution.
  /// - Returns: nil for fewer than two values.
  /// - Complexity: O(n·R); O(k·R) where the values take only k ≪ n distinct ones, as binary outcomes do.
  public static func mean(
    _ values: [Double], resamples: Int = 10_000, seed: UInt64
  ) -> BootstrapDistribution? {
    guard values.count >= 2, resamples >= 1 else { return nil }
    let count = Double(values.count)
    let total = values.reduce(0, +)
    precondition(total.isFinite, "bootstrap values must be finite")
    let sums = BootstrapSums.replicates(values, resamples: resamples, seed: seed)
    return BootstrapDistribution(
      estimate: total / count, replicates: sums.map { $0 / count },
      acceleration: BootstrapDistribution.acceleration(influences: values.map { $0 - total / count }))
  }

  /// The bootstrap distribution of Σy/Σt over units that are drawn whole.
  ///
  /// The mean of clustered items is the ratio of cluster sums y to cluster sizes t.
  ///
  /// - Parameters:
  ///   - numerators: y, one finite value a unit.
  ///   - denominators: t > 0, one a unit, so that no resample lacks a denominator.
  /// - Returns: nil for fewer than two units, unequal numbers of y and t, or a t that is not positive.
  /// - Complexity: as ``mean(_:resamples:seed:)``, with the pairs (y, t) as values.
  public static func ratio(
    numerators: [Double], denominators: [Double], resamples: Int = 10_000, seed: UInt64
  ) -> BootstrapDistribution? {
    guard numerators.count >= 2, numerators.count == denominators.count, resamples >= 1,
      denominators.allSatisfy({ $0 > 0 })
    else { return nil }
    let units = zip(numerators, denominators).map { SIMD2($0, $1) }
    let total = units.reduce(SIMD2.zero, +)
    precondition(total.x.isFinite && total.y.isFinite, "bootstrap values must be finite")
    let sums = BootstrapSums.replicates(units, resamples: resamples, seed: seed)
    return BootstrapDistribution(
      estimate: total.x / total.y, replicates: sums.map { $0.x / $0.y },
      acceleration: BootstrapDistribution.acceleration(influences: ratioInfluences(units, total)))
  }

  /// Mean of the leave-one-out ratios minus each of them.
  private static func ratioInfluences(_ units: [SIMD2<Double>], _ total: SIMD2<Double>) -> [Double] {
    let omitted = units.map { unit in
      let rest = total - unit
      return rest.x / rest.y
    }
    let mean = omitted.reduce(0, +) / Double(omitted.count)
    return omitted.map { mean - $0 }
  }
}

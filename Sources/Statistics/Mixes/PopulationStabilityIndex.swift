import RealModule

/// The population stability index, the symmetric divergence Σ(q − p)·ln(q/p) of a new mix from the one at the start.
///
/// Shares are (count + ½)/(N + K/2), so that an empty category stays finite; K counts the categories that either mix has
/// seen. Source: H. Jeffreys, "An invariant form for the prior probability in estimation problems", Proceedings of the
/// Royal Society A 186 (1946), for the divergence; B. Yurdakul, J. Naranjo, "Statistical properties of the population
/// stability index", Journal of Risk Model Validation 14 (2020), for its distribution, χ²(K − 1)·(1/N + 1/M).
public enum PopulationStabilityIndex {
  /// ≥ 0; nil where either mix has no counts. Linear in the categories.
  /// - Parameters: counts ≥ 0 of the same categories in the same order.
  public static func index(expected: [Int], observed: [Int]) -> Double? {
    guard let mixes = MixCounts(expected, observed) else { return nil }
    let half = Double(mixes.categories) / 2
    return (0..<mixes.categories).reduce(0) { sum, category in
      let p = (mixes.first[category] + 0.5) / (mixes.firstTotal + half)
      let q = (mixes.second[category] + 0.5) / (mixes.secondTotal + half)
      return sum + (q - p) * .log(q / p)
    }
  }

  /// The index that sampling alone exceeds with probability 1 − `confidence`: χ²(confidence; K − 1)·(1/N + 1/M).
  ///
  /// 0 for a single category; nil where either mix has no counts.
  /// - Parameter confidence: in 0..<1.
  public static func floor(expected: [Int], observed: [Int], confidence: Double = 0.99) -> Double? {
    guard let mixes = MixCounts(expected, observed) else { return nil }
    return quantile(categories: mixes.categories, confidence) * (1 / mixes.firstTotal + 1 / mixes.secondTotal)
  }

  /// The smallest number of new observations M at which the floor is at most `limit`; nil where none is enough because the
  /// N at the start are too few.
  /// - Parameters:
  ///   - categories: K ≥ 1.
  ///   - expectedTotal: N ≥ 1.
  ///   - limit: > 0.
  public static func observationsNeeded(
    categories: Int, expectedTotal: Int, limit: Double, confidence: Double = 0.99
  ) -> Int? {
    guard categories >= 1, expectedTotal >= 1, limit > 0 else { return nil }
    let quantile = quantile(categories: categories, confidence)
    guard quantile > 0 else { return 1 }
    let share = limit / quantile - 1 / Double(expectedTotal)
    guard share > 0, 1 / share < 0x1p53 else { return nil }
    return max(1, Int((1 / share - 1e-9).rounded(.up)))
  }

  private static func quantile(categories: Int, _ confidence: Double) -> Double {
    categories > 1 ? ChiSquared(degreesOfFreedom: Double(categories - 1)).upperQuantile(1 - confidence) : 0
  }
}

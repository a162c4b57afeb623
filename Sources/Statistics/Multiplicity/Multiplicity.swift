import RealModule

/// P-values and levels for several comparisons at once.
///
/// Adjusted p-values keep the order of the input and are compared with the unadjusted α.
public enum Multiplicity {
  /// Holm's step-down adjustment: p_(i) = max over j ≤ i of min(1, (k − j + 1)·p_(j)).
  ///
  /// Rejecting where the result is ≤ α keeps the chance of any false rejection at α under every dependence; it decides
  /// for families that gate. Source: S. Holm, Scandinavian Journal of Statistics 6 (1979). O(k log k).
  public static func holm(_ pValues: [Double]) -> [Double] {
    let order = ascending(pValues)
    var adjusted = pValues
    var largest = 0.0
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, Double(order.count - rank) * pValues[index]))
      adjusted[index] = largest
    }
    return adjusted
  }

  /// Benjamini and Hochberg's step-up adjustment: p_(i) = min over j ≥ i of min(1, k·p_(j)/j).
  ///
  /// Rejecting where the result is ≤ q keeps the expected share of false rejections at q for independent or positively
  /// dependent tests. It may point at slices worth a look, never gate.
  /// Source: Y. Benjamini, Y. Hochberg, JRSS B 57 (1995). O(k log k).
  public static func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
    let order = ascending(pValues)
    var adjusted = pValues
    var smallest = 1.0
    for (rank, index) in order.enumerated().reversed() {
      // The quotient first: a factor of at least 1 never rounds an adjusted p-value below the original.
      smallest = min(smallest, pValues[index] * (Double(order.count) / Double(rank + 1)))
      adjusted[index] = smallest
    }
    return adjusted
  }

  /// The level of each interval of a family so that all hold together at `level` (Bonferroni): 1 − (1 − level)/k.
  public static func simultaneousLevel(_ level: Double, comparisons: Int) -> Double {
    1 - (1 - level) / Double(max(1, comparisons))
  }

  /// 1 − (1 − α)^k: the chance that at least one of k independent unadjusted comparisons without any difference is
  /// significant.
  public static func chanceOfFalseWin(comparisons: Int, alpha: Double = 0.05) -> Double {
    -Double.expMinusOne(Double(comparisons) * Double.log(onePlus: -alpha))
  }

  private static func ascending(_ pValues: [Double]) -> [Int] {
    pValues.indices.sorted { pValues[$0] < pValues[$1] }
  }
}

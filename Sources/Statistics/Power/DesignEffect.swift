/// By how much dependence within clusters inflates the variance of a mean, planned from an intraclass correlation.
public enum DesignEffect {
  /// 1 + (m̄(1 + cv²) − 1)·ICC for clusters of unequal size.
  ///
  /// Source: S. Eldridge, D. Ashby, S. Kerry, "Sample size for cluster randomized trials: effect of coefficient of
  /// variation of cluster size", International Journal of Epidemiology 35, 2006.
  ///
  /// - Parameters:
  ///   - meanSize: m̄, items a cluster, at least 1.
  ///   - variationOfSize: cv, standard deviation of the sizes over m̄; 0 for equal sizes.
  ///   - intraclassCorrelation: ICC in [−1, 1].
  /// - Returns: nil for a mean size below 1; never below 0, the smallest variance there is.
  public static func planned(
    meanSize: Double, variationOfSize: Double = 0, intraclassCorrelation: Double
  ) -> Double? {
    guard meanSize >= 1, variationOfSize >= 0 else { return nil }
    let weightedSize = meanSize * (1 + variationOfSize * variationOfSize)
    return max(0, 1 + (weightedSize - 1) * intraclassCorrelation)
  }

  /// The same from the sizes themselves: m̄(1 + cv²) is Σm²/Σm. Nil without items.
  public static func planned(sizes: [Int], intraclassCorrelation: Double) -> Double? {
    var items = 0.0
    var squares = 0.0
    for size in sizes {
      items += Double(size)
      squares += Double(size) * Double(size)
    }
    guard items > 0 else { return nil }
    return max(0, 1 + (squares / items - 1) * intraclassCorrelation)
  }

  /// Independent items that are worth as much: n/deff; nil where deff is not positive.
  public static func effectiveItems(_ items: Int, designEffect: Double) -> Double? {
    designEffect > 0 ? Double(items) / designEffect : nil
  }
}

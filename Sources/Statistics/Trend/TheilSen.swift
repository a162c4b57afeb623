/// A slope that a few wild points cannot move: the median of the slopes of all pairs of points.
public enum TheilSen {
  /// The slope in units of y per unit of x; nil where no two points differ in x.
  ///
  /// Source: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968).
  /// Complexity: O(n² log n) time and O(n²) memory: for series of weeks or releases, not of trials.
  /// - Parameters: finite, of equal length.
  public static func slope(x: [Double], y: [Double]) -> Double? {
    precondition(x.count == y.count, "each x has a y")
    var slopes: [Double] = []
    slopes.reserveCapacity(x.count * max(0, x.count - 1) / 2)
    for i in x.indices {
      for j in x.indices[..<i] where x[i] != x[j] {
        slopes.append((y[i] - y[j]) / (x[i] - x[j]))
      }
    }
    slopes.sort()
    return OrderStatistic.median(sorted: slopes)
  }

  /// The slope of values at equal distances, in units of the values per step; nil for fewer than two.
  public static func slope(_ values: [Double]) -> Double? {
    slope(x: values.indices.map { Double($0) }, y: values)
  }
}

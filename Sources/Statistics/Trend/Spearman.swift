/// Whether two measures put the same things into the same order.
public enum Spearman {
  /// ρ, the correlation of the mid-ranks of x and y, in −1...1; nil where either is constant and for fewer than two pairs.
  ///
  /// Source: C. Spearman, "The proof and measurement of association between two things", American Journal of Psychology 15
  /// (1904), with mid-ranks for ties. Complexity: O(n log n).
  /// - Parameters: of equal length; none is NaN.
  public static func correlation(x: [Double], y: [Double]) -> Double? {
    precondition(x.count == y.count, "each x has a y")
    let (first, second) = (TieGroups.midRanks(x), TieGroups.midRanks(y))
    let middle = Double(x.count + 1) / 2
    var (product, squares1, squares2) = (0.0, 0.0, 0.0)
    for (a, b) in zip(first, second) {
      product += (a - middle) * (b - middle)
      squares1 += (a - middle) * (a - middle)
      squares2 += (b - middle) * (b - middle)
    }
    guard squares1 > 0, squares2 > 0 else { return nil }
    return min(1, max(-1, product / (squares1.squareRoot() * squares2.squareRoot())))
  }
}

/// How much of one mix has to be moved to make it the other.
public enum TotalVariation {
  /// ½Σ|p − q| between the shares of two count vectors, in 0 (same mix) … 1 (nothing in common).
  ///
  /// nil where either has no counts. Linear in the categories.
  /// - Parameters: counts ≥ 0 of the same categories in the same order.
  public static func distance(_ first: [Int], _ second: [Int]) -> Double? {
    guard let mixes = MixCounts(first, second) else { return nil }
    let sum = (0..<mixes.categories).reduce(0) { $0 + abs(mixes.shares($1).difference) }
    return min(1, sum / 2)
  }
}

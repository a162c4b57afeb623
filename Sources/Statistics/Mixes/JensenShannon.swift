import RealModule

/// How well a single draw tells which of two mixes it came from, in bits.
public enum JensenShannon {
  /// The Jensen-Shannon divergence ½KL(p‖m) + ½KL(q‖m) with m = (p + q)/2, in bits: 0 (same mix) … 1 (nothing in common).
  ///
  /// nil where either mix has no counts. Linear in the categories.
  /// Source: J. Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37 (1991).
  /// - Parameters: counts ≥ 0 of the same categories in the same order.
  public static func divergence(_ first: [Int], _ second: [Int]) -> Double? {
    guard let mixes = MixCounts(first, second) else { return nil }
    var nats = 0.0
    for category in 0..<mixes.categories {
      let (p, q, difference) = mixes.shares(category)
      let middle = (p + q) / 2
      // Σ(m − p) + Σ(m − q) = 0, so that the deviances add up to the divergence without cancellation.
      nats += SaddlePoint.deviance(observed: p, expected: middle, difference: difference / 2)
      nats += SaddlePoint.deviance(observed: q, expected: middle, difference: -difference / 2)
    }
    return min(1, nats / (2 * .log(2)))
  }

  /// What sampling alone makes of two samples of one mix, on average: (K − 1)(1/n₁ + 1/n₂)/(8 ln 2) bits.
  ///
  /// K counts the categories that either sample has seen. nil where either has no counts.
  /// The mean of the χ² that 8 ln 2·JS/(1/n₁ + 1/n₂) follows to leading order: I. Grosse and others, "Analysis of symbolic
  /// sequences using the Jensen-Shannon divergence", Physical Review E 65 (2002).
  public static func floor(_ first: [Int], _ second: [Int]) -> Double? {
    guard let mixes = MixCounts(first, second) else { return nil }
    return Double(mixes.categories - 1) * (1 / mixes.firstTotal + 1 / mixes.secondTotal) / (8 * .log(2))
  }
}

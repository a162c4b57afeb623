/// A test of one variant against another, after the adjustment for all pairs.
public struct PairwiseComparison: Sendable, Equatable {
  /// Position of the one variant, 0-based.
  public let first: Int
  /// Position of the other variant.
  public let second: Int
  /// Two-sided p, adjusted over all K(K−1)/2 pairs (Holm), in [0, 1].
  public let adjustedPValue: Double
  /// Positive where `first` is better, negative where `second` is, 0 for neither.
  public let sign: Int

  public init(first: Int, second: Int, adjustedPValue: Double, sign: Int) {
    self.first = first
    self.second = second
    self.adjustedPValue = adjustedPValue
    self.sign = sign
  }
}

/// The ranks that a variant may have, 1 the best; both ends belong to it.
public struct RankInterval: Sendable, Equatable {
  public let low: Int
  public let high: Int

  public init(low: Int, high: Int) {
    self.low = low
    self.high = high
  }
}

/// Ranks with their uncertainty.
public enum Ranking {
  /// The rank interval of each variant: [1 + variants significantly better, K − variants significantly worse].
  ///
  /// When the pairwise p-values are adjusted so that the chance of any false rejection is at most α, all intervals hold
  /// their variants' true ranks together with probability at least 1 − α. A pair that was not compared excludes nothing.
  ///
  /// Source: M. Mogstad, J. Romano, A. Shaikh, D. Wilhelm, "Inference for ranks", Review of Economic Studies 91(1), 2024.
  ///
  /// - Parameters:
  ///   - variants: their number K.
  ///   - comparisons: at most one a pair, between different positions in 0..<K.
  ///   - alpha: a pair is decided where its adjusted p is at most α.
  /// - Complexity: O(K + comparisons).
  public static func rankSets(
    variants: Int, comparisons: [PairwiseComparison], alpha: Double = 0.05
  ) -> [RankInterval] {
    var better = [Int](repeating: 0, count: variants)
    var worse = better
    for comparison in comparisons where comparison.adjustedPValue <= alpha && comparison.sign != 0 {
      let (winner, loser) =
        comparison.sign > 0
        ? (comparison.first, comparison.second) : (comparison.second, comparison.first)
      better[loser] += 1
      worse[winner] += 1
    }
    return zip(better, worse).map { RankInterval(low: 1 + $0, high: variants - $1) }
  }

  /// The positions of all variants that may be the best: those whose interval starts at 1.
  public static func winners(_ ranks: [RankInterval]) -> [Int] {
    ranks.indices.filter { ranks[$0].low == 1 }
  }
}

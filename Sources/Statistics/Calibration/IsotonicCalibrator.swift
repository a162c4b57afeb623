/// A rising step function from scores to observed rates: the monotone function with the least squared error.
///
/// Between the scores it was fitted on the function keeps the value of the next lower one (right-continuous), below the
/// lowest it takes the lowest value, above the highest the highest.
/// Source: M. Ayer, H. D. Brunk, G. M. Ewing, W. T. Reid, E. Silverman, "An empirical distribution function for sampling
/// with incomplete information", Annals of Mathematical Statistics 26 (1955): pool adjacent violators.
public struct IsotonicCalibrator: Sendable, Equatable {
  /// The scores at which the function steps up, rising strictly; the first is the lowest score.
  public let thresholds: [Double]
  /// The value from each threshold on, rising strictly; as many as thresholds.
  public let values: [Double]

  /// A function that was fitted earlier; nil unless there are as many values as thresholds, at least one, all finite and
  /// both rising strictly.
  public init?(thresholds: [Double], values: [Double]) {
    func rises(_ list: [Double]) -> Bool {
      list.allSatisfy(\.isFinite) && zip(list, list.dropFirst()).allSatisfy { $0 < $1 }
    }
    guard !values.isEmpty, values.count == thresholds.count, rises(thresholds), rises(values) else { return nil }
    self.thresholds = thresholds
    self.values = values
  }

  /// Fits outcomes on scores; nil without points of positive weight. Equal scores are merged first.
  ///
  /// Complexity: O(n log n).
  /// - Parameters:
  ///   - scores: finite.
  ///   - outcomes: what is to be predicted, such as 1 for right and 0 for wrong; as long as `scores`.
  ///   - weights: ≥ 0, as long as `scores`; nil weighs all alike.
  public static func fit(scores: [Double], outcomes: [Double], weights: [Double]? = nil) -> IsotonicCalibrator? {
    precondition(scores.count == outcomes.count, "each score has an outcome")
    precondition(weights == nil || weights?.count == scores.count, "each score has a weight")
    var blocks: [Block] = []
    for index in scores.indices.sorted(by: { scores[$0] < scores[$1] }) {
      let weight = weights?[index] ?? 1
      guard weight > 0 else { continue }
      let point = Block(start: scores[index], sum: weight * outcomes[index], weight: weight)
      if let last = blocks.last, last.start == point.start {
        blocks[blocks.count - 1].take(point)
      } else {
        blocks.append(point)
      }
    }
    var pooled: [Block] = []
    for block in blocks {
      var block = block
      while let last = pooled.last, last.mean >= block.mean {
        var merged = pooled.removeLast()
        merged.take(block)
        block = merged
      }
      pooled.append(block)
    }
    return IsotonicCalibrator(thresholds: pooled.map(\.start), values: pooled.map(\.mean))
  }

  /// The calibrated value of a score. O(log thresholds), no allocation.
  /// - Precondition: the score is not NaN.
  public func value(at score: Double) -> Double {
    requireNumber(score)
    var (low, high) = (0, thresholds.count)
    // Invariant: thresholds before `low` are at most the score, those from `high` on are above it.
    while low < high {
      let middle = low + (high - low) / 2
      if thresholds[middle] <= score { low = middle + 1 } else { high = middle }
    }
    return values[max(0, low - 1)]
  }

  private struct Block {
    let start: Double
    var sum: Double
    var weight: Double
    var mean: Double { sum / weight }

    mutating func take(_ other: Block) {
      sum += other.sum
      weight += other.weight
    }
  }
}

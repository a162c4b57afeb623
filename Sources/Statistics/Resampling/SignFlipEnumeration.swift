extension SignFlip {
  /// The share of all 2^n sign vectors whose |sum| reaches the threshold.
  ///
  /// A sign vector and its opposite have opposite sums, so that the upper tail is counted and doubled.
  static func enumerated(_ differences: [Double], threshold: Double) -> Double {
    guard threshold > 0 else { return 1 }
    let middle = differences.count / 2
    let count = pairsReaching(
      threshold, sortedSums(differences[..<middle]), sortedSums(differences[middle...]))
    return Double(sign: .plus, exponent: 1 - differences.count, significand: Double(count))
  }

  /// All 2^k signed sums in ascending order, each new difference merging the list lowered with the list raised by it.
  private static func sortedSums(_ differences: ArraySlice<Double>) -> [Double] {
    var sums = [0.0]
    for difference in differences {
      let step = difference.magnitude
      var merged: [Double] = []
      merged.reserveCapacity(2 * sums.count)
      var raised = 0
      for sum in sums {
        let lowered = sum - step
        while raised < sums.count, sums[raised] + step < lowered {
          merged.append(sums[raised] + step)
          raised += 1
        }
        merged.append(lowered)
      }
      while raised < sums.count {
        merged.append(sums[raised] + step)
        raised += 1
      }
      sums = merged
    }
    return sums
  }

  /// How many pairs of one sum from each ascending list reach the threshold together (Horowitz and Sahni, "Computing
  /// partitions with applications to the knapsack problem", 1974: two halves are cheaper than the whole).
  private static func pairsReaching(_ threshold: Double, _ left: [Double], _ right: [Double]) -> Int {
    var count = 0
    var first = right.count
    for sum in left {
      while first > 0, sum + right[first - 1] >= threshold {
        first -= 1
      }
      count += right.count - first
    }
    return count
  }
}

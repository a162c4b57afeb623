/// Two mixes over the same categories, as counts and shares of the categories that either has seen.
struct MixCounts {
  let first: [Double]
  let second: [Double]
  let firstTotal: Double
  let secondTotal: Double

  /// nil where either mix has no counts.
  /// - Precondition: both have a count ≥ 0 for every category.
  init?(_ first: [Int], _ second: [Int]) {
    precondition(first.count == second.count, "two mixes have the same categories")
    precondition(first.allSatisfy { $0 >= 0 } && second.allSatisfy { $0 >= 0 }, "a count is not negative")
    let seen = first.indices.filter { first[$0] > 0 || second[$0] > 0 }
    self.first = seen.map { Double(first[$0]) }
    self.second = seen.map { Double(second[$0]) }
    firstTotal = self.first.reduce(0, +)
    secondTotal = self.second.reduce(0, +)
    guard firstTotal > 0, secondTotal > 0 else { return nil }
  }

  /// K, the categories that either mix has seen.
  var categories: Int { first.count }

  /// The shares of both mixes in one category, and their difference to full relative accuracy.
  func shares(_ category: Int) -> (first: Double, second: Double, difference: Double) {
    let (x, y) = (first[category], second[category])
    let difference = Double.differenceOfProducts(x, secondTotal, y, firstTotal) / (firstTotal * secondTotal)
    return (x / firstTotal, y / secondTotal, difference)
  }
}

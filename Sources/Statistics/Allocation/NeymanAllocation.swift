/// How a budget of labels is split over strata so that the weighted mean over them becomes as certain as it can.
public enum NeymanAllocation {
  /// Splits `total` in proportion to weights, whole by the method of the largest remainder.
  ///
  /// The shares add up to `total`; equal remainders (up to 1e-9) are served in the order of the strata. nil where the
  /// weights add up to 0.
  /// Source: J. Neyman, JRSS 97 (1934), for weights share·deviation; the remainders after A. Hamilton.
  /// Complexity: O(K log K).
  /// - Parameters:
  ///   - total: ≥ 0.
  ///   - weights: ≥ 0 and finite, for each stratum its share of the population times ``deviation(rate:)``.
  public static func split(total: Int, weights: [Double]) -> [Int]? {
    precondition(total >= 0, "a budget is not negative")
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "a weight is not negative")
    let sum = weights.reduce(0, +)
    guard sum > 0, sum.isFinite else { return nil }
    let quotas = weights.map { Double(total) * ($0 / sum) }
    var shares = quotas.map { Int(($0 + 1e-9).rounded(.down)) }
    // Remainders in units of the slack, so that equal ones compare equal.
    let remainders = zip(quotas, shares).map { (($0 - Double($1)) * 1e9).rounded() }
    let order = weights.indices.sorted { (-remainders[$0], $0) < (-remainders[$1], $1) }
    for index in order.prefix(max(0, total - shares.reduce(0, +))) { shares[index] += 1 }
    return shares
  }

  /// √(p(1 − p)), the standard deviation of a yes-or-no outcome; ½, the largest there is, for a rate that is unknown (nil)
  /// or so far 0 or 1.
  public static func deviation(rate: Double?) -> Double {
    guard let rate, rate > 0, rate < 1 else { return 0.5 }
    return (rate * (1 - rate)).squareRoot()
  }
}

/// The smallest k in `support` with cumulative(k) ≥ p, searched outwards from a guess by doubling steps and then by
/// halving: O(log(distance of the guess)) evaluations.
func discreteQuantile(
  _ p: Double, in support: ClosedRange<Int>, guess: Double, cumulative: (Int) -> Double
) -> Int {
  requireProbability(p)
  if p == 0 { return support.lowerBound }
  if p == 1 { return support.upperBound }
  let start = Swift.max(Double(support.lowerBound), Swift.min(Double(support.upperBound), guess))
  var step = 1
  // Invariant once bracketed: cumulative(low) < p ≤ cumulative(high), where the ends of the support need no proof.
  var high = Int(start)
  var low = high
  if cumulative(high) >= p {
    repeat {
      high = low
      low = Swift.max(support.lowerBound - 1, high - step)
      step *= 2
    } while low >= support.lowerBound && cumulative(low) >= p
  } else {
    repeat {
      low = high
      high = Swift.min(support.upperBound, low + step)
      step *= 2
    } while high < support.upperBound && cumulative(high) < p
  }
  while high - low > 1 {
    let middle = low + (high - low) / 2
    if cumulative(middle) >= p { high = middle } else { low = middle }
  }
  return high
}

/// The Cornish–Fisher guess of a quantile from the first three moments, with the continuity correction of integers.
func cornishFisher(_ p: Double, mean: Double, deviation: Double, skewness: Double) -> Double {
  if p <= 0 || p >= 1 { return mean }
  let z = StandardNormalQuantile.quantile(p)
  return (mean + deviation * (z + skewness * (z * z - 1) / 6)).rounded()
}

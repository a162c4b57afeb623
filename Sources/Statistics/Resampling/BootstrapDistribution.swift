/// What a statistic was in each resample, with the intervals that follow from it.
public struct BootstrapDistribution: Sendable, Equatable {
  /// The statistic of the data.
  public let estimate: Double
  /// The statistic of each resample, ascending.
  public let replicates: [Double]
  /// The acceleration â of the BCa interval, a sixth of the skewness of the jackknife influences; 0 where they are all
  /// equal.
  public let acceleration: Double

  init(estimate: Double, replicates: [Double], acceleration: Double) {
    self.estimate = estimate
    self.replicates = replicates.sorted()
    self.acceleration = acceleration
  }

  /// The standard deviation of the replicates; nil for fewer than two.
  public var standardError: Double? {
    guard replicates.count >= 2 else { return nil }
    let mean = replicates.reduce(0, +) / Double(replicates.count)
    let squares = replicates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(replicates.count - 1)).squareRoot()
  }

  /// The percentile interval: the (1 ± level)/2 quantiles of the replicates, linear between neighbours.
  ///
  /// - Parameter level: in (0, 1).
  public func percentile(level: Double = 0.95) -> Interval {
    Interval(low: quantile((1 - level) / 2), high: quantile((1 + level) / 2))
  }

  /// The bias-corrected and accelerated interval.
  ///
  /// Nil where the replicates cannot correct: all lie on one side of the estimate, or the correction runs out of the
  /// range where it is monotone. Where nothing varies the interval is the point.
  ///
  /// Source: B. Efron, "Better bootstrap confidence intervals", JASA 82, 1987.
  public func biasCorrectedAccelerated(level: Double = 0.95) -> Interval? {
    guard replicates.first != replicates.last else { return percentile(level: level) }
    guard let bias = biasCorrection else { return nil }
    let reach = Normal.standard.upperQuantile((1 - level) / 2)
    guard let low = corrected(bias - reach, bias), let high = corrected(bias + reach, bias) else { return nil }
    return Interval(low: quantile(low), high: quantile(high))
  }

  /// z₀: the normal quantile of the share of replicates below the estimate, ties counted half; nil where that is 0 or 1.
  public var biasCorrection: Double? {
    // Ties are compared with the slack of rounding: a lattice of sums divided by n does not hit the estimate exactly.
    let slack = 1e-12 * max(estimate.magnitude, (replicates.last ?? 0) - (replicates.first ?? 0))
    let below = partition { $0 >= estimate - slack }
    let notAbove = partition { $0 > estimate + slack }
    let share = Double(below + notAbove) / Double(2 * replicates.count)
    guard share > 0, share < 1 else { return nil }
    return Normal.standard.quantile(share)
  }

  /// Σu³ / (6·(Σu²)^1.5) of the jackknife influences u, up to their common factor.
  static func acceleration(influences: [Double]) -> Double {
    var squares = 0.0
    var cubes = 0.0
    for influence in influences {
      let square = influence * influence
      squares += square
      cubes += square * influence
    }
    guard squares > 0 else { return 0 }
    return cubes / (6 * squares * squares.squareRoot())
  }

  private func corrected(_ z: Double, _ bias: Double) -> Double? {
    let scale = 1 - acceleration * z
    guard scale > 0 else { return nil }
    return Normal.standard.cumulative(bias + z / scale)
  }

  /// The quantile by linear interpolation between the order statistics around p·(R − 1) (Hyndman and Fan's type 7).
  private func quantile(_ p: Double) -> Double {
    let position = min(max(p, 0), 1) * Double(replicates.count - 1)
    let index = min(Int(position), replicates.count - 1)
    let next = min(index + 1, replicates.count - 1)
    let fraction = position - Double(index)
    return replicates[index] + fraction * (replicates[next] - replicates[index])
  }

  /// The number of replicates before the first that satisfies a condition monotone in their order.
  private func partition(_ condition: (Double) -> Bool) -> Int {
    var low = 0
    var high = replicates.count
    while low < high {
      let middle = (low + high) / 2
      if condition(replicates[middle]) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }
}

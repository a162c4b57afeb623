internal import Statistics

/// The mean of one arm with its own interval.
extension Inference {
  func summary(_ arm: ArmSample, name: String) -> ComparisonResult.ArmSummary {
    var summary = ComparisonResult.ArmSummary(
      name: name, mean: nil, low: nil, high: nil, items: arm.count, method: nil)
    guard arm.count > 0 else { return summary }
    if arm.isClustered, let estimate = clusterMean(arm) {
      let interval = estimate.interval(level: level)
      summary.mean = estimate.estimate
      // A rate stays a rate: the t interval knows nothing of 0 and 1.
      summary.low = arm.isProportion ? max(0, interval.low) : interval.low
      summary.high = arm.isProportion ? min(1, interval.high) : interval.high
      summary.method = "cluster-robust t"
    } else if arm.isBinary {
      let interval = ProportionInterval.wilson(
        successes: Double(arm.successes), trials: Double(arm.count), level: level)
      summary.mean = Double(arm.successes) / Double(arm.count)
      (summary.low, summary.high) = (interval.low, interval.high)
      summary.method = "Wilson"
    } else {
      let moments = Moments(arm.scores)
      summary.mean = moments.mean
      if let interval = MeanInference.oneSample(moments)?.interval(level: level) {
        summary.low = arm.isProportion ? max(0, interval.low) : interval.low
        summary.high = arm.isProportion ? min(1, interval.high) : interval.high
        summary.method = "t"
      }
    }
    return summary
  }
}

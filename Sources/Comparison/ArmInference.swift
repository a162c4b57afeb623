internal import Statistics

/// The mean of one arm with its own interval.
extension Inference {
  package func summary(_ arm: ArmSample, name: String) -> ComparisonResult.ArmSummary {
    var summary = ComparisonResult.ArmSummary(
      name: name, mean: nil, low: nil, high: nil, items: arm.count, method: nil)
    guard arm.count > 0 else { return summary }
    let (mean, interval, method) = estimate(arm)
    summary.mean = mean
    if let interval {
      (summary.low, summary.high) = (interval.low, interval.high)
      summary.method = method
    }
    return summary
  }

  /// The interval is nil where too few items or clusters say nothing of how they vary.
  private func estimate(_ arm: ArmSample) -> (mean: Double, interval: Interval?, method: String) {
    if arm.isRateOfUnits, let estimate = clusterMean(arm) {
      return (estimate.estimate, rateLimits(estimate), "Wilson on the effective sample")
    }
    if arm.isClustered, let estimate = clusterMean(arm) {
      return (estimate.estimate, estimate.interval(level: level), "cluster-robust t")
    }
    if arm.isBinary, !arm.isClustered {
      let interval = ProportionInterval.wilson(
        successes: Double(arm.successes), trials: Double(arm.count), level: level)
      return (Double(arm.successes) / Double(arm.count), interval, "Wilson")
    }
    let moments = Moments(arm.scores)
    guard !arm.isClustered, !arm.isProportion else { return (moments.mean, nil, "") }
    return (moments.mean, MeanInference.oneSample(moments)?.interval(level: level), "t")
  }

  /// Wilson's limits of a rate from items that are clustered or repeated.
  func rateLimits(_ estimate: ClusterEstimate) -> Interval {
    EffectiveTrials(
      rate: estimate.estimate, standardError: estimate.standardError, units: estimate.clusters
    ).wilson(level: level, degreesOfFreedom: estimate.degreesOfFreedom)
  }
}

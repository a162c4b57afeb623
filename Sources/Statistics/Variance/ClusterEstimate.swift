/// A mean or ratio estimated from items that depend on each other within clusters.
public struct ClusterEstimate: Sendable, Equatable {
  public let estimate: Double
  /// The cluster-robust standard error, ≥ 0.
  public let standardError: Double
  /// G, the clusters with at least one item.
  public let clusters: Int
  /// N, the items, or the sum of a ratio's denominators.
  public let size: Double
  /// Of the t distribution that judges the estimate: G − 1, or Satterthwaite's.
  public let degreesOfFreedom: Double
  /// s/√N, the standard error if the items were independent; nil for a ratio and for fewer than two items.
  public let independentStandardError: Double?
  /// How alike items of a cluster are: the one-way analysis-of-variance estimator for unequal sizes, at most 1 and
  /// possibly negative; nil for a ratio, when every cluster has one item, and when nothing varies.
  public let intraclassCorrelation: Double?

  init(
    estimate: Double, standardError: Double, clusters: Int, size: Double, degreesOfFreedom: Double,
    independentStandardError: Double? = nil, intraclassCorrelation: Double? = nil
  ) {
    self.estimate = estimate
    self.standardError = standardError
    self.clusters = clusters
    self.size = size
    self.degreesOfFreedom = degreesOfFreedom
    self.independentStandardError = independentStandardError
    self.intraclassCorrelation = intraclassCorrelation
  }

  /// SE²(cluster) / SE²(independent): how many times more items the clusters cost; nil where nothing varies.
  public var designEffect: Double? {
    guard let independent = independentStandardError, independent > 0 else { return nil }
    let ratio = standardError / independent
    return ratio * ratio
  }

  /// N / design effect: as many independent items would be as informative; nil when the design effect is nil or 0.
  public var effectiveSize: Double? {
    guard let effect = designEffect, effect > 0 else { return nil }
    return size / effect
  }

  /// The estimate as plain t inference sees it.
  public var asMean: MeanEstimate {
    MeanEstimate(estimate: estimate, standardError: standardError, degreesOfFreedom: degreesOfFreedom)
  }

  /// estimate ± t·SE. Without variance between the clusters the interval is the point.
  public func interval(level: Double = 0.95) -> Interval { asMean.interval(level: level) }

  /// The t test of "the true value is `null`"; nil without variance between the clusters.
  public func test(null: Double = 0) -> TestResult? { asMean.test(null: null) }
}

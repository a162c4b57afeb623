internal import Statistics

/// The mean of clustered items, everywhere with the same standard error and degrees of freedom.
///
/// Bell and McCaffrey's correction is the plain cluster form with G − 1 degrees of freedom when all clusters have one size.
/// When sizes differ the plain form is too narrow, because its degrees of freedom count a dominating cluster like any other.
extension Inference {
  /// Nil for fewer than two clusters.
  func clusterMean(_ values: [Double], _ clusters: ClusterSums) -> ClusterEstimate? {
    var squares = 0.0
    for value in values { squares += value * value }
    return ClusterRobust.mean(
      sums: clusters.sums, sizes: clusters.sizes, sumOfSquares: squares, correction: .bellMcCaffrey)
  }

  /// The mean of one arm; items without clusters are their own.
  func clusterMean(_ arm: ArmSample) -> ClusterEstimate? {
    clusterMean(arm.scores, arm.units)
  }
}

/// How the spread of cluster totals becomes a standard error and degrees of freedom.
public enum ClusterCorrection: Sendable, CaseIterable {
  /// SE² = G/(G − 1)·Σ(residual total)²/N², t with G − 1 degrees of freedom: the product's default.
  case standard
  /// Each residual total is divided by √(1 − share of the cluster) and the degrees of freedom are Satterthwaite's, fewer
  /// when sizes are unequal (CR2). Equal to `standard` when all clusters have one size. For means only.
  case bellMcCaffrey
}

/// Cluster-robust inference: items of one cluster may depend on each other in any way, clusters are independent.
///
/// Source of the standard form: K.-Y. Liang, S. L. Zeger, Biometrika 73 (1986), with the factor G/(G − 1).
public enum ClusterRobust {
  /// The mean over all items.
  ///
  /// nil for fewer than two clusters. Clusters without items are left out. Linear in the clusters; no allocation beyond
  /// the arguments.
  /// - Parameters:
  ///   - sums: the sum of the items' values in each cluster.
  ///   - sizes: how many items each cluster has; as long as `sums`.
  ///   - sumOfSquares: Σx² over all items, for the design effect and the intraclass correlation. Values with a large
  ///     common offset lose digits here: use ``mean(of:correction:)``.
  public static func mean(
    sums: [Double], sizes: [Double], sumOfSquares: Double, correction: ClusterCorrection = .standard
  ) -> ClusterEstimate? {
    precondition(sums.count == sizes.count, "each cluster has a sum and a size")
    var within = sumOfSquares
    for (sum, size) in zip(sums, sizes) where size > 0 { within -= sum / size * sum }
    return mean(
      ClusterTotals(sums: sums, sizes: sizes), within: within > 1e-14 * sumOfSquares ? within : 0,
      correction: correction)
  }

  /// The mean over all items from the moments of each cluster, which keep their digits at any offset.
  public static func mean(of clusters: [Moments], correction: ClusterCorrection = .standard) -> ClusterEstimate? {
    guard let origin = clusters.first(where: { $0.count > 0 }) else { return nil }
    var within = 0.0
    for cluster in clusters { within += cluster.sumOfSquaredDeviations }
    let totals = ClusterTotals(
      sums: clusters.map { $0.distance(from: origin) * Double($0.count) }, sizes: clusters.map { Double($0.count) })
    return mean(totals, origin: origin.mean, within: within, correction: correction)
  }

  /// The ratio R = Σy/Σt of totals, such as errors per word or waste per cost: SE² = G/(G − 1)·Σ(y − R·t)²/(Σt)².
  ///
  /// nil for fewer than two clusters with t ≠ 0 or y ≠ 0, and when Σt is not positive.
  public static func ratio(numerators: [Double], denominators: [Double]) -> ClusterEstimate? {
    precondition(numerators.count == denominators.count, "each cluster has a numerator and a denominator")
    var (numerator, denominator, count) = (0.0, 0.0, 0)
    for (y, t) in zip(numerators, denominators) where y != 0 || t != 0 {
      numerator += y
      denominator += t
      count += 1
    }
    guard count > 1, denominator > 0 else { return nil }
    let ratio = numerator / denominator
    var squares = 0.0
    for (y, t) in zip(numerators, denominators) { squares += (y - ratio * t) * (y - ratio * t) }
    let groups = Double(count)
    return ClusterEstimate(
      estimate: ratio, standardError: (groups / (groups - 1) * squares).squareRoot() / denominator, clusters: count,
      size: denominator, degreesOfFreedom: groups - 1)
  }

  /// first − second for two arms whose items, and clusters, are independent: SE² added.
  ///
  /// The degrees of freedom are the smaller of the two arms' own: min(G) − 1 for the standard form. With `bellMcCaffrey`,
  /// which both estimates must then have been made with, they are Satterthwaite's for the regression on the arm,
  /// (1/N₁ + 1/N₂)²/(1/(N₁²·f₁) + 1/(N₂²·f₂)): at least the smaller f and at most their sum.
  public static func difference(
    _ first: ClusterEstimate, _ second: ClusterEstimate, correction: ClusterCorrection = .standard
  ) -> MeanEstimate {
    let variance = first.standardError * first.standardError + second.standardError * second.standardError
    let (f, g) = (first.degreesOfFreedom, second.degreesOfFreedom)
    let (v, w) = (1 / first.size, 1 / second.size)
    let freedom =
      switch correction {
      case .standard: min(f, g)
      case .bellMcCaffrey: (v + w) * (v + w) / (v * v / f + w * w / g)
      }
    return MeanEstimate(
      estimate: first.estimate - second.estimate, standardError: variance.squareRoot(), degreesOfFreedom: freedom)
  }

  private static func mean(
    _ totals: ClusterTotals, origin: Double = 0, within: Double, correction: ClusterCorrection
  ) -> ClusterEstimate? {
    guard totals.clusters > 1 else { return nil }
    let (variance, freedom) =
      switch correction {
      case .standard: totals.standardVariance
      case .bellMcCaffrey: totals.bellMcCaffreyVariance
      }
    return ClusterEstimate(
      estimate: origin + totals.mean, standardError: variance.squareRoot(), clusters: totals.clusters,
      size: totals.size,
      degreesOfFreedom: freedom, independentStandardError: totals.independentStandardError(within: within),
      intraclassCorrelation: totals.intraclassCorrelation(within: within))
  }
}

/// Sums and sizes of clusters and what follows from them.
struct ClusterTotals {
  private let sums: [Double]
  private let sizes: [Double]
  let clusters: Int
  /// N, the items of all clusters.
  let size: Double
  let mean: Double

  init(sums: [Double], sizes: [Double]) {
    self.sums = sums
    self.sizes = sizes
    var (sum, size, clusters) = (0.0, 0.0, 0)
    for (part, count) in zip(sums, sizes) where count > 0 {
      sum += part
      size += count
      clusters += 1
    }
    self.clusters = clusters
    self.size = size
    mean = size > 0 ? sum / size : 0
  }

  /// G/(G − 1)·Σr²/N² and G − 1, r the sum of a cluster's residuals.
  var standardVariance: (variance: Double, degreesOfFreedom: Double) {
    var squares = 0.0
    forEachResidual { residual, _ in squares += residual * residual }
    let groups = Double(clusters)
    return (groups / (groups - 1) * squares / (size * size), groups - 1)
  }

  /// The CR2 variance of a mean and its Satterthwaite degrees of freedom under independent items.
  ///
  /// For a mean the adjustment matrix (I − H)^(−½) of a cluster of m items acts on its residual total as division by
  /// √(1 − m/N). The degrees of freedom are (tr Ω)²/tr(Ω²) with Ω the G × G matrix of inner products of the adjusted
  /// residual makers: Ω_gg = m/N² and Ω_gh = −m_g·m_h/N³/√((1 − m_g/N)(1 − m_h/N)).
  /// Source: R. M. Bell, D. F. McCaffrey, Survey Methodology 28 (2002); G. Imbens, M. Kolesár, REStat 98 (2016).
  var bellMcCaffreyVariance: (variance: Double, degreesOfFreedom: Double) {
    var (squares, diagonal, adjusted, adjustedSquares) = (0.0, 0.0, 0.0, 0.0)
    forEachResidual { residual, count in
      let share = count / size
      let leverage = 1 - share
      squares += residual / leverage * residual
      diagonal += share * share
      let term = share * share / leverage
      adjusted += term
      adjustedSquares += term * term
    }
    return (squares / (size * size), 1 / (diagonal + adjusted * adjusted - adjustedSquares))
  }

  /// s/√N of all items, `within` being the sum of squares around the cluster means; nil for fewer than two items.
  func independentStandardError(within: Double) -> Double? {
    guard size > 1 else { return nil }
    return ((within + between) / (size - 1) / size).squareRoot()
  }

  /// (MSB − MSW)/(MSB + (m₀ − 1)·MSW), m₀ the average size corrected for inequality.
  ///
  /// Source: A. Donner, International Statistical Review 54 (1986), the analysis-of-variance estimator.
  func intraclassCorrelation(within: Double) -> Double? {
    let groups = Double(clusters)
    guard groups > 1, size > groups else { return nil }
    var squaredSizes = 0.0
    for count in sizes where count > 0 { squaredSizes += count * count }
    let typical = (size - squaredSizes / size) / (groups - 1)
    let meanBetween = between / (groups - 1)
    let meanWithin = within / (size - groups)
    let total = meanBetween + (typical - 1) * meanWithin
    return total > 0 ? (meanBetween - meanWithin) / total : nil
  }

  /// The sum of squares of the cluster means around the mean of all items.
  private var between: Double {
    var squares = 0.0
    forEachResidual { residual, count in squares += residual / count * residual }
    return squares
  }

  private func forEachResidual(_ body: (_ residual: Double, _ size: Double) -> Void) {
    for (sum, count) in zip(sums, sizes) where count > 0 {
      let expected = mean * count
      let residual = sum - expected
      // A sum of equal values misses its multiple by rounding; that must read as no variance, not as a tiny one.
      body(abs(residual) <= count * .ulpOfOne * abs(expected) ? 0 : residual, count)
    }
  }
}

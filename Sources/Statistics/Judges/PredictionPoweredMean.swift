/// The mean of labels that are dear, from few labels and many cheap predictions of a judge, without trusting the judge.
///
/// PPI++: mean = labels' mean + λ(predictions' mean on unlabelled items − predictions' mean on labelled items). λ in 0...1
/// is chosen from the data for the least variance: a good judge saves labels, and with many labels a useless one costs
/// nothing. The interval is that of large samples; with a few dozen labels it covers less than its level, and choosing λ
/// can cost more than a weak judge brings (P. Mani and others, "No free lunch", arXiv:2505.20178, 2025).
/// Source: A. N. Angelopoulos, J. C. Duchi, T. Zrnic, "PPI++: efficient prediction-powered inference", arXiv:2311.01453
/// (2023), for a mean and with the plug-in λ.
public struct PredictionPoweredMean: Sendable, Equatable {
  /// In the unit of the labels.
  public let estimate: Double
  /// ≥ 0; 0 where nothing varies.
  public let standardError: Double
  /// λ, how far the judge is used, in 0 (labels only) … 1.
  public let tuning: Double
  /// n, the labelled items.
  public let labelled: Int
  /// N, the unlabelled items.
  public let unlabelled: Int

  /// nil for fewer than two labelled or unlabelled items. Linear in the labelled ones.
  /// - Parameters:
  ///   - labels: of the labelled items.
  ///   - predictions: the judge's values of the same items in the same order, in the unit of the labels.
  ///   - unlabelled: the judge's values of all other items, drawn from the same population.
  public init?(labels: [Double], predictions: [Double], unlabelled: Moments) {
    precondition(labels.count == predictions.count, "each label has a prediction")
    guard labels.count >= 2, unlabelled.count >= 2 else { return nil }
    let (n, others) = (Double(labels.count), Double(unlabelled.count))
    let (labelMoments, predictionMoments) = (Moments(labels), Moments(predictions))
    var covariance = 0.0
    for (label, prediction) in zip(labels, predictions) {
      covariance += (label - labelMoments.mean) * (prediction - predictionMoments.mean) / n
    }
    var pooled = predictionMoments
    pooled.merge(unlabelled)
    let spread = (1 + n / others) * (pooled.variance ?? 0)
    let tuning = spread > 0 ? min(1, max(0, covariance / spread)) : 0
    let residuals = Moments(zip(labels, predictions).map { $0 - tuning * $1 })
    let imputed = tuning * tuning * unlabelled.sumOfSquaredDeviations / (others * others)
    estimate = tuning * unlabelled.mean + residuals.mean
    standardError = (imputed + residuals.sumOfSquaredDeviations / (n * n)).squareRoot()
    self.tuning = tuning
    labelled = labels.count
    self.unlabelled = unlabelled.count
  }

  /// estimate ± z·SE. Without variance the interval is the point.
  public func interval(level: Double = 0.95) -> Interval {
    Interval(centre: estimate, halfWidth: CriticalValue.normal(level: level) * standardError)
  }
}

/// Collects what a balanced nested analysis of variance needs, item by item, in constant memory.
///
/// Each item is reduced to its mean and two sums of squares around means, so that a comparison of millions of items
/// never holds a table of scores, and large offsets cost no digits.
public struct VarianceAccumulator: Sendable {
  /// K, predictions per item.
  public let predictions: Int
  /// J, judge runs per prediction.
  public let judgeRuns: Int
  private var itemMeans = Moments()
  private var predictionSquares = 0.0
  private var judgeSquares = 0.0

  /// - Parameters: both ≥ 1 and the same for every item.
  public init(predictions: Int, judgeRuns: Int = 1) {
    precondition(predictions >= 1 && judgeRuns >= 1, "an item has at least one score")
    self.predictions = predictions
    self.judgeRuns = judgeRuns
  }

  /// How many items have been added.
  public var items: Int { itemMeans.count }

  /// Adds the K·J scores of one item, the judge runs of its first prediction first.
  public mutating func add(item scores: [Double]) {
    add(item: scores.span)
  }

  /// Adds the K·J scores of one item, the judge runs of its first prediction first. No allocation.
  public mutating func add(item scores: Span<Double>) {
    precondition(scores.count == predictions * judgeRuns, "a balanced design has the same scores for every item")
    var item = Moments()
    for prediction in 0..<predictions {
      var runs = Moments()
      for run in 0..<judgeRuns { runs.add(scores[prediction * judgeRuns + run]) }
      judgeSquares += runs.sumOfSquaredDeviations
      item.add(runs.mean)
    }
    add(mean: item.mean, predictionSquares: item.sumOfSquaredDeviations, judgeSquares: 0)
  }

  /// Adds one item by its sufficient statistics.
  ///
  /// - Parameters:
  ///   - mean: the mean of the item's scores.
  ///   - predictionSquares: Σ(prediction mean − item mean)² over the item's K predictions.
  ///   - judgeSquares: Σ(score − prediction mean)² over the item's K·J scores.
  public mutating func add(mean: Double, predictionSquares: Double, judgeSquares: Double) {
    itemMeans.add(mean)
    self.predictionSquares += predictionSquares
    self.judgeSquares += judgeSquares
  }

  /// Takes all items of another accumulator of the same design.
  public mutating func merge(_ other: VarianceAccumulator) {
    precondition(
      predictions == other.predictions && judgeRuns == other.judgeRuns, "only items of one design are merged")
    itemMeans.merge(other.itemMeans)
    predictionSquares += other.predictionSquares
    judgeSquares += other.judgeSquares
  }

  /// The split so far; nil for fewer than two items.
  public var components: VarianceComponents? {
    guard let variance = itemMeans.variance else { return nil }
    let (n, k, j) = (Double(items), Double(predictions), Double(judgeRuns))
    return VarianceComponents(
      items: items, predictions: predictions, judgeRuns: judgeRuns, mean: itemMeans.mean,
      itemMeanSquare: k * j * variance,
      predictionMeanSquare: predictions > 1 ? j * predictionSquares / (n * (k - 1)) : nil,
      judgeMeanSquare: judgeRuns > 1 ? judgeSquares / (n * k * (j - 1)) : nil)
  }
}

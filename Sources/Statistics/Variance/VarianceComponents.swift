/// Where the noise of a mean score comes from.
public enum VarianceSource: String, Sendable, CaseIterable {
  /// Items differ in how hard they are.
  case item
  /// The same item is answered differently each time.
  case prediction
  /// The same answer is judged differently each time.
  case judge
}

/// One variance that the design could tell from the others.
public struct VarianceTerm: Sendable, Equatable {
  /// What the variance is made of: one source, or neighbours that the design cannot tell apart.
  public let sources: [VarianceSource]
  /// σ² of a single draw, ≥ 0, in squared units of the score.
  public let variance: Double
  /// What it adds to the variance of the mean over all items.
  public let contribution: Double
}

/// The variance of scores split into item, prediction and judge noise: a balanced nested analysis of variance of
/// n items × K predictions × J judge runs.
///
/// σ²_judge = MS_J; σ²_pred = max(0, (MS_P − MS_J)/J); σ²_item = max(0, (MS_I − MS_P)/(K·J)). Where K = 1 or J = 1 the two
/// neighbouring terms are reported as one. For a paired comparison the scores are the item differences.
/// Source: S. R. Searle, G. Casella, C. E. McCulloch, "Variance Components" (1992), section 3.3.
public struct VarianceComponents: Sendable, Equatable {
  /// n, items.
  public let items: Int
  /// K, predictions per item.
  public let predictions: Int
  /// J, judge runs per prediction.
  public let judgeRuns: Int
  /// The mean of all scores.
  public let mean: Double
  /// K·J·Σ(item mean − mean)²/(n − 1).
  public let itemMeanSquare: Double
  /// J·Σ(prediction mean − item mean)²/(n·(K − 1)); nil when K = 1.
  public let predictionMeanSquare: Double?
  /// Σ(score − prediction mean)²/(n·K·(J − 1)); nil when J = 1.
  public let judgeMeanSquare: Double?
  /// From items to judge.
  public let terms: [VarianceTerm]

  /// From scores by item, prediction and judge run; nil for fewer than two items, or when the design is not balanced.
  public init?(_ scores: [[[Double]]]) {
    guard let first = scores.first, let run = first.first, !run.isEmpty else { return nil }
    var accumulator = VarianceAccumulator(predictions: first.count, judgeRuns: run.count)
    for item in scores {
      guard item.count == first.count, item.allSatisfy({ $0.count == run.count }) else { return nil }
      accumulator.add(item: item.flatMap { $0 })
    }
    guard let components = accumulator.components else { return nil }
    self = components
  }

  init(
    items: Int, predictions: Int, judgeRuns: Int, mean: Double, itemMeanSquare: Double, predictionMeanSquare: Double?,
    judgeMeanSquare: Double?
  ) {
    self.items = items
    self.predictions = predictions
    self.judgeRuns = judgeRuns
    self.mean = mean
    self.itemMeanSquare = itemMeanSquare
    self.predictionMeanSquare = predictionMeanSquare
    self.judgeMeanSquare = judgeMeanSquare
    let (n, k, j) = (Double(items), Double(predictions), Double(judgeRuns))
    // Each level that was repeated separates what is above it from what is in it and below.
    var levels: [(sources: [VarianceSource], meanSquare: Double, draws: Double)] = []
    var pending: [VarianceSource] = [.item]
    if let square = predictionMeanSquare {
      levels.append((pending, itemMeanSquare, n))
      pending = [.prediction]
      if let judge = judgeMeanSquare {
        levels.append((pending, square, n * k))
        levels.append(([.judge], judge, n * k * j))
      } else {
        levels.append((pending + [.judge], square, n * k))
      }
    } else if let judge = judgeMeanSquare {
      levels.append((pending + [.prediction], itemMeanSquare, n))
      levels.append(([.judge], judge, n * j))
    } else {
      levels.append((VarianceSource.allCases, itemMeanSquare, n))
    }
    let scores = n * k * j
    terms = levels.indices.map { index in
      let level = levels[index]
      let below = index + 1 < levels.count ? levels[index + 1].meanSquare : 0
      let variance = max(0, (level.meanSquare - below) * level.draws / scores)
      return VarianceTerm(sources: level.sources, variance: variance, contribution: variance / level.draws)
    }
  }

  /// σ²_item; nil when it could not be told from the noise of predictions (K = 1).
  public var item: Double? { variance(of: [.item]) }

  /// σ²_pred; nil when it could not be told from its neighbour.
  public var prediction: Double? { variance(of: [.prediction]) }

  /// σ²_judge; nil when it could not be told from the noise of predictions (J = 1).
  public var judge: Double? { variance(of: [.judge]) }

  /// σ²_pred + σ²_judge, what a repeat of an item draws anew; nil when K = 1.
  public var repetition: Double? {
    if let prediction, let judge { return prediction + judge }
    return variance(of: [.prediction, .judge])
  }

  /// Var(mean) = σ²_item/n + σ²_pred/(n·K) + σ²_judge/(n·K·J).
  public var varianceOfMean: Double { terms.reduce(0) { $0 + $1.contribution } }

  /// The variance of exactly these sources together, if it is one term.
  public func variance(of sources: [VarianceSource]) -> Double? {
    terms.first { $0.sources == sources }?.variance
  }

  /// The cheapest number of repeats per item for this noise; see ``bestRepeats(itemVariance:repeatVariance:costPerItem:costPerRepeat:)``.
  public func bestRepeats(costPerItem: Double, costPerRepeat: Double) -> Double? {
    guard let item, let repetition else { return nil }
    return VarianceComponents.bestRepeats(
      itemVariance: item, repeatVariance: repetition, costPerItem: costPerItem, costPerRepeat: costPerRepeat)
  }

  /// √(cost per item / cost per repeat · repeat variance / item variance), at least 1: how often to repeat each item so
  /// that a budget buys the most precise mean. Round it to the nearest whole number.
  ///
  /// nil when items do not vary (then no number of repeats is too many) or a repeat costs nothing.
  /// Source: W. G. Cochran, "Sampling Techniques" (1977), section 10.6.
  /// - Parameters: variances of one draw; costs in any one currency, `costPerItem` without its repeats.
  public static func bestRepeats(
    itemVariance: Double, repeatVariance: Double, costPerItem: Double, costPerRepeat: Double
  ) -> Double? {
    guard itemVariance > 0, costPerRepeat > 0 else { return nil }
    return max(1, (costPerItem / costPerRepeat * repeatVariance / itemVariance).squareRoot())
  }
}

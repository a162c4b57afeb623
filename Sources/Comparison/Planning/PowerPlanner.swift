internal import Statistics

/// Answers `tally power`: items for an effect, the effect a suite can see, the cheapest items and repeats for a budget.
public struct PowerPlanner: Sendable {
  /// What is assumed, measured on a pilot, or asked. Rates and effects in the unit of the score.
  public struct Question: Sendable {
    public var design = PowerPlan.DesignKind.pairedBinary
    /// Scores are averages of passes and failures although the design is real-valued.
    public var isRate = false
    public var claim: Claim?
    public var alpha = 0.05
    public var power = 0.80
    public var marginAlpha = 0.025
    public var items: Int?
    public var effect: Double?
    public var margin: Double?
    public var baseRate: Double?
    public var discordantShare: Double?
    public var standardDeviation: Double?
    /// Items in a cluster and how alike they are, for planning with clusters.
    public var clusterSize: Double?
    /// Coefficient of variation of the cluster sizes.
    public var clusterSizeVariation = 0.0
    public var intraclassCorrelation: Double?
    public var budget: Double?
    public var budgetUnit = "$"
    public var costPerItem = 0.0
    public var costPerRepeat: Double?
    public var itemVariance: Double?
    public var repeatVariance: Double?

    public init() {}
  }

  /// The question cannot be answered as it was put.
  public struct IncompleteQuestion: Error, CustomStringConvertible {
    public let description: String
  }

  static let rulerSizes = [50, 100, 200, 500, 1_000, 2_000, 5_000]

  public init() {}

  /// Answers from assumptions alone.
  public func plan(_ question: Question) throws(IncompleteQuestion) -> PowerPlan {
    try plan(question, basis: .assumed, variance: nil)
  }

  /// Answers from a pilot: two arms on common items, or one arm by itself; assumptions in the question win over it.
  public func plan(
    _ question: Question, pilot table: ItemTable, name: String
  ) throws(IncompleteQuestion) -> PowerPlan {
    var question = question
    var variance: ComparisonResult.VarianceSplit?
    var items = table.count
    var policy = ComparisonPolicy()
    policy.alpha = question.alpha
    let asksUnpaired = question.design == .unpairedBinary || question.design == .unpairedReal
    let comparer = Comparer(table: table, candidate: table.armNames.count - 1, policy: policy)
    let sample = comparer.extraction.paired()
    if table.armNames.count >= 2, !asksUnpaired {
      guard sample.count > 1 else {
        throw IncompleteQuestion(
          description: "the pilot's two arms have no items in common to measure a difference on. Plan with --unpaired.")
      }
      items = sample.count
      variance = comparer.varianceSplit()
      measure(sample, inference: comparer.inference, into: &question)
      if let variance, let repeats = variance.prediction.map({ $0 + (variance.judge ?? 0) }) ?? variance.judge {
        question.itemVariance = question.itemVariance ?? variance.item
        question.repeatVariance = question.repeatVariance ?? repeats
      }
    } else {
      let arm = comparer.extraction.single(0)
      guard arm.count > 1 else {
        throw IncompleteQuestion(description: "the pilot has fewer than two scored items.")
      }
      items = arm.count
      measure(arm, inference: comparer.inference, into: &question)
    }
    question.items = question.items ?? items
    return try plan(question, basis: .pilot(name: name, items: items), variance: variance)
  }

  private func measure(_ sample: PairedSample, inference: Inference, into question: inout Question) {
    if sample.isBinary {
      let counts = sample.discordant
      let pairs = Double(sample.count)
      question.design = .pairedBinary
      question.baseRate = question.baseRate ?? Double(counts.both + counts.baseOnly) / pairs
      question.discordantShare =
        question.discordantShare
        ?? SampleSize.planningDiscordance(
          observed: Double(counts.baseOnly + counts.candidateOnly), pairs: sample.count, effect: question.effect ?? 0)
    } else {
      question.design = .pairedReal
      question.isRate = sample.isProportion
      let spread = Moments(sample.differences(sign: inference.sign)).standardDeviation
      question.standardDeviation = question.standardDeviation ?? spread
    }
    if sample.isClustered {
      let differences = sample.differences(sign: inference.sign)
      measureClusters(differences, sample.clusters, inference: inference, into: &question)
    }
  }

  /// One arm says what its scores are like, not how those of another go with them.
  private func measure(_ arm: ArmSample, inference: Inference, into question: inout Question) {
    if arm.isBinary {
      question.baseRate = question.baseRate ?? Double(arm.successes) / Double(arm.count)
    } else {
      question.design = .unpairedReal
      question.isRate = arm.isProportion
      question.standardDeviation = question.standardDeviation ?? Moments(arm.scores).standardDeviation
    }
    if arm.isClustered { measureClusters(arm.scores, arm.clusters, inference: inference, into: &question) }
  }

  private func measureClusters(
    _ values: [Double], _ clusters: [Int32], inference: Inference, into question: inout Question
  ) {
    guard question.clusterSize == nil else { return }
    let sums = ClusterSums(values: values, clusters: clusters)
    let sizes = Moments(sums.sizes)
    question.clusterSize = sizes.mean
    question.clusterSizeVariation = (sizes.standardDeviation ?? 0) / sizes.mean
    question.intraclassCorrelation =
      question.intraclassCorrelation
      ?? inference.clusterMean(values, sums)?.intraclassCorrelation.map { max(0, $0) }
  }
}

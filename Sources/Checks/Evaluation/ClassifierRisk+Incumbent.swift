import Comparison
import Guards
import Project
import Records
import Statistics
import Store

extension ClassifierRisk {
  /// The incumbent's trials, where there is one other than the arm and all of them were run alike.
  static func rival(of arm: SuiteRuns.Arm, _ classifier: ClassifierSettings, _ runs: SuiteRuns) -> SuiteRuns.Arm? {
    guard let name = classifier.incumbentVariant, name != arm.variant, let incumbent = runs.arm(name),
      !incumbent.mixesConfigurations
    else { return nil }
    return incumbent
  }

  /// Compares what errors cost with the incumbent's, item by item.
  /// - Parameter costs: those of the candidate; the incumbent's are added.
  static func judgeCosts(
    _ judgement: inout Judgement, _ classifier: ClassifierSettings, _ suite: SuiteSettings,
    _ incumbent: SuiteRuns.Arm, _ costs: ErrorCosts, _ context: CheckContext
  ) throws {
    try context.ledger.forEachPrediction(of: incumbent.series) { row, label in
      try costs.add(row, label, to: .incumbent, named: incumbent.variant)
    }
    var metric = MetricSettings()
    metric.name = "cost"
    metric.scale = .real
    metric.direction = .down
    var policy = context.project.policy(EvalPower.Policy.self, subject: [suite.policies]).value
      .comparison(metric, suite: suite)
    guard let table = try costs.table() else { return }
    policy.seed = context.seed
    let result = try Comparer(table: table, policy: policy).compare()
    guard let evidence = result.evidence else { return }
    judgement.method += "; cost against the incumbent by \(evidence.testName), \(evidence.intervalMethod)"
    if evidence.testName.contains("flip") { judgement.seed = policy.seed }
    // The engine's differences are positive where the candidate is better, that is cheaper.
    let (low, high) = (-evidence.high, -evidence.low)
    let currency = classifier.labels.first?.value.error.first?.value.currency ?? ""
    judgement.measure("cost_change", -evidence.estimate, low: low, high: high, limit: 0, unit: currency)
    // As everywhere, a difference needs both the interval and the test.
    let isDearer = result.outcome == .regressed || result.outcome == .worseWithinMargin
    if isDearer, !result.reasons.contains(where: \.code.isUnknown) {
      judgement.fail(
        "COST_UP",
        "Errors cost \(NumberWords.fixed(-evidence.estimate)) \(currency) more an item than with '\(incumbent.variant)' (interval \(NumberWords.fixed(low)) to \(NumberWords.fixed(high)), \(result.design.population))."
      )
    }
  }
}

/// What the error of each trial costs, two arms side by side: filled while their trials are read.
final class ErrorCosts {
  enum Arm: Int {
    case incumbent, candidate
  }

  private let trials = TrialTable()
  /// By true label, then predicted label; nil where nobody said.
  private let costs: [[Double?]]
  private let places: [Int64: Int]

  /// - Parameter numbers: of the labels, as the ledger has them.
  init(_ tally: ClassifierTally, numbers: [String: Int64]) {
    let labels = tally.labels
    costs = labels.map { truth in
      labels.map { $0 == truth ? 0 : tally.router.cost(of: $0, truth: truth)?.approximate }
    }
    var places: [Int64: Int] = [:]
    for (place, label) in labels.enumerated() { if let number = numbers[label] { places[number] = place } }
    self.places = places
  }

  /// A trial whose cost is not declared has no score.
  func add(_ row: borrowing TrialRow, _ label: PredictedLabel, to arm: Arm, named name: String) throws {
    var trial = copy row
    if let truth = label.expected.flatMap({ places[$0] }), let predicted = label.predicted.flatMap({ places[$0] }) {
      trial.score = costs[truth][predicted]
    }
    try trials.add(trial, source: arm.rawValue, sourceName: name)
  }

  /// Item by item, the incumbent first; nil unless both arms have trials.
  func table() throws -> ItemTable? {
    let order = [Arm.incumbent, .candidate].compactMap { arm in
      trials.arms.firstIndex { $0.source == arm.rawValue }
    }
    return order.count == 2 ? try trials.join(arms: order) : nil
  }
}

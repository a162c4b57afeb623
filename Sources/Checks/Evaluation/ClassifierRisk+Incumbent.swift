import Comparison
import Guards
import Project
import Records
import Statistics
import Store

extension ClassifierRisk {
  /// Compares what errors cost with the incumbent's, item by item.
  static func judgeCosts(
    _ judgement: inout Judgement, _ classifier: ClassifierSettings, _ suite: SuiteSettings, _ runs: SuiteRuns,
    _ arm: SuiteRuns.Arm, _ tally: ClassifierTally, _ context: CheckContext
  ) throws {
    guard let name = classifier.incumbentVariant, name != arm.variant else { return }
    guard let incumbent = runs.arm(name), !incumbent.mixesConfigurations else {
      judgement.warn(
        "NO_INCUMBENT",
        "Incumbent '\(name)' has no trials of this version under one configuration: whether errors cost more is not known."
      )
      return
    }
    var metric = MetricSettings()
    metric.name = "cost"
    metric.scale = .real
    metric.direction = .down
    var policy = context.project.policy(EvalPower.Policy.self, subject: [suite.policies]).value
      .comparison(metric, suite: suite)
    let table = try costs([incumbent, arm], tally, context)
    guard table.armNames.count == 2 else { return }
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
        "Errors cost \(NumberWords.fixed(-evidence.estimate)) \(currency) more an item than with '\(name)' (interval \(NumberWords.fixed(low)) to \(NumberWords.fixed(high)), \(result.design.population))."
      )
    }
  }

  /// The cost of each trial's error, as scores; a trial whose cost is not declared has none.
  private static func costs(
    _ arms: [SuiteRuns.Arm], _ tally: ClassifierTally, _ context: CheckContext
  ) throws -> ItemTable {
    let numbers = try context.ledger.numbers(of: tally.labels)
    let labels = Dictionary(numbers.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    let table = TrialTable()
    for (source, arm) in arms.enumerated() {
      try context.ledger.forEachPrediction(of: arm.series) { row, label in
        var trial = copy row
        if let truth = label.expected.flatMap({ labels[$0] }), let predicted = label.predicted.flatMap({ labels[$0] }) {
          trial.score = predicted == truth ? 0 : tally.router.cost(of: predicted, truth: truth)?.approximate
        }
        try table.add(trial, source: source, sourceName: arm.variant)
      }
    }
    let order = arms.indices.compactMap { source in table.arms.firstIndex { $0.source == source } }
    return try table.join(arms: order)
  }
}

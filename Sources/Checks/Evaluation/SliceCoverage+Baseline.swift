import Comparison
import Project
import Statistics
import Store

extension SliceCoverage {
  /// Compares every declared slice with the baseline: one family, adjusted by Holm, its intervals by Bonferroni.
  static func judgeRegressions(
    _ judgement: inout Judgement, _ tally: SliceTally, _ suite: SuiteSettings, _ metric: MetricSettings,
    _ runs: SuiteRuns, _ arm: SuiteRuns.Arm, _ policy: Policy, _ context: CheckContext
  ) throws {
    guard let name = suite.baseline, name != arm.variant else { return }
    guard let baseline = runs.arm(name), !baseline.mixesConfigurations else {
      judgement.warn(
        "NO_BASELINE",
        "Baseline '\(name)' has no trials of this version under one configuration: whether a slice got worse is not known."
      )
      return
    }
    if let text = baseline.judgedUnlike(arm) {
      judgement.warn("JUDGES_DIFFER", "\(text) Whether a slice got worse is not known.")
      return
    }
    var comparison = context.project.policy(EvalPower.Policy.self, subject: [suite.policies]).value
      .comparison(metric, suite: suite)
    comparison.alpha = policy.alpha
    comparison.marginAlpha /= Double(tally.declared.count)
    let table = try items([baseline, arm], tally.declared, context)
    guard table.armNames.count == 2 else { return }
    comparison.seed = context.seed
    let result = try Comparer(table: table, policy: comparison).compare()
    let slices = result.slices.compactMap {
      slice -> (row: SliceTally.Row, slice: ComparisonResult.SliceResult, Evidence)? in
      guard let place = Int(slice.slice), tally.declared.indices.contains(place), let evidence = slice.evidence else {
        return nil
      }
      return (tally.declared[place], slice, evidence)
    }
    let adjusted = Multiplicity.holm(slices.map { $0.2.pValue ?? 1 })
    if !slices.isEmpty {
      judgement.method +=
        "; paired comparison with the baseline by slice (\(slices[0].2.testName), \(slices[0].2.intervalMethod)), adjusted by Holm"
    }
    if slices.contains(where: { $0.2.testName.contains("flip") }) { judgement.seed = comparison.seed }
    for ((row, slice, evidence), p) in zip(slices, adjusted) {
      judgement.measure(
        "change \(row.name)", evidence.estimate, low: evidence.low, high: evidence.high, limit: -comparison.margin,
        unit: metric.scale == .binary ? "points" : "score")
      let outcome = Outcome(
        estimate: evidence.estimate, low: evidence.low, high: evidence.high, pValue: p, alpha: comparison.alpha,
        minEffect: comparison.minEffect, margin: comparison.margin)
      guard outcome == .regressed, !slice.reasons.contains(where: \.code.isUnknown) else { continue }
      let text =
        "Slice '\(row.name)' changed by \(NumberWords.fixed(evidence.estimate)) against '\(name)' on \(NumberWords.counted(slice.items, "item")) (interval \(NumberWords.fixed(evidence.low)) to \(NumberWords.fixed(evidence.high)), adjusted p \(pText(p)))."
      if row.isCritical {
        judgement.fail("SLICE_REGRESSED", about: row.name, text)
      } else {
        judgement.warn("SLICE_REGRESSED", about: row.name, text)
      }
    }
  }

  /// The items of both arms, each declared slice a column of its own, named by its place.
  private static func items(
    _ arms: [SuiteRuns.Arm], _ slices: [SliceTally.Row], _ context: CheckContext
  ) throws -> ItemTable {
    let table = TrialTable(sliceNames: slices.indices.map(String.init))
    for (source, arm) in arms.enumerated() {
      try context.ledger.forEachTrial(
        of: arm.series,
        slicing: { tags in
          slices.map { slice in
            slice.conditions?.allSatisfy { tags[$0.key] == $0.value } ?? false ? "in" : nil
          }
        },
        { row, _ in try table.add(row, source: source, sourceName: arm.variant) })
    }
    let order = arms.indices.compactMap { source in table.arms.firstIndex { $0.source == source } }
    return try table.join(arms: order)
  }
}

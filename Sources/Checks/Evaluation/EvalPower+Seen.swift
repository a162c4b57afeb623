import Project
import Store

extension EvalPower {
  /// Suites with trials of two variants of which `tally.yaml` says nothing at all: whoever ingests two runs wants them
  /// compared. A suite that another section names is there for another question.
  static func seenSuites(_ project: Project, _ series: [TrialSeriesSummary]) -> [String] {
    let named = Set(
      project.suites.ids + project.slices.compactMap(\.value.suite) + project.useCases.map(\.value.suite)
        + project.classifiers.map(\.value.suite)
        + project.features.flatMap(\.value.namedSuites))
    var variants: [String: Set<String>] = [:]
    for one in series where !named.contains(one.suite) { variants[one.suite, default: []].insert(one.variant) }
    return variants.filter { $0.value.count > 1 }.keys.orderedByBytes()
  }

  /// What can be told of a suite from its trials: the variant with a usual name is the baseline, and the metric is
  /// `correct`, or else the one with the most trials.
  static func seenSettings(_ suite: String, _ ledger: Snapshot) throws -> SuiteSettings {
    let series = try ledger.trialSeries(suite: suite)
    var settings = SuiteSettings()
    let baselines = Set(series.map(\.variant)).filter { SuiteRuns.usualBaselines.contains($0.lowercased()) }
    settings.baseline = baselines.count == 1 ? baselines.first : nil
    let trials = Dictionary(grouping: series, by: \.metric).mapValues { $0.reduce(0) { $0 + $1.trials } }
    let most = trials.keys.orderedByBytes().least { -(trials[$0] ?? 0) }
    if let most, trials[settings.metrics[0].name] == nil { settings.metrics[0].name = most }
    return settings
  }
}

extension FeatureSettings {
  /// The suites that the feature names, for whatever question.
  fileprivate var namedSuites: [String] {
    let single = [
      suite, targetSuite, rot?.suite, parity?.suite, parity?.probeSuite, deployment?.suite,
      deployment?.precision?.suite,
      coevolution?.suite,
    ]
    return single.compactMap(\.self) + capabilities.map(\.suite)
  }
}

import Comparison
import Project
import Records
import Statistics
import Store

extension EvalPower {
  /// Noise between runs of one configuration, on one metric.
  struct RunNoise {
    var floor: NoiseFloor?
    var pValues: [Double] = []

    var pairs: Int { floor?.pairs ?? 0 }
  }

  /// One candidate against the baseline on one metric.
  struct Row {
    let candidate: SuiteRuns.Arm
    let metric: MetricSettings
    let isPrimary: Bool
    let result: ComparisonResult
    let look: Look
    /// Why other judges scored the candidate than the baseline; nil where the same did.
    let judgesDiffer: String?

    /// "candidate, metric".
    var label: String { "\(candidate.variant), \(metric.name)" }
    var isBinary: Bool { result.isBinary }
  }

  /// One metric: its arms, joined by item, and the runs that were repeated.
  struct Metric {
    let settings: MetricSettings
    let isPrimary: Bool
    let baseline: SuiteRuns.Arm
    let candidates: [SuiteRuns.Arm]
    let table: ItemTable
    let reruns: ItemTable?
    let version: String?
  }

  /// Reads all that there is to compare, then compares: what is resampled is seeded by everything that was read.
  struct Reading {
    let suite: String
    let settings: SuiteSettings
    let policy: Policy
    let context: CheckContext
    let series: [TrialSeriesSummary]
    /// What cannot be compared, and why.
    var gaps = Judgement()
    var metrics: [Metric] = []
    var noise: [String: RunNoise] = [:]
    var rows: [Row] = []
    /// All variants of the first primary metric against each other; nil for two.
    var ranking: RankingResult?

    init(_ suite: String, _ settings: SuiteSettings, _ policy: Policy, _ context: CheckContext) throws {
      self.suite = suite
      self.settings = settings
      self.policy = policy
      self.context = context
      series = try context.ledger.trialSeries(suite: suite)
      // What is claimed belongs to the answer as much as what was measured.
      context.ledger.include("\(settings.baseline ?? "") \(settings.candidate ?? "") \(settings.metrics)")
    }

    mutating func run() throws {
      try readMetrics()
      guard !metrics.isEmpty else { return }
      let seed = context.seed
      for metric in metrics { noise[metric.settings.name] = try measureNoise(metric, seed: seed) }
      let primary = metrics.filter(\.isPrimary)
      rows = try compare(primary, seed: seed, ComparisonFamily.compare)
      rows += try compare(metrics.filter { !$0.isPrimary }, seed: seed) { comparers in
        try comparers.map { try $0.compare() }
      }
      if let first = primary.first, first.candidates.count > 1, first.table.armNames.count <= Ranker.variantLimit {
        ranking = try Ranker(table: first.table, policy: comparisonPolicy(first, seed: seed)).rank()
      }
    }

    // MARK: Reading

    private mutating func readMetrics() throws {
      let primary = settings.primaryMetrics
      let guards = settings.metrics.filter { metric in !primary.contains { $0.name == metric.name } }
      guard let version = chooseVersion(metric: primary.first?.name ?? "correct") else { return }
      for metric in primary + guards {
        let runs = SuiteRuns(
          series.filter { $0.suiteVersion == version.name }, suite: suite, metric: metric.name, version: nil)
        if let read = try read(metric, runs, isPrimary: primary.contains { $0.name == metric.name }) {
          metrics.append(read)
        }
      }
    }

    /// The version that is compared; nil, with a reason, where there is none.
    private mutating func chooseVersion(metric: String) -> (name: String?, Void)? {
      let needed = needed(settings.primaryMetrics.first ?? MetricSettings())
      guard let baseline = settings.baseline else {
        gaps.unknown(
          "NO_BASELINE",
          "The ledger has \(NumberWords.list(variants)) of \(suite), and nobody said which of them the others are compared with.",
          missing: "suites.\(suite).baseline in tally.yaml", nil)
        return nil
      }
      let wanted = [baseline] + (settings.candidate.map { [$0] } ?? [])
      let runs = SuiteRuns(series, suite: suite, metric: metric, version: settings.version, variants: wanted)
      let elsewhere = Set(series.filter { $0.metric == metric }.map(\.variant))
      func named(_ version: String?) -> String { version.map { "version \($0)" } ?? "trials without a version" }
      func versions(_ variant: String) -> String {
        let names = Set(series.filter { $0.variant == variant && $0.metric == metric }.map { named($0.suiteVersion) })
        return NumberWords.list(names.sorted())
      }
      if elsewhere.isEmpty || (runs.arms.isEmpty && settings.version != nil) {
        let known = elsewhere.isEmpty ? "" : " The ledger has other versions of it."
        gaps.unknown(
          "NO_TRIALS",
          "The ledger holds no trials of \(suite)\(settings.version.map { ", version \($0)," } ?? "") on \(metric).\(known)",
          missing: "trials of \(suite)", needed)
        return nil
      }
      if runs.arm(baseline) == nil {
        let isElsewhere = elsewhere.contains(baseline)
        gaps.unknown(
          isElsewhere ? "MIXED_VERSIONS" : "NO_BASELINE",
          isElsewhere
            ? "The baseline \(baseline) was run on \(versions(baseline)), the candidates on \(named(runs.version)): versions are never compared with each other."
            : "The ledger holds no trials of the baseline \(baseline).",
          missing: "trials of \(baseline) on \(named(runs.version))", needed)
        return nil
      }
      guard candidates(runs, baseline: baseline).isEmpty else { return (runs.version, ()) }
      let others = settings.candidate.map { [$0] } ?? elsewhere.filter { $0 != baseline }.sorted()
      let isElsewhere = others.contains { $0 != baseline && elsewhere.contains($0) && runs.arm($0) == nil }
      let name = settings.candidate ?? "a variant besides \(baseline)"
      gaps.unknown(
        isElsewhere ? "MIXED_VERSIONS" : "NO_TRIALS",
        isElsewhere
          ? "The baseline was run on \(named(runs.version)), \(NumberWords.list(others)) on another version: versions are never compared with each other."
          : "The ledger holds no trials of \(name) on \(named(runs.version)) to compare with \(baseline).",
        missing: "trials of \(name) on \(named(runs.version))", needed)
      return nil
    }

    /// In the order in which they appeared.
    var variants: [String] {
      series.map(\.variant).reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
    }

    /// The one that is named, else every variant besides the baseline; of runs of one configuration the first.
    private func candidates(_ runs: SuiteRuns, baseline: String) -> [SuiteRuns.Arm] {
      if let name = settings.candidate { return name == baseline ? [] : runs.arm(name).map { [$0] } ?? [] }
      var seen = Set([runs.arm(baseline)?.configuration].compactMap(\.self))
      return runs.arms.filter { arm in
        arm.variant != baseline && (arm.configuration.map { seen.insert($0).inserted } ?? true)
      }
    }

    private mutating func read(_ metric: MetricSettings, _ runs: SuiteRuns, isPrimary: Bool) throws -> Metric? {
      let baselineName = settings.baseline ?? ""
      let candidates = candidates(runs, baseline: baselineName)
      guard let baseline = runs.arm(baselineName), !candidates.isEmpty else {
        gaps.unknown(
          "NO_TRIALS", about: metric.name,
          "\(runs.arm(baselineName) == nil ? "The baseline has" : "The candidates have") no trials on \(metric.name).",
          missing: "trials on \(metric.name)", needed(metric))
        return nil
      }
      let usable = ([baseline] + candidates).filter { !noteMixture($0, metric) }
      guard usable.first == baseline, usable.count > 1 else { return nil }
      let pairs = runs.rerunPairs(besides: settings.candidate)
      let tag = settings.cluster == "cluster_id" ? nil : settings.cluster
      do {
        return Metric(
          settings: metric, isPrimary: isPrimary, baseline: baseline, candidates: Array(usable.dropFirst()),
          table: try context.items(usable, slices: isPrimary ? [settings.sliceTag] : [], clusterTag: tag),
          reruns: pairs.isEmpty
            ? nil : try context.items(pairs.flatMap { [$0.first, $0.second] }, clusterTag: tag),
          version: runs.version)
      } catch let problem as UnusableTrials {
        gaps.unknown(
          "UNUSABLE_TRIALS", about: metric.name, "The trials cannot be compared: \(problem.description)",
          missing: "usable scores on \(metric.name)", 1)
        return nil
      }
    }

    /// Two configurations, or two subjects, in one arm are two arms that bear one name.
    private mutating func noteMixture(_ arm: SuiteRuns.Arm, _ metric: MetricSettings) -> Bool {
      let subjects = Set(arm.series.map(\.subjectSHA256)).count
      guard arm.mixesConfigurations || subjects > 1 else { return false }
      let what = arm.mixesConfigurations ? "configurations (config_sha256)" : "subjects (subject_sha256)"
      let number = arm.mixesConfigurations ? Set(arm.series.map(\.configSHA256)).count : subjects
      let largest = arm.series.map(\.trials).max() ?? 0
      gaps.unknown(
        "MIXED_VERSIONS", about: "\(arm.variant), \(metric.name)",
        "\(arm.variant) was run with \(number) \(what), which are never pooled.",
        missing: "trials of \(arm.variant) with one configuration", Int(arm.trials - largest))
      return true
    }

    /// What a first run should have: the plan, or what the size that matters asks for before anything is known.
    private func needed(_ metric: MetricSettings) -> Int {
      if let planned = settings.plannedItems { return planned }
      let decisive = EvalPower.decisiveSize(metric)
      guard metric.scale == .binary else { return 1 }
      let share = SampleSize.planningDiscordance(observed: nil, pairs: 0, effect: decisive)
      let target = PowerTarget(alpha: policy.alpha, power: policy.power, marginAlpha: policy.marginAlpha)
      return SampleSize.pairedBinary(discordance: share, effect: decisive, target: target) ?? 1
    }

    // MARK: Comparing

    private func comparisonPolicy(_ metric: Metric, seed: UInt64) -> ComparisonPolicy {
      var comparison = policy.comparison(metric.settings, suite: settings)
      comparison.seed = seed
      if let noise = noise[metric.settings.name], let floor = noise.floor, floor.pairs >= policy.aaPairsMin {
        comparison.runVariance = floor.runVariance
      }
      return comparison
    }

    private func measureNoise(_ metric: Metric, seed: UInt64) throws -> RunNoise {
      guard let table = metric.reruns else { return RunNoise() }
      var comparison = policy.comparison(metric.settings, suite: settings)
      comparison.seed = seed
      comparison.sequential = false
      var runs: [Comparer.RunDifference] = []
      for first in stride(from: 0, to: table.armNames.count - 1, by: 2) {
        let comparer = Comparer(table: table, base: first, candidate: first + 1, policy: comparison)
        if let run = try comparer.runDifference() { runs.append(run) }
      }
      return RunNoise(
        floor: NoiseFloor(differences: runs.map(\.difference), standardErrors: runs.map(\.standardError)),
        pValues: runs.map(\.pValue))
    }

    private func compare(
      _ metrics: [Metric], seed: UInt64, _ decide: ([Comparer]) throws -> [ComparisonResult]
    ) throws -> [Row] {
      var comparers: [Comparer] = []
      var places: [(metric: Metric, candidate: SuiteRuns.Arm, look: Look)] = []
      for metric in metrics {
        for (index, candidate) in metric.candidates.enumerated() {
          let look = Look(metric, candidate, settings: settings, history: context.history)
          var comparison = comparisonPolicy(metric, seed: seed)
          comparison.earlierPValue = look.earlierPValue
          comparers.append(Comparer(table: metric.table, base: 0, candidate: index + 1, policy: comparison))
          places.append((metric, candidate, look))
        }
      }
      return try zip(places, decide(comparers)).map { place, result in
        Row(
          candidate: place.candidate, metric: place.metric.settings, isPrimary: place.metric.isPrimary, result: result,
          look: place.look, judgesDiffer: place.metric.baseline.judgedUnlike(place.candidate))
      }
    }
  }
}

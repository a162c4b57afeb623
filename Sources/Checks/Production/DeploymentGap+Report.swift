import Comparison
import Project
import Records
import Statistics
import Store

extension DeploymentGap {
  /// Everything that was read and computed about one feature.
  struct Facts {
    let feature: String
    let settings: DeploymentSettings
    let slices: Slices
    /// Items with trials that contradict each other, and whether they are too many.
    let conflicts: Int
    let conflicting: Bool
    let gap: Gap?
    let features: FeatureMixes
    let labels: LabelMix
    let pairs: ParityPairs
    /// Milliseconds of requests, sorted.
    let durations: [Double]
    let precision: Precision?
    let seed: UInt64?

    /// About so many spans are looked at for features and durations.
    private static let sample = 20_000

    init(_ feature: String, _ settings: DeploymentSettings, _ policy: Policy, _ context: CheckContext) throws {
      self.feature = feature
      self.settings = settings
      let ledger = context.ledger
      ledger.include("\(settings)")
      let suite = context.project.suites[settings.suite] ?? SuiteSettings()
      let metric = suite.primaryMetrics.first ?? MetricSettings()
      let runs = SuiteRuns(
        try ledger.trialSeries(suite: settings.suite), suite: settings.suite, metric: metric.name,
        version: suite.version)
      let arm = SuiteRuns.served(among: runs.arms, named: settings.variant, baseline: suite.baseline)?
        .newestConfiguration
      let tag = settings.sliceTag ?? suite.sliceTag
      slices = try Slices(
        arm, feature: feature, tag: tag, sampling: settings.labelSampling, lowerIsBetter: metric.direction == .down,
        policy, ledger)
      conflicts = try ledger.conflictingItems(of: arm?.series ?? [])
      let shared = context.project.policy(EvalPower.Policy.self, subject: [suite.policies]).value
      conflicting = (Share.of(conflicts, conflicts + slices.items) ?? 0).isAbove(shared.maxConflictShare)
      gap = Gap(slices)
      var features = try FeatureMixes(arm, ledger)
      labels = try LabelMix(
        arm, feature: feature, tag: tag, traffic: slices.isStratified ? slices.traffic : nil, policy, ledger)
      let since = ledger.asOf.adding(days: -Int64(policy.windowDays))
      var pairs = ParityPairs(tolerance: policy.parityTolerance)
      try ledger.forEachSpanAttributes(feature: feature, kind: "preprocess", having: "parity_id", since: since) {
        pairs.add($0)
      }
      self.pairs = pairs
      var latency = Latency()
      try ledger.forEachServedSpan(feature: feature, since: since, about: Facts.sample, attribute: "features") { span in
        latency.add(span)
        features.add(span.attributes)
      }
      self.features = features
      durations = latency.durations
      let precision = try Facts.precision(settings, policy, context)
      self.precision = precision
      seed = precision?.result?.evidence?.isResampled == true ? precision?.result?.seed : nil
    }

    private static func precision(
      _ settings: DeploymentSettings, _ policy: Policy, _ context: CheckContext
    ) throws -> Precision? {
      guard let names = settings.precision else { return nil }
      let name = names.suite ?? settings.suite
      let suite = context.project.suites[name] ?? SuiteSettings()
      var precision = Precision(settings: names, suite: name)
      guard let table = try precisionTable(&precision, suite, context), table.armNames.count == 2 else {
        return precision
      }
      let shared = context.project.policy(EvalPower.Policy.self, subject: [suite.policies]).value
      var comparison = shared.comparison(suite.primaryMetrics.first ?? MetricSettings(), suite: suite)
      (comparison.claim, comparison.minEffect, comparison.margin) = (.noRegression, 0, policy.precisionMaxDrop)
      (comparison.sequential, comparison.plannedItems) = (false, nil)
      comparison.seed = context.seed
      precision.result = try Comparer(table: table, policy: comparison).compare()
      return precision
    }
  }
}

extension Judgement {
  /// Rows of a figure, so that a feature with thousands of slices stays readable.
  private static let shown = 30

  mutating func report(
    _ facts: DeploymentGap.Facts, _ rows: [DeploymentGap.Row], _ policy: DeploymentGap.Policy
  ) {
    measureGap(facts, policy)
    measureRows(facts, policy)
    draw(facts, rows)
    method =
      "\(facts.slices.isStratified ? "MOVER over Wilson limits" : "Newcombe"); parts by MOVER over Wilson limits; mixes by the "
      + "population stability index; latency by Clopper-Pearson"
      + (facts.precision?.result?.evidence.map { "; precision by \($0.intervalMethod)" } ?? "")
    headline = sentence(facts)
    next = nextAction(facts)
  }

  private mutating func measureGap(_ facts: DeploymentGap.Facts, _ policy: DeploymentGap.Policy) {
    measure("items", facts.slices.items, unit: "items")
    measure("labelled", facts.slices.labelled, limit: Double(policy.labelMinN), unit: "spans")
    guard let gap = facts.gap else { return }
    for (name, bounded) in [("offline", gap.offline), ("production", gap.production)] {
      measure(name, bounded.estimate, low: bounded.interval.low, high: bounded.interval.high, unit: "share")
    }
    let (whole, within) = (gap.gap, gap.within)
    measure(
      "gap", whole.estimate, low: whole.interval.low, high: whole.interval.high, limit: policy.maxGap, unit: "points")
    measure("mix", gap.mix, unit: "points")
    measure(
      "within", within.estimate, low: within.interval.low, high: within.interval.high, limit: policy.maxGap,
      unit: "points")
  }

  private mutating func measureRows(_ facts: DeploymentGap.Facts, _ policy: DeploymentGap.Policy) {
    if let largest = facts.features.largest {
      measure("covariate_psi", largest.drift.index, limit: policy.psiFail, unit: "index")
      measure("covariate_psi_floor", largest.drift.floor, limit: policy.psiWarn, unit: "index")
    }
    if let drift = facts.labels.drift {
      measure("prior_psi", drift.index, limit: policy.psiFail, unit: "index")
      measure("prior_psi_floor", drift.floor, limit: policy.psiWarn, unit: "index")
    }
    let pairs = facts.pairs
    if pairs.pairs > 0 {
      measure(
        "skew", Double(pairs.mismatches) / Double(pairs.pairs),
        high: ProportionInterval.clopperPearsonUpper(
          successes: Double(pairs.mismatches), trials: Double(pairs.pairs), confidence: policy.confidence),
        limit: 0, unit: "share")
      measure("parity_pairs", pairs.pairs, limit: Double(policy.parityMinN), unit: "pairs")
    }
    if pairs.single > 0 { measure("parity_single", pairs.single, unit: "spans") }
    if pairs.unreadable > 0 { measure("parity_unreadable", pairs.unreadable, unit: "spans") }
    if let drop = facts.precision?.drop {
      measure(
        "precision_drop", drop.estimate, low: drop.interval.low, high: drop.interval.high,
        limit: policy.precisionMaxDrop, unit: "points")
    }
    guard let quantile = OrderStatistic.quantile(policy.latencyQuantile, sorted: facts.durations) else { return }
    let interval = OrderStatistic.interval(quantile: policy.latencyQuantile, sorted: facts.durations)
    measure("requests", facts.durations.count, unit: "spans")
    measure(
      "latency", quantile, low: interval.low, high: interval.high, limit: policy.latencyBudgetMs, unit: "ms")
    guard let budget = policy.latencyBudgetMs else { return }
    let (over, count) = (facts.durations.count { $0.isAbove(budget) }, facts.durations.count)
    measure(
      "over_budget", Double(over) / Double(count),
      low: ProportionInterval.clopperPearsonLower(
        successes: Double(over), trials: Double(count), confidence: policy.confidence),
      high: ProportionInterval.clopperPearsonUpper(
        successes: Double(over), trials: Double(count), confidence: policy.confidence),
      limit: 1 - policy.latencyQuantile, unit: "share")
  }

  // MARK: Figures

  private mutating func draw(_ facts: DeploymentGap.Facts, _ rows: [DeploymentGap.Row]) {
    if let gap = facts.gap { drawGap(gap) }
    figures.append(
      .table(
        title: "Dimensions", columns: ["dimension", "measured", "limit", "verdict", "remedy"],
        rows: rows.map { row in
          [
            row.dimension.rawValue, row.measured ?? "not measured", row.limit,
            row.measured == nil ? "" : row.state.rawValue, row.state == .pass ? "" : row.dimension.remedy,
          ]
        }))
    let slices = facts.slices.all
    guard slices.count > 1 else { return }
    let largest = slices.indices.ordered { -slices[$0].labelled }.prefix(Judgement.shown)
    func share(_ part: Int, _ whole: Int) -> String { Share.of(part, whole).map(NumberWords.percent) ?? "" }
    func rate(_ bounded: BoundedEstimate?) -> String { bounded.map { NumberWords.percent($0.estimate) } ?? "" }
    figures.append(
      .table(
        title: "Slices", columns: ["slice", "of the items", "of the labels", "right offline", "right in production"],
        rows: largest.map { place in
          let slice = slices[place]
          return [
            slice.name, share(slice.items, facts.slices.items), share(slice.labelled, facts.slices.labelled),
            rate(slice.offline), rate(slice.production),
          ]
        }))
  }

  private mutating func drawGap(_ gap: DeploymentGap.Gap) {
    // One bar where both parts add to the gap; where they pull apart there is no whole.
    if gap.mix.isAtLeast(0), gap.within.estimate.isAtLeast(0) {
      figures.append(
        .parts(
          title: "What the gap is made of", unit: .points,
          parts: [Figure.Part("mix", gap.mix), Figure.Part("within slices", gap.within.estimate)]))
    }
    let (whole, within) = (gap.gap, gap.within)
    figures.append(
      .intervals(
        title: "Offline minus production", unit: .points,
        rows: [
          Figure.IntervalRow("gap", whole.estimate, low: whole.interval.low, high: whole.interval.high, limit: 0),
          Figure.IntervalRow("mix", gap.mix, low: nil, high: nil, limit: 0),
          Figure.IntervalRow(
            "within slices", within.estimate, low: within.interval.low, high: within.interval.high, limit: 0),
        ]))
  }

  // MARK: Words

  private func sentence(_ facts: DeploymentGap.Facts) -> String {
    guard let gap = facts.gap else {
      return leading.map { "\(facts.settings.suite) cannot be compared with production yet: \($0.text)" }
        ?? "\(facts.settings.suite) cannot be compared with production."
    }
    return
      "\(facts.settings.suite) scores \(NumberWords.percent(gap.offline.estimate)) offline and "
      + "\(NumberWords.percent(gap.production.estimate)) in production: \(DeploymentGap.text(gap.gap)), of which the mix is "
      + "\(NumberWords.points(gap.mix)) and the loss within slices \(DeploymentGap.text(gap.within))."
  }

  private func nextAction(_ facts: DeploymentGap.Facts) -> String {
    let fails = codes(.fail)
    if fails.contains("PREPROCESSING_SKEW") { return DeploymentGap.Dimension.skew.remedy + "." }
    if fails.contains("GAP_OVER_LIMIT") || fails.contains("WITHIN_SLICE_LOSS"), let gap = facts.gap {
      return gap.largest == "mix"
        ? "Collect items of the slices that have grown, or weigh the score as production does."
        : "Look for skew between training and serving first, then label and train again."
    }
    let first = DeploymentGap.Dimension.allCases.first { dimension in
      reasons.contains { $0.verdict == .fail && $0.code == dimension.code }
    }
    if let first { return first.remedy + "." }
    if let first = missing.first {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "")\(first.what)."
    }
    let warned = DeploymentGap.Dimension.allCases.first { dimension in
      reasons.contains { $0.verdict == .warn && $0.code == dimension.code }
    }
    return warned.map { $0.remedy + "." } ?? "Nothing to do: production does what was measured offline."
  }
}

extension DeploymentGap.Dimension {
  /// The code with which it fails.
  fileprivate var code: String {
    switch self {
    case .covariate: "COVARIATE_SHIFT"
    case .prior: "PRIOR_SHIFT"
    case .skew: "PREPROCESSING_SKEW"
    case .concept: "WITHIN_SLICE_LOSS"
    case .precision: "PRECISION_LOSS"
    case .latency: "LATENCY_OVER_BUDGET"
    }
  }

  /// What helps.
  fileprivate var remedy: String {
    switch self {
    case .covariate: "Collect items with the features of production"
    case .prior: "Draw the items anew, or correct for the labels' shares"
    case .skew: "Prepare inputs in one way, in training and in serving"
    case .concept: "Look for skew first, then label and train again"
    case .precision: "Calibrate the quantisation, or serve the reference"
    case .latency: "Make the slowest requests faster, or allow more time"
    }
  }
}

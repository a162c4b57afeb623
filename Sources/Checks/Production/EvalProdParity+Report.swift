import Comparison
import Project
import Records
import Statistics
import Store

extension EvalProdParity {
  /// Everything that was read and computed about one feature.
  struct Facts {
    let feature: String
    let settings: ParitySettings
    private let suite: SuiteSettings
    let served: Served
    let arms: Arms
    let configuration: Configuration
    private(set) var parts: Parts?
    private(set) var probe: Probe?
    private(set) var shifts: [Shift] = []
    private(set) var seed: UInt64?

    init(_ feature: String, _ settings: ParitySettings, _ policy: Policy, _ context: CheckContext) throws {
      self.feature = feature
      self.settings = settings
      let ledger = context.ledger
      suite = context.project.suites[settings.suite] ?? SuiteSettings()
      ledger.include("\(settings)")
      served = try Served(feature: feature, policy, ledger)
      let runs = SuiteRuns(
        try ledger.trialSeries(suite: settings.suite), suite: settings.suite,
        metric: (suite.primaryMetrics.first ?? MetricSettings()).name, version: suite.version)
      arms = try Arms(runs, settings, baseline: suite.baseline, ledger)
      configuration = try Configuration(
        tested: arms.evaluation?.config, production: arms.production?.config, served, policy, ledger)
    }

    /// Everything is read before anything is resampled.
    mutating func compare(_ policy: Policy, _ context: CheckContext) throws {
      let ledger = context.ledger
      let clusterTag = suite.cluster == "cluster_id" ? nil : suite.cluster
      let tables = try Tables(arms, clusterTag: clusterTag, ledger)
      let probe = try Probe(settings, variant: arms.evaluation?.variant, ledger)
      self.probe = probe
      shifts = EvalProdParity.shifts(evaluation: tables.behaviour, production: served.behaviour)
      let shared = context.project.policy(EvalPower.Policy.self, subject: [suite.policies]).value
      var comparison = shared.comparison(suite.primaryMetrics.first ?? MetricSettings(), suite: suite)
      (comparison.claim, comparison.minEffect, comparison.margin) = (nil, 0, 0)
      (comparison.sequential, comparison.plannedItems, comparison.unpaired) = (false, nil, false)
      comparison.seed = context.seed
      let name = feature
      parts = try Parts(tables, comparison) {
        var spans: [String: Int] = [:]
        try ledger.traffic(feature: name, days: Int64(policy.windowDays)) { cell in
          guard let topic = cell.trafficCluster else { return }
          spans[topic, default: 0] += Int(cell.spans)
        }
        return spans
      }
      let drawn = [parts?.gap, parts?.framing, parts?.contamination].compactMap { $0?.result?.evidence }
      if drawn.contains(where: \.isResampled) { seed = comparison.seed }
    }
  }
}

extension Judgement {
  mutating func report(_ facts: EvalProdParity.Facts, _ policy: EvalProdParity.Policy) {
    measure("calls", facts.served.calls, unit: "spans")
    measure("spans", facts.served.spans, unit: "spans")
    let configuration = facts.configuration
    measure("mismatch_share", facts.served.spans > 0 ? configuration.mismatchShare : nil, limit: 0, unit: "share")
    method = "bundles part by part"
    drawBundles(facts)
    if let parts = facts.parts {
      measure(parts, policy)
      measureBehaviour(facts, policy)
      draw(parts)
      drawBehaviour(facts)
      method +=
        "; " + (parts.gap.result?.evidence.map { "\($0.testName), \($0.intervalMethod)" } ?? "no gap")
        + "; mixes by MOVER over Wilson limits; the probe by DeLong; behaviour by Kolmogorov-Smirnov and "
        + "Benjamini-Hochberg"
    }
    headline = sentence(facts)
    next = nextAction(facts)
  }

  private mutating func measure(_ parts: EvalProdParity.Parts, _ policy: EvalProdParity.Policy) {
    if let result = parts.gap.result {
      for (name, arm) in [("evaluation", result.candidate), ("production", result.base)] {
        measure(name, arm.mean, low: arm.low, high: arm.high, unit: "share")
        measure("\(name)_items", arm.items, limit: name == "production" ? Double(policy.minProd) : nil, unit: "items")
      }
    }
    let limits = ["gap": policy.gap, "contamination": policy.contamination]
    for part in [parts.gap] + parts.all {
      // What was not measured is printed as such.
      measure(
        part.name, part.bounded?.estimate, low: part.bounded?.interval.low, high: part.bounded?.interval.high,
        limit: limits[part.name], unit: "points")
      if let result = part.result, part.name != "gap" {
        measure("\(part.name)_p_value", result.evidence?.pValue, unit: "share")
        measure("\(part.name)_pairs", result.design.items, unit: "items")
      }
    }
    if let covered = parts.coveredShare { measure("distribution_covered", covered, unit: "share") }
    guard parts.gap.excludesZero, let gap = parts.gap.bounded else { return }
    for part in parts.all {
      guard let bounded = part.bounded else { continue }
      measure("share_\(part.name)", bounded.estimate / gap.estimate, unit: "share")
    }
  }

  private mutating func measureBehaviour(_ facts: EvalProdParity.Facts, _ policy: EvalProdParity.Policy) {
    if let probe = facts.probe {
      let area = probe.bounded
      measure(
        "probe_area", area?.estimate, low: area?.interval.low, high: area?.interval.high, limit: policy.aucWarn,
        unit: "share")
      if probe.unusable > 0 { measure("probe_unusable", probe.unusable, unit: "items") }
    }
    for shift in facts.shifts {
      let name = shift.name.split(separator: " ").joined(separator: "_")
      measure("\(name)_distance", shift.distance, limit: policy.shiftD, unit: "share")
      measure("\(name)_p_value", shift.adjusted, limit: policy.bhQ, unit: "share")
    }
  }

  // MARK: Figures

  private mutating func drawBundles(_ facts: EvalProdParity.Facts) {
    let configuration = facts.configuration
    guard !configuration.rows.isEmpty else { return }
    let tested = configuration.tested.map(EvalProdParity.Configuration.short) ?? "not recorded"
    figures.append(
      .table(
        title: "What serves, beside what was tested (\(tested))", columns: ["bundle", "spans", "differs in"],
        rows: configuration.rows.prefix(20).map { row in
          let parts = row.differing.map { $0.isEmpty ? "nothing" : NumberWords.list($0, limit: 7) }
          return [
            EvalProdParity.Configuration.short(row.sha256),
            row.share.map(NumberWords.percent) ?? "trials of production", parts ?? "not recorded",
          ]
        }))
  }

  private mutating func draw(_ parts: EvalProdParity.Parts) {
    guard let result = parts.gap.result, result.evidence != nil else { return }
    figures.append(
      .intervals(
        title: "Score", unit: .share,
        rows: [("in evaluation", result.candidate), ("in production", result.base)].map { name, arm in
          Figure.IntervalRow(
            name, arm.mean, low: arm.low, high: arm.high, note: NumberWords.counted(arm.items, "item"))
        }))
    figures.append(
      .intervals(
        title: "From evaluation to production", unit: .points,
        rows: ([parts.gap] + parts.all).map { part in
          Figure.IntervalRow(
            part.name, part.bounded?.estimate, low: part.bounded?.interval.low, high: part.bounded?.interval.high,
            limit: 0, note: part.bounded == nil ? "not measured" : "")
        }))
  }

  private mutating func drawBehaviour(_ facts: EvalProdParity.Facts) {
    guard !facts.shifts.isEmpty else { return }
    figures.append(
      .table(
        title: "How answers look", columns: ["", "in evaluation", "in production", "distance", "adjusted p"],
        rows: facts.shifts.map { shift in
          func mean(_ counts: EvalProdParity.Behaviour.Counts) -> String {
            shift.name == "length" ? NumberWords.fixed(counts.mean, 1) : NumberWords.percent(counts.mean)
          }
          return [
            shift.name, mean(shift.evaluation), mean(shift.production), NumberWords.fixed(shift.distance),
            NumberWords.fixed(shift.adjusted),
          ]
        }))
  }

  // MARK: Words

  private func sentence(_ facts: EvalProdParity.Facts) -> String {
    if codes(.fail).contains("CONFIG_MISMATCH"), let reason = leading { return reason.text }
    guard let parts = facts.parts, let result = parts.gap.result, let evaluation = result.candidate.mean,
      let production = result.base.mean, let gap = parts.gap.bounded
    else {
      return leading.map { "\(facts.settings.suite) cannot be compared with production yet: \($0.text)" }
        ?? "\(facts.settings.suite) cannot be compared with production."
    }
    func number(_ value: Double) -> String { result.isBinary ? NumberWords.percent(value) : NumberWords.plain(value) }
    let shares = parts.gap.excludesZero ? parts.all.filter { $0.bounded != nil } : []
    let split = shares.map { "\($0.name) \(NumberWords.points($0.bounded?.estimate ?? 0))" }
    return
      "\(facts.settings.suite) scores \(number(evaluation)) in evaluation and \(number(production)) in production: "
      + EvalProdParity.text(gap) + (split.isEmpty ? "." : ", of which \(split.joined(separator: ", ")).")
  }

  private func nextAction(_ facts: EvalProdParity.Facts) -> String {
    let actions = [
      ("CONFIG_MISMATCH", "Serve the bundle that was tested, or test the one that is served; then compare again."),
      ("CONTAMINATED", "Replace the items that the model knows, and score it on paraphrases until then."),
      ("TEST_AWARE", "Score the model on items that look like production, and believe those numbers."),
      ("GAP", "Look at what production fails and evaluation passes, largest part first."),
    ]
    if let action = actions.first(where: { codes(.fail).contains($0.0) }) { return action.1 }
    if let first = missing.first {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "")\(first.what)."
    }
    let warnings = [
      ("GAP_REAL", "Measure more items of production, and the parts that are not measured yet."),
      ("UNMASKED", "Make the items look like production, and run them framed both ways."),
      ("INVARIANT_SHIFT", "Find out what the harness does to the answers that production does not."),
      ("EVAL_PESSIMISTIC", "Draw the items from production: the suite is harder than what users ask."),
    ]
    return warnings.first { codes(.warn).contains($0.0) }?.1
      ?? "Nothing to do: what was tested is what is served."
  }
}

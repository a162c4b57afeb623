import Comparison
import Project
import Records
import Statistics

extension DeploymentGap {
  /// What became of one dimension.
  struct Row {
    let dimension: Dimension
    var state = Finding.Verdict.pass
    /// Nil where it was not measured.
    var measured: String?
    var limit = ""
  }

  /// Judges the six dimensions, one after the other.
  struct RowJudge {
    let facts: Facts
    let policy: Policy
    var judgement: Judgement
    private(set) var rows: [Row] = []

    init(_ facts: Facts, _ policy: Policy, _ judgement: Judgement) {
      self.facts = facts
      self.policy = policy
      self.judgement = judgement
    }

    mutating func judge() {
      rows = [covariate(), prior(), skew(), concept(), precision(), latency()]
    }

    private func isRequired(_ row: Row) -> Bool { policy.required.contains(row.dimension) }

    /// A row that nobody measured; unknown where it is required.
    private mutating func unmeasured(_ row: Row, _ text: String, missing what: String, _ howMuch: Int?) -> Row {
      var row = row
      row.state = .unknown
      guard isRequired(row) else { return row }
      judgement.unknown(
        "DIMENSION_NOT_MEASURED", about: row.dimension.rawValue, text, missing: what, howMuch)
      return row
    }

    /// A row that was measured, and nothing is shown; unknown where it is required.
    private mutating func undecided(_ row: Row, _ text: String, missing what: String, _ howMuch: Int?) -> Row {
      var row = row
      row.state = .unknown
      guard isRequired(row) else { return row }
      judgement.unknown("DIMENSION_UNDECIDED", about: row.dimension.rawValue, text, missing: what, howMuch)
      return row
    }

    // MARK: Mixes

    private mutating func covariate() -> Row {
      var row = Row(dimension: .covariate, limit: "stability index \(NumberWords.plain(policy.psiFail))")
      let features = facts.features
      guard let largest = features.largest else {
        return unmeasured(
          row,
          "\(features.items == 0 ? "No item of \(facts.settings.suite)" : "No span of \(facts.feature)") has features.",
          missing: features.items == 0 ? "items with features" : "spans with features", 1)
      }
      row.measured = "\(NumberWords.fixed(largest.drift.index)) (\(largest.mix.name))"
      return mix(row, features.all, spans: features.spans, code: "COVARIATE_SHIFT", unit: "spans with features")
    }

    private mutating func prior() -> Row {
      var row = Row(dimension: .prior, limit: "stability index \(NumberWords.plain(policy.psiFail))")
      let labels = facts.labels
      guard let drift = labels.drift else {
        return unmeasured(
          row,
          labels.items == 0
            ? "No item of \(facts.settings.suite) says what is expected." : "No span of \(facts.feature) has a label.",
          missing: labels.items == 0 ? "items with an expected label" : "labelled spans", policy.labelMinN)
      }
      row.measured = NumberWords.fixed(drift.index)
      return mix(row, [labels.mix], spans: labels.spans, code: "PRIOR_SHIFT", unit: "labelled spans")
    }

    /// Each mix by its own: one that moved too far fails, one with too few spans is unknown.
    private mutating func mix(_ row: Row, _ mixes: [Mix], spans: Int, code: String, unit: String) -> Row {
      var row = row
      var few: [(mix: Mix, drift: MixDrift)] = []
      for mix in mixes {
        guard let drift = mix.drift else { continue }
        let what = row.dimension == .prior ? "The labels" : "The feature \(mix.name)"
        let text =
          "\(what) of \(NumberWords.counted(spans, "span")) of \(policy.windowDays) days \(row.dimension == .prior ? "have" : "has") another mix than offline: stability index \(NumberWords.fixed(drift.index))"
        let about = row.dimension == .prior ? nil : mix.name
        switch drift.reading(warn: policy.psiWarn, fail: policy.psiFail) {
        case .tooFar:
          judgement.fail(code, about: about, "\(text), above \(NumberWords.plain(policy.psiFail)).")
          row.state = .fail
        case .far:
          judgement.warn(code, about: about, "\(text), above \(NumberWords.plain(policy.psiWarn)).")
          if row.state == .pass { row.state = .warn }
        case .tooFew: few.append((mix, drift))
        case .near: break
        }
      }
      guard row.state != .fail, let few = few.greatest(by: \.drift.floor) else { return row }
      let needed = few.mix.spansNeeded(policy.psiWarn)
      return undecided(
        row,
        "\(NumberWords.counted(spans, "span")) are too few to see another mix: sampling alone explains a stability index of \(NumberWords.fixed(few.drift.floor)).",
        missing: needed == nil ? "items offline, and \(unit)" : unit, needed.map { max(1, $0 - spans) })
    }

    // MARK: Pairs

    private mutating func skew() -> Row {
      let pairs = facts.pairs
      var row = Row(dimension: .skew, limit: "0 of \(NumberWords.grouped(policy.parityMinN))")
      guard pairs.pairs > 0 else {
        return unmeasured(
          row, "No input of \(facts.feature) was prepared both as for training and as for serving.",
          missing: "pairs of spans of kind preprocess with one parity_id", policy.parityMinN)
      }
      row.measured = "\(NumberWords.grouped(pairs.mismatches)) of \(NumberWords.counted(pairs.pairs, "pair"))"
      if pairs.mismatches > 0 {
        judgement.fail(
          "PREPROCESSING_SKEW",
          "\(NumberWords.grouped(pairs.mismatches)) of \(NumberWords.counted(pairs.pairs, "input")) \(pairs.mismatches == 1 ? "is" : "are") prepared for serving in another way than for training: \(NumberWords.list(pairs.differing))."
        )
        row.state = .fail
      } else if pairs.pairs < policy.parityMinN {
        return undecided(
          row,
          "\(NumberWords.counted(pairs.pairs, "input")) \(pairs.pairs == 1 ? "was" : "were") prepared in both ways alike; \(NumberWords.grouped(policy.parityMinN)) are needed.",
          missing: "pairs of spans of kind preprocess with one parity_id", policy.parityMinN - pairs.pairs)
      }
      return row
    }

    private mutating func concept() -> Row {
      var row = Row(dimension: .concept, limit: NumberWords.size(points: policy.maxGap))
      guard let gap = facts.gap else {
        return unmeasured(
          row, "No span of \(facts.feature) that somebody judged can be compared with an item.",
          missing: "labelled spans", policy.labelMinN)
      }
      let within = gap.within
      row.measured = DeploymentGap.text(within)
      let text = "Slice by slice production is worse by \(DeploymentGap.text(within))"
      if within.interval.low.isAbove(0), within.estimate.isAbove(policy.maxGap) {
        judgement.fail("WITHIN_SLICE_LOSS", "\(text); \(NumberWords.size(points: policy.maxGap)) are tolerated.")
        row.state = .fail
      } else if within.interval.high.isAbove(policy.maxGap) {
        let needed = gap.needed(policy.maxGap)
        return undecided(
          row, "\(text): that may be more than \(NumberWords.size(points: policy.maxGap)).", missing: "labelled spans",
          needed.map { max(1, $0 - facts.slices.labelled) })
      }
      return row
    }

    private mutating func precision() -> Row {
      var row = Row(dimension: .precision, limit: NumberWords.size(points: policy.precisionMaxDrop))
      guard let precision = facts.precision, let result = precision.result else {
        return unmeasured(
          row,
          facts.precision?.problem
            ?? "features.\(facts.feature).deployment.precision does not say which variants to compare.",
          missing: "pairs of the shipped and the reference variant",
          SampleSize.nonInferiorityPairedBinary(discordance: 0.20, margin: policy.precisionMaxDrop))
      }
      for doubt in result.reasons where doubt.code.isUnknown && isRequired(row) {
        let missing = result.missing.first
        judgement.unknown(
          doubt.code.rawValue, about: row.dimension.rawValue, doubt.message,
          missing: missing?.what ?? "pairs without this doubt", missing?.howMuch)
      }
      guard let drop = precision.drop else {
        row.state = .unknown
        return row
      }
      row.measured = DeploymentGap.text(drop)
      let text =
        "\(precision.settings.shipped) is worse than \(precision.settings.reference) by \(DeploymentGap.text(drop)) \(result.design.population)"
      switch NonInferiority.read(drop.interval.negated, margin: policy.precisionMaxDrop) {
      case .within: break
      case .beyond:
        judgement.fail(
          "PRECISION_LOSS", "\(text); \(NumberWords.size(points: policy.precisionMaxDrop)) are tolerated.")
        row.state = .fail
      case .undecided:
        return undecided(
          row, "\(text): that may be more than \(NumberWords.size(points: policy.precisionMaxDrop)).",
          missing: "pairs of the shipped and the reference variant",
          SampleSize.shortfall(
            planned: result.power?.itemsNeeded, items: result.design.items, width: drop.interval.width,
            decisive: policy.precisionMaxDrop))
      }
      return row
    }

    // MARK: Latency

    private mutating func latency() -> Row {
      let durations = facts.durations
      let allowed = 1 - policy.latencyQuantile
      let name = "p\(NumberWords.plain(100 * policy.latencyQuantile))"
      guard let budget = policy.latencyBudgetMs else {
        return unmeasured(
          Row(dimension: .latency), "latency_budget_ms of the policy deployment-gap is not set.",
          missing: "latency_budget_ms", nil)
      }
      var row = Row(dimension: .latency, limit: "\(name) \(NumberWords.plain(budget)) ms")
      let clean = MissingTrials.plannedClean(failures: 0, limit: allowed, confidence: policy.confidence)
      guard let quantile = OrderStatistic.quantile(policy.latencyQuantile, sorted: durations) else {
        return unmeasured(
          row, "No span of \(facts.feature) of the last \(policy.windowDays) days has ended.",
          missing: "spans with ended_at", clean)
      }
      let (over, count) = (durations.count { $0.isAbove(budget) }, durations.count)
      row.measured = "\(name) \(NumberWords.plain(quantile)) ms"
      let low = ProportionInterval.clopperPearsonLower(
        successes: Double(over), trials: Double(count), confidence: policy.confidence)
      let high = ProportionInterval.clopperPearsonUpper(
        successes: Double(over), trials: Double(count), confidence: policy.confidence)
      let text =
        "\(NumberWords.grouped(over)) of \(NumberWords.counted(count, "request")) take more than \(NumberWords.plain(budget)) ms (\(name) \(NumberWords.plain(quantile)) ms, \(NumberWords.fixed(quantile / budget, 1)) times the budget)"
      if low.isAbove(allowed) {
        judgement.fail(
          "LATENCY_OVER_BUDGET",
          "\(text): at least \(NumberWords.percent(low)) for certain, and \(NumberWords.percent(allowed)) may.")
        row.state = .fail
      } else if high.isAbove(allowed) {
        return undecided(
          row, "\(text): that may be more than \(NumberWords.percent(allowed)).", missing: "spans with ended_at",
          MissingTrials.clean(
            failures: Double(over), trials: Double(count), limit: allowed, confidence: policy.confidence))
      }
      return row
    }
  }
}

import Comparison
import Project
import Records
import Statistics
import Store

extension EvalPower {
  /// A difference in the unit of its metric.
  static func difference(_ value: Double, _ row: Row) -> String {
    row.isBinary ? NumberWords.points(value) : NumberWords.signed(NumberWords.plain(value))
  }

  private static func size(_ value: Double, _ row: Row) -> String {
    row.isBinary ? NumberWords.size(points: value) : NumberWords.plain(value)
  }

  /// "+3.0 points (95 % interval +0.9 points to +5.1 points, p 0.0051) on 2,400 items per arm".
  static func numbers(_ row: Row) -> String {
    guard let evidence = row.result.evidence else { return "no difference could be estimated" }
    let p = (evidence.adjustedPValue ?? evidence.pValue).map { ", \(NumberWords.p($0))" } ?? ""
    let adjusted = evidence.adjustedPValue == nil ? "" : " adjusted for \(row.result.policy.family) comparisons"
    let interval =
      "\(NumberWords.percent(evidence.confidence)) interval \(difference(evidence.low, row)) to \(difference(evidence.high, row))"
    let population =
      row.result.design.paired
      ? row.result.design.population : "on \(NumberWords.grouped(row.result.design.items)) items per arm"
    return "\(difference(evidence.estimate, row)) (\(interval)\(p)\(adjusted)) \(population)"
  }

  /// "this suite sees 3.0 points or more".
  static func ruler(_ row: Row) -> String {
    guard let seen = row.result.power?.minDetectableGain ?? row.result.power?.minDetectableLoss else {
      return "this suite sees no difference at all"
    }
    return "this suite sees \(size(seen, row)) or more"
  }

  /// What a code says of a comparison, in words.
  static func sentence(_ code: String, _ row: Row, baseline: String) -> String {
    let (name, metric) = (row.candidate.variant, row.metric)
    let worth = size(metric.minEffect ?? 0, row)
    let margin = size(metric.margin ?? 0, row)
    let meaning =
      switch code {
      case "IMPROVED": "\(name) is better than \(baseline) on \(metric.name)"
      case "IMPROVED_SMALL": "\(name) is better than \(baseline) on \(metric.name), if by less than \(worth)"
      case "BELOW_WORTH":
        "\(name) is better than \(baseline) on \(metric.name), but by less than the \(worth) that were to be worth it"
      case "REGRESSED": "\(name) is worse than \(baseline) on \(metric.name)"
      case "WORSE_WITHIN_MARGIN": "\(name) is worse than \(baseline) on \(metric.name), within the tolerated \(margin)"
      case "NO_WORTHWHILE_EFFECT":
        "\(name) gains less than the \(worth) on \(metric.name) that would be worth it, whatever the truth in the interval"
      case "EQUIVALENT": "\(name) and \(baseline) differ by no more than \(margin) on \(metric.name)"
      case "NOT_EQUIVALENT": "\(name) and \(baseline) differ by more than \(margin) on \(metric.name)"
      case "NON_INFERIOR": "\(name) is not worse than \(baseline) by more than \(margin) on \(metric.name)"
      default: "Whether \(name) differs from \(baseline) on \(metric.name) cannot be told"
      }
    return "\(meaning): \(numbers(row))."
  }
}

extension Judgement {
  mutating func report(_ reading: EvalPower.Reading) {
    let rows = reading.rows
    looks = rows.map { $0.look.number(items: $0.result.design.asked) }.max() ?? 1
    for row in rows { addMeasures(row, suffix: rows.count > 1 ? " (\(row.label))" : "") }
    for metric in reading.metrics { addNoiseMeasures(metric, reading) }
    addRanking(reading)
    addFigures(reading)
    let worst = reasons.filter { $0.verdict == verdict }
    headline = self.headline(reading, worst.first)
    next = nextAction(reading, worst.first)
    method = self.method(reading)
    if rows.contains(where: { $0.result.evidence?.isResampled == true }) { seed = rows.first?.result.seed }
  }

  private mutating func addMeasures(_ row: EvalPower.Row, suffix: String) {
    let (result, metric) = (row.result, row.metric)
    let unit = row.isBinary ? "points" : metric.name
    let level = row.isBinary ? "share" : metric.name
    let evidence = result.evidence
    let limit = metric.claim == .improvement ? metric.minEffect : metric.margin.map { -$0 }
    measure(
      "difference\(suffix)", evidence?.estimate, low: evidence?.low, high: evidence?.high, limit: limit, unit: unit)
    measure("baseline\(suffix)", result.base.mean, low: result.base.low, high: result.base.high, unit: level)
    measure(
      "candidate\(suffix)", result.candidate.mean, low: result.candidate.low, high: result.candidate.high, unit: level)
    measure("p\(suffix)", evidence?.pValue, limit: result.policy.alpha, unit: "p")
    if let adjusted = evidence?.adjustedPValue {
      measure("adjusted p\(suffix)", adjusted, limit: result.policy.alpha, unit: "p")
    }
    if result.policy.sequential, let e = evidence?.statistic { measure("e-value\(suffix)", e, unit: "ratio") }
    measure("items\(suffix)", result.design.items, limit: result.policy.plannedItems.map(Double.init), unit: "items")
    let power = result.power
    measure("smallest visible gain\(suffix)", power?.minDetectableGain, limit: metric.minEffect, unit: unit)
    measure("smallest visible loss\(suffix)", power?.minDetectableLoss, limit: metric.margin, unit: unit)
    if let chance = power?.atMinEffect {
      measure("power at min_effect\(suffix)", chance, limit: result.policy.power, unit: "share")
    }
    if let needed = power?.itemsNeeded { measure("items needed\(suffix)", needed, unit: power?.unit ?? "items") }
    if result.design.clustered {
      measure(
        "clusters\(suffix)", result.design.clusters ?? 0, limit: Double(result.policy.minClusters), unit: "clusters")
      measure("design effect\(suffix)", result.design.designEffect, unit: "ratio")
      measure("effective items\(suffix)", result.design.effectiveItems, unit: "items")
    }
  }

  private mutating func addNoiseMeasures(_ metric: EvalPower.Metric, _ reading: EvalPower.Reading) {
    guard let noise = reading.noise[metric.settings.name] else { return }
    let suffix = reading.metrics.count > 1 ? " (\(metric.settings.name))" : ""
    measure("A/A pairs\(suffix)", noise.pairs, limit: Double(reading.policy.aaPairsMin), unit: "pairs")
    guard let floor = noise.floor else { return }
    let unit = metric.table.isBinary ? "points" : metric.settings.name
    measure("A/A noise floor\(suffix)", floor.floor, unit: unit)
    measure("noise between runs\(suffix)", floor.runVariance.squareRoot(), unit: unit)
  }

  private mutating func addRanking(_ reading: EvalPower.Reading) {
    guard let ranking = reading.ranking else { return }
    measure("winners", ranking.variants.count(where: \.isWinner), unit: "variants")
    figures.append(
      .table(
        title: "Ranking on \(reading.metrics.first?.settings.name ?? "")",
        columns: ["variant", "mean", "rank", "may be the best"],
        rows: ranking.variants.map { variant in
          let mean = ranking.isBinary ? NumberWords.percent(variant.mean) : NumberWords.plain(variant.mean)
          let rank =
            variant.bestRank == variant.worstRank
            ? "\(variant.bestRank)" : "\(variant.bestRank) to \(variant.worstRank)"
          return [variant.name, mean, rank, variant.isWinner ? "yes" : "no"]
        }))
  }

  private mutating func addFigures(_ reading: EvalPower.Reading) {
    // Rates share one axis; a metric with a unit of its own has one of its own.
    var drawn: [(title: String, unit: Figure.Unit, rows: [Figure.IntervalRow])] = []
    for row in reading.rows {
      let title = row.isBinary ? "Candidate minus \(reading.settings.baseline ?? "")" : row.metric.name
      let evidence = row.result.evidence
      let metric = row.metric
      let limit = metric.claim == .improvement ? metric.minEffect : metric.margin.map { -$0 }
      let power = row.result.power
      var lines = [
        Figure.IntervalRow(
          row.label, evidence?.estimate, low: evidence?.low, high: evidence?.high, limit: limit,
          note: NumberWords.counted(row.result.design.items, "item"))
      ]
      if let gain = power?.minDetectableGain, let loss = power?.minDetectableLoss {
        lines.append(
          Figure.IntervalRow("visible at this n", 0, low: -loss, high: gain, note: EvalPower.ruler(row)))
      }
      if let index = drawn.firstIndex(where: { $0.title == title }) {
        drawn[index].rows += lines
      } else {
        drawn.append((title, row.isBinary ? .points : .number, lines))
      }
    }
    figures = drawn.map { .intervals(title: $0.title, unit: $0.unit, rows: $0.rows) } + figures
    if let row = reading.rows.first(where: { $0.result.variance != nil }), let parts = noiseParts(row) {
      figures.append(.parts(title: "Where the noise of \(row.label) comes from", unit: .number, parts: parts))
    }
    guard !reading.rows.isEmpty else { return }
    figures.append(
      .table(
        title: EvalPower.Look.title, columns: EvalPower.Look.columns,
        rows: reading.rows.map { $0.look.row($0.result) }))
  }

  /// Variances of the mean difference by source.
  private func noiseParts(_ row: EvalPower.Row) -> [Figure.Part]? {
    guard let split = row.result.variance else { return nil }
    let items = Double(max(1, row.result.design.items))
    let predictions = items * Double(max(1, split.predictionsPerItem))
    var parts = [Figure.Part("items", split.item / items)]
    if let prediction = split.prediction { parts.append(Figure.Part("predictions", prediction / predictions)) }
    if let judge = split.judge {
      parts.append(Figure.Part("judge", judge / (predictions * Double(max(1, split.judgeRunsPerPrediction)))))
    }
    if row.result.policy.runVariance > 0 { parts.append(Figure.Part("runs", row.result.policy.runVariance)) }
    return parts
  }

  private func headline(_ reading: EvalPower.Reading, _ reason: Finding.Reason?) -> String {
    let decided = reading.rows.first { $0.label == reason?.about } ?? reading.rows.first
    guard let row = decided else { return reason?.text ?? "There is nothing to compare." }
    let others = reading.rows.count > 1 ? " One of \(reading.rows.count) comparisons." : ""
    // A warning such as NO_AA is about how far the answer may be trusted, not the answer.
    let isAnswer = reason?.about == row.label && verdict != .warn
    let label = reasons.first { $0.about == row.label && EvalPower.answers.contains($0.code) }
    var text = isAnswer ? reason?.text ?? "" : label?.text ?? reason?.text ?? ""
    if !text.contains(" interval ") { text += " Measured: \(EvalPower.numbers(row))." }
    return "\(text) At this size \(EvalPower.ruler(row)).\(others)"
  }

  private func nextAction(_ reading: EvalPower.Reading, _ reason: Finding.Reason?) -> String {
    let suite = reading.suite
    let amount = missing.first.map { evidence in
      evidence.howMuch.map { "\(NumberWords.grouped($0)) more \(evidence.what)" } ?? evidence.what
    }
    switch reason?.code {
    case "REGRESSED", "WORSE_WITHIN_MARGIN", "NOT_EQUIVALENT":
      return verdict == .warn
        ? "Decide whether the loss is worth it, and write down who decided."
        : "Keep \(reading.settings.baseline ?? "the baseline"); look at the items that changed, listed as evidence."
    case "NO_WORTHWHILE_EFFECT", "BELOW_WORTH":
      return
        "Keep \(reading.settings.baseline ?? "the baseline"), or say that a smaller gain is worth it: min_effect of \(suite)."
    case "AA_BROKEN": return "Mend the harness before anything is compared with it: seeds, caches, order, judge."
    case "NO_AA":
      return
        "Run one configuration twice (\(reading.policy.aaPairsMin) pairs) and ingest both runs with their config_sha256."
    case "NO_BASELINE" where reading.settings.baseline == nil:
      guard let first = reading.variants.first else { return "Set suites.\(suite).baseline in tally.yaml." }
      return "Write which it is into tally.yaml, such as: \(ProjectTemplate.line(suite: suite, baseline: first))"
    case "MIXED_VERSIONS": return "Run both variants on one version of \(suite), each with one configuration."
    case "CONFLICTING_TRIALS": return "Give repeats their number, or deliver the run again as one file."
    case "INCONCLUSIVE" where reasons.contains { $0.code == "NO_EFFECT_SIZE_SET" }:
      return "Set min_effect or margin of \(suite)'s metrics in tally.yaml."
    case "PEEKED": return "Set planned_n (or looks: anytime) for \(suite), and run it anew under another version."
    case "JUDGES_DIFFER": return "Score both variants by one judge, and ingest those scores."
    case "SIGN_REVERSAL": return "Read the items of that slice before you ship."
    default:
      guard verdict == .unknown, let amount else { return "Ship it; nothing more to measure." }
      return "Add to \(suite): \(amount)."
    }
  }

  private func method(_ reading: EvalPower.Reading) -> String {
    var methods: [String] = []
    for row in reading.rows {
      guard let evidence = row.result.evidence else { continue }
      let text = "\(evidence.testName); \(evidence.intervalMethod)"
      if !methods.contains(text) { methods.append(text) }
    }
    let family = reading.rows.first?.result.policy.family ?? 1
    if family > 1 { methods.append("Holm over \(family) comparisons, Bonferroni intervals") }
    return methods.joined(separator: "; ")
  }
}

extension EvalPower {
  /// Codes that answer the question itself.
  static let answers: Set<String> = [
    "IMPROVED", "IMPROVED_SMALL", "BELOW_WORTH", "REGRESSED", "WORSE_WITHIN_MARGIN", "NO_WORTHWHILE_EFFECT",
    "EQUIVALENT", "NOT_EQUIVALENT", "NON_INFERIOR", "INCONCLUSIVE",
  ]

  /// Trials of items that the baseline got better and the candidate worse, the largest changes first.
  static func examples(_ reading: Reading) throws -> [RecordID] {
    guard let row = reading.rows.first(where: { row in row.result.flips.contains(where: \.isLoss) }) else {
      return []
    }
    let worse = row.result.flips.lazy.filter(\.isLoss).prefix(20).map(\.item)
    return try reading.context.ledger.trialIDs(of: row.candidate.series, items: Array(worse))
  }
}

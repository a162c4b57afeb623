import Comparison
import Project
import Records
import Statistics
import Store

extension CapabilityRegression {
  /// Days of traffic that say what abilities are used.
  static let trafficDays: Int64 = 30

  /// "−23.0 points (95 % interval −30.2 points to −16.0 points, 200 pairs)".
  static func numbers(_ row: Row) -> String {
    guard let result = row.result, let evidence = result.evidence else { return "nothing could be compared" }
    func difference(_ value: Double) -> String {
      result.isBinary ? NumberWords.points(value) : NumberWords.signed(NumberWords.plain(value))
    }
    let unit = result.design.paired ? "pair" : "item an arm"
    return "\(difference(evidence.estimate)) (\(NumberWords.percent(evidence.confidence)) interval "
      + "\(difference(evidence.low)) to \(difference(evidence.high)), \(NumberWords.counted(result.design.items, unit)))"
  }

  /// Pairs that an undecided row still needs: up to the plan, then as many as halve the interval to the margin.
  static func morePairs(_ row: Row) -> Int? {
    guard let result = row.result, let evidence = result.evidence else { return nil }
    return SampleSize.shortfall(
      planned: result.power?.itemsNeeded, items: result.design.items, width: evidence.high - evidence.low,
      decisive: row.margin)
  }
}

extension CapabilityRegression.Scorecard {
  /// Mean loss of all abilities but the target; nil where none could be compared.
  var forgetting: Double? { mean { $0.loss } }

  /// Mean change of all abilities but the target, gains counted against losses.
  var meanChange: Double? { mean { $0.evidence?.estimate ?? 0 } }

  private func mean(_ value: (CapabilityRegression.Row) -> Double) -> Double? {
    let read = abilities.filter { $0.evidence != nil }
    return read.isEmpty ? nil : read.reduce(0) { $0 + value($1) } / Double(read.count)
  }

  /// What the target gained for each point that was forgotten; nil where nothing was.
  var tradeRatio: Double? {
    guard let gain = target?.evidence?.estimate, let forgetting, forgetting > 0 else { return nil }
    return gain / forgetting
  }

  /// Share of the traffic whose abilities could be read; nil where nobody says what the traffic needs.
  func coverage(of feature: String) throws -> Double? {
    var shares: [String: Double] = [:]
    for row in abilities { shares[row.name] = row.trafficShare }
    if shares.isEmpty {
      try context.ledger.traffic(feature: feature, days: CapabilityRegression.trafficDays) { cell in
        guard let name = cell.tags.values["capability"] else { return }
        shares[name, default: 0] += Double(cell.spans)
      }
    }
    // In one order, so that the sum is the same to the last bit.
    let total = shares.keys.sorted().reduce(0) { $0 + shares[$1, default: 0] }
    guard total > 0 else { return nil }
    return abilities.filter { $0.state != .unread }.reduce(0) { $0 + shares[$1.name, default: 0] } / total
  }
}

extension Judgement {
  mutating func report(_ scorecard: CapabilityRegression.Scorecard, coverage: Double?) {
    let isLost = reasons.contains { $0.verdict == .fail }
    if isLost, let mean = scorecard.meanChange, mean.isAtLeast(-0.10) {
      reasons.append(
        Finding.Reason(
          "MEAN_HIDES_IT", .pass,
          "The mean change of all abilities is \(NumberWords.points(mean)): a gate on the mean with a tolerance of 10 points would have let this through."
        ))
    }
    for row in scorecard.rows { addMeasures(row) }
    measure("forgetting", scorecard.forgetting, unit: "points")
    measure("mean change", scorecard.meanChange, unit: "points")
    measure("trade ratio", scorecard.tradeRatio, unit: "ratio")
    measure("coverage", coverage, limit: scorecard.policy.coverageMin, unit: "share")
    addForest(scorecard)
    headline = headline(scorecard)
    next = nextAction(scorecard)
    method = method(scorecard)
    if let drawn = scorecard.rows.first(where: { $0.evidence?.isResampled == true }) { seed = drawn.result?.seed }
  }

  private mutating func addMeasures(_ row: CapabilityRegression.Row) {
    guard let result = row.result else { return }
    let evidence = result.evidence
    let unit = result.isBinary ? "points" : "score"
    measure(
      "difference (\(row.name))", evidence?.estimate, low: evidence?.low, high: evidence?.high,
      limit: row.isTarget ? nil : -row.margin, unit: unit)
    measure("p (\(row.name))", evidence?.pValue, unit: "p")
    if let p = row.adjustedPValue { measure("adjusted p (\(row.name))", p, unit: "p") }
    let (base, tuned) = (result.base.mean, result.candidate.mean)
    measure("base (\(row.name))", base, low: result.base.low, high: result.base.high, unit: "share")
    measure("tuned (\(row.name))", tuned, low: result.candidate.low, high: result.candidate.high, unit: "share")
    let retention = base.flatMap { base in base == 0 ? nil : tuned.map { $0 / base } }
    measure("retention (\(row.name))", retention, unit: "ratio")
    measure("items (\(row.name))", result.design.items, unit: "items")
    if !row.isTarget, let needed = result.power?.itemsNeeded {
      measure("items needed (\(row.name))", needed, unit: "items")
    }
  }

  /// A row an ability, its margin as the limit, hard ones on top.
  private mutating func addForest(_ scorecard: CapabilityRegression.Scorecard) {
    let abilities = scorecard.abilities
    let ordered = abilities.filter(\.isHard) + abilities.filter { !$0.isHard } + (scorecard.target.map { [$0] } ?? [])
    figures.append(
      .intervals(
        title: "Tuned minus base", unit: .points,
        rows: ordered.map { row in
          let more = row.state == .undecided ? CapabilityRegression.morePairs(row) : nil
          let state =
            more.map { "needs \(NumberWords.counted($0, "more pair"))" }
            ?? (row.state == .unread ? "not read" : row.state.rawValue)
          return Figure.IntervalRow(
            row.isHard ? "\(row.name) (hard)" : row.name, row.evidence?.estimate, low: row.evidence?.low,
            high: row.evidence?.high, limit: row.isTarget ? nil : -row.margin, note: row.isTarget ? "target" : state)
        }))
  }

  private func headline(_ scorecard: CapabilityRegression.Scorecard) -> String {
    let gating = scorecard.abilities.filter(\.gates)
    let lost = gating.filter { $0.state == .lost }
    let name = scorecard.chosen ?? "The tuned model"
    let gain = scorecard.target?.evidence.map { _ in
      "; the target changed by \(scorecard.target.map(CapabilityRegression.numbers) ?? "")"
    }
    if !lost.isEmpty {
      let rows = lost.map { "\($0.name) \(CapabilityRegression.numbers($0))" }
      return "\(name) lost \(NumberWords.list(rows))\(gain ?? "")."
    }
    let open = reasons.filter { $0.verdict == .unknown }.compactMap(\.about)
    if verdict == .unknown {
      let names =
        open.isEmpty
        ? "its abilities" : NumberWords.list(open.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
      return "Whether \(scorecard.chosen ?? "the tuned model") kept \(names) is not shown\(gain ?? "")."
    }
    guard let worst = gating.least(by: { $0.evidence?.estimate ?? 0 }) else {
      return "No ability is protected, so none could be lost\(gain ?? "")."
    }
    let all = gating.count == 1 ? "its one protected ability" : "all \(gating.count) protected abilities"
    return
      "\(name) kept \(all) within the margins, \(worst.name) least: \(CapabilityRegression.numbers(worst))\(gain ?? "")."
  }

  private func nextAction(_ scorecard: CapabilityRegression.Scorecard) -> String {
    let worst = reasons.first { $0.verdict == verdict }
    switch worst?.code {
    case "REGRESSED", "HARD_FLOOR":
      return "Do not promote it: train again with data for what was lost, or route only what the tuning was for to it."
    case "NO_SUITE":
      return "Measure \(worst?.about ?? "it") on the base and on the tuned model, or take it out of what is required."
    case "HARNESS_MISMATCH": return "Run the base and the tuned model again with one harness and one decoding."
    case "WRONG_SUBJECT":
      return "Run the suites on the model that is to be promoted, and its base, with their subject_sha256."
    case "FLOOR_EFFECT":
      return "Take a suite for \(worst?.about ?? "it") that the base passes more often than by chance."
    case "NO_TARGET_GAIN": return "Keep the base: the tuning is not shown to gain anything."
    case "COVERAGE_LOW": return "Add suites for the abilities that the rest of the traffic needs."
    default:
      guard verdict == .unknown, let evidence = missing.first else { return "Promote it; nothing more to measure." }
      return "Add \(evidence.howMuch.map { NumberWords.grouped($0) + " more " } ?? "")\(evidence.what)."
    }
  }

  private func method(_ scorecard: CapabilityRegression.Scorecard) -> String {
    var methods: [String] = []
    for row in scorecard.rows {
      guard let evidence = row.evidence else { continue }
      let text = "\(evidence.testName); \(evidence.intervalMethod)"
      if !methods.contains(text) { methods.append(text) }
    }
    let hard = scorecard.rows.count { $0.adjustedPValue != nil }
    if hard > 0 { methods.append("Holm over \(NumberWords.grouped(hard)) hard abilities") }
    return methods.joined(separator: "; ")
  }
}

import Project
import Records
import Statistics
import Store

extension SliceCoverage {
  /// Discovered slices that are reported; the rest is counted.
  static let discoveryLimit = 10

  static func pText(_ p: Double) -> String { p < 1e-4 ? "< 0.0001" : NumberWords.fixed(p) }

  /// "Slice 'tail' passes 37.5 % of its 400 items (95 % interval 32.9 % to 42.34 %)"
  static func describe(_ row: SliceTally.Row) -> String {
    let interval = row.interval
    return
      "Slice '\(row.name)' passes \(NumberWords.percent(row.rate ?? 0)) of its \(NumberWords.counted(row.items, "item")) (95 % interval \(NumberWords.percent(interval.low)) to \(NumberWords.percent(interval.high)))"
  }

  static func noTrials(
    _ judgement: Judgement, _ subject: CheckSubject, _ suite: SuiteSettings, _ tally: SliceTally, _ policy: Policy
  ) -> Judgement {
    var judgement = judgement
    let whose = suite.candidate.map { " of variant '\($0)'" } ?? ""
    let floor = tally.declared.map(\.floor).max() ?? suite.floor ?? 0.80
    judgement.unknown(
      "NO_TRIALS", "There is no trial\(whose) in suite '\(subject.name)'.",
      missing: "trials of suite '\(subject.name)'",
      MissingTrials.forFloor(successes: 0, trials: 0, floor: floor, planMargin: policy.planMargin))
    judgement.headline = "\(subject.name) has no trials\(whose): nothing is known of its slices."
    judgement.next = "Run suite '\(subject.name)' and ingest its results."
    judgement.measure("items", 0, unit: "items")
    return judgement
  }

  static func report(
    _ judgement: inout Judgement, _ subject: CheckSubject, _ tally: SliceTally, _ states: [State],
    _ found: [SliceDiscovery.Found], _ arm: SuiteRuns.Arm
  ) {
    let rows = tally.rows
    let interval = tally.total.interval
    judgement.measure("items", tally.total.items, unit: "items")
    judgement.measure("pass_rate", tally.total.rate, low: interval.low, high: interval.high, unit: "share")
    for row in rows {
      let interval = row.interval
      judgement.measure(
        "pass_rate \(row.name)", row.rate, low: interval.low, high: interval.high, limit: row.floor, unit: "share")
      judgement.measure("p_below_floor \(row.name)", row.rate.map { _ in row.pBelowFloor }, unit: "probability")
      judgement.measure("lift \(row.name)", lift(row, tally.total), unit: "ratio")
    }
    judgement.measure("traffic_coverage", tally.coverage, unit: "share")
    judgement.measure("risk_coverage", tally.riskCoverage, unit: "share")
    judgement.measure("unmatched_traffic", tally.unmatchedShare, unit: "share")
    let risk = tally.riskWeightedError
    judgement.measure(
      "risk_weighted_error", risk?.estimate, low: risk?.interval.low, high: risk?.interval.high, unit: "share")
    judgement.measure("discovered_slices", found.count, unit: "slices")
    judgement.figures = figures(tally, rows, states, found)
    judgement.headline = headline(subject, tally, rows, states, judgement, arm)
    judgement.next = next(subject, rows, states, judgement, found)
  }

  /// Error rate of a slice as a multiple of the overall one; nil where nothing errs.
  private static func lift(_ row: SliceTally.Row, _ total: SliceTally.Row) -> Double? {
    guard let rate = row.rate, let overall = total.rate, overall < 1 else { return nil }
    return (1 - rate) / (1 - overall)
  }

  private static func figures(
    _ tally: SliceTally, _ rows: [SliceTally.Row], _ states: [State], _ found: [SliceDiscovery.Found]
  ) -> [Figure] {
    func mass(_ row: SliceTally.Row) -> Double { Double(row.firstSpans) * row.cost }
    let order = rows.indices.ordered { -mass(rows[$0]) }
    let intervals = order.map { place -> Figure.IntervalRow in
      let row = rows[place]
      let traffic = row.conditions == nil ? nil : Share.of(row.spans, tally.spans)
      let share = traffic.map { ", \(NumberWords.percent($0)) of traffic" } ?? ""
      let interval = row.rate.map { _ in row.interval }
      return Figure.IntervalRow(
        row.name, row.rate, low: interval?.low, high: interval?.high, limit: row.floor,
        note: "\(NumberWords.counted(row.items, "item"))\(share)")
    }
    var figures: [Figure] = []
    if !intervals.isEmpty {
      figures.append(.intervals(title: "Pass rate of each slice against its floor", unit: .share, rows: intervals))
    }
    if !found.isEmpty {
      figures.append(
        .table(
          title: "Slices that nobody declared", columns: ["where", "items", "errors", "times the overall rate"],
          rows: found.prefix(discoveryLimit).map {
            [$0.rule.text, "\($0.items)", "\($0.errors)", NumberWords.fixed($0.lift, 2)]
          }))
    }
    return figures
  }

  private static func headline(
    _ subject: CheckSubject, _ tally: SliceTally, _ rows: [SliceTally.Row], _ states: [State], _ judgement: Judgement,
    _ arm: SuiteRuns.Arm
  ) -> String {
    func sentence(_ row: SliceTally.Row, _ rest: String) -> String {
      describe(row).replacingPrefix("Slice '\(row.name)'", with: "Slice '\(row.name)' of \(subject.name)") + rest
    }
    let whole =
      "The suite as a whole passes \(NumberWords.percent(tally.total.rate ?? 0)) of \(NumberWords.grouped(tally.total.items))."
    if let place = worst(rows, states, .below) {
      return sentence(rows[place], ", below its floor of \(NumberWords.percent(rows[place].floor)). \(whole)")
    }
    if let reason = judgement.reasons.first(where: { $0.code == "SLICE_REGRESSED" }) { return reason.text }
    if let place = worst(rows, states, .undecided) {
      let row = rows[place]
      let floor = NumberWords.percent(row.floor)
      return row.rate != nil
        ? sentence(row, ", which does not show whether it holds its floor of \(floor). \(whole)")
        : "Slice '\(row.name)' of \(subject.name) has no items: nothing says whether it holds its floor of \(floor). \(whole)"
    }
    if let reason = judgement.reasons.first { return reason.text }
    let closest = rows.filter { $0.rate != nil }.least { $0.interval.low - $0.floor }
    guard let closest else { return "\(subject.name) has no slice with items. \(whole)" }
    return
      "All \(NumberWords.counted(rows.count, "slice")) of \(subject.name) hold their floors with variant '\(arm.variant)'; the closest: \(sentence(closest, ", floor \(NumberWords.percent(closest.floor))")). \(whole)"
  }

  /// The critical one first, then the one with the largest probability to be below its floor.
  private static func worst(_ rows: [SliceTally.Row], _ states: [State], _ state: State) -> Int? {
    let places = rows.indices.filter { states[$0] == state }
    let critical = places.filter { rows[$0].isCritical }
    return (critical.isEmpty ? places : critical).least { rows[$0].pBelowFloor }
  }

  private static func next(
    _ subject: CheckSubject, _ rows: [SliceTally.Row], _ states: [State], _ judgement: Judgement,
    _ found: [SliceDiscovery.Found]
  ) -> String {
    guard let reason = judgement.leading else {
      return "Nothing to do: keep the slices in the release gate."
    }
    let about = reason.about ?? subject.name
    switch reason.code {
    case "SLICE_BELOW_FLOOR", "SLICE_REGRESSED":
      return "Read the failing trials of slice '\(about)', and mend what they have in common before you release."
    case "SLICE_UNDECIDED":
      let missing = judgement.missing.first { $0.what == "items of slice '\(about)'" }?.howMuch
      return
        "Add \(missing.map(NumberWords.grouped) ?? "more") items of slice '\(about)' to \(subject.name), and run it again."
    case "COVERAGE_GAP": return "Add items for the slices whose note says too few, the one with most traffic first."
    case "NEW_TRAFFIC": return "Declare slices for the traffic that fits none."
    case "NO_TRAFFIC": return "Record the feature's spans, or correct `feature` of suite '\(subject.name)'."
    case "NO_BASELINE": return "Run the baseline on this version of \(subject.name)."
    case "DISCOVERED_SLICE":
      return "Declare a slice for \(found.first?.rule.text ?? about), with a floor and an owner who looks at it."
    case "CONFLICTING_TRIALS": return "Ingest one result for each item of \(subject.name)."
    default: return "Run \(subject.name) once under one configuration, and ingest the results."
    }
  }

  /// Failing trials of the slice that the headline is about.
  static func evidence(
    _ tally: SliceTally, _ states: [State], _ arm: SuiteRuns.Arm, _ metric: MetricSettings, _ context: CheckContext
  ) throws -> [RecordID] {
    let rows = tally.rows
    guard let place = worst(rows, states, .below) ?? worst(rows, states, .undecided) else { return [] }
    return try context.ledger.failingTrials(
      of: arm.series, tags: rows[place].failingTags, expected: rows[place].label,
      lowerIsBetter: metric.direction == .down)
  }
}

extension String {
  /// The text with another beginning; itself where it begins differently.
  func replacingPrefix(_ prefix: String, with other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
  }
}

public import Project
import Records
import Statistics
public import Store

/// Rare inputs are measured and hold their floor.
///
/// ## What it does
/// Counts the newest (or the named) variant of a suite slice by slice, and asks of each slice whether it holds its floor:
/// its pass rate with a 95 % Wilson interval, and the exact binomial probability of so few passes if the slice were at its
/// floor, adjusted by Holm for all slices. With `auto_class_slices` every expected label is a slice too, and its rate is
/// the recall; where there are no slices at all, the suite as a whole must hold its floor. It asks of the feature's traffic of 30 days how much of it the slices measure, and searches tags and pairs
/// of tags for slices that nobody declared and that err more than the rest. With a baseline, each slice is compared with it.
///
/// Passing is not corrected for the number of slices, since all of them must pass; only failing is. An item that was tried
/// several times counts once, by its share of passes, which makes every interval too wide rather than too narrow.
///
/// ## Why it matters
/// The total is carried by common inputs. A rare, costly slice can fail mostly, or have no item at all, while the total
/// looks as good as ever.
///
/// ## Reads
/// `suites` (candidate, baseline, version, floor, feature, metrics), `slices`; trials (passed, or a score of 0 or 1;
/// expected; tags); the traffic of the feature (tags of spans).
///
/// ## Verdicts
/// - fail `SLICE_BELOW_FLOOR`: a critical slice is below its floor (adjusted p ≤ alpha). A slice that is not critical warns.
/// - fail `SLICE_REGRESSED`: a critical slice is worse than the baseline by more than the metric's margin (Holm's p-value
///   and an interval for all slices together). A slice that is not critical warns.
/// - unknown `SLICE_UNDECIDED`: the interval of a critical slice holds its floor, or it has no items. A slice that is not
///   critical warns.
/// - unknown `COVERAGE_GAP`: too little traffic lies in slices with enough items, and a critical slice has none; else warn.
/// - unknown `NO_TRIALS`, `MIXED_VERSIONS` (one variant under several configurations, which are never pooled),
///   `CONFLICTING_TRIALS`, `MISSING_FIELDS`: there is nothing to count, or it cannot be trusted.
/// - warn `NEW_TRAFFIC`: too much traffic is in no slice.
/// - warn `NO_TRAFFIC`: the feature has no spans in 30 days, so that coverage is not known.
/// - warn `NO_BASELINE`: the baseline has no trials of this version, so that regressions are not known. `JUDGES_DIFFER`: nor
///   are they where another judge scored it.
/// - warn `DISCOVERED_SLICE`: a slice that nobody declared errs more than the rest.
/// - pass: every critical slice is shown to hold its floor.
///
/// ## Policy
/// - `auto_class_slices` (true): every expected label is a slice, where the suite has a `floor`; not for more than 100.
/// - `alpha` (0.05, probability): largest adjusted p-value at which a slice is below its floor or has regressed.
/// - `plan_margin` (0.05, share): smallest distance from a floor that planning aims to see.
/// - `min_traffic_coverage` (0.95, share of spans): least traffic in slices with at least their `min_n` items.
/// - `max_unmatched_traffic` (0.05, share of spans): most traffic in no slice.
/// - `discover`: `min_n` (20 items), `min_lift` (2.0 times the overall error rate), `q` (0.05, false discovery rate).
/// - `max_missing_share` (0.05, share of trials), `max_conflict_share` (0.01, share of items): what may be left out.
///
/// A slice that passes 60 % against a floor of 80 % is found with power 0.9 from 50 items on (one slice, alpha 0.05); one
/// that passes 70 %, from 171 on.
///
/// ## Example
/// ```yaml
/// suites:
///   triage:
///     candidate: v2
///     feature: tickets
/// slices:
///   head:
///     where: {segment: head}
///   tail:
///     where: {segment: tail}
///     floor: 0.80
/// ```
/// prints, for 9,427 of 9,600 and 150 of 400 passes:
/// ```
/// fail: Slice 'tail' of triage passes 37.5 % of its 400 items (95 % interval 32.9 % to 42.34 %), below its floor of 80 %.
/// ```
public enum SliceCoverage: Check {
  public static let question = "Do rare inputs hold their floor, and are they measured at all?"

  /// Days of traffic that coverage looks at.
  static let trafficDays: Int64 = 30

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    let isForAll = project.slices.contains { $0.value.suite == nil }
    var names = project.suites.filter { suite in
      isForAll || suite.value.floor != nil || project.slices.contains { $0.value.suite == suite.id }
    }.map(\.id)
    for slice in project.slices {
      if let suite = slice.value.suite, !names.contains(suite) { names.append(suite) }
    }
    // A file of slices alone is about every suite that there is.
    if names.isEmpty, isForAll { names = Set(try ledger.trialSeries().map(\.suite)).sorted() }
    return names.map { name in
      let suite = project.suites[name]
      return CheckSubject(name, owner: suite?.owner, policies: suite?.policies ?? PolicyOverrides())
    }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let suite = context.project.suites[subject.name] ?? SuiteSettings()
    let metric = suite.primaryMetrics.first ?? MetricSettings()
    let slices = context.project.slices.filter { $0.value.suite == nil || $0.value.suite == subject.name }
    for slice in slices { context.ledger.include("\(slice)") }
    context.ledger.include("\(metric.name) \(suite.floor ?? -1) \(suite.candidate ?? "") \(suite.baseline ?? "")")
    let runs = SuiteRuns(
      try context.ledger.trialSeries(suite: subject.name), suite: subject.name, metric: metric.name,
      version: suite.version, variants: [suite.candidate, suite.baseline].compactMap(\.self))
    var tally = SliceTally(
      slices: slices.map { ($0.id, $0.value) }, floor: suite.floor, hasClasses: policy.autoClassSlices)
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    judgement.method = "Wilson intervals; exact binomial tests against the floors, adjusted by Holm"
    guard let arm = candidate(suite, runs) else {
      return noTrials(judgement, subject, suite, tally, policy)
    }
    if arm.mixesConfigurations {
      let all = arm.distinct(\.configSHA256).count
      judgement.unknown(
        "MIXED_VERSIONS",
        "Variant '\(arm.variant)' was run under \(max(2, all)) configurations, which are never pooled.",
        missing: "one configuration of variant '\(arm.variant)'", nil)
    }
    try context.ledger.forEachPassCount(
      of: arm.series, by: tally.needsExpected ? [.tags, .expected] : [.tags], lowerIsBetter: metric.direction == .down
    ) { tally.add($0) }
    if let feature = suite.feature, !slices.isEmpty {
      try context.ledger.traffic(feature: feature, days: trafficDays) { tally.add($0) }
    }
    (judgement.used, judgement.excluded) = (tally.used, tally.excluded)
    try judgeConflicts(&judgement, arm, tally, policy, context)
    let states = judgeFloors(&judgement, tally, policy)
    if !slices.isEmpty {
      try judgeRegressions(&judgement, tally, suite, metric, runs, arm, policy, context)
      if let feature = suite.feature { judgeTraffic(&judgement, tally, feature, policy) }
    }
    let found = tally.discovery.find(
      policy.discover, known: Set(tally.declared.map { .init(conditions: $0.conditions ?? [:]) }))
    judgeDiscovered(&judgement, found, tally)
    report(&judgement, subject, tally, states, found, arm)
    judgement.evidence = try evidence(tally, states, arm, metric, context)
    return judgement
  }

  private static func candidate(_ suite: SuiteSettings, _ runs: SuiteRuns) -> SuiteRuns.Arm? {
    if let candidate = suite.candidate { return runs.arm(candidate) }
    return runs.newest(besides: suite.baseline) ?? runs.newest(besides: nil)
  }

  private static func judgeConflicts(
    _ judgement: inout Judgement, _ arm: SuiteRuns.Arm, _ tally: SliceTally, _ policy: Policy, _ context: CheckContext
  ) throws {
    let conflicts = try context.ledger.conflictingItems(of: arm.series)
    guard conflicts > 0 else { return }
    judgement.measure("conflicting", conflicts, unit: "items")
    let share = Double(conflicts) / Double(conflicts + tally.total.items)
    if share.isAbove(policy.maxConflictShare) {
      judgement.unknown(
        "CONFLICTING_TRIALS",
        "\(NumberWords.counted(conflicts, "item")) have trials that contradict each other, and were left out.",
        missing: "items without contradicting trials", conflicts)
    }
  }

  // MARK: The rule

  /// What is known of a slice.
  enum State: Equatable {
    case holds, below, undecided
  }

  /// One state for each of the tally's rows.
  private static func judgeFloors(_ judgement: inout Judgement, _ tally: SliceTally, _ policy: Policy) -> [State] {
    let rows = tally.rows
    let tested = rows.indices.filter { rows[$0].items > 0 }
    let adjusted = Multiplicity.holm(tested.map { rows[$0].pBelowFloor })
    var states = [State](repeating: .undecided, count: rows.count)
    for (place, p) in zip(tested, adjusted) {
      let row = rows[place]
      if p <= policy.alpha {
        states[place] = .below
        let text = "\(describe(row)), below its floor of \(NumberWords.percent(row.floor)) (adjusted p \(pText(p)))."
        if row.isCritical {
          judgement.fail("SLICE_BELOW_FLOOR", about: row.name, text)
        } else {
          judgement.warn("SLICE_BELOW_FLOOR", about: row.name, text)
        }
      } else if row.interval.low.isAtLeast(row.floor) {
        states[place] = .holds
      }
    }
    for (row, state) in zip(rows, states) where state == .undecided {
      judgeUndecided(&judgement, row, policy)
    }
    return states
  }

  private static func judgeUndecided(_ judgement: inout Judgement, _ row: SliceTally.Row, _ policy: Policy) {
    let more = MissingTrials.forFloor(
      successes: row.passes, trials: Double(row.items), floor: row.floor, planMargin: policy.planMargin)
    let floor = NumberWords.percent(row.floor)
    let text =
      row.items > 0
      ? "\(describe(row)): that shows neither that it holds its floor of \(floor) nor that it does not."
      : "Slice '\(row.name)' has no items: nothing says whether it holds its floor of \(floor)."
    if row.isCritical {
      judgement.unknown(
        "SLICE_UNDECIDED", about: row.name, text, missing: "items of slice '\(row.name)'", more)
    } else {
      judgement.warn("SLICE_UNDECIDED", about: row.name, text)
    }
  }

  private static func judgeTraffic(
    _ judgement: inout Judgement, _ tally: SliceTally, _ feature: String, _ policy: Policy
  ) {
    guard let coverage = tally.coverage, let unmatched = tally.unmatchedShare else {
      judgement.warn(
        "NO_TRAFFIC",
        "Feature '\(feature)' has no spans in the last \(trafficDays) days: how much of its traffic the slices measure is not known."
      )
      return
    }
    if coverage.isBelow(policy.minTrafficCoverage) {
      let text =
        "\(NumberWords.percent(coverage)) of the traffic lies in slices with enough items; at least \(NumberWords.percent(policy.minTrafficCoverage)) should."
      let empty = tally.declared.filter { $0.isCritical && $0.items == 0 }
      if let first = empty.first {
        judgement.unknown(
          "COVERAGE_GAP", text, missing: "items of slice '\(first.name)'",
          MissingTrials.forFloor(successes: 0, trials: 0, floor: first.floor, planMargin: policy.planMargin))
      } else {
        judgement.warn("COVERAGE_GAP", text)
      }
    }
    if unmatched.isAbove(policy.maxUnmatchedTraffic) {
      judgement.warn(
        "NEW_TRAFFIC",
        "\(NumberWords.percent(unmatched)) of the traffic fits no slice; at most \(NumberWords.percent(policy.maxUnmatchedTraffic)) should."
      )
    }
  }

  private static func judgeDiscovered(
    _ judgement: inout Judgement, _ found: [SliceDiscovery.Found], _ tally: SliceTally
  ) {
    for one in found.prefix(discoveryLimit) {
      judgement.warn(
        "DISCOVERED_SLICE", about: one.rule.text,
        "Where \(one.rule.text), \(NumberWords.counted(one.errors, "error")) in \(NumberWords.counted(one.items, "item")) are \(NumberWords.fixed(one.lift, 2)) times the overall rate (adjusted p \(pText(one.adjustedPValue)))."
      )
    }
  }
}

import Comparison
public import Project
import Records
import Statistics
public import Store

/// Is the target reachable at all?
///
/// ## What it does
/// People sort the newest release's errors into classes. Some classes no model change removes: the input is ambiguous,
/// information is missing, the answer is a matter of taste, the label is wrong. With error e and their share i, no model
/// gets past the ceiling 1 − e·i. The check compares the target with it, says what the last releases gained and what a
/// further point would cost, multiplies the success of the workflow's stages, and finds the confidence above which answers
/// are right often enough to be given without a person.
///
/// ## Why it matters
/// A feature is stuck near its first good number while money goes into errors that no model can avoid. The way out is
/// another one: ask back, fetch what is missing, relabel, or answer only where the model is sure.
///
/// ## Reads
/// - `features.<feature>.suite` and `target`; of `suites.<suite>` the version and the first primary metric.
/// - `trial`: passed (or a score of 1 or 0), confidence, item, variant. Repeats of an item are averaged first.
/// - `annotation` `error_class` by people, each voting on what they see alone. The subject is a wrong trial's record id, or
///   `suite/item/variant`, or the item's id (which counts for whichever release still fails the item). More than half of at
///   least two votes give the class; no majority is `subjective`; a single vote is left out.
/// - `change` with attributes `{"release": "<variant>", "spend": "120000.00 USD", "feature": "<feature>"}`: which variants
///   were releases (`variant` is understood as well), in which order, and what the feature had cost until then. `feature`
///   may be left out. Without such changes all variants are releases, in the order of their first trials.
/// - `span` of the feature with a `stage`, of the last `chain_days`, by the time of their delivery and their own: a stage
///   succeeds with status `ok`. Stages are taken to be needed by every request, and to fail independently.
///
/// ## Verdicts
/// - fail `TARGET_ABOVE_CEILING`: the target is above the whole interval of the ceiling.
/// - fail `CHAIN_BELOW_TARGET`: the stages together succeed less often than the target asks, the whole interval of it.
/// - unknown `CEILING_UNDECIDED`: the target lies within the ceiling's interval. `FEW_ADJUDICATED`: fewer errors are
///   classified than `min_adjudicated`, or than there are. `CHAIN_UNDECIDED`: the target lies within the chain's interval.
///   `CLAIM_NOT_MEASURED`: `selective_accuracy` is promised, but no threshold with coverage of at least `min_coverage` is
///   shown to reach it. `NO_TRIALS`, `NO_SUITE`, `NO_TARGET`: nothing to judge. `MIXED_VERSIONS`: the newest release ran
///   with more than one configuration. `CONFLICTING_TRIALS`, `MISSING_FIELDS`: too many contradictions or gaps.
/// - warn `NOT_WORTH_IT`: reaching the target costs more than `max_spend`, the next point more than `value_per_point`, or
///   what was spent so far bought nothing. `PLATEAU`: the target is reachable and not reached, but the last
///   `plateau_releases` releases are shown to have gained less than `min_useful_gain`.
/// - Labels without a verdict: `PLATEAU_UNKNOWN` (too few releases), `OTHER_CURRENCY` (spend and target are in different
///   currencies, which are never converted).
///
/// A release gate that requires this check refuses a promised selective accuracy that is not measured.
///
/// ## Policy
/// - `min_adjudicated` 100 errors: classified errors below which nothing is decided.
/// - `raters` 3 votes: Fleiss' κ is taken over errors with exactly so many.
/// - `irreducible` [ambiguous_input, missing_information, subjective, label_error]: what no model removes. Relabelling
///   removes label errors, hence the second ceiling.
/// - `plateau_releases` 4 releases, `min_useful_gain` 0.01 (share): how far back and how much.
/// - `threshold_grid` 0.95 down to 0.50 in steps of 0.05 (confidence), `alpha` 0.05: fixed-sequence test of thresholds.
/// - `chain_days` 30 days of spans.
/// - `max_missing_share` 0.05, `max_conflict_share` 0.01 (shares).
///
/// With error 0.08 of which 0.62 is irreducible, a target 2 points above the ceiling is found with power 0.9 from 1,100
/// items on whose errors (about 88) are all classified.
///
/// ## Example
/// ```yaml
/// suites:
///   invoices: {version: 3}
/// features:
///   invoices:
///     suite: invoices
///     target:
///       accuracy: 0.97
///       selective_accuracy: 0.97
///       min_coverage: 0.50
/// ```
/// With 400 errors in 5,000 items, 62 of 100 classified ones irreducible: fail, "invoices can reach at most 95.04 % (94.18 to
/// 95.94) by better models, and the target is 97 %: on 5,000 items of release-5, 62 of 100 classified errors are of kinds
/// that no model removes." [TARGET_ABOVE_CEILING]
public enum ReliabilityCeiling: Check {
  public static let question = "Is the target reachable at all?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    project.features.filter { $0.value.target != nil }.map { feature in
      CheckSubject(feature.id, owner: feature.value.owner, policies: feature.value.policies)
    }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    var judgement = Judgement()
    guard let feature = context.project.features[subject.name], let target = feature.target else { return judgement }
    guard let suite = feature.suite else {
      judgement.unknown(
        "NO_SUITE", "No suite measures \(subject.name).", missing: "features.\(subject.name).suite", 1)
      return judgement.concluded(subject.name, nil)
    }
    var facts = Facts(feature: subject.name, target: target)
    let settings = context.project.suites[suite]
    let metric = settings?.primaryMetrics.first?.name ?? MetricSettings().name
    let runs = SuiteRuns(
      try context.ledger.trialSeries(suite: suite), suite: suite, metric: metric, version: settings?.version)
    facts.releases = try releases(subject.name, runs: runs, context.ledger)
    guard let newest = facts.releases.last else {
      judgement.unknown("NO_TRIALS", "The suite \(suite) has no trials.", missing: "items", policy.minAdjudicated)
      return judgement.concluded(subject.name, nil)
    }
    let thresholds = Array(Set(policy.thresholdGrid)).sorted(by: >)
    facts.steps = try context.ledger.confidenceSteps(of: newest.arm.series, thresholds: thresholds)
    facts.thresholds = thresholds
    facts.classification = try classify(
      newest.arm, suite: suite, raters: policy.raters, irreducible: policy.irreducible, context.ledger)
    facts.stages = try context.ledger.stageOutcomes(
      feature: subject.name, since: context.asOf.adding(days: Int64(-policy.chainDays)))
    try judgeTrials(&judgement, facts, newest, policy, context)
    guard facts.items > 0 else { return judgement.concluded(subject.name, facts) }

    let reading = judgeCeiling(&judgement, facts, policy)
    judgeChain(&judgement, facts)
    judgeSelection(&judgement, &facts, policy)
    try judgeCost(&judgement, &facts, context)
    try judgePlateau(&judgement, &facts, isReachable: reading == .reachable, policy, context)
    judgement.report(facts, policy)
    return judgement.concluded(subject.name, facts)
  }

  private static func judgeTrials(
    _ judgement: inout Judgement, _ facts: Facts, _ newest: Release, _ policy: Policy, _ context: CheckContext
  ) throws {
    judgement.used = facts.items
    judgement.excluded = facts.steps.reduce(0) { $0 + $1.missing }
    judgement.maxMissingShare = policy.maxMissingShare
    if facts.items == 0 {
      judgement.unknown(
        "NO_TRIALS", "No trial of \(newest.arm.variant) says whether it passed.", missing: "items",
        policy.minAdjudicated)
    }
    if newest.arm.mixesConfigurations {
      judgement.unknown(
        "MIXED_VERSIONS", "\(newest.arm.variant) ran with more than one configuration; those are never pooled.",
        missing: "a run of \(newest.arm.variant) with one configuration", 1)
    }
    let conflicting = try context.ledger.conflictingItems(of: newest.arm.series)
    let all = Double(facts.items + judgement.excluded + conflicting)
    if let share = Share.of(Double(conflicting), all), share.isAbove(policy.maxConflictShare) {
      judgement.unknown(
        "CONFLICTING_TRIALS", "\(NumberWords.counted(conflicting, "item")) with rows that contradict each other.",
        missing: "items without contradictions", conflicting)
    }
    if facts.target.accuracy == nil, facts.target.selectiveAccuracy == nil {
      judgement.unknown(
        "NO_TARGET", "Neither accuracy nor selective_accuracy is set, so there is nothing to reach.",
        missing: "features.\(facts.feature).target.accuracy", 1)
    }
  }

  /// The target against what no model gets past.
  private static func judgeCeiling(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) -> Ceiling.Reading? {
    guard let target = facts.target.accuracy else { return nil }
    let wanted = min(policy.minAdjudicated, facts.wrongItems)
    guard facts.classification.items >= wanted else {
      judgement.unknown(
        "FEW_ADJUDICATED",
        "\(NumberWords.counted(facts.classification.items, "error")) of \(NumberWords.grouped(facts.wrongItems)) are classified by at "
          + "least two people; \(NumberWords.grouped(wanted)) are needed.",
        missing: "errors classified by two or more people", wanted - facts.classification.items)
      return nil
    }
    let ceiling = facts.ceiling(policy.irreducible)
    let bounds = ceiling.bounds
    let reach = NumberWords.percent(bounds.estimate, bounds.interval.low, bounds.interval.high)
    let reading = ceiling.reading(target: target)
    switch reading {
    case .reachable: break
    case .unreachable:
      judgement.fail(
        "TARGET_ABOVE_CEILING", "No better model gets past \(reach), and the target is \(NumberWords.percent(target)).")
    case .undecided:
      let text = "The target \(NumberWords.percent(target)) lies within the interval of the ceiling, \(reach)."
      switch ceiling.shortfall(target: target) {
      case .adjudications(let count):
        judgement.unknown("CEILING_UNDECIDED", text, missing: "errors classified by two or more people", count)
      case .items(let count):
        judgement.unknown("CEILING_UNDECIDED", text, missing: "items, their errors classified", count)
      case .none: judgement.unknown("CEILING_UNDECIDED", text, missing: "a target that is not the ceiling", nil)
      }
    }
    return reading
  }

  /// The stages of the workflow, all of which must succeed.
  private static func judgeChain(_ judgement: inout Judgement, _ facts: Facts) {
    guard let target = facts.target.accuracy, let chain = facts.chain else { return }
    let (low, high) = (chain.bounds.interval.low, chain.bounds.interval.high)
    let text =
      "The \(NumberWords.counted(facts.stages.count, "stage")) together succeed in "
      + "\(NumberWords.percent(chain.bounds.estimate, low, high)) of requests; the target is \(NumberWords.percent(target))."
    if high.isBelow(target) {
      judgement.fail("CHAIN_BELOW_TARGET", text)
    } else if low.isBelow(target) {
      judgement.unknown("CHAIN_UNDECIDED", text, missing: "spans of each stage", facts.stageSpansNeeded(target))
    }
  }

  /// Answering only where the model is sure.
  private static func judgeSelection(_ judgement: inout Judgement, _ facts: inout Facts, _ policy: Policy) {
    guard let target = facts.target.selectiveAccuracy else { return }
    let selection = Selection(facts, target: target, alpha: policy.alpha)
    facts.selection = selection
    guard let accepted = selection.accepted else {
      judgement.unknown(
        "CLAIM_NOT_MEASURED",
        "No confidence threshold is shown to give \(NumberWords.percent(target)) right answers.",
        missing: "items above a threshold", selection.shortfall)
      return
    }
    if accepted.coverage.isBelow(facts.target.minCoverage) {
      judgement.unknown(
        "CLAIM_NOT_MEASURED",
        "\(NumberWords.percent(target)) right answers are shown only for \(NumberWords.percent(accepted.coverage)) of inputs; "
          + "\(NumberWords.percent(facts.target.minCoverage)) must be answered.",
        missing: "a confidence that tells right from wrong", nil)
    }
  }

  /// What the past releases paid for a point, and what the target would cost at that rate.
  private static func judgeCost(_ judgement: inout Judgement, _ facts: inout Facts, _ context: CheckContext) throws {
    guard let currency = facts.releases.last?.spend?.currency else { return }
    var paid: [(spend: Double, error: Double)] = []
    for release in facts.releases where !release.arm.mixesConfigurations {
      guard let spend = release.spend, spend.currency == currency else { continue }
      let steps = try context.ledger.confidenceSteps(of: release.arm.series, thresholds: [])
      let (items, right) = steps.reduce((0, 0.0)) { ($0.0 + $1.items, $0.1 + $1.right) }
      if let share = Share.of(right, Double(items)) { paid.append((spend.approximate, 1 - share)) }
    }
    guard let cost = Return(paid) else { return }
    facts.cost = (cost, currency)
    guard let next = cost.ofNextPoint else {
      return judgement.warn("NOT_WORTH_IT", "There is no return on spend: what was paid did not make errors rarer.")
    }
    if let limit = facts.comparable(facts.target.valuePerPoint, &judgement), next.isAbove(limit) {
      judgement.warn(
        "NOT_WORTH_IT",
        "The next point costs about \(NumberWords.fixed(next, 0)) \(currency); it is worth \(NumberWords.fixed(limit, 0))."
      )
    }
    if let limit = facts.comparable(facts.target.maxSpend, &judgement), let total = facts.costToTarget,
      total.isAbove(limit)
    {
      judgement.warn(
        "NOT_WORTH_IT",
        "Reaching the target costs about \(NumberWords.fixed(total, 0)) \(currency); at most \(NumberWords.fixed(limit, 0)) "
          + "may be spent.")
    }
  }

  /// Whether the last releases moved anything.
  private static func judgePlateau(
    _ judgement: inout Judgement, _ facts: inout Facts, isReachable: Bool, _ policy: Policy, _ context: CheckContext
  ) throws {
    guard facts.releases.count > policy.plateauReleases, let newest = facts.releases.last,
      let gain = try gain(
        from: facts.releases[facts.releases.count - 1 - policy.plateauReleases], to: newest, context)
    else {
      judgement.reasons.append(
        Finding.Reason(
          "PLATEAU_UNKNOWN", .pass,
          "\(NumberWords.counted(facts.releases.count, "release")) with comparable trials; a plateau shows over "
            + "\(policy.plateauReleases + 1)."))
      return
    }
    facts.gain = gain
    judgement.seed = context.seed
    guard let target = facts.target.accuracy, isReachable, facts.accuracy.isBelow(target),
      gain.high.isBelow(policy.minUsefulGain)
    else { return }
    judgement.warn(
      "PLATEAU",
      "Over the last \(NumberWords.counted(policy.plateauReleases, "release")) the gain was "
        + "\(NumberWords.points(gain.estimate, gain.low, gain.high)): a useful gain of "
        + "\(NumberWords.points(policy.minUsefulGain)) is excluded.")
  }
}

public import Project
import Records
import Statistics
public import Store

/// A model that is used as a router is judged by what its errors cost, not by its accuracy.
///
/// ## What it does
/// Counts what the newest (or the named) variant of a classifier predicted against the truth, class by class, and asks:
/// do critical classes hold their recall, do errors come with high confidence, can the confidences be believed, do repeats
/// agree, are all predictions labels, do errors cost more than the incumbent's, and is the mix of labels in production still
/// that of the suite. It computes from which calibrated confidence on a label is worth acting on without a person, and what
/// that costs, with an isotonic calibrator that is fitted on half of the items (even SHA-256 of the item) and judged on the
/// other. From audited decisions of 30 days it replays the breaker of each class, looking once a day.
///
/// Thresholds and calibration go by the predicted label, because that is all that a router knows; the worst true label is
/// assumed. Of an item that was tried several times the first try counts. Accuracy is shown and never judged.
///
/// ## Why it matters
/// Accuracy is high because one class dominates. The rare class, whose errors cost most, is missed with high confidence
/// and routed without anybody looking.
///
/// ## Reads
/// `classifiers`, `suites` (natural_mix, candidate, version); trials (predicted, expected, confidence, repeat); traffic of
/// the feature in the last 7 days (attributes.predicted, model_served, prompt_sha256); annotations `correct` with
/// `attributes.audit = true` on spans (attributes.predicted, attributes.confidence); the newest artifact of kind profile that
/// bears the classifier's name, its calibrator (attributes model, prompt_sha256).
///
/// ## Verdicts
/// - fail `CLASS_RECALL`: a critical class is below its floor (upper end of the interval).
/// - fail `HIGH_CONF_ERRORS`: too many errors come with high confidence (lower end of the interval).
/// - fail `MISCALIBRATED`: the calibration error is above `ece`, or above `ece_critical` on items predicted as a critical
///   class, and Spiegelhalter's test says so (p ≤ alpha).
/// - fail `COST_UP`: errors cost more than the incumbent's on the same items (interval above zero).
/// - fail `INCONSISTENT`: repeats of too many items disagree. fail `INVALID_LABELS`: too many predictions are no label.
/// - fail `LABEL_DRIFT`: the stability index of the labels is above `psi_fail` and above what sampling explains; all
///   breakers are open.
/// - fail `BREAKER_OPEN`: the audits of a class show more errors than allowed; its breaker is open.
/// - unknown `NO_TRIALS`, `NO_CONFIDENCE`, `NO_REPEATS`: there is nothing to judge by.
/// - unknown `RECALL_UNDECIDED`, `CLASS_EMPTY`: a critical class has too few items, or none.
/// - unknown `NOT_NATURAL_MIX`: the suite is not declared to be a sample of traffic as it comes (`natural_mix`).
/// - unknown `LABELS_FEW`: too few spans to see a drift of the labels.
/// - unknown `MIXED_VERSIONS`, `CONFLICTING_TRIALS`, `MISSING_FIELDS`: the trials cannot be trusted.
/// - warn `AUDIT_HIGH`: audits of a class show more errors than allowed, not yet for certain; or its breaker is half-open.
/// - warn `CONSISTENCY_LOW`, `PSI`: above the first limit, not the second. warn `FEW_ERRORS`: too few errors to judge
///   their confidence. warn `NO_INCUMBENT`: the incumbent has no trials, so that costs cannot be compared.
/// - warn `CALIBRATOR_INVALID`: the calibrator was fitted for another model or prompt than is served; everything is reviewed.
///
/// ## Policy
/// - `bins` (10), `ece` (0.08), `ece_critical` (0.10), `alpha` (0.05): calibration; errors are shares.
/// - `hce_at` (0.8, confidence), `hce_share` (0.30, share of errors), `hce_min_errors` (20 errors).
/// - `consistency` (0.95), `consistency_warn` (0.97): shares of repeated items. `invalid` (0.01, share of items).
/// - `psi_warn` (0.10), `psi_fail` (0.25): stability index. `max_missing_share` (0.05), `max_conflict_share` (0.01): shares.
/// - `breaker`: `audit_daily` (50 audits a class), `audit_min` (10 audits), `audit_at` (0.9, confidence), `allowed` (0.10,
///   error rate), `cool` (24h), `probe_share` (0.1, share of items).
///
/// A recall of 67 % against a floor of 85 % is found with power 0.9 from 55 items of the class on, 75 % from 163; high
/// confidence in half of the errors from 64 errors on.
///
/// ## Example
/// ```yaml
/// classifiers:
///   intent:
///     suite: intents
///     review: 1.50 USD
///     labels:
///       majority: {error: {default: 4.00 USD}}
///       minority: {critical: true, error: {default: 45.00 USD}}
/// ```
/// prints, for 873 of 900 and 67 of 100 right:
/// ```
/// fail: intent finds 67 % of the 100 items of 'minority' (95 % interval 57.31 % to 75.44 %); its floor is 85 %.
/// ```
public enum ClassifierRisk: Check {
  public static let question = "Do the errors of this classifier stay where they are cheap?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    project.classifiers.map { CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies) }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let classifier = context.project.classifiers[subject.name] ?? ClassifierSettings()
    let suite = context.project.suites[classifier.suite] ?? SuiteSettings()
    let metric = suite.primaryMetrics.first ?? MetricSettings()
    context.ledger.include("\(classifier.suite) \(metric.name) \(suite.isNaturalMix) \(classifier.labels)")
    let wanted = classifier.variant ?? suite.candidate
    let runs = SuiteRuns(
      try context.ledger.trialSeries(suite: classifier.suite), suite: classifier.suite, metric: metric.name,
      version: suite.version, variants: [wanted, classifier.incumbentVariant].compactMap(\.self))
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    judgement.method = "Wilson intervals; expected calibration error with Spiegelhalter's test; stability index"
    let newest = runs.newest(besides: classifier.incumbentVariant) ?? runs.newest(besides: nil)
    guard let arm = wanted.map(runs.arm) ?? newest else {
      return nothing(judgement, subject, classifier, "no trials")
    }
    let numbers = try context.ledger.numbers(of: classifier.labels.ids + [classifier.otherLabel])
    var tally = ClassifierTally(classifier, policy: policy, numbers: numbers)
    let rival = rival(of: arm, classifier, runs)
    let costs = rival.map { _ in ErrorCosts(tally, numbers: numbers) }
    try context.ledger.forEachPrediction(of: arm.series) { row, label in
      tally.add(row.item, label)
      try costs?.add(row, label, to: .candidate, named: arm.variant)
    }
    tally.closeItem()
    guard tally.items > 0 else {
      return nothing(judgement, subject, classifier, "no trials with a predicted and an expected label")
    }
    judgement.used = tally.items
    judgement.excluded = tally.excluded
    if arm.mixesConfigurations {
      judgement.unknown(
        "MIXED_VERSIONS", "Variant '\(arm.variant)' was run under several configurations, which are never pooled.",
        missing: "one configuration of variant '\(arm.variant)'", nil)
    }
    let conflicts = try context.ledger.conflictingItems(of: arm.series)
    if (Double(conflicts) / Double(conflicts + tally.items)).isAbove(policy.maxConflictShare) {
      judgement.unknown(
        "CONFLICTING_TRIALS",
        "\(NumberWords.counted(conflicts, "item")) have trials that contradict each other, and were left out.",
        missing: "items without contradicting trials", conflicts)
    }
    judgeClasses(&judgement, tally, classifier)
    judgeConfidence(&judgement, tally, policy)
    judgeLabels(&judgement, tally, policy)
    if !suite.isNaturalMix {
      judgement.unknown(
        "NOT_NATURAL_MIX",
        "Suite '\(classifier.suite)' is not declared to be a sample of traffic as it comes: shares and costs of its items are not those of production.",
        missing: "a sample of traffic as it comes, declared with natural_mix: true", nil)
    }
    if let rival, let costs {
      try judgeCosts(&judgement, classifier, suite, rival, costs, context)
    } else if let name = classifier.incumbentVariant, name != arm.variant {
      judgement.warn(
        "NO_INCUMBENT",
        "Incumbent '\(name)' has no trials of this version under one configuration: whether errors cost more is not known."
      )
    }
    let production = try production(subject, classifier, tally, policy, context)
    judgeProduction(&judgement, production, classifier, tally, policy)
    report(&judgement, subject, classifier, tally, production, policy)
    judgement.evidence = tally.evidence
    return judgement
  }

  // MARK: The rules

  static func judgeClasses(_ judgement: inout Judgement, _ tally: ClassifierTally, _ classifier: ClassifierSettings) {
    for (place, label) in classifier.labels.enumerated() where label.value.isCritical {
      let (right, support) = (tally.right(place), tally.support(place))
      let floor = label.value.floor
      let interval = ProportionInterval.wilson(successes: Double(right), trials: Double(support))
      let more = MissingTrials.forFloor(successes: Double(right), trials: Double(support), floor: floor)
      if support == 0 {
        judgement.unknown(
          "CLASS_EMPTY", about: label.id, "No item of class '\(label.id)' is in the suite.",
          missing: "items of class '\(label.id)'", more)
      } else if interval.high.isBelow(floor) {
        judgement.fail(
          "CLASS_RECALL", about: label.id,
          "\(recall(label.id, right, support)); its floor is \(NumberWords.percent(floor)).")
      } else if interval.low.isBelow(floor) {
        judgement.unknown(
          "RECALL_UNDECIDED", about: label.id,
          "\(recall(label.id, right, support)): that shows neither that it holds its floor of \(NumberWords.percent(floor)) nor that it does not.",
          missing: "items of class '\(label.id)'", more)
      }
    }
  }

  static func judgeConfidence(_ judgement: inout Judgement, _ tally: ClassifierTally, _ policy: Policy) {
    guard tally.withoutConfidence < tally.items else {
      judgement.unknown(
        "NO_CONFIDENCE", "No trial has a confidence.", missing: "trials with a confidence", tally.items)
      return
    }
    judgement.excluded += tally.withoutConfidence
    judgement.used -= tally.withoutConfidence
    if tally.errors >= policy.highConfidenceMinErrors {
      let interval = ProportionInterval.wilson(successes: Double(tally.highErrors), trials: Double(tally.errors))
      if interval.low.isAbove(policy.highConfidenceShare) {
        judgement.fail(
          "HIGH_CONF_ERRORS",
          "\(NumberWords.grouped(tally.highErrors)) of \(NumberWords.counted(tally.errors, "error")) come with a confidence of at least \(NumberWords.trimmed(NumberWords.fixed(policy.highConfidence))): at least \(NumberWords.percent(interval.low)), and at most \(NumberWords.percent(policy.highConfidenceShare)) may."
        )
      }
    } else {
      judgement.warn(
        "FEW_ERRORS",
        "\(NumberWords.counted(tally.errors, "error")) are too few to judge their confidence; \(policy.highConfidenceMinErrors) are needed."
      )
    }
    for (about, bins, scores, limit) in [
      (nil, tally.calibration, tally.scores, policy.ece),
      ("critical", tally.criticalCalibration, tally.criticalScores, policy.eceCritical),
    ] as [(String?, CalibrationBins, Spiegelhalter, Double)] {
      guard let error = bins.expectedCalibrationError, error.isAbove(limit), let test = scores.test,
        test.pValue <= policy.alpha
      else { continue }
      let whose = about == nil ? "Confidences" : "Confidences of items predicted as a critical class"
      judgement.fail(
        "MISCALIBRATED", about: about,
        "\(whose) are off by \(NumberWords.fixed(error)) on average, more than \(NumberWords.trimmed(NumberWords.fixed(limit))) (Spiegelhalter p \(SliceCoverage.pText(test.pValue)))."
      )
    }
  }

  static func judgeLabels(_ judgement: inout Judgement, _ tally: ClassifierTally, _ policy: Policy) {
    if tally.repeated == 0 {
      judgement.unknown(
        "NO_REPEATS", "No item was tried twice: nothing says whether the same input gives the same label.",
        missing: "items that are tried at least twice",
        MissingTrials.plannedClean(failures: 0, limit: 1 - policy.consistency))
    } else {
      let share = Double(tally.agreeing) / Double(tally.repeated)
      let text =
        "All tries agree on \(NumberWords.percent(share)) of \(NumberWords.counted(tally.repeated, "repeated item"))"
      if share.isBelow(policy.consistency) {
        judgement.fail("INCONSISTENT", "\(text); at least \(NumberWords.percent(policy.consistency)) must.")
      } else if share.isBelow(policy.consistencyWarn) {
        judgement.warn("CONSISTENCY_LOW", "\(text); \(NumberWords.percent(policy.consistencyWarn)) should.")
      }
    }
    let invalid = Double(tally.invalid) / Double(tally.items)
    if invalid.isAbove(policy.invalid) {
      judgement.fail(
        "INVALID_LABELS",
        "\(NumberWords.percent(invalid)) of the predictions are no label; at most \(NumberWords.percent(policy.invalid)) may."
      )
    }
  }

  /// "intent finds 67 % of the 100 items of 'minority' (95 % interval …)", without the classifier.
  static func recall(_ label: String, _ right: Int, _ support: Int) -> String {
    let interval = ProportionInterval.wilson(successes: Double(right), trials: Double(support))
    return
      "\(NumberWords.percent(Double(right) / Double(support))) of the \(NumberWords.counted(support, "item")) of '\(label)' are found (95 % interval \(NumberWords.percent(interval.low)) to \(NumberWords.percent(interval.high)))"
  }
}

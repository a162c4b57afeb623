import Comparison
public import Project
import Records
import Statistics
public import Store

/// Whether a candidate beats the baseline on a suite, and what the suite could have seen.
///
/// ## What it does
/// Compares every candidate of a suite with its baseline, metric by metric: in pairs on the items that both were run on,
/// by whole clusters where items depend on each other, repeats averaged first. It reads one of seven outcomes off one
/// interval and one p-value, and says how small a difference this suite could have seen at all. Primary metrics of all
/// candidates are one family (Holm's p-values, Bonferroni's intervals); guardrail metrics must all hold. Runs of one
/// configuration (A/A) show the noise between runs, which then widens every interval.
///
/// ## Why it matters
/// A change "wins" by a few points on a hundred items, ships, and nothing moves: the lift was noise, or many variants were
/// tried, or the run was stopped at a lucky look. Nobody notices, because a difference always looks like a number.
///
/// ## Reads
/// Trials of the suite (score or passed, variant, metric, repeats, cluster, tags, config_sha256, subject_sha256, judge);
/// what this check said of them earlier (looks). From `tally.yaml`: the suite's baseline, candidate (else every other
/// variant; of runs with one config_sha256 the first), version, design, cluster, looks, planned_n, slice_tag, and of each
/// metric its claim, min_effect, margin and direction. Without a claim, "no worse" is what is asked. A suite of which
/// `tally.yaml` says nothing is compared as well when it has trials of two variants, and one of them bears a name such as
/// prod or baseline.
///
/// ## Verdicts
/// Fail:
/// - `REGRESSED`: worse, beyond the margin. For a claimed improvement also `WORSE_WITHIN_MARGIN`.
/// - `NO_WORTHWHILE_EFFECT`: an improvement is claimed, and the whole interval lies below min_effect.
/// - `NOT_EQUIVALENT`: equivalence is claimed, and the whole interval lies beyond the margin.
/// - `AA_BROKEN`: so many comparisons of a configuration with itself are significant that chance explains them with a
///   probability of at most 0.05.
///
/// Unknown, with what is missing:
/// - `NO_BASELINE`: nobody said which variant the others are compared with, or it has no trials. `NO_TRIALS`,
///   `TOO_FEW_ITEMS`: there is nothing to compare (or one item).
/// - `MIXED_VERSIONS`: the variants ran on different versions of the suite, or one of them with two configurations.
/// - `CONFLICTING_TRIALS`: too many items have two different scores under one key.
/// - `JUDGES_DIFFER`: other judges scored the candidate than the baseline, so that the difference may be theirs: score
///   both by one judge. Judges are compared with each other by people's labels (`eval-validity`).
/// - `MISSING_SCORES`: missing scores at their worst and at their best give different verdicts.
/// - `DROPPED_ITEMS_DECIDE`: so do the items that only the baseline was run on.
/// - `UNUSABLE_TRIALS`: a score is no score (beyond ±1e150).
/// - `UNPAIRED`: `design: paired`, and no item is common.
/// - `FEW_CLUSTERS`: fewer than 6 clusters cannot decide (from 6 to below min_clusters it warns).
/// - `NOT_YET`: fewer items than planned_n, those without a score counted. `TOO_EARLY`: `looks: anytime` before min_anytime_n.
/// - `PEEKED`: `looks: fixed`, and earlier findings looked at fewer items of the same runs: more than one without
///   planned_n, or any from planned_n on.
/// - `INCONCLUSIVE`: more than one answer is left open. `NO_EFFECT_SIZE_SET`: and nobody said what size matters.
///
/// Warn: `WORSE_WITHIN_MARGIN` (worse, within the margin), `BELOW_WORTH` (a real gain below min_effect), `NO_AA` (fewer
/// than aa_pairs_min pairs of runs of one configuration), `FEW_CLUSTERS`, `SIGN_REVERSAL` (a slice moves significantly
/// against the whole), `DROPPED_UNBOUNDED` (a few dropped items on a scale without ends).
///
/// Labels, without effect: `IMPROVED`, `IMPROVED_SMALL`, `EQUIVALENT`, `NON_INFERIOR`, and how the numbers came about:
/// `UNPAIRED`, `ADDED`, `DROPPED`, `UNCLUSTERED`, `ZERO_VARIANCE`, `SLICE_TOO_SMALL`, `METHOD_REPLACED` (a better method
/// stands in for the textbook one), `MISSING_LEFT_OUT`, `CONFLICTS_LEFT_OUT`, `CLUSTER_CONFLICTS`, `SLICE_CONFLICTS`,
/// `SLICE_IS_IDENTIFIER`, `UNBALANCED_REPEATS`.
///
/// ## Policy
/// - `alpha` 0.05 (probability): two-sided error of a test, of the family together.
/// - `power` 0.80 (probability): what planning and the smallest visible difference aim at.
/// - `margin_alpha` 0.025 (probability): error of each end of an interval.
/// - `slice_fdr` 0.05 (share): false discovery rate of slices; they warn and never gate.
/// - `resamples` 10000, `exact_flip_max` 20 (units): random and exhaustive permutations.
/// - `min_clusters` 10 (clusters): fewer warn.
/// - `max_missing_share` 0.01, `max_conflict_share` 0.01 (share): up to here missing scores and conflicting items are
///   left out; above they are bounded, or unknown.
/// - `min_anytime_n` 100 (items or clusters): before that a confidence sequence is not read.
/// - `aa_pairs_min` 5 (pairs): from here on the noise between runs enters the comparison.
/// - `slice_min_effect` 0.10 (share): a slice that cannot see this is called too small.
///
/// ## Example
/// ```yaml
/// suites:
///   triage:
///     version: 7
///     baseline: prod
///     candidate: new-prompt
///     planned_n: 2400
///     metrics:
///       - {name: correct, claim: improvement, primary: true, min_effect: 0.03, margin: 0.02}
///       - {name: latency_ms, type: real, direction: down, claim: no_regression, margin: 50}
/// ```
/// With 2,400 items an arm of which 1,968 and 2,040 pass: "new-prompt is better than prod on correct: +3.0 points (95 %
/// interval +0.9 points to +5.1 points, p 0.0051) on 2400 items per arm. At this size this suite sees 3.0 points or more."
/// With 100 items an arm the same rates are unknown, 2,300 more items per arm are missing, and the suite sees 12.5 points.
///
/// A true gain of 3 points from 82 % is found with power 0.9 by 3,212 items an arm, or, where 10 % of the pairs differ, by
/// 1,164 paired items.
public enum EvalPower: Check {
  public static let question = "Can this evaluation tell the two variants apart?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    let declared = project.suites.filter { suite in
      suite.value.baseline != nil || suite.value.candidate != nil || suite.value.metrics.contains { $0.claim != nil }
    }.map { CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies) }
    return declared + seenSuites(project, try ledger.trialSeries()).map { CheckSubject($0) }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let settings = try context.project.suites[subject.name] ?? seenSettings(subject.name, context.ledger)
    var reading = try Reading(subject.name, settings, policy, context)
    try reading.run()
    var judgement = reading.gaps
    for row in reading.rows { judgement.add(row, reading) }
    judgement.addNoise(reading)
    judgement.report(reading)
    judgement.evidence = try examples(reading)
    return judgement
  }
}

extension Judgement {
  /// The rule: doubts first, then what outcome and interval mean under the claim.
  fileprivate mutating func add(_ row: EvalPower.Row, _ reading: EvalPower.Reading) {
    let result = row.result
    let before = codes(.unknown).count
    for reason in result.reasons where reason.code.isUnknown { addDoubt(reason, row, reading) }
    if let text = row.judgesDiffer {
      unknown(
        "JUDGES_DIFFER", about: row.label, text, missing: "items on which one judge scored both variants",
        result.design.asked)
    }
    if !result.design.paired, reading.settings.design == .paired {
      unknown(
        "UNPAIRED", about: row.label, "The suite is to be compared in pairs, and the variants share no item.",
        missing: "paired items", max(1, result.power?.itemsNeeded ?? 1))
    }
    let peeks = EvalPower.peeks(
      earlier: row.look.earlierItems, items: result.design.asked, planned: reading.settings.plannedItems)
    if reading.settings.looks == .fixed, !peeks.isEmpty {
      let counts = NumberWords.list(peeks.map(NumberWords.grouped))
      unknown(
        "PEEKED", about: row.label,
        "The result was looked at before, at \(counts) items, and the run went on: a p-value for one look is not valid for several.",
        missing: "a new run with planned_n set, or looks: anytime", nil)
    }
    if codes(.unknown).count == before, let evidence = result.evidence { addCall(row, evidence, reading) }
    addRemarks(row)
  }

  private mutating func addCall(_ row: EvalPower.Row, _ evidence: Evidence, _ reading: EvalPower.Reading) {
    let metric = row.metric
    let (code, verdict) = EvalPower.call(
      row.result.outcome, evidence, claim: metric.claim, minEffect: metric.minEffect ?? 0, margin: metric.margin ?? 0)
    let text = EvalPower.sentence(code, row, baseline: reading.settings.baseline ?? "")
    guard verdict == .unknown else {
      reasons.append(Finding.Reason(code, about: row.label, verdict, text))
      return
    }
    let (what, howMuch) = EvalPower.shortfall(row.result, metric)
    unknown(code, about: row.label, text, missing: what, howMuch)
    if EvalPower.decisiveSize(metric) == 0 {
      unknown(
        "NO_EFFECT_SIZE_SET", about: row.label,
        "No size that matters is set for \(metric.name), so nobody can say how many items decide.", missing: what, nil)
    }
  }

  /// What puts the evidence in doubt, with what would mend it.
  private mutating func addDoubt(_ reason: Reason, _ row: EvalPower.Row, _ reading: EvalPower.Reading) {
    let design = row.result.design
    let units = design.clustered ? "clusters" : row.result.power?.unit ?? "paired items"
    var text = reason.message
    let missing: (String, Int?)
    switch reason.code {
    case .conflictingTrials:
      text =
        "\(NumberWords.counted(design.conflicting, "item")) of \(NumberWords.grouped(design.union)) have contradicting scores."
      missing = ("items with one score each", design.conflicting)
    case .missingScores: missing = ("missing scores", design.missingScore)
    case .droppedItemsDecide: missing = ("items that only the baseline was run on", design.onlyBase)
    case .fewClusters: missing = ("clusters", max(1, 6 - (design.clusters ?? 0)))
    case .notYet:
      let planned = reading.settings.plannedItems ?? 0
      text = "\(NumberWords.grouped(planned)) items were planned, and a look before that is not a valid one."
      missing = ("planned items", planned - design.asked)
    case .tooEarly:
      missing = (units, max(1, reading.policy.minAnytimeN - (design.clusters ?? design.items)))
    default: missing = (units, 1)
    }
    unknown(reason.code.rawValue, about: row.label, text, missing: missing.0, missing.1)
  }

  /// What warns, and what a reader should know of how the numbers came about.
  private mutating func addRemarks(_ row: EvalPower.Row) {
    for reason in row.result.reasons where !reason.code.isUnknown {
      switch reason.code {
      case .fewClustersWarning: warn("FEW_CLUSTERS", about: row.label, reason.message)
      case .signReversal, .droppedUnbounded: warn(reason.code.rawValue, about: row.label, reason.message)
      // Said by the verdict itself, or meant for who compares two files.
      case .noWorthwhileEffect, .belowWorth, .inconclusive, .noEffectSizeSet, .promptsDiffer: break
      default: reasons.append(Finding.Reason(reason.code.rawValue, about: row.label, .pass, reason.message))
      }
    }
    let small = row.result.slices.filter { $0.reasons.contains { $0.code == .sliceTooSmall } }
    guard !small.isEmpty else { return }
    let names = NumberWords.list(small.map { "\($0.slice) \($0.value)" })
    reasons.append(
      Finding.Reason(
        "SLICE_TOO_SMALL", about: row.label, .pass, "Too small to see an effect that matters by themselves: \(names)."))
  }

  /// What runs of one configuration say about the harness.
  fileprivate mutating func addNoise(_ reading: EvalPower.Reading) {
    for metric in reading.metrics {
      let name = metric.settings.name
      let noise = reading.noise[name] ?? EvalPower.RunNoise()
      let tail = HarnessTest.upperTail(pValues: noise.pValues, alpha: reading.policy.alpha).pValue
      let significant = noise.pValues.count { $0 <= reading.policy.alpha }
      if tail <= 0.05 {
        fail(
          "AA_BROKEN", about: name,
          "\(significant) of \(noise.pValues.count) comparisons of a configuration with itself find a difference (\(NumberWords.p(tail))): this harness finds differences where there are none."
        )
      }
      if metric.isPrimary, noise.pairs < reading.policy.aaPairsMin {
        warn(
          "NO_AA", about: name,
          "\(NumberWords.grouped(noise.pairs)) of \(reading.policy.aaPairsMin) pairs of runs of one configuration: the noise between runs is not known, and the interval does not hold it."
        )
      }
    }
  }
}

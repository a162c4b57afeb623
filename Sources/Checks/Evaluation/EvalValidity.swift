import Comparison
public import Project
import Records
import Statistics
public import Store

/// May this evaluation decide this release?
///
/// ## What it does
/// Looks at the instrument before it reads it: does the suite's mix resemble traffic, does the judge agree with people, are
/// the items fresh, from production, and unknown to the prompts and training data, and did past results come true? Then it
/// reads the comparison of baseline and candidate twice, as the suite weighs its slices and as traffic would, slice by
/// slice, and says Better, Worse, Not worse or Cannot tell.
///
/// ## Why it matters
/// The suite goes up and users are unhappier: it is not drawn from traffic, one number hides opposite slices, the judge
/// passes what people reject, or the noise is larger than the effect.
///
/// ## Reads
/// - `suites.<suite>`: baseline, candidate, metrics (claim, min_effect, margin), slice_tag, feature; the thresholds of
///   `eval-power` for the comparison.
/// - `trial` of both variants; the tag `slice_tag` names an item's slice. `span` of the feature with the same tag, over
///   `traffic_days`.
/// - `artifact` of kind `dataset_item` with attributes `suite`, `source` (prod, synthetic, public), `collected_at` (or
///   `added_at`). An item is leaked when its sha256 is in `derived_from`, in `segments[].text_sha256`, or the sha256 itself,
///   of a prompt, template, data set, model or adapter, or of a `dataset_item` that belongs to no suite.
/// - `annotation` named as the metric: people's verdicts (true or false, pass or fail) paired with the judge's on the same
///   subject, or with the trial whose record id the subject is. Several people's majority counts; where they are divided,
///   nothing. The judge is the annotator that the trials name; one whose annotations are of kind `code` needs no people.
/// - `change` with attributes `{"suite": "<suite>", "eval_delta": 0.03, "production_delta": 0.01}`: one past release, what
///   the suite said and what production said afterwards (positive is better in both).
///
/// ## Verdicts
/// - fail `LEAKED`: more items than `leak_max` are in prompts or training data. `MIX_ONLY_GAIN`: the suite gains
///   significantly, weighted by traffic there is no gain. `JUDGE_NOT_ELIGIBLE`: κ below its limit, or the whole interval of
///   TPR or TNR. `NOT_PREDICTIVE`: past deltas did not come true. `WORSE`: the claim's reading is a regression.
///   `SLICE_WORSE`: a slice is significantly worse (Holm). `NO_WORTHWHILE_EFFECT`, `NOT_EQUIVALENT`: the interval excludes
///   what is claimed.
/// - unknown `JUDGE_UNDECIDED`: too few labels, none of people's yes or none of their no, or an interval that holds its
///   limit. `MIX_TOO_FAR`: the mixes differ and a slice of traffic has no items. `CANNOT_TELL`: the claim is not decided.
///   `NO_TRAFFIC`: the feature has no spans with the tag. `NO_TRIALS`: a variant has none. `MIXED_VERSIONS`: a variant ran
///   with several configurations. `JUDGES_DIFFER`: other judges scored the candidate than the baseline.
///   `MISSING_FIELDS`: too many items or spans without the tag. Any doubt of the comparison
///   keeps its own code (`CONFLICTING_TRIALS`, `FEW_CLUSTERS`, `NOT_YET`…).
/// - warn `STALE_ITEMS`: median age above `max_item_age_days`. `SYNTHETIC_SUITE`: fewer items from production than
///   `min_prod_share`. `NO_CARDS`: no item says where it comes from. `MIX_FAR`: the mixes differ, but every slice of traffic
///   has items: only the traffic-weighted difference decides. `NO_FEATURE`: no feature is declared, so the mix is not
///   compared. `FEW_RELEASES`: too few past releases to say whether the suite predicts. `BELOW_WORTH`: a gain that is real
///   and too small. `WORSE_WITHIN_MARGIN`: a loss that is real and tolerated.
///
/// The mixes differ when the total variation distance is above `max_tvd` and a G test is significant. A release gate that
/// requires this check takes the suite's delta only while it passes or warns.
///
/// ## Policy
/// - `min_prod_share` 0.60, `max_tvd` 0.20 (shares); `traffic_days` 30 days; `leak_max` 0 items.
/// - `judge_min_labels` 50 items; `judge_min_kappa` 0.60; `judge_min_tpr`, `judge_min_tnr` 0.80 (shares). TNR matters most
///   for a gate: a judge that passes everything agrees often.
/// - `max_item_age_days` 180 days (median); `predictive_min_releases` 8 releases; `predictive_min_sign` 0.70 (share; a delta
///   of zero disagrees); `predictive_min_spearman` 0.30.
/// - `alpha` 0.05; `max_missing_share` 0.05 (share).
///
/// A judge that fails only half of what people reject (TNR 0.5) is found with power 0.9 from 25 answers that people reject;
/// a gain of 7 points that traffic turns into a loss (example below) from about 6,700
/// items.
///
/// ## Example
/// ```yaml
/// suites:
///   faq:
///     version: 7
///     feature: helpcenter
///     baseline: prod
///     candidate: release-2
///     slice_tag: intent
///     metrics: [{name: correct, claim: improvement, min_effect: 0.03, margin: 0.02}]
/// ```
/// With 700 items of A (90 gained, 6 lost) and 300 of B (12 gained, 24 lost), and traffic that is 20 % A and 80 % B: fail,
/// "triage may not decide whether release-2 is better than prod on the 1,000 common items: the suite says +7.2 points (+5.0
/// to +9.5), but weighted by 1,000 spans of traffic it is −0.8 points (−4.2 to +2.4)." [MIX_ONLY_GAIN]
public enum EvalValidity: Check {
  public static let question = "May this evaluation decide this release?"

  /// Suites with a baseline and a candidate, or with trials that a judge scored.
  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    try project.suites.filter { suite in
      if suite.value.baseline != nil, suite.value.candidate != nil { return true }
      return try ledger.trialSeries(suite: suite.id).contains { $0.judge != nil }
    }.map { CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies) }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    var judgement = Judgement()
    guard let settings = context.project.suites[subject.name] else { return judgement }
    judgement.maxMissingShare = policy.maxMissingShare
    var facts = Facts(suite: subject.name, settings: settings)
    facts.cards = try Cards(suite: subject.name, context.ledger)
    judgeItems(&judgement, facts, policy)
    facts.record = try Record(suite: subject.name, context.ledger)
    judgeRecord(&judgement, facts, policy)
    let metrics = settings.primaryMetrics
    facts.agreement = try agreement(subject.name, settings, metrics, context)
    judgeJudge(&judgement, facts, policy)
    if let baseline = settings.baseline, let candidate = settings.candidate {
      try readTraffic(&judgement, &facts, policy, context)
      for metric in metrics {
        guard
          let delta = try compare(&judgement, subject, metric, [baseline, candidate], facts, context)
        else { continue }
        facts.deltas.append(delta)
        judgeDelta(&judgement, delta, facts, about: metrics.count > 1 ? metric.name : nil, policy)
      }
    }
    judgement.report(facts, policy)
    return judgement
  }

  /// Where the items come from, how old they are, and whether they are known elsewhere.
  private static func judgeItems(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let cards = facts.cards else { return }
    let leaked = cards.leaks.items.count
    if leaked > policy.leakMax {
      judgement.fail(
        "LEAKED",
        "\(NumberWords.counted(leaked, "item")) of the suite \(leaked == 1 ? "is" : "are") in prompts or training data: "
          + "a system that knows them is not measured by them.")
    }
    guard let share = cards.productionShare else {
      return judgement.warn("NO_CARDS", "No item of \(facts.suite) says where it comes from.")
    }
    if share.isBelow(policy.minProdShare) {
      judgement.warn(
        "SYNTHETIC_SUITE",
        "\(NumberWords.percent(share)) of items come from production; \(NumberWords.percent(policy.minProdShare)) is the least."
      )
    }
    if let age = cards.medianAge, age.isAbove(Double(policy.maxItemAgeDays)) {
      judgement.warn(
        "STALE_ITEMS",
        "Half of the items are older than \(NumberWords.fixed(age, 0)) days; \(policy.maxItemAgeDays) are tolerated.")
    }
  }

  /// Whether past results came true.
  private static func judgeRecord(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let record = facts.record else { return }
    guard record.releases >= policy.predictiveMinReleases, let agreement = record.signAgreement else {
      return judgement.warn(
        "FEW_RELEASES",
        "\(NumberWords.counted(record.releases, "past release")) with a delta of the suite and one of production; "
          + "\(policy.predictiveMinReleases) show whether the suite predicts.")
    }
    let correlation = record.correlation
    if agreement.isBelow(policy.predictiveMinSign)
      || (correlation ?? 1).isBelow(policy.predictiveMinSpearman)
    {
      judgement.fail(
        "NOT_PREDICTIVE",
        "In \(record.agreeing) of \(record.releases) past releases production moved as the suite did (rank correlation "
          + "\(correlation.map { NumberWords.fixed($0, 2) } ?? "unknown")).")
    }
  }

  private static func agreement(
    _ suite: String, _ settings: SuiteSettings, _ metrics: [MetricSettings], _ context: CheckContext
  ) throws -> Agreement? {
    guard let metric = metrics.first else { return nil }
    let series = try context.ledger.trialSeries(suite: suite)
    let named = [settings.baseline, settings.candidate].compactMap(\.self)
    let runs = SuiteRuns(
      series, suite: suite, metric: metric.name, version: settings.version, variants: named)
    let arms = named.isEmpty ? runs.arms : runs.arms.filter { named.contains($0.variant) }
    return try Agreement(metric: metric.name, series: arms.flatMap(\.series), context.ledger)
  }

  /// The judge against people.
  private static func judgeJudge(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let agreement = facts.agreement else { return }
    let table = agreement.table
    let name = agreement.judges.joined(separator: ", ")
    guard table.items >= policy.judgeMinLabels else {
      return judgement.unknown(
        "JUDGE_UNDECIDED",
        "\(NumberWords.counted(table.items, "verdict")) of \(name) can be compared with people's; \(policy.judgeMinLabels) are needed.",
        missing: "answers judged by \(name) and by people", policy.judgeMinLabels - table.items)
    }
    guard let kappa = table.kappa.kappa, table.positives > 0, table.negatives > 0 else {
      let what = table.positives > 0 ? "wrong" : "right"
      let limit = table.positives > 0 ? policy.judgeMinTNR : policy.judgeMinTPR
      return judgement.unknown(
        "JUDGE_UNDECIDED", "People called no answer \(what), so nobody knows what \(name) does with one.",
        missing: "answers that people call \(what)", MissingTrials.forFloor(successes: 0, trials: 0, floor: limit))
    }
    let (right, wrong) = (table.truePositiveInterval(), table.trueNegativeInterval())
    let text =
      "\(name) agrees with people beyond chance by κ \(NumberWords.fixed(kappa, 2)), passes "
      + "\(NumberWords.percent(table.truePositiveRate ?? 0, right.low, right.high)) of what they pass and fails "
      + "\(NumberWords.percent(table.trueNegativeRate ?? 0, wrong.low, wrong.high)) of what they fail"
    if kappa.isBelow(policy.judgeMinKappa) || right.high.isBelow(policy.judgeMinTPR)
      || wrong.high.isBelow(policy.judgeMinTNR)
    {
      judgement.fail(
        "JUDGE_NOT_ELIGIBLE",
        "\(text); κ \(NumberWords.fixed(policy.judgeMinKappa, 2)), \(NumberWords.percent(policy.judgeMinTPR)) and "
          + "\(NumberWords.percent(policy.judgeMinTNR)) are the least.")
    } else if right.low.isBelow(policy.judgeMinTPR) || wrong.low.isBelow(policy.judgeMinTNR) {
      judgement.unknown(
        "JUDGE_UNDECIDED", "\(text): an interval holds its limit.",
        missing: "answers judged by \(name) and by people", facts.labelsNeeded(policy))
    }
  }

  /// Spans of the feature by slice.
  private static func readTraffic(
    _ judgement: inout Judgement, _ facts: inout Facts, _ policy: Policy, _ context: CheckContext
  ) throws {
    guard let feature = facts.settings.feature else {
      return judgement.warn(
        "NO_FEATURE", "suites.\(facts.suite).feature is not set, so nobody knows whether the suite resembles traffic.")
    }
    var traffic: [String: Int] = [:]
    var untagged = 0
    var slices: [String: String?] = [:]
    let tag = facts.settings.sliceTag
    try context.ledger.traffic(feature: feature, days: Int64(policy.trafficDays)) { cell in
      // Each combination of tags is parsed once.
      let slice = slices[cell.tags.canonical] ?? cell.tags.values[tag]
      slices[cell.tags.canonical] = .some(slice)
      if let slice { traffic[slice, default: 0] += Int(cell.spans) } else { untagged += Int(cell.spans) }
    }
    facts.traffic = traffic
    facts.untaggedSpans = untagged
    if traffic.isEmpty {
      judgement.unknown(
        "NO_TRAFFIC",
        "No span of \(feature) in the last \(policy.trafficDays) days has the tag \(tag), so the suite's mix cannot be "
          + "compared.",
        missing: "spans with the tag \(tag)", 1)
    }
  }

  /// Baseline against candidate by the one engine; nil where there is nothing that may be compared.
  private static func compare(
    _ judgement: inout Judgement, _ subject: CheckSubject, _ metric: MetricSettings, _ variants: [String],
    _ facts: Facts, _ context: CheckContext
  ) throws -> Delta? {
    let runs = SuiteRuns(
      try context.ledger.trialSeries(suite: facts.suite), suite: facts.suite, metric: metric.name,
      version: facts.settings.version, variants: variants)
    let arms = variants.compactMap(runs.arm)
    guard arms.count == 2 else {
      let absent = variants.filter { runs.arm($0) == nil }.joined(separator: " and ")
      judgement.unknown(
        "NO_TRIALS", "There are no trials of \(absent) with the metric \(metric.name).", missing: "runs of \(absent)", 1
      )
      return nil
    }
    for arm in arms where arm.mixesConfigurations {
      judgement.unknown(
        "MIXED_VERSIONS", "\(arm.variant) ran with more than one configuration; those are never pooled.",
        missing: "a run of \(arm.variant) with one configuration", 1)
    }
    if let text = arms[0].judgedUnlike(arms[1]) {
      judgement.unknown(
        "JUDGES_DIFFER", text, missing: "items on which one judge scored both variants",
        Int(min(arms[0].trials, arms[1].trials)))
      return nil
    }
    let table = try context.items(arms, slices: [facts.settings.sliceTag])
    guard table.armNames.count == 2 else { return nil }
    let power = context.project.policy(EvalPower.Policy.self, subject: [subject.policies]).value
    var policy = power.comparison(metric, suite: facts.settings)
    policy.seed = context.seed
    judgement.seed = context.seed
    let result = try Comparer(table: table, policy: policy).compare()
    return Delta(metric, result, tag: facts.settings.sliceTag, traffic: facts.traffic)
  }

  private static func judgeDelta(
    _ judgement: inout Judgement, _ delta: Delta, _ facts: Facts, about: String?, _ policy: Policy
  ) {
    let isFar = judgeMix(&judgement, delta, about: about, policy)
    for slice in delta.worse(alpha: policy.alpha) {
      guard let evidence = slice.evidence, let adjusted = slice.adjusted else { continue }
      judgement.fail(
        "SLICE_WORSE", about: slice.name,
        "On \(NumberWords.counted(slice.items, "item")) of \(slice.name): "
          + "\(NumberWords.points(evidence.estimate, evidence.low, evidence.high)), Holm p \(NumberWords.fixed(adjusted, 4))."
      )
    }
    noteUntagged(&judgement, delta, facts)
    let doubts = delta.result.reasons.filter(\.code.isUnknown)
    for doubt in doubts {
      let missing = delta.result.missing.first
      judgement.unknown(
        doubt.code.rawValue, about: about, doubt.message, missing: missing?.what ?? "trials without this doubt",
        missing?.howMuch)
    }
    guard doubts.isEmpty, let decisive = delta.decisive(byTraffic: isFar) else { return }
    judgeClaim(&judgement, delta, decisive, byTraffic: isFar, about: about)
  }

  /// Whether the suite weighs its slices as traffic does. Returns whether only the traffic-weighted difference decides.
  private static func judgeMix(_ judgement: inout Judgement, _ delta: Delta, about: String?, _ policy: Policy) -> Bool {
    if delta.isMixOnlyGain(alpha: policy.alpha), let suite = delta.result.evidence, let weighted = delta.weighted {
      judgement.fail(
        "MIX_ONLY_GAIN", about: about,
        "The suite says \(NumberWords.points(suite.estimate, suite.low, suite.high)), but weighted by traffic it is "
          + "\(NumberWords.points(weighted.estimate, weighted.interval.low, weighted.interval.high)): the gain is one of the mix."
      )
    }
    guard let distance = delta.distance, let test = delta.mixTest, distance.isAbove(policy.maxTVD),
      test.pValue <= policy.alpha
    else { return false }
    let text =
      "\(NumberWords.percent(distance)) of the suite would have to move to make its mix that of traffic; "
      + "\(NumberWords.percent(policy.maxTVD)) is tolerated"
    guard delta.uncovered.isEmpty else {
      let names = delta.uncovered.prefix(5).map(\.name).joined(separator: ", ")
      judgement.unknown(
        "MIX_TOO_FAR", about: about,
        "\(text), and \(NumberWords.percent(delta.uncoveredShare)) of traffic has no items: \(names).",
        missing: "items of the slices without any", delta.missingItems)
      return false
    }
    judgement.warn("MIX_FAR", about: about, "\(text): only the traffic-weighted difference decides.")
    return true
  }

  /// Items and spans without the slice's tag: whichever lacks more of it.
  private static func noteUntagged(_ judgement: inout Judgement, _ delta: Delta, _ facts: Facts) {
    guard facts.traffic != nil else { return }
    let items = (untagged: delta.untagged, all: delta.result.design.items)
    let spans = (untagged: facts.untaggedSpans, all: facts.untaggedSpans + delta.spans)
    let worst = items.untagged * max(1, spans.all) > spans.untagged * max(1, items.all) ? items : spans
    (judgement.used, judgement.excluded) = (worst.all - worst.untagged, worst.untagged)
  }

  /// The claim, read as `eval-power` reads it.
  private static func judgeClaim(
    _ judgement: inout Judgement, _ delta: Delta, _ decisive: (evidence: Evidence, outcome: Outcome), byTraffic: Bool,
    about: String?
  ) {
    let policy = delta.result.policy
    let evidence = decisive.evidence
    let text =
      "The difference\(byTraffic ? " as traffic weighs it" : "") is "
      + "\(NumberWords.points(evidence.estimate, evidence.low, evidence.high)) \(delta.result.design.population)"
    let call = EvalPower.call(
      decisive.outcome, evidence, claim: delta.metric.claim, minEffect: policy.minEffect, margin: policy.margin)
    switch (call.code, call.verdict) {
    case (_, .pass): break
    case ("NO_WORTHWHILE_EFFECT", _):
      judgement.fail(
        call.code, about: about,
        "\(text): a gain of \(NumberWords.points(policy.minEffect)), the least worth having, is excluded.")
    case ("NOT_EQUIVALENT", _):
      judgement.fail(call.code, about: about, "\(text): it is outside ±\(NumberWords.percent(policy.margin)).")
    case (_, .fail): judgement.fail("WORSE", about: about, text + ".")
    case ("BELOW_WORTH", _):
      judgement.warn(
        call.code, about: about,
        "\(text): real, but below \(NumberWords.points(policy.minEffect)), the least worth having.")
    case (_, .warn): judgement.warn(call.code, about: about, "\(text): a loss within the tolerated margin.")
    case (_, .unknown):
      let missing = EvalPower.shortfall(delta.result, delta.metric)
      judgement.unknown(
        "CANNOT_TELL", about: about,
        "\(text): \(delta.metric.claim == nil ? "that leaves open whether anything was lost, which is asked where tally.yaml claims nothing" : "that leaves the claim open").",
        missing: missing.what, missing.howMuch)
    }
  }
}

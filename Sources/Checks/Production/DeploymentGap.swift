import Comparison
public import Project
import Records
import Statistics
public import Store

/// How much worse is production than the offline score, and where does the difference come from?
///
/// ## What it does
/// Compares the offline score with what people say of labelled spans, and splits the difference exactly: the mix (production
/// has more of the slices that are hard) and what is lost within slices (the same kind of input is answered worse). Beside it
/// stand six dimensions in which a deployment can differ, each with its limit: covariate (the features' mix), prior (the
/// labels' mix), skew (inputs prepared in another way than for training), concept (the loss within slices), precision (what
/// quantisation cost), latency.
///
/// ## Why it matters
/// A model scores well on held-out items and much lower on real traffic, unchanged. Without a split of the gap, every gap is
/// answered with "more data". A mix asks for other items; a loss within slices asks for a look at the pipeline first.
///
/// ## Reads
/// - `features.<feature>.deployment`: suite, variant, slice_tag (else the suite's), label_sampling, precision {suite,
///   reference, shipped}.
/// - `trial` of the suite: passed (or a score of 1 or 0), tags, expected, and the attribute `features` {name: value}. The
///   newest configuration of the deployed variant counts. Trials of `precision.suite` of both variants.
/// - `span` of the feature over `window_days`: tags, started_at, ended_at, the attribute `features`; an even sample of about
///   20,000 of a large window. Requests are spans that nothing called; without any, all. Spans of kind `preprocess` with
///   attributes `parity_id`, `path` (train, serve) and `vector`.
/// - `annotation` on these spans: `correct` (true, false) and `label` (the true class). The newest word on a span counts.
///   With `label_sampling: stratified` slices weigh as in the feature's traffic.
///
/// ## Verdicts
/// - fail `GAP_OVER_LIMIT`: the gap is above `max_gap` for certain. `WITHIN_SLICE_LOSS`: the loss within slices is above
///   `max_gap`, and not by chance. `COVARIATE_SHIFT`, `PRIOR_SHIFT`: a stability index above `psi_fail`.
///   `PREPROCESSING_SKEW`: a vector differs. `PRECISION_LOSS`: the drop is above `precision_max_drop` for certain.
///   `LATENCY_OVER_BUDGET`: more requests than the quantile allows are over the budget for certain.
/// - unknown `GAP_UNDECIDED`: the interval of the gap holds `max_gap`, there are fewer labelled spans than `label_min_n`, or
///   slices without any. `DIMENSION_NOT_MEASURED`: a required dimension has no data. `DIMENSION_UNDECIDED`: it has, and they
///   show neither. `CONFLICTING_TRIALS`; `MISSING_FIELDS`: too many items or labels without result or slice. Any doubt of the
///   comparison of the two variants keeps its own code.
/// - warn `COVARIATE_SHIFT`, `PRIOR_SHIFT` above `psi_warn`.
/// - Labels `UNCOVERED_SLICE`: the suite has no item of a slice of production, which is taken for the suite's average;
///   `DEPLOYMENT_GAP`: a required dimension fails or is not shown, which the gate `release` refuses.
///
/// A stability index that sampling alone explains neither warns nor fails. What is not required and not measured is silent.
///
/// ## Policy
/// - `required` [covariate, prior, skew, concept, precision, latency]; `max_gap` 0.05 (points as a share); `label_min_n` 200
///   spans; `window_days` 14 days.
/// - `psi_warn` 0.10, `psi_fail` 0.20 (index; customary, no more); `parity_tolerance` 1e-5 (relative above 1), `parity_min_n`
///   100 pairs; `precision_max_drop` 0.01 (points as a share).
/// - `latency_quantile` 0.99 (share); `latency_budget_ms` none (ms); `confidence` 0.95 (one-sided, of latency).
/// - `max_missing_share` 0.05 (share).
///
/// A loss of 12 points, from 92 % of 1,000 items, puts the gap over its limit with power 0.9 from 380 labelled spans on.
/// Inputs of which 3 % are prepared in another way are found by 76 pairs, 4 % of requests over a p99 budget by 230, a drop
/// of 4 points where 8 % of the pairs differ by 900.
///
/// ## Example
/// ```yaml
/// suites:
///   receipts: {version: 2, slice_tag: photo}
/// features:
///   expenses:
///     deployment: {suite: receipts, precision: {reference: fp32, shipped: int8}}
/// policies: {deployment-gap: {latency_budget_ms: 100}}
/// ```
/// With 94 % of 2,000 items and 71 % of 1,000 labelled spans right: fail, "receipts scores 94 % offline and 71 % in
/// production: +23.0 points (+20.0 to +26.0), of which the mix is +6.0 points and the loss within slices +17.0 points (+13.4 to
/// +20.6)." [GAP_OVER_LIMIT, WITHIN_SLICE_LOSS]
public enum DeploymentGap: Check {
  public static let question = "How much worse is production than the offline score, and why?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    project.features.filter { $0.value.deployment != nil }.map {
      CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies)
    }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    guard let settings = context.project.features[subject.name]?.deployment else { return Judgement() }
    let facts = try Facts(subject.name, settings, policy, context)
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    judgement.seed = facts.seed
    judgeGap(&judgement, facts, policy)
    noteUnusable(&judgement, facts)
    var judge = RowJudge(facts, policy, judgement)
    judge.judge()
    judgement = judge.judgement
    judgement.report(facts, judge.rows, policy)
    judgement.addLabels(facts, judge.rows, policy)
    return judgement
  }

  private static func judgeGap(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let slices = facts.slices
    if facts.conflicting {
      judgement.unknown(
        "CONFLICTING_TRIALS",
        "\(NumberWords.counted(facts.conflicts, "item")) of \(facts.settings.suite) have trials that contradict each other.",
        missing: "items without contradicting trials", facts.conflicts)
    }
    if slices.items == 0 {
      judgement.unknown(
        "GAP_UNDECIDED", "No trial of \(facts.settings.suite) says what the offline score is.",
        missing: "items with a result", policy.labelMinN)
    }
    if slices.labelled < policy.labelMinN {
      judgement.unknown(
        "GAP_UNDECIDED",
        "\(NumberWords.counted(slices.labelled, "span")) of \(facts.feature) of the last \(policy.windowDays) days \(slices.labelled == 1 ? "was" : "were") judged; \(NumberWords.grouped(policy.labelMinN)) are needed.",
        missing: "labelled spans", policy.labelMinN - slices.labelled)
    }
    if slices.unlabelledShare.isAbove(policy.maxMissingShare) {
      judgement.unknown(
        "GAP_UNDECIDED",
        "No span was judged of \(NumberWords.percent(slices.unlabelledShare)) of the traffic: \(NumberWords.list(slices.unlabelled.map(\.name))).",
        missing: "labelled spans of the slices without any", slices.unlabelled.count)
    }
    guard let gap = facts.gap else { return }
    let limit = NumberWords.size(points: policy.maxGap)
    let says = "Production is worse than offline by \(text(gap.gap))"
    if gap.gap.interval.low.isAbove(policy.maxGap) {
      judgement.fail("GAP_OVER_LIMIT", "\(says); \(limit) are tolerated.")
    } else if gap.gap.interval.high.isAbove(policy.maxGap) {
      let needed = gap.needed(policy.maxGap)
      judgement.unknown(
        "GAP_UNDECIDED", "\(says): that may be more than \(limit).", missing: "labelled spans",
        needed.map { max(1, $0 - slices.labelled) })
      if let needed, needed > slices.items {
        judgement.missing.append(Finding.Missing("items of \(facts.settings.suite)", needed - slices.items))
      }
    }
  }

  /// Items or labels without result or slice: whichever lacks more.
  private static func noteUnusable(_ judgement: inout Judgement, _ facts: Facts) {
    let slices = facts.slices
    let items = (unusable: slices.unusableItems, used: slices.items)
    let labels = (unusable: slices.unusableLabels, used: slices.labelled)
    let isLabels =
      labels.unusable * max(1, items.used + items.unusable) > items.unusable * max(1, labels.used + labels.unusable)
    let worst = isLabels ? labels : items
    (judgement.used, judgement.excluded) = (worst.used, worst.unusable)
  }

  /// "+23.0 points (+20.0 to +26.0)".
  static func text(_ bounded: BoundedEstimate) -> String {
    NumberWords.points(bounded.estimate, bounded.interval.low, bounded.interval.high)
  }
}

extension Judgement {
  fileprivate mutating func addLabels(
    _ facts: DeploymentGap.Facts, _ rows: [DeploymentGap.Row], _ policy: DeploymentGap.Policy
  ) {
    for slice in facts.slices.uncovered {
      reasons.append(
        Finding.Reason(
          "UNCOVERED_SLICE", about: slice.name, .pass,
          "\(facts.settings.suite) has no item of the slice \(slice.name); it is taken for the suite's average."))
    }
    let open = rows.filter {
      policy.required.contains($0.dimension) && ($0.state == .fail || $0.state == .unknown)
    }
    guard !open.isEmpty else { return }
    let names = NumberWords.list(open.map(\.dimension.rawValue), limit: open.count)
    reasons.append(
      Finding.Reason(
        "DEPLOYMENT_GAP", .pass,
        "\(open.count == 1 ? "A required dimension is" : "Required dimensions are") not in order: \(names)."))
  }
}

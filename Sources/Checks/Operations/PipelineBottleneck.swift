public import Project
import Records
import Statistics
public import Store

/// Is the part that is tuned the part that is slow?
///
/// ## What it does
/// Draws the critical path of every trace: from its end backwards, each moment goes to the span that everything else waited
/// for (strict last-finisher). The time of a stage over the time of the traces is its share s; removing the stage saves at
/// most s, a speed-up of 1/(1 − s); cutting a fraction f of it leaves 1 − s·f (Amdahl). That is an upper bound: another
/// branch may become critical. It judges budgets of the trace and of stages by an exact test, compares what changes claim
/// with what their stage holds, and names the narrowest stage of an ingestion.
///
/// ## Why it matters
/// The model call is the only stage with a chart, so it gets the work; parsing, embedding and serialisation before it hold
/// most of the time.
///
/// ## Reads
/// - `pipelines.<pipeline>`: `stages` (kind, budget_p95, cache_key, workers, service, batch, per_item), `slo_p95`,
///   `cache_key`, `feature`, `items`.
/// - `span` of the window: trace_id, span_id, parent_id, started_at, ended_at, kind, stage, feature, attributes `cold`,
///   `batch`, `cache_hit`, `cache_key_fields`. A span belongs to the stage that it names, else to the one that takes its
///   kind, else to `other`; the time of the first span itself is `other`. A span whose parent is not in the trace hangs under
///   the first one; a span that is open or ends before it begins is left out; so is a trace without a first span, with
///   several, or with two spans of one id. Without `feature`, every trace with a span of a declared stage counts.
/// - `change` of the window with attributes.claim {stage (or several), saved_ms, pipeline?}. Traces that began before the
///   change say what its stage held; those after it, what was saved.
///
/// At most 400,000 spans are read, the newest: the headline says from when on.
///
/// ## Verdicts
/// - fail `OVER_BUDGET`: more than one trace in twenty is over `slo_p95`, or over a stage's `budget_p95`, for certain: the
///   exact binomial test, Holm's correction over all budgets. The time of a stage is that during which one of its spans runs.
/// - fail `CLAIM_EXCEEDS_CAP`: a change claims to save more than its stage holds of a mean trace.
/// - fail `CACHE_KEY_UNVERSIONED`: a cached stage (attributes.cache_hit) is not keyed by a field of `cache_key`.
/// - unknown `NO_TRACES`; `TOO_FEW`: fewer than `min_traces`; `UNATTRIBUTED`: more than `unattributed` of the time belongs to
///   no stage, and the spans around the largest gaps are named; `MISSING_FIELDS`: too many spans cannot be placed.
/// - warn `NEAR_BUDGET`: the 95th percentile is over its budget, and the test does not decide. `WRONG_STAGE`: a claim is about
///   less than `low_cap` of the time while another stage holds `focus_ratio` times as much.
/// - Label `CLAIM_MISSING`, which refuses at the gate `merge`: a change claims a gain of speed without stage and saved_ms. A
///   gate that requires this check refuses what fails as well (`CLAIM_REFUSED` in a claim's case).
///
/// ## Policy
/// - `window_days` 7 days; `min_traces` 72 traces (the fewest whose 95th percentile is bounded above).
/// - `unattributed` 0.15, `low_cap` 0.10 (shares of the time); `focus_ratio` 3.0 (ratio).
/// - `alpha` 0.05: error of the tests of the budgets, over all of a pipeline together.
/// - `max_missing_share` 0.05 (share of spans).
///
/// At 72 traces, the fewest that are judged, a budget that is exceeded in 15.9 % of them fails with power 0.9; at 245 traces
/// one that is exceeded in 10 %.
///
/// ## Example
/// ```yaml
/// pipelines:
///   rag:
///     feature: helpcenter
///     slo_p95: 2500ms
///     stages:
///       chunk_embed: {kind: embeddings, workers: 1, service: 400ms, batch: 512, per_item: 3}
///       vector: {kind: retrieval, budget_p95: 200ms}
///       model: {kind: chat}
/// ```
/// prints, where embedding takes 600 of 1,500 ms and the model 630: "model holds 42 % of the time of 100 traces of rag: at most
/// −630 of 1,500 ms in the mean, 1.72 times as fast."
public enum PipelineBottleneck: Check {
  public static let question = "Is the part that is tuned the part that is slow?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    project.pipelines.map { CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies) }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let settings = context.project.pipelines[subject.name] ?? PipelineSettings()
    let ledger = context.ledger
    let stages = settings.stages.map { "\($0.id) \($0.value)" }
    ledger.include("\(subject.name) \(settings.feature ?? "") \(settings.cacheKey) \(stages)")
    let since = context.asOf.adding(days: -Int64(policy.windowDays))
    var fold = PipelineFold(settings)
    let question = SpanQuestion(
      since: since, until: context.asOf, fields: .place,
      attributes: ["cold", "batch", "cache_hit", "cache_key_fields"])
    let reach = try ledger.forEachTrace(question) { fold.add($0) }
    let facts = Facts(subject.name, settings, fold, reach)
    let claims = try Claims(pipeline: subject.name, since: since, ledger)
    let judged = claims.whole.compactMap { claim in
      JudgedClaim(claim, fold, isOnlyPipeline: context.project.pipelines.count == 1)
    }
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    judgement.used = fold.used
    judgement.excluded = fold.excluded + fold.dropped
    judgement.evidence = fold.examples
    judgeBudgets(&judgement, facts, policy)
    judge(&judgement, judged, policy)
    judgeCaches(&judgement, facts)
    judgeEvidence(&judgement, facts, policy)
    note(&judgement, claims)
    judgement.report(facts, judged, policy)
    return judgement
  }

  private static func judgeBudgets(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let rows = facts.budgets
    let adjusted = Multiplicity.holm(rows.map { $0.budget?.pValue ?? 1 })
    for (row, p) in zip(rows, adjusted) {
      guard let budget = row.budget, let limit = row.limit, let point = row.point else { continue }
      let what = row.name.map { "The stage \($0)" } ?? "The trace"
      let counted =
        "\(what) is over its \(milliseconds(limit)) in \(NumberWords.grouped(budget.above)) of "
        + "\(NumberWords.counted(budget.count, "trace")); one in twenty may be"
      switch budget.state(alpha: policy.alpha, adjusted: p) {
      case .exceeded: judgement.fail("OVER_BUDGET", about: row.name, "\(counted) (\(NumberWords.p(p))).")
      case .open where point.isAbove(limit): judgement.warn("NEAR_BUDGET", about: row.name, "\(counted).")
      case .open, .within: break
      }
    }
  }

  private static func judgeCaches(_ judgement: inout Judgement, _ facts: Facts) {
    for stage in facts.fold.stages where !stage.unkeyed.isEmpty {
      let fields = stage.unkeyed.keys.orderedByBytes()
      judgement.fail(
        "CACHE_KEY_UNVERSIONED", about: stage.name,
        "The cache of \(stage.name) is not keyed by \(NumberWords.list(fields)): what it holds outlives a change of that."
      )
    }
  }

  private static func judgeEvidence(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let traces = facts.fold.traces
    guard traces > 0 else {
      return judgement.unknown(
        "NO_TRACES", "No whole trace of \(facts.name) is in the last \(policy.windowDays) days.", missing: "traces",
        policy.minTraces)
    }
    if traces < policy.minTraces {
      judgement.unknown(
        "TOO_FEW", "\(NumberWords.counted(traces, "trace")); \(NumberWords.grouped(policy.minTraces)) are needed.",
        missing: "traces", policy.minTraces - traces)
    }
    guard facts.unattributed.isAbove(policy.unattributed), let mean = facts.meanLength else { return }
    let gaps = facts.gaps
    var (left, needed) = (facts.unattributed * mean, 0)
    for gap in gaps where left.isAbove(policy.unattributed * mean) {
      (left, needed) = (left - gap.milliseconds, needed + 1)
    }
    let largest = gaps.first.map { "\(facts.words($0.gap)), \(milliseconds($0.milliseconds)) mean" } ?? "anywhere"
    judgement.unknown(
      "UNATTRIBUTED",
      "\(NumberWords.percent(facts.unattributed)) of the time belongs to no stage; the largest gap is \(largest).",
      missing: "spans \(largest)\(needed > 1 ? ", and around the next largest gaps" : "")", max(1, needed))
  }
}

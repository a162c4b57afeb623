public import Project
import Records
import Statistics
public import Store

/// What part of the prompt earned its tokens?
///
/// ## What it does
/// Gives every segment of every prompt the first class that applies: `superseded` (its document was out of date), `duplicate`
/// (the same text as a kept segment, or nearly), `low_score`, `stale_history` (an older turn that has nothing to do with what
/// the user says now), `repeated_rule` (format instructions that the system prompt has already), `unused_schema` (the part of
/// a schema whose fields are never filled), `maybe` (a doubtful score) or `needed`. The share of waste is a ratio over
/// sessions with a cluster-robust interval. Classes are told by rule and not by asking a model, so that the number repeats.
///
/// ## Why it matters
/// The bill grows and the model's price is blamed, while duplicate, outdated, low-scoring and never-used context fills most
/// of each call.
///
/// ## Reads
/// - `span` of kind chat or completion of the window: feature, session_id (a span without one is a session of its own),
///   input_tokens, cached_tokens, model_served, retrieved (doc_id, doc_sha256, rank), attributes.context_segments
///   [{type, tokens, sha256, doc_id, score, turn, text?, fields?}] in the order in which they were sent,
///   attributes.emitted_fields (what the answer filled).
///   Types with rules of their own: `system`, `user` (what the user says now), `history` (with turn), `format`, `schema`.
///   What needs a text that is not there (older turns, format, schema) counts as needed, and as not known.
/// - `artifact` of kind document: valid_to, effective_from, supersedes (digests or names); of kind schema: fields.
/// - `annotation` named `correct` on spans; `change` of surface prompt or index; findings of `eval-validity`.
/// - `models.<model>.price`: input_per_mtok, cached_input_per_mtok.
///
/// It applies to features that set thresholds for it, and to those of which one of the newest 20,000 spans has
/// context_segments. At most 20,000 spans of a feature are read, and 16 MiB of texts, the newest.
///
/// ## Verdicts
/// - fail `WASTE_OVER_LIMIT`: the lower limit of the share is above `max_waste_share`, or nothing is needed at all.
///   `INPUT_OVER_BUDGET`: more than one prompt in twenty is above `input_p95_budget` (exact binomial test).
/// - unknown `WASTE_OPEN`: the interval holds the limit. `NO_SPANS`; `TOO_FEW`: fewer spans than `min_spans`; `ONE_SESSION`;
///   `SEGMENTS_MISSING`: of more than `unattributed_max` of the tokens nothing is known; `INPUT_BUDGET_OPEN`: the test does
///   not decide; `MISSING_FIELDS`.
/// - warn `UNPRICED`: a model has no price, or prices are in several currencies; money is not told then.
/// - Label `CHEAPER_BUT_WORSE`, which refuses at the gate `merge`: prompts became shorter with the last change of prompt or
///   index, and `eval-validity` does not pass for a suite of the feature. A gateway refuses a call above `input_hard_limit`
///   (`CONTEXT_BUDGET_EXCEEDED`); the measure says how many it would have refused.
///
/// ## Policy
/// - `score_floor`, `score_maybe` (no default: scores differ by retriever, calibrate them for each index).
/// - `near_dup_jaccard` 0.80, `near_dup_short` 0.80 (Jaccard), `short_shingles` 100 (runs of five words).
/// - `keep_turns` 3 turns; `turn_overlap_min` 0.10 (share of words); `schema_min_spans` 200 spans.
/// - `max_waste_share` 0.25, `unattributed_max` 0.05 (shares of tokens); `min_spans` 30 spans; `window_days` 30 days.
/// - `input_p95_budget`, `input_hard_limit` (tokens, no default); `alpha` 0.05; `max_missing_share` 0.05.
///
/// With 250 prompts of some 40 % waste, each a session of its own, the limit of 25 % is exceeded with power 0.9.
///
/// ## Example
/// ```yaml
/// features:
///   helpcenter:
///     policies: {context-waste: {score_floor: 0.65, score_maybe: 0.75, input_p95_budget: 8000}}
/// models:
///   help-model: {price: {input_per_mtok: 3.00 USD, cached_input_per_mtok: 0.30 USD}}
/// ```
/// prints, for prompts of 6,140 tokens: "57.96 % of the prompts of helpcenter is waste: 3,559 of 6,140 tokens in the mean of
/// 400 spans, 2.38 times what is needed." [WASTE_OVER_LIMIT]
public enum ContextWaste: Check {
  public static let question = "What part of the prompt earned its tokens?"

  static let mostSpans = 20_000

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    try AnswerFeatures.subjects(of: id, project, seen: ledger.recentFeatures(with: .attribute("context_segments")))
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let ledger = context.ledger
    let since = context.asOf.adding(days: -Int64(policy.windowDays))
    let prices = context.project.models.map { "\($0.id) \($0.value)" }
    ledger.include("\(subject.name) \(prices)")
    let change = try newestChange(ledger)
    let good = try goodAnswers(since: since, ledger)
    var fold = PromptFold(policy, try DocumentHistory(ledger), change: change)
    var question = SpanQuestion(
      since: since, until: context.asOf, fields: [.usage, .session, .retrieved],
      attributes: ["context_segments"])
    question.feature = subject.name
    question.kinds = ["chat", "completion"]
    question.most = mostSpans
    let reach = try ledger.forEachSpan(question) { fold.add($0, isGood: good.contains($0.spanID)) }
    try fold.settleSchemas(ledger)
    let facts = Facts(subject.name, fold, reach, context.project.models, asOf: context.asOf, policy)
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    judgement.used = fold.spans
    judgement.excluded = fold.excluded
    judgement.evidence = fold.examples
    judgeShare(&judgement, facts, policy)
    judgeBudget(&judgement, facts, policy)
    judgePrices(&judgement, facts)
    try noteCheaper(&judgement, facts, context)
    judgement.report(facts, policy)
    return judgement
  }

  /// When the prompt or what is retrieved last changed; before the window it sets no prompts beside each other.
  private static func newestChange(_ ledger: Snapshot) throws -> Instant? {
    var newest: Instant?
    try ledger.forEachChange { _, change in
      guard ["prompt", "index"].contains(change.surface), change.at <= ledger.asOf else { return }
      newest = max(newest ?? change.at, change.at)
    }
    return newest
  }

  /// Spans of which the last word is that they were right.
  private static func goodAnswers(since: Instant, _ ledger: Snapshot) throws -> Set<String> {
    var good: Set<String> = []
    try ledger.forEachAnnotation(named: "correct", by: [.human, .llm, .code], since: since) { annotation in
      if annotation.value.isPass == true { good.insert(annotation.subject) } else { good.remove(annotation.subject) }
    }
    return good
  }

  // MARK: Judging

  private static func judgeShare(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let fold = facts.fold
    guard let share = facts.share else {
      return judgement.unknown(
        "NO_SPANS", "No prompt of \(facts.feature) with tokens is in the last \(policy.windowDays) days.",
        missing: "spans with input_tokens and attributes.context_segments", policy.minSpans)
    }
    let limit = NumberWords.percent(policy.maxWasteShare)
    if let interval = facts.interval, interval.low.isAbove(policy.maxWasteShare) {
      judgement.fail(
        "WASTE_OVER_LIMIT",
        "At least \(NumberWords.percent(interval.low)) of the tokens are waste; \(limit) may be.")
    } else if facts.needed <= 0 {
      judgement.fail("WASTE_OVER_LIMIT", "All of the tokens are waste; \(limit) may be.")
    } else if let interval = facts.interval, interval.high.isAbove(policy.maxWasteShare) {
      judgement.unknown(
        "WASTE_OPEN",
        "\(NumberWords.percent(share, interval.low, interval.high)) of the tokens are waste; \(limit) may be.",
        missing: "sessions", facts.missingSessions(limit: policy.maxWasteShare))
    }
    if fold.spans < policy.minSpans {
      judgement.unknown(
        "TOO_FEW",
        "\(NumberWords.counted(fold.spans, "span")); \(NumberWords.grouped(policy.minSpans)) are needed.",
        missing: "spans", policy.minSpans - fold.spans)
    }
    if fold.sessions.count < 2 {
      judgement.unknown(
        "ONE_SESSION", "All spans are of one session: nothing is known of others.", missing: "sessions", 1)
    }
    judgeSegments(&judgement, facts, policy)
  }

  private static func judgeSegments(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let unattributed = facts.unattributed ?? 0
    let unread = facts.unread ?? 0
    let unknown = unattributed + unread
    guard unknown.isAbove(policy.unattributedMax) else { return }
    var parts: [String] = []
    if unattributed > 0 { parts.append("\(NumberWords.percent(unattributed)) of the tokens are in no segment") }
    if unread > 0 {
      let types = NumberWords.list(facts.fold.unreadTypes.orderedByBytes())
      parts.append("\(NumberWords.percent(unread)) are in segments without what their rule reads (\(types))")
    }
    let what =
      unattributed >= unread
      ? "tokens in attributes.context_segments" : "tokens of segments with text, or with fields and emitted_fields"
    let allowed = policy.unattributedMax * facts.total
    judgement.unknown(
      "SEGMENTS_MISSING", parts.joined(separator: "; ") + ".", missing: what,
      Int((unknown * facts.total - allowed).rounded(.up)))
  }

  private static func judgeBudget(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let budget = facts.budget, let limit = policy.inputBudget else { return }
    let counted =
      "\(NumberWords.grouped(budget.above)) of \(NumberWords.counted(budget.count, "prompt")) are above "
      + "\(NumberWords.counted(limit, "token")); one in twenty may be"
    switch budget.state(alpha: policy.alpha) {
    case .exceeded: judgement.fail("INPUT_OVER_BUDGET", "\(counted) (\(NumberWords.p(budget.pValue))).")
    case .open:
      judgement.unknown(
        "INPUT_BUDGET_OPEN", "\(counted).", missing: "prompts within the budget",
        MissingTrials.clean(
          failures: Double(budget.above), trials: Double(budget.count), limit: budget.allowed,
          confidence: 1 - policy.alpha))
    case .within: break
    }
  }

  private static func judgePrices(_ judgement: inout Judgement, _ facts: Facts) {
    if !facts.costs.unpriced.isEmpty {
      judgement.warn("UNPRICED", "Nobody says what \(NumberWords.list(facts.costs.unpriced)) costs.")
    } else if facts.costs.currencies.count > 1 {
      judgement.warn("UNPRICED", "Prices are in \(NumberWords.list(facts.costs.currencies)), which are never added.")
    }
  }

  /// Notes that prompts became shorter while nobody has shown that answers did not become worse.
  private static func noteCheaper(_ judgement: inout Judgement, _ facts: Facts, _ context: CheckContext) throws {
    guard let difference = MeanInference.welch(facts.fold.after, facts.fold.before),
      difference.interval().high < 0
    else { return }
    let project = context.project
    let declared = project.features[facts.feature]?.suite.map { [$0] } ?? []
    let suites = declared + project.suites.filter { $0.value.feature == facts.feature }.map(\.id)
    for suite in Set(suites).orderedByBytes() {
      let finding = try context.ledger.findings(check: "eval-validity", subject: suite, limit: 1).first
      let verdict = finding?.verdict.rawValue ?? "nothing"
      context.ledger.include("\(suite) \(verdict)")
      if finding?.verdict == .pass || finding?.verdict == .warn { continue }
      judgement.reasons.append(
        Finding.Reason(
          "CHEAPER_BUT_WORSE", about: suite, .pass,
          "Prompts are \(NumberWords.fixed(-difference.estimate, 0)) tokens shorter since the last change of prompt or index, and "
            + "eval-validity says \(verdict) of \(suite)."))
    }
  }
}

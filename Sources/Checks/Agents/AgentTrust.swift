import Guards
public import Project
import Records
import Statistics
public import Store

/// Agents act within scope, budget and breaker.
///
/// ## What it does
/// Goes through the actions of an agent in its window, which are spans of kind tool with `attributes.agent`, in the order of their
/// times. What an action does is the graver of what `tools` declares and what its span says (`attributes.effect`). The budget
/// of failures is rate × actions units; an action that somebody annotated as not `intended` burns the weight of its effect. A tool
/// must be in the effective scope, the intersection of the scopes along the agent's parents. A chain of tools is judged by the
/// product of their shares of success, with exact bounds for each step that hold together (Bonferroni).
///
/// A call has failed that ended with an error or a timeout, or with an answer of nothing and a reason to finish. For each tool, and
/// for each model that the agent called in the last day (by who answers and in which region), a breaker looks at the share of
/// failures in a short window; how it stands now is shown, and how often it opened. Calls of models for which nobody was asked, or
/// that were wrong, count for nothing. Spans whose parent nobody recorded are counted in up to 200 traces of the window, evenly chosen.
///
/// The finding is the agent's card. It also says what the guard would have answered to each action, had it been asked
/// (`NO_TRACE`, `NO_BUDGET`, `SCOPE_ESCALATION`, `DEPTH`, `CAP_REACHED`, `BREAKER_OPEN`, `DUPLICATE_EFFECT`, `LOOP`,
/// `NO_IDEMPOTENCY_KEY`, `NEEDS_APPROVAL`, or a receipt), as if each action had ended before the next began. What it did in some
/// stretch of time, action by action, is said by `tally spans --agent NAME --kind tool --since TIME --until TIME`.
///
/// ## Why it matters
/// Agents write, pay and start other agents with nobody having said how much may go wrong or what stops them, and an action that
/// nobody wanted repeats for hours before anyone can say what it did.
///
/// ## Reads
/// - `agents` (parent, scopes, max_depth, failure_budget, caps, chain, owner) and `tools` (effect, idempotency_key).
/// - `span` of kind tool or agent with attributes.agent: trace_id, parent_id, tool, status, error_type, finish_reason,
///   output_tokens, idempotency_key, cost_usd, attributes.args_sha256, .effect, .approved_by. An action whose error_type is a
///   code of the guard was held up and never made. Where the window holds more than 500,000 such spans of all agents, its end is read.
/// - `span` of kind chat or completion with attributes.agent, of the last day: model_requested, model_served, status, error_type,
///   finish_reason, output_tokens, attributes.provider, .upstream, .region, .http_status, .unasked, .drill, .empty.
/// - annotations `intended` (yes, no, unknown) on those spans, the newest word on each; of people on their traces.
/// - `receipt` (idempotency_key): how many effects under a key are proved.
///
/// ## Verdicts
/// - fail `NO_BUDGET`: the agent was seen, and nobody declared it or its failure_budget.
/// - fail `BUDGET_SPENT`: more units are burnt than there are. Above 0.8 of them it warns `BUDGET_NEAR`.
/// - fail `SCOPE_ESCALATION`: tools outside the effective scope were called.
/// - fail `UNAPPROVED_IRREVERSIBLE`: what cannot be taken back was done without a person's approval. An agent is no person.
/// - fail `CHAIN_BELOW_TARGET`: surely less work than `min_chain_success` comes through the chain.
/// - unknown `CHAIN_OPEN`: the bounds lie on both sides of the target. `CHAIN_STEP_UNSEEN`: a step was never taken.
/// - unknown `TOO_FEW_REVIEWED`: fewer than `review_min_n` actions that may change something were reviewed; of an agent that only
///   reads, of all its actions. `NO_ACTIONS`: it is declared and did nothing. `MISSING_FIELDS`: too many effects are unknown.
/// - warn `BREAKER_WARNING`: the failures of a tool or a model are at the breaker's `warn` or above now, or it is open or half-open.
/// - warn `ORPHANS`: too many spans have a parent that nobody recorded.
/// - pass: it acts within scope, budget and breaker.
///
/// ## Policy
/// - `weights` ({read: 0, reversible: 1, compensable: 2, irreversible: 5}, units): their order matters more than the numbers.
/// - `loop_limit` (3, equal calls in a trace), `duplicate_window` (24h): what the guard takes for a loop, and for the same effect.
/// - `breaker` ({window: 5m, min_calls: 10, warn: 0.10, open: 0.25, consecutive: 5, open_time: 30s, probes: 3,
///   max_open_time: 10m}): a plain share, reached.
/// - `review_min_n` (50, actions), `confidence` (0.95): reviews that are needed, and the bound of the unintended rate.
/// - `min_chain_success` (0.80, share of the work), `max_orphan_share` (0.01, share of spans with a parent).
/// - `max_missing_share` (0.05, share of actions): what may be left out.
///
/// Budget, scope and approvals are a census: one action too many is found every time. A chain of two steps that 0.70 of the work
/// comes through is found in nine of ten windows of 250 pieces of work.
///
/// ## Example
/// ```yaml
/// agents:
///   refunds: {scopes: [orders.read, refunds.*], failure_budget: {rate: 0.005, window: 7d}}
/// tools:
///   orders.read: {effect: read}
///   refunds.issue: {effect: irreversible}
/// ```
/// prints, for 1,000 actions of which two reversible and one irreversible were not intended:
/// ```
/// fail: refunds acted 1,000 times in 7 days and burnt 7 of 5 units: 1 irreversible and 2 reversible actions were not intended.
/// ```
public enum AgentTrust: Check {
  public static let question = "Do agents act within scope, budget and breaker?"

  /// Calls of tools by anybody in the window; of more, those of its end are judged, which the headline says.
  static let mostLookedAt = 500_000

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    var subjects = project.agents.map { CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies) }
    for agent in try ledger.recentAgents() where project.agents[agent] == nil { subjects.append(CheckSubject(agent)) }
    return subjects
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let (project, ledger) = (context.project, context.ledger)
    ledger.include("\(subject.name) \(project.agents) \(project.tools)")
    let roster = AgentRoster(project)
    let budget = roster.agents[subject.name]?.budget
    let window = (budget ?? FailureBudget()).window
    let since = ledger.asOf.advanced(by: .zero - window) ?? ledger.asOf
    var question = SpanQuestion(
      since: since, until: ledger.asOf, fields: [.place, .outcome, .asking, .usage, .call, .contents],
      attributes: ["agent"])
    question.kinds = ["tool", "agent"]
    question.attribute = ("agent", subject.name)
    question.isOldestFirst = true
    question.mostLookedAt = mostLookedAt
    let intentions = try NewestWords.read("intended", since: ledger.beginning(of: question), ledger) { $0.value.text }
    var fold = AgentFold(
      agent: subject.name, roster, currency: project.agents[subject.name]?.caps.limit?.currency,
      intentions: intentions, policy)
    let reach = try ledger.forEachSpan(question) { fold.add($0, agent: subject.name) }
    let card = project.agents[subject.name]
    let models = try AgentModels(of: subject.name, ledger, policy.breaker.rule)
    var facts = try Facts(
      subject.name, fold, models, budget, chain: card?.chain ?? [], window, reach, ledger, policy)
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    judgement.used = fold.actions - fold.excluded
    judgement.excluded = fold.excluded
    judgeBudget(&judgement, facts, isDeclared: card != nil)
    judgeScope(&judgement, facts, roster)
    judgeChain(&judgement, facts, policy)
    judgeReviews(&judgement, facts, policy)
    judgeBreakers(&judgement, facts)
    judgeOrphans(&judgement, facts, policy)
    judgement.evidence = Array((fold.examples.elements + fold.escalated.evidence + fold.unapproved.evidence).prefix(20))
    report(&judgement, &facts, policy)
    return judgement
  }

  // MARK: The rule

  private static func judgeBudget(_ judgement: inout Judgement, _ facts: Facts, isDeclared: Bool) {
    guard let budget = facts.budget else {
      guard facts.fold.actions > 0 || !isDeclared else { return }
      let text =
        isDeclared
        ? "Nobody declared how much of what \(facts.agent) does may go wrong: it has no failure_budget."
        : "\(facts.agent) acts, and nobody declared it: it is not under agents in tally.yaml."
      return judgement.fail("NO_BUDGET", text)
    }
    let text =
      "\(NumberWords.plain(facts.fold.burn)) of \(NumberWords.plain(facts.units)) units are burnt (\(NumberWords.percent(budget.rate)) of \(NumberWords.counted(facts.fold.actions, "action")))"
    switch budget.level(burn: facts.fold.burn, actions: facts.fold.actions) {
    case .spent: judgement.fail("BUDGET_SPENT", "\(text): writes must stop until the window has moved on.")
    case .near: judgement.warn("BUDGET_NEAR", "\(text): the next unintended action may spend the budget.")
    case .fine: break
    }
  }

  private static func judgeScope(_ judgement: inout Judgement, _ facts: Facts, _ roster: AgentRoster) {
    let escalated = facts.fold.escalated
    if escalated.count > 0 {
      let chain = roster.chain(of: facts.agent)
      let along = chain.count > 1 ? " along \(chain.joined(separator: " → "))" : ""
      judgement.fail(
        "SCOPE_ESCALATION",
        "\(NumberWords.counted(escalated.count, "action")) called tools outside the scope\(along): \(NumberWords.list(escalated.names))."
      )
    }
    let unapproved = facts.fold.unapproved
    guard unapproved.count > 0 else { return }
    judgement.fail(
      "UNAPPROVED_IRREVERSIBLE",
      "\(NumberWords.counted(unapproved.count, "action")) that cannot be taken back had no person's approval: \(NumberWords.list(unapproved.names))."
    )
  }

  private static func judgeChain(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let chain = facts.chain, facts.fold.actions > 0 else { return }
    guard let rate = chain.rate else {
      for tool in chain.unseen {
        judgement.unknown(
          "CHAIN_STEP_UNSEEN", about: tool, "The step \(tool) of the chain was never taken in the window.",
          missing: "actions of \(tool)", 1)
      }
      return
    }
    let interval = chain.interval
    let text =
      "\(NumberWords.percent(rate, interval.low, interval.high)) of the work comes through the chain of \(NumberWords.counted(chain.steps.count, "step"))"
    let target = NumberWords.percent(policy.minChainSuccess)
    if interval.high.isBelow(policy.minChainSuccess) {
      judgement.fail("CHAIN_BELOW_TARGET", "\(text); \(target) must.")
    } else if interval.low.isBelow(policy.minChainSuccess) {
      judgement.unknown(
        "CHAIN_OPEN", "\(text): whether \(target) do is not known.", missing: "actions of each step of the chain",
        chain.missing(target: policy.minChainSuccess))
    }
  }

  private static func judgeReviews(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    if facts.fold.actions == 0, facts.budget != nil || judgement.reasons.isEmpty {
      return judgement.unknown(
        "NO_ACTIONS", "\(facts.agent) did nothing in \(facts.windowText) that was recorded.",
        missing: "spans of kind tool with attributes.agent \(facts.agent)", policy.reviewMinN)
    }
    guard facts.fold.actions > 0, facts.reviewed < policy.reviewMinN else { return }
    let what = facts.fold.changing > 0 ? "actions that may change something" : "actions"
    judgement.unknown(
      "TOO_FEW_REVIEWED",
      "\(NumberWords.grouped(facts.reviewed)) of its \(what) were reviewed; \(NumberWords.grouped(policy.reviewMinN)) are needed to say how often it does what nobody wanted.",
      missing: "\(what) with an annotation intended", policy.reviewMinN - facts.reviewed)
  }

  private static func judgeBreakers(_ judgement: inout Judgement, _ facts: Facts) {
    for (name, level) in facts.levels where level != .closed {
      let state =
        switch level {
        case .warning: "fail often enough to warn"
        case .open: "failed so often that the breaker is open"
        case .halfOpen, .closed: "failed so often that the breaker opened, and none has shown since that they work"
        }
      judgement.warn("BREAKER_WARNING", about: name, "Calls of \(name) \(state).")
    }
  }

  private static func judgeOrphans(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let share = facts.orphanShare, share.isAbove(policy.maxOrphanShare) else { return }
    judgement.warn(
      "ORPHANS",
      "\(NumberWords.grouped(facts.orphans)) of \(NumberWords.counted(facts.linked, "span")) name a parent that nobody recorded (\(NumberWords.percent(share))); at most \(NumberWords.percent(policy.maxOrphanShare)) may."
    )
  }
}

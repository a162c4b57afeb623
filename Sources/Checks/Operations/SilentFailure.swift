import Guards
public import Project
import Records
import Statistics
public import Store

/// Background jobs that say they are done, and are.
///
/// ## What it does
/// Derives how each item of a run stands from evidence, never from what a worker says. An item is verified if every step that
/// it declares has a receipt that was read back and found right, no intent took effect twice, no receipt is refuted, and
/// no output check failed. What is wrong is named, the gravest first: `DUPLICATE` (two effects under one key), `FALSE_SUCCESS`
/// (a receipt whose object is not there, or another; a later, confirmed receipt of the step makes it good),
/// `SEMANTIC` (an output check failed), `LOOP` (equal calls of a tool, or many, without progress), `BUDGET`, `PARTIAL` (claimed
/// complete, with steps nobody proved), `STALLED`, `TIMEOUT`, `EXCEPTION`. The rate of hidden failures is the share of items
/// claimed complete that are not verified, with a 95 % Clopper-Pearson interval.
///
/// Progress is a marker that was not seen before, or a receipt; log lines and a living process are none. Equal intents have
/// one key, whatever the order of their arguments and the spelling of texts and numbers: where they come under several,
/// nothing can stop a second effect. Of the runs of 30 days each is a subject, and the newest of each schedule: runs with
/// a `period_s` and one `attributes.schedule`, else one period and configuration.
///
/// ## Why it matters
/// An asynchronous job ends as complete while its output is wrong, partial, doubled or missing. Queues count claims, so their
/// dashboards stay green; the customer finds it.
///
/// ## Reads
/// `run` (status_claimed, period_s, config_sha256, attributes.schedule), `item` (declared_steps, deadline_at, budget_usd),
/// `attempt` (item_id, step_id, claimed_at, status_claimed), `receipt` (step_id, output_name, idempotency_key, effect_ref,
/// sha256, bytes, read_back, supersedes), `heartbeat` (run_id, item_id or attempt_id, progress), spans of kind tool
/// (attributes or tags run_id, item_id, step_id, attributes.args or args_sha256, idempotency_key, cost_usd), annotations
/// `output_check` on an item or `run/item` (pass or fail; reason_tags name the checks).
///
/// ## Verdicts
/// - fail `FALSE_SUCCESS`, `SEMANTIC`, `PARTIAL`: more than `max_hidden` items are claimed complete and not verified.
/// - fail `DUPLICATE`, `LOOP`, `BUDGET`: always. `LOST_ITEMS`: the run is closed, and items have neither result nor error.
/// - fail `MISSED_SCHEDULE`: no run of the schedule was verified for `schedule_slack` periods.
/// - fail `EXCEPTION`: an item failed and has no attempt left; with attempts left it warns.
/// - unknown `NO_ITEMS`, `NO_DECLARED_STEPS`, `NO_RECEIPTS`: nothing says what should exist, or nobody kept proof.
/// - unknown `AUDIT_SHORT`: output checks looked at fewer items than would show a defect of `audit_rate`.
/// - warn `STALLED`, `TIMEOUT`, `KEY_PER_CALL`.
/// - pass: what is claimed complete is verified.
///
/// ## Policy
/// - `max_hidden` (0, items): hidden failures are defects, not a rate; raise it only for work whose loss is priced.
/// - `stall_minutes` (15, minutes): more without progress is stalled.
/// - `attempts_max` (3): attempts at an item, or at each of its steps.
/// - `loop_repeat` (3), `no_progress_steps` (10, calls): what makes a loop.
/// - `schedule_slack` (1.5, periods): how late a scheduled run may be.
/// - `audit_rate` (0.01, share of items): a defect as frequent is seen with probability 0.95, 299 items of many, 258 of 1,000.
/// - `volatile_args` ([request_id, timestamp, now, nonce, trace_id]): no part of an intent.
/// - `output_checks` ([schema, referential, conservation, coverage, grounding]): what each output is asked; [] asks nothing.
///
/// Nothing is estimated but the rate shown: one item that lacks one step is found every time.
///
/// ## Example
/// ```yaml
/// policies:
///   silent-failure: {output_checks: [schema, referential], stall_minutes: 30}
/// ```
/// prints, for ten items of eleven that are claimed complete:
/// ```
/// fail: run-7 claims 10 of 11 items complete, and 6 of them are verified: 4 hidden failures (40 %, 12.16 to 73.76).
/// ```
public enum SilentFailure: Check {
  public static let question = "Is the work that claims to be done done?"

  /// Days of runs that are judged.
  static let windowDays: Int64 = 30

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    guard ledger.hasRuns else { return [] }
    let since = ledger.asOf.adding(days: -windowDays)
    let runs = try ledger.runs(since: since)
    let newest = Set(Schedule.all(runs).values.compactMap { $0.last?.runID })
    return runs.filter { $0.at >= since || newest.contains($0.runID) }.map { CheckSubject($0.runID) }
      .orderedByBytes(of: \.name)
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let ledger = context.ledger
    var judgement = Judgement()
    judgement.method = "Clopper-Pearson interval of hidden failures"
    guard let run = try ledger.run(subject.name) else { return nothing(judgement, subject.name) }
    var tally = RunTally()
    try RunReading(run, policy).forEachItem(ledger) { tally.add($0, policy, asOf: ledger.asOf) }
    judgement.used = tally.items
    try judgeSchedule(&judgement, run, policy, ledger)
    guard tally.items > 0 else { return nothing(judgement, subject.name) }
    judgeHidden(&judgement, tally, policy)
    judgeWork(&judgement, run, tally)
    judgeEvidence(&judgement, tally, policy)
    judgement.evidence = tally.evidence
    report(&judgement, subject, tally, policy)
    return judgement
  }

  // MARK: The rule

  /// Codes that fail only by their number; the others fail whenever they occur.
  private static func isCounted(_ one: ItemStatus.Class) -> Bool {
    switch one {
    case .falseSuccess, .semantic, .partial: true
    default: false
    }
  }

  private static func judgeHidden(_ judgement: inout Judgement, _ tally: RunTally, _ policy: Policy) {
    let isTooMany = tally.hidden > policy.maxHidden
    let found = tally.claimedClasses.filter { isCounted($0.key) && ($0.key != .partial || tally.withReceipts > 0) }
    for (one, names) in found.ordered(by: { rank($0.key) }) {
      let text =
        "\(NumberWords.counted(names.count, "item")) claimed complete: \(meaning(one)): \(names.listed)."
      judgement.reasons.append(Finding.Reason(one.code, about: about(one), isTooMany ? .fail : .pass, text))
    }
  }

  private static func judgeWork(_ judgement: inout Judgement, _ run: RunRecord, _ tally: RunTally) {
    for (one, names) in tally.classes.ordered(by: { rank($0.key) }) {
      let text = "\(NumberWords.counted(names.count, "item")): \(meaning(one)): \(names.listed)."
      switch one {
      case .duplicate, .loop, .budget: judgement.fail(one.code, text)
      case .stalled, .timeout: judgement.warn(one.code, text)
      case .falseSuccess, .semantic, .partial, .exception: break
      }
    }
    if tally.exhausted.count > 0 {
      judgement.fail(
        "EXCEPTION",
        "\(NumberWords.counted(tally.exhausted.count, "item")) failed, with no attempt left: \(tally.exhausted.listed)."
      )
    }
    if tally.retryable.count > 0 {
      judgement.warn(
        "EXCEPTION",
        "\(NumberWords.counted(tally.retryable.count, "item")) failed, with attempts left: \(tally.retryable.listed).")
    }
    if ["succeeded", "degraded", "failed"].contains(run.statusClaimed), tally.unfinished.count > 0 {
      judgement.fail(
        "LOST_ITEMS",
        "The run is closed, and \(NumberWords.counted(tally.unfinished.count, "item")) of its manifest have neither a result nor an error: \(tally.unfinished.listed)."
      )
    }
    if tally.keyPerCall.count > 0 {
      judgement.warn(
        "KEY_PER_CALL",
        "\(NumberWords.counted(tally.keyPerCall.count, "item")) gave equal intents different keys, so that nothing can stop a second effect: \(tally.keyPerCall.listed)."
      )
    }
  }

  private static func judgeEvidence(_ judgement: inout Judgement, _ tally: RunTally, _ policy: Policy) {
    if tally.undeclared > 0 {
      judgement.unknown(
        "NO_DECLARED_STEPS",
        "\(NumberWords.counted(tally.undeclared, "item")) declare no steps: nothing says what must exist when they are done.",
        missing: "declared_steps of items", tally.undeclared)
    }
    if tally.withReceipts == 0 {
      judgement.unknown(
        "NO_RECEIPTS", "No item of the run has a receipt: nothing that is claimed is proved.",
        missing: "receipts for items", tally.items)
    }
    guard !policy.outputChecks.isEmpty,
      let needed = AuditSample.size(rate: policy.auditRate, of: tally.claimed), tally.audited < needed
    else { return }
    judgement.unknown(
      "AUDIT_SHORT",
      "\(NumberWords.counted(tally.audited, "output")) of \(NumberWords.grouped(tally.claimed)) passed through all output checks; \(NumberWords.grouped(needed)) would show a defect in \(NumberWords.percent(policy.auditRate)) of them.",
      missing: "items with every output check", needed - tally.audited)
  }

  /// Only of the newest run of its schedule.
  private static func judgeSchedule(
    _ judgement: inout Judgement, _ run: RunRecord, _ policy: Policy, _ ledger: Snapshot
  ) throws {
    guard let key = Schedule(run) else { return }
    let runs = Schedule.all(try ledger.runs(since: ledger.asOf))[key] ?? []
    let limit = policy.scheduleSlack * key.period
    guard runs.last?.runID == run.runID, let first = runs.first,
      let oldest = ledger.asOf.advanced(by: .seconds(-limit)), first.at < oldest
    else { return }
    for one in runs.reversed() {
      guard one.at >= oldest else { break }
      var tally = RunTally()
      try RunReading(one, policy).forEachItem(ledger) { tally.add($0, policy, asOf: ledger.asOf) }
      if tally.allVerified { return }
    }
    judgement.fail(
      "MISSED_SCHEDULE",
      "No run of the schedule was verified for \(NumberWords.plain(policy.scheduleSlack)) periods of \(NumberWords.plain(key.period)) s."
    )
  }

  // MARK: Words

  static func rank(_ one: ItemStatus.Class) -> String {
    let order = [
      "DUPLICATE", "FALSE_SUCCESS", "SEMANTIC", "LOOP", "BUDGET", "PARTIAL", "STALLED", "TIMEOUT", "EXCEPTION",
    ]
    return "\(order.firstIndex(of: one.code) ?? order.count) \(one.name)"
  }

  static func about(_ one: ItemStatus.Class) -> String? { if case .semantic(let check) = one { check } else { nil } }

  static func meaning(_ one: ItemStatus.Class) -> String {
    switch one {
    case .duplicate: "one intent took effect more than once"
    case .falseSuccess: "what a receipt claims is not there, or is something else"
    case .semantic(let check): "the output check '\(check)' failed"
    case .loop: "calls go round without progress"
    case .budget: "more was spent than allowed"
    case .partial: "steps lack a confirmed receipt"
    case .stalled: "nothing has moved for too long"
    case .timeout: "the deadline has passed"
    case .exception: "the last attempt failed"
    }
  }
}

/// Runs that should come again and again.
struct Schedule: Hashable {
  let name: String
  /// Seconds.
  let period: Double

  /// Nil for a run that is not scheduled.
  init?(_ run: RunRecord) {
    guard let period = run.periodSeconds, period > 0 else { return nil }
    let attributes = run.attributes.flatMap { try? JSONValue(parsing: $0) }
    self.period = period
    name = attributes?["schedule"]?.text.map { "schedule \($0)" } ?? "configuration \(run.configSHA256 ?? "")"
  }

  /// The runs of each schedule by their times.
  static func all(_ runs: [RunRecord]) -> [Schedule: [RunRecord]] {
    var schedules: [Schedule: [RunRecord]] = [:]
    for run in runs {
      if let key = Schedule(run) { schedules[key, default: []].append(run) }
    }
    return schedules.mapValues { $0.ordered(by: \.at) }
  }
}

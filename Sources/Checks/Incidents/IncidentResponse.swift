import Guards
public import Project
import Records
import Statistics
public import Store

/// Alerts, triage and closure for systems that fail at a rate.
///
/// ## What it does
/// Of each signal, compares the newest windows with the time before them: means by Welch's t, proportions by Fisher's exact test,
/// both two-sided. A window is an alarm where p ≤ `alert_alpha` and the change is at least `min_effect`, where it would be worse;
/// an alarm counts when `confirm_windows` in a row are alarms. Then it ranks what may be the cause: every change within `lookback`
/// of the onset on every surface (model, prompt, index, tool schema, judge and the others), and every version that appeared without
/// a change ("not changed by us"), by Fisher's test of its bad answers beside those of the other versions of its surface, then
/// by how near to the onset it happened. A change that a guard of calls made (a breaker, freeze, drill or failure budget) is named by
/// what it is about; it is no candidate where that is another feature, a drill that no call of the feature met, or a drill's end.
/// Severity counts points: harm (1 to 4), the share of the traffic that is met (1 below 1 %, 2 below 10 %, 3 from there on), and 2
/// where it cannot be taken back: SEV1 from 7, SEV2 from 5, SEV3 from 3.
///
/// Of each incident that is not closed, or changed within 30 days, it compares the replays of the current and the previous
/// configuration, plans how many replays the difference seen would need, and looks whether a closed one says what it must.
///
/// ## Why it matters
/// Nothing is down, answers are merely worse. The alert fires on noise or not at all, the cause is looked for in deployments, and the
/// incident is closed with no rate and no test.
///
/// ## Reads
/// - `signals`, `runbooks`, `people` (oncall_roles, active, until).
/// - annotations of a signal's name; spans of kind chat or completion (refusal, status, times, tokens, cost_usd), retrieval
///   (retrieved) or tool; their model_served, prompt_sha256, index_sha256, tool_schema_sha256.
/// - `change` of all surfaces, with attributes.breaker, .freeze, .drill and .failure_budget; attributes.drill of spans; `heartbeat`,
///   which tells whether somebody lives who says nothing.
/// - `incident`, all fields; trials of the suite `replay:<incident>` with the variants `current` and `previous` (passed: not bad).
///
/// ## Verdicts
/// Of a signal:
/// - fail `SIGNAL_SHIFTED`: every one of `confirm_windows` windows is an alarm. It warns where only some are.
/// - fail `SIGNAL_SILENT`: `silent_windows` windows without a value, where some are expected and there were some before.
/// - fail `RUNBOOK_NOT_EXECUTABLE`: a step of its runbook names a role that nobody on call holds.
/// - unknown `TOO_FEW`: fewer than `min_n` values in the newest window, or in one that would confirm an alarm, or in the time before.
///   `NO_DATA`: it never had a value.
/// - label `NO_RUNBOOK`: nobody wrote what is done when it shifts. The gate `merge` refuses on it.
///
/// Of an incident:
/// - fail `INCIDENT_INCOMPLETE`: it is closed without one of `closure_fields`, or dismissed without a rate (x/n). "n/a" is none.
/// - unknown `COLLECT_MORE`: the replays do not show that the current configuration is worse; never that there is no issue.
/// - pass: the replays show it; the surface is named.
///
/// ## Policy
/// - `alert_alpha` (0.001), `confirm_windows` (2): false pages are rare at hourly windows. Where traffic has hours and weekdays,
///   let the baseline be whole weeks.
/// - `lookback` (24h), `silent_windows` (2).
/// - `replay_alpha` (0.05), `replay_power` (0.80): the test of the replays, and what they are planned for.
/// - `closure_fields` ([prompt_sha256, model_served, route_slice, judge_config, index_state, tool_schema_versions, traffic_mix,
///   cohort, bad_rate, regression_item_id]): what must be known when it is closed.
///
/// With windows of 35 values and a week before them, a mean that falls by one standard deviation is found with power 0.9.
///
/// ## Example
/// ```yaml
/// signals:
///   csat: {feature: support, min_effect: 0.10, window: 1h, baseline: 7d, harm: 2}
/// runbooks:
///   csat: [{step: pin the last prompt, role: prompts}]
/// people:
///   ana: {oncall_roles: [prompts]}
/// ```
/// prints, for 2,000 answers an hour at 4.05 after a week at 4.21:
/// ```
/// fail: csat has fallen by 0.16 (-0.2013 to -0.1187) to 4.05, confirmed in 2 windows: SEV2.
/// ```
public enum IncidentResponse: Check {
  public static let question = "Do answers get worse, why, and was it closed with a rate and a test?"

  /// Days for which a closed incident is judged after its last event.
  static let windowDays: Int64 = 30

  /// Before an incident's id, so that it is told from a signal of that name.
  static let incidentPrefix = "incident "

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    let signals = project.signals.map { CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies) }
    let since = ledger.asOf.adding(days: -windowDays)
    let incidents = try ledger.incidents().map(\.record).filter { incident in
      !["closed", "dismissed"].contains(incident.state) || incident.at >= since
    }
    return signals + incidents.map { CheckSubject(incidentPrefix + $0.incidentID, owner: $0.owner) }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    if let settings = context.project.signals[subject.name] {
      return try judgeSignal(subject.name, settings, policy, context)
    }
    let id = subject.name.dropFirst(incidentPrefix.count)
    guard let incident = try context.ledger.incidents().first(where: { $0.record.incidentID == id }) else {
      var judgement = Judgement()
      judgement.unknown("NO_DATA", "There is no incident \(id).", missing: "the incident", 1)
      return judgement
    }
    return try judgeIncident(incident.record, incident.id, policy, context)
  }
}

import Guards
public import Project
public import Records
public import Store

extension IncidentResponse {
  /// Gathers what the ledger knows of an incident, for its post-mortem.
  ///
  /// O(spans of the feature in the incident, and as long before), within the limits of a `SpanQuestion`.
  /// - Parameter now: when it is drafted; what it says depends on `ledger.asOf` alone.
  /// - Returns: nil where no such incident is on record.
  public static func draft(
    of incidentID: String, project: Project, ledger: Snapshot, now: Instant
  ) throws -> IncidentDraft? {
    let events = try ledger.incidentEvents(incidentID)
    guard let incident = events.last else { return nil }
    let subject = CheckSubject(incidentPrefix + incident.incidentID, owner: incident.owner)
    let policy = project.policy(Policy.self, subject: [subject.policies])
    let context = CheckContext(project: project, ledger: ledger.account(), history: [])
    let judgement = try judge(subject, policy: policy.value, context)
    let finding = Finding(
      judgement, check: id, subject: subject, policy: try policy.canonicalJSON, ledger: context.ledger, now: now)
    var draft = IncidentDraft(incident, asOf: ledger.asOf, finding: finding)
    draft.timeline = try timeline(events, draft, policy.value, ledger)
    var seen = IncidentTraffic()
    if let onset = incident.onsetAt, onset < draft.end {
      let earlier = onset.advanced(by: .zero - onset.duration(to: draft.end)) ?? onset
      var before = IncidentTraffic()
      draft.before = try before.read(
        incident.feature, from: earlier, to: onset.advanced(by: .nanoseconds(-1)) ?? onset, ledger)
      draft.during = try seen.read(incident.feature, from: onset, to: draft.end, ledger)
      if let signal = incident.signal, let settings = project.signals[signal] {
        try seen.readJudges(SignalSource(name: signal, settings: settings), from: onset, to: draft.end, ledger)
      }
    }
    draft.fields = try fields(of: incident, policy.value, seen, ledger)
    return draft
  }

  /// What changed from the look-back on, what checks said that was not fine, and what became of the incident.
  private static func timeline(
    _ events: [IncidentRecord], _ draft: IncidentDraft, _ policy: Policy, _ ledger: Snapshot
  ) throws -> [IncidentDraft.Event] {
    let incident = draft.incident
    var timeline: [IncidentDraft.Event] = []
    if let onset = incident.onsetAt {
      timeline.append(IncidentDraft.Event(at: onset, lane: "incident", text: "begins", actor: nil))
    }
    for event in events {
      let attributes = event.attributes.flatMap { try? JSONValue(parsing: $0) }
      let why = attributes?["reason"]?.text.map { ": \($0)" } ?? ""
      timeline.append(
        IncidentDraft.Event(
          at: event.at, lane: "incident", text: "\(event.state)\(event.severity.map { ", \($0)" } ?? "")\(why)",
          actor: attributes?["by"]?.text))
    }
    let onset = incident.onsetAt ?? incident.openedAt ?? events[0].at
    let since = onset.advanced(by: .zero - policy.lookback) ?? onset
    try ledger.forEachChange { _, change in
      guard change.at >= since, change.at <= draft.end else { return }
      timeline.append(
        IncidentDraft.Event(at: change.at, lane: change.surface, text: change.words, actor: change.actor))
    }
    let subjects: Set<String> = [incident.feature, incident.signal ?? incident.feature]
    var last: [[String]: String] = [:]
    for finding in try ledger.findings(since: since).reversed()
    where finding.at <= draft.end && subjects.contains(finding.subject) {
      let said = "\(finding.verdict.rawValue) \(finding.leadingCode ?? "")"
      let key = [finding.check, finding.subject]
      defer { last[key] = said }
      // A finding that stands, and one that was fine from the start, tell nothing.
      guard last[key] ?? "pass " != said, last[key] != nil || finding.verdict != .pass else { continue }
      timeline.append(
        IncidentDraft.Event(
          at: finding.at, lane: "check",
          text: "\(finding.check) of \(finding.subject) is \(finding.verdict): \(finding.sentence)",
          actor: nil))
    }
    return timeline.ordered(by: \.at)
  }

  private static func fields(
    of incident: IncidentRecord, _ policy: Policy, _ seen: IncidentTraffic, _ ledger: Snapshot
  ) throws -> [IncidentDraft.Field] {
    let missing = Set(
      try IncidentClosure.missing(policy.closureFields, of: incident) { try ledger.hasSuiteItem($0) })
    let closure = incident.closure.flatMap { try? JSONValue(parsing: $0) }
    let replayed = try replay(of: incident, ledger)?.current
    return policy.closureFields.map { name in
      let found: String? =
        switch name {
        case "prompt_sha256": seen.words(of: "prompt")
        case "model_served": seen.words(of: "model")
        case "route_slice": seen.words(of: "route")
        case "judge_config": seen.words(of: "judge")
        case "index_state": seen.words(of: "index")
        case "tool_schema_versions": seen.words(of: "tool_schema")
        case "traffic_mix": seen.words(of: "tenant")
        case "cohort": incident.tenant.map { "tenant \($0)" }
        case "bad_rate": replayed.map { "\($0.bad)/\($0.count)" }
        default: nil
        }
      let own: String? =
        switch name {
        case "bad_rate": incident.badCount.flatMap { bad in incident.badTotal.map { "\(bad)/\($0)" } }
        case "cohort": incident.cohort
        case "regression_item_id": incident.regressionItemID
        default: nil
        }
      let said = closure?[name].flatMap { $0.text ?? (try? $0.canonical()) } ?? own
      return IncidentDraft.Field(name: name, said: said, found: found, isMissing: missing.contains(name))
    }
  }
}

extension ChangeRecord {
  /// "gpt-4o → gpt-4o-mini: cheaper", "breaker local/llama: closed → open: 5 calls in a row failed".
  fileprivate var words: String {
    let versions = [from, to].compactMap { $0.map(IncidentResponse.short) }.joined(separator: " → ")
    return [GuardSubject(self)?.words ?? "", versions, reason ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}

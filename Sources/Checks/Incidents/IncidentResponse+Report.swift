import Guards
import Project
import Records
import Statistics
import Store

extension IncidentResponse {
  /// How many candidates are shown.
  private static let shown = 10

  // MARK: Signals

  static func report(
    _ judgement: inout Judgement, _ facts: SignalFacts, _ steps: [RunbookStepSettings], _ policy: Policy
  ) {
    let windows = facts.windows
    let newest = windows.windows[0]
    let shift = facts.shifts.first ?? nil
    let unit = facts.settings.effectiveKind == .proportion ? "share" : facts.unit
    judgement.measure("value", newest.mean, unit: unit)
    judgement.measure("before", windows.baseline.mean, unit: unit)
    judgement.measure(
      "change", shift?.difference, low: shift?.interval?.low, high: shift?.interval?.high,
      limit: facts.settings.effectiveDirection == .down ? -facts.settings.minEffect : facts.settings.minEffect,
      unit: facts.settings.effectiveKind == .proportion ? "points" : unit)
    if let statistic = shift?.statistic { judgement.measure("t", statistic, unit: "t") }
    judgement.measure("p", shift?.pValue, limit: policy.alertAlpha, unit: "p")
    judgement.measure("values", newest.count, limit: Double(facts.settings.minN), unit: "values")
    judgement.measure("values_before", windows.baseline.count, unit: "values")
    judgement.measure("alarms_in_a_row", facts.alarmsInARow, limit: Double(facts.shifts.count), unit: "windows")
    if let severity = facts.severity {
      judgement.measure("severity_points", severity.points, unit: "points of severity")
      judgement.measure("affected_share", severity.affected, unit: "share")
    }
    if let ranking = facts.ranking, let figure = figure(ranking) { judgement.figures.append(figure) }
    if facts.hasAlarm, !steps.isEmpty {
      judgement.figures.append(
        .table(
          title: "What is done", columns: ["step", "role", "with"],
          rows: steps.map { [$0.step, $0.role ?? "–", $0.tool ?? "–"] }))
    }
    judgement.headline = headline(judgement, facts, policy)
    judgement.next = next(judgement, facts, steps)
  }

  private static func headline(_ judgement: Judgement, _ facts: SignalFacts, _ policy: Policy) -> String {
    let newest = facts.windows.windows[0]
    func text(_ value: Double) -> String {
      facts.settings.effectiveKind == .proportion ? NumberWords.percent(value) : NumberWords.plain(value)
    }
    if facts.isConfirmed, let shift = facts.shifts.first ?? nil {
      let severity = facts.severity.map { ": \(IncidentSeverity(points: $0.points).rawValue)" } ?? ""
      return
        "\(facts.change(shift, of: 0)), confirmed in \(NumberWords.counted(facts.shifts.count, "window"))\(severity)."
    }
    if judgement.codes(.fail).contains("SIGNAL_SILENT") {
      return "\(facts.name) has been silent for \(NumberWords.counted(policy.silentWindows, "window"))."
    }
    guard let mean = newest.mean else { return "\(facts.name) has no value in the newest window." }
    let before = facts.windows.baseline.mean.map { ", \(text($0)) before" } ?? ""
    let state = facts.hasAlarm ? "may have shifted" : facts.shifts.first??.isAlarm == false ? "stands" : "is not known"
    return
      "\(facts.name) \(state): \(text(mean)) in \(NumberWords.counted(newest.count, "value"))\(before)."
  }

  private static func next(_ judgement: Judgement, _ facts: SignalFacts, _ steps: [RunbookStepSettings]) -> String {
    switch judgement.leading?.code {
    case "SIGNAL_SHIFTED":
      if let step = steps.first { return "\(step.role.map { "\($0): " } ?? "")\(step.step)." }
      guard let first = facts.ranking?.candidates.first else { return "Open an incident, and replay the bad answers." }
      return "Open an incident, and replay the bad answers without the change of \(first.surface) first."
    case "SIGNAL_SILENT": return "Find out why no values of \(facts.name) are recorded any more."
    case "RUNBOOK_NOT_EXECUTABLE":
      return "Give somebody on call the role, or name another in runbooks.\(facts.name)."
    case "TOO_FEW", "NO_DATA":
      return judgement.missing.first.map {
        "Get \($0.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "more ")\($0.what), or make the window longer."
      } ?? ""
    default: return "Nothing to do: keep the values coming."
    }
  }

  // MARK: Incidents

  static func report(
    _ judgement: inout Judgement, _ incident: IncidentRecord, _ replay: Replay?, _ ranking: SurfaceRanking?,
    _ policy: Policy
  ) {
    if let replay {
      for (name, arm) in [("current", replay.current), ("previous", replay.previous)] {
        let interval = ProportionInterval.wilson(successes: Double(arm.bad), trials: Double(arm.count))
        judgement.measure("bad_rate_\(name)", arm.rate, low: interval.low, high: interval.high, unit: "share")
        judgement.measure("replays_\(name)", arm.count, unit: "replays")
      }
      judgement.measure("p", replay.pValue, limit: policy.replayAlpha, unit: "p")
      judgement.measure("replays_planned", replay.planned(policy).map(Double.init), unit: "replays")
    }
    if let harm = incident.harm, let share = incident.affectedShare {
      let points = IncidentSeverity.points(
        harm: Int(harm), affectedShare: share, isIrreversible: incident.isIrreversible ?? false)
      judgement.measure("severity_points", points, unit: "points of severity")
      let severity = IncidentSeverity(points: points)
      if let said = incident.severity, said != severity.rawValue {
        judgement.reasons.append(
          Finding.Reason(
            "SEVERITY_DIFFERS", .pass,
            "It says \(said), and harm, share and reversibility make \(severity.rawValue) (\(points) points)."))
      }
    }
    if let ranking, let figure = figure(ranking) { judgement.figures.append(figure) }
    judgement.headline = headline(judgement, incident, replay, ranking, policy)
    judgement.next = next(judgement, incident)
  }

  private static func headline(
    _ judgement: Judgement, _ incident: IncidentRecord, _ replay: Replay?, _ ranking: SurfaceRanking?, _ policy: Policy
  ) -> String {
    let name = "Incident \(incident.incidentID) in \(incident.feature) is \(incident.state)"
    guard let replay else { return "\(name), and nobody replayed what went wrong." }
    guard replay.shows(alpha: policy.replayAlpha) else { return "\(name): \(replay.text), which shows nothing yet." }
    let surface = incident.surfaceFound ?? ranking?.candidates.first?.surface
    return
      "\(name): \(replay.text) (\(NumberWords.p(replay.pValue))); \(surface.map { "the surface is \($0)" } ?? "no surface is named")."
  }

  private static func next(_ judgement: Judgement, _ incident: IncidentRecord) -> String {
    switch judgement.leading?.code {
    case IncidentClosure.refusal: return "Write \(judgement.missing.first?.what ?? "the closure") before it is closed."
    case "COLLECT_MORE":
      return judgement.missing.last.map { missing in
        let many = missing.howMuch.map { "\(NumberWords.grouped($0)) " } ?? ""
        return "Make \(many)more \(missing.what): trials of the suite replay:\(incident.incidentID)."
      } ?? ""
    default:
      return ["closed", "dismissed"].contains(incident.state)
        ? "Nothing to do: keep its case in the suite." : "Undo the change, add the case to a suite, and close it."
    }
  }

  // MARK: Candidates

  private static func figure(_ ranking: SurfaceRanking) -> Figure? {
    guard !ranking.candidates.isEmpty else { return nil }
    return .table(
      title: "What may have made it worse, the likeliest first",
      columns: ["surface", "version", "by", "at", "bad", "bad of others", "p"],
      rows: ranking.candidates.prefix(shown).map { one in
        [
          one.surface, version(one), one.actor == nil ? "not changed by us" : "a change",
          "\(one.at.toTheSecond)",
          share(one.bad, one.count), share(one.otherBad, one.otherCount), one.pValue.map(NumberWords.bareP) ?? "–",
        ]
      })
  }

  /// "p2", "breaker local/llama: open".
  private static func version(_ candidate: SurfaceRanking.Candidate) -> String {
    let parts = [candidate.about?.words, candidate.version.map(short)].compactMap(\.self)
    return parts.isEmpty ? "–" : parts.joined(separator: ": ")
  }

  private static func share(_ bad: Int, _ count: Int) -> String { count == 0 ? "–" : "\(bad)/\(count)" }

  /// The first digits of a digest.
  static func short(_ version: String) -> String {
    version.count == 64 && version.allSatisfy(\.isHexDigit) ? "\(version.prefix(12))…" : version
  }
}

extension IncidentResponse.SignalFacts {
  /// Of its values.
  var unit: String {
    switch settings.source {
    case .latency: "s"
    case .inputTokens, .outputTokens: "tokens"
    case .cost: "USD"
    case .annotation, .refusal, .error, .retrieved, .tool: "score"
    }
  }
}

import Guards
import Project
import Records
import Statistics
import Store

extension IncidentResponse {
  /// Everything that was read and computed about one signal.
  struct SignalFacts {
    let name: String
    let settings: SignalSettings
    let windows: SignalWindows
    /// Of the windows that decide, the newest first; nil where too little is known.
    let shifts: [SignalWindows.Shift?]
    let reach: SpanReach
    var ranking: SurfaceRanking?
    /// Points, and the share of the traffic that is met.
    var severity: (points: Int, affected: Double)?

    /// How many of the newest windows in a row are alarms.
    var alarmsInARow: Int { shifts.prefix { $0?.isAlarm == true }.count }
    var isConfirmed: Bool { alarmsInARow == shifts.count }
    var hasAlarm: Bool { shifts.contains { $0?.isAlarm == true } }
  }

  static func judgeSignal(
    _ name: String, _ settings: SignalSettings, _ policy: Policy, _ context: CheckContext
  ) throws -> Judgement {
    let (project, ledger) = (context.project, context.ledger)
    let steps = project.runbooks[name] ?? []
    ledger.include("\(name) \(settings) \(steps) \(project.people)")
    var judgement = Judgement()
    judgement.method =
      settings.effectiveKind == .mean
      ? "Welch's t test of two means, two-sided"
      : "Fisher's exact test of two proportions, two-sided; Newcombe's interval"
    let source = SignalSource(name: name, settings: settings)
    var windows = SignalWindows(settings, policy, asOf: ledger.asOf)
    let reach = try source.forEachValue(since: windows.earliest, ledger) { windows.add($0) }
    var facts = SignalFacts(
      name: name, settings: settings, windows: windows,
      shifts: (0..<policy.confirmWindows).map { windows.shift(of: $0, alpha: policy.alertAlpha) }, reach: reach)
    judgement.used = reach.spans
    if facts.hasAlarm {
      let onset = windows.start(of: (facts.shifts.lastIndex { $0?.isAlarm == true }) ?? 0)
      (facts.ranking, judgement.evidence) = try rank(
        source, windows, of: settings.feature, onset: onset, policy, ledger)
      facts.severity = try severity(facts, ledger)
    }
    judgeShift(&judgement, facts)
    try judgeSilence(&judgement, facts, policy, ledger)
    judgeRunbook(&judgement, name, steps, project, asOf: ledger.asOf)
    report(&judgement, facts, steps, policy)
    return judgement
  }

  /// Looks through the values since before the onset once more, and ranks what may be the cause.
  /// - Parameter feature: whose answers are worse; nil where it may be any.
  static func rank(
    _ source: SignalSource, _ windows: SignalWindows, of feature: String?, onset: Instant, _ policy: Policy,
    _ ledger: Snapshot
  ) throws -> (SurfaceRanking, [RecordID]) {
    var ranking = SurfaceRanking(onset: onset, lookback: policy.lookback, feature: feature)
    var bad = BoundedList<RecordID>(limit: 10)
    _ = try source.forEachValue(since: ranking.start, ledger) { value in
      let isBad = windows.isBad(value.value)
      ranking.add(value, isBad: isBad)
      if isBad, value.at >= onset, let id = value.id { bad.append(id) }
    }
    // The versions of the time before, but for those that appeared within the look-back: they are what is looked for.
    let start = ranking.start
    try ranking.rank(ledger) { windows.isKnown($0, $1, before: start) }
    return (ranking, bad.elements)
  }

  private static func severity(_ facts: SignalFacts, _ ledger: Snapshot) throws -> (points: Int, affected: Double) {
    var covered = 1.0
    if let feature = facts.settings.feature {
      let counts = try ledger.spanCounts(
        feature: feature, since: facts.windows.start(of: 0), until: ledger.asOf)
      covered = Share.of(counts.feature, counts.all) ?? 1
    }
    let affected = covered * facts.windows.badShare(of: 0)
    let points = IncidentSeverity.points(
      harm: facts.settings.harm, affectedShare: affected, isIrreversible: facts.settings.isIrreversible)
    return (points, affected)
  }

  // MARK: The rule

  private static func judgeShift(_ judgement: inout Judgement, _ facts: SignalFacts) {
    let windows = facts.windows
    if facts.isConfirmed, let shift = facts.shifts.first ?? nil {
      judgement.fail("SIGNAL_SHIFTED", facts.sentence(shift) + ".")
    } else if let shift = facts.shifts.compactMap({ $0 }).first(where: \.isAlarm) {
      let which = facts.shifts.first??.isAlarm == true ? "the newest window" : "an earlier window"
      judgement.warn("SIGNAL_SHIFTED", "\(facts.sentence(shift)), in \(which) alone: it is not confirmed.")
    }
    guard windows.count(inNewest: windows.windows.count) + windows.baseline.count > 0 else {
      return judgement.unknown(
        "NO_DATA", "\(facts.name) never had a value since \(facts.reach.since.toTheSecond).",
        missing: "values of \(facts.name)",
        facts.settings.minN)
    }
    let least = facts.settings.minN
    if windows.baseline.count < least {
      return judgement.unknown(
        "TOO_FEW",
        "\(NumberWords.counted(windows.baseline.count, "value")) in the time before; \(NumberWords.grouped(least)) are needed.",
        missing: "values before the windows", least - windows.baseline.count)
    }
    // An earlier window matters where it would confirm what a newer one shows.
    let decisive = facts.shifts.indices.first { facts.shifts[$0] == nil && $0 == facts.alarmsInARow }
    guard let decisive else { return }
    let count = windows.windows[decisive].count
    let which = decisive == 0 ? "the newest window" : "the window that would confirm it"
    judgement.unknown(
      "TOO_FEW",
      "\(NumberWords.counted(count, "value")) in \(which); \(NumberWords.grouped(least)) are needed.",
      missing: "values in a window", least - count)
  }

  private static func judgeSilence(
    _ judgement: inout Judgement, _ facts: SignalFacts, _ policy: Policy, _ ledger: Snapshot
  ) throws {
    guard facts.settings.expectedPerWindow > 0, facts.windows.count(inNewest: policy.silentWindows) == 0,
      facts.windows.baseline.count > 0
    else { return }
    let since = facts.windows.start(of: policy.silentWindows - 1)
    let lives = try ledger.newestHeartbeat().map { $0 >= since } ?? false
    judgement.reasons.removeAll { $0.code == "TOO_FEW" }
    judgement.missing = []
    judgement.fail(
      "SIGNAL_SILENT",
      "No value came in \(NumberWords.counted(policy.silentWindows, "window")), since \(since.toTheSecond)\(lives ? "; workers give signs of life all the same" : "")."
    )
  }

  private static func judgeRunbook(
    _ judgement: inout Judgement, _ name: String, _ steps: [RunbookStepSettings], _ project: Project, asOf: Instant
  ) {
    if steps.isEmpty {
      judgement.reasons.append(
        Finding.Reason(
          "NO_RUNBOOK", .pass, "Nobody wrote what is done when \(name) shifts: runbooks has no steps for it."))
      return
    }
    let onCall = project.people.filter { $0.value.isActive && ($0.value.until.map { asOf < $0 } ?? true) }
    let roles = Set(onCall.flatMap(\.value.oncallRoles))
    let unmanned = RunbookStep.unmanned(steps.map { RunbookStep(step: $0.step, role: $0.role) }, roles: roles)
    for step in unmanned {
      let why = step.role.map { "nobody on call is '\($0)'" } ?? "it names no role"
      judgement.fail("RUNBOOK_NOT_EXECUTABLE", about: step.step, "The step '\(step.step)' cannot be done: \(why).")
    }
  }
}

extension IncidentResponse.SignalFacts {
  /// "csat has fallen by 0.16 (-0.2013 to -0.1187) to 4.05 (2,000 values, p below 0.0001)".
  func sentence(_ shift: SignalWindows.Shift) -> String {
    let place = shifts.firstIndex { $0?.pValue == shift.pValue && $0?.difference == shift.difference } ?? 0
    return
      "\(change(shift, of: place)) (\(NumberWords.counted(windows.windows[place].count, "value")), \(NumberWords.p(shift.pValue)))"
  }

  /// "csat has fallen by 0.16 (−0.2013 to −0.1187) to 4.05".
  func change(_ shift: SignalWindows.Shift, of place: Int) -> String {
    let isRate = settings.effectiveKind == .proportion
    let value = windows.windows[place].moments.mean
    let verb = shift.difference.sign == .minus ? "has fallen" : "has risen"
    let interval = shift.interval.map { interval in
      isRate
        ? " (\(NumberWords.signed(NumberWords.fixed(100 * interval.low, 1))) to \(NumberWords.signed(NumberWords.fixed(100 * interval.high, 1))))"
        : " (\(NumberWords.plain(interval.low)) to \(NumberWords.plain(interval.high)))"
    }
    let size = isRate ? NumberWords.size(points: abs(shift.difference)) : NumberWords.plain(abs(shift.difference))
    let now = isRate ? NumberWords.percent(value) : NumberWords.plain(value)
    return "\(name) \(verb) by \(size)\(interval ?? "") to \(now)"
  }
}

import Guards
import Project
import Records
import Statistics
import Store

extension IncidentResponse {
  /// Replays of one configuration.
  struct ReplayArm: Equatable {
    let variant: String
    let bad: Int
    let count: Int

    var rate: Double? { Share.of(bad, count) }
  }

  /// What replaying the bad cases with the current and the previous configuration shows.
  struct Replay {
    let current: ReplayArm
    let previous: ReplayArm

    var pValue: Double {
      Fisher.exact(
        a: current.bad, b: current.count - current.bad, c: previous.bad, d: previous.count - previous.bad
      ).pValue
    }

    /// The same with its configurations exchanged.
    var reversed: Replay { Replay(current: previous, previous: current) }

    /// Whether the current configuration is worse, and not by chance.
    func shows(alpha: Double) -> Bool {
      guard let now = current.rate, let before = previous.rate else { return false }
      return now > before && pValue <= alpha
    }

    /// Replays of each configuration that would show the rates that were seen; nil where they are equal.
    func planned(_ policy: Policy) -> Int? {
      guard let now = current.rate, let before = previous.rate else { return nil }
      return SampleSize.unpaired(
        baseRate: before, effect: now - before,
        target: PowerTarget(alpha: policy.replayAlpha, power: policy.replayPower))
    }
  }

  static func judgeIncident(
    _ incident: IncidentRecord, _ id: RecordID, _ policy: Policy, _ context: CheckContext
  ) throws -> Judgement {
    let (project, ledger) = (context.project, context.ledger)
    var judgement = Judgement()
    judgement.method = "Fisher's exact test of the replays, two-sided"
    judgement.evidence = [id]
    let required = IncidentClosure.required(policy.closureFields, of: incident)
    let missing = try IncidentClosure.missing(required, of: incident) { try ledger.hasSuiteItem($0) }
    if !missing.isEmpty {
      judgement.fail(
        IncidentClosure.refusal,
        "It is \(incident.state) and does not say \(NumberWords.list(missing, limit: 10)).")
      judgement.missing += missing.map { Finding.Missing("closure.\($0)", 1) }
    }
    let replay = try replay(of: incident, ledger)
    judgeReplay(&judgement, replay, incident, policy)
    var ranking: SurfaceRanking?
    if let onset = incident.onsetAt {
      if let signal = incident.signal, let settings = project.signals[signal] {
        ledger.include("\(signal) \(settings)")
        let source = SignalSource(name: signal, settings: settings)
        var windows = SignalWindows(settings, policy, asOf: onset)
        _ = try source.forEachValue(since: windows.earliest, ledger) { windows.add($0) }
        ranking = try rank(source, windows, of: incident.feature, onset: onset, policy, ledger).0
      } else {
        var changes = SurfaceRanking(onset: onset, lookback: policy.lookback, feature: incident.feature)
        try changes.rank(ledger) { _, _ in nil }
        ranking = changes
      }
    }
    report(&judgement, incident, replay, ranking, policy)
    return judgement
  }

  /// Nil where no configuration was replayed, or only one.
  static func replay(of incident: IncidentRecord, _ ledger: Snapshot) throws -> Replay? {
    let suite = "replay:\(incident.incidentID)"
    let runs = SuiteRuns(
      try ledger.trialSeries(suite: suite), suite: suite, metric: "correct", version: nil,
      variants: ["current", "previous"])
    guard let current = runs.arm("current") ?? runs.newest(besides: "previous"),
      let previous = runs.arm("previous") ?? runs.newest(besides: current.variant)
    else { return nil }
    func arm(_ arm: SuiteRuns.Arm) throws -> ReplayArm {
      var (bad, count) = (0, 0)
      try ledger.forEachPassCount(of: arm.series, by: []) { row in
        count += row.tries * row.items
        bad += (row.tries - row.passes) * row.items
      }
      return ReplayArm(variant: arm.variant, bad: bad, count: count)
    }
    let replay = Replay(current: try arm(current), previous: try arm(previous))
    return replay.current.count == 0 || replay.previous.count == 0 ? nil : replay
  }

  private static func judgeReplay(
    _ judgement: inout Judgement, _ replay: Replay?, _ incident: IncidentRecord, _ policy: Policy
  ) {
    guard let replay else {
      // What is known of its rate plans the replays: the configuration before it is taken to have had no bad answers.
      let rate = incident.badCount.flatMap { bad in incident.badTotal.flatMap { Share.of(bad, $0) } }
      let target = PowerTarget(alpha: policy.replayAlpha, power: policy.replayPower)
      return judgement.unknown(
        "COLLECT_MORE",
        "The current and the previous configuration were not replayed: what made the answers worse is not known.",
        missing: "replays of each configuration",
        rate.flatMap { SampleSize.unpaired(baseRate: 0, effect: $0, target: target) } ?? 1)
    }
    guard !replay.shows(alpha: policy.replayAlpha) else { return }
    let seen = "\(replay.text) (\(NumberWords.p(replay.pValue)))"
    if replay.reversed.shows(alpha: policy.replayAlpha) {
      return judgement.unknown(
        "COLLECT_MORE", "\(seen): the previous configuration is the worse one, so that the change is not the cause.",
        missing: "replays of another configuration", 1)
    }
    let planned = replay.planned(policy)
    let more = planned.map { max(1, $0 - min(replay.current.count, replay.previous.count)) }
    judgement.unknown(
      "COLLECT_MORE",
      "\(seen): that is no difference yet\(planned.map { ", and \(NumberWords.grouped($0)) replays of each would show this one" } ?? "").",
      missing: "replays of each configuration", more)
  }
}

extension IncidentResponse.Replay {
  /// "9 of 50 replays are bad now, 1 of 50 before".
  var text: String {
    "\(NumberWords.grouped(current.bad)) of \(NumberWords.counted(current.count, "replay")) \(current.bad == 1 ? "is" : "are") bad with \(current.variant), \(NumberWords.grouped(previous.bad)) of \(NumberWords.grouped(previous.count)) with \(previous.variant)"
  }
}

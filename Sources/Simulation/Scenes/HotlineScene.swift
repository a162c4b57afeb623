internal import Records
internal import Statistics

/// The hotline: callers say how content they are, and an incident three weeks ago was replayed and closed.
struct HotlineScene: Scene {
  /// Days before the end of the quarter that were recorded.
  static let days = 14
  private static let incident = "hotline-1"

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private let daily: Int

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    daily = max(1, plan.weeklySpans / 7)
  }

  mutating func records(on day: Int) -> [Record] {
    var records: [Record] = []
    if day == quarter.days - 21 { records += incident(day) }
    guard day >= quarter.days - Self.days else { return records }
    for number in 0..<daily { records += call(number, day) }
    return records
  }

  private mutating func call(_ number: Int, _ day: Int) -> [Record] {
    let isLast = day >= quarter.days - 2
    var span = SpanRecord(
      spanID: "hotline-\(day)-\(number)", traceID: "hotline-\(day)-\(number)", name: "chat", spanKind: "chat",
      startedAt: quarter.moment(day, (Double(number) + 0.2) / Double(daily)), feature: "hotline")
    span.modelServed = isLast && plan.planted == .shiftedSignal ? "hotline-2" : "hotline-1"
    span.refusal = generator.chance(0.02)
    span.trafficCluster = "hotline"
    // On the bar contentment falls by just the smallest change that counts.
    let fall = plan.planted == .shiftedSignal ? 1.0 : plan.truth == .onTheBar ? 0.1 : 0
    let score = 4.2 + 0.9 * generator.normal() - (isLast ? fall : 0)
    if isLast, plan.planted == .silentSignal { return [.span(span)] }
    let word = AnnotationRecord(
      annotationID: "\(span.spanID)/contentment", subject: span.spanID, name: "contentment", value: .number(score),
      annotatorKind: .human, annotator: "callers", at: span.startedAt)
    return [.span(span), .annotation(word)]
  }

  /// It was closed with everything that must be known, and the replays show what made it.
  private mutating func incident(_ day: Int) -> [Record] {
    var incident = IncidentRecord()
    (incident.incidentID, incident.feature, incident.owner) = (Self.incident, "hotline", "ana")
    (incident.state, incident.severity, incident.harm, incident.affectedShare) = ("closed", "SEV3", 2, 0.05)
    incident.onsetAt = quarter.moment(day, 0.1)
    (incident.openedAt, incident.closedAt) = (quarter.moment(day, 0.2), quarter.moment(day, 0.8))
    incident.surfaceFound = "prompt"
    incident.at = quarter.moment(day, 0.8)
    let judge = plan.planted == .hastyClosure ? "n/a" : "judge-3"
    incident.closure = Attributes.text([
      "prompt_sha256": .string(SuiteRun.sha256("hotline/prompt")), "model_served": "hotline-1", "route_slice": "all",
      "judge_config": .string(judge), "index_state": "2026-09", "tool_schema_versions": "none were called",
      "traffic_mix": "as the week before", "cohort": "callers about refunds", "bad_rate": "30/100",
      "regression_item_id": "hotline-case",
    ])
    let card = ArtifactRecord(
      sha256: SuiteRun.sha256("hotline/case"), artifactKind: "dataset_item", name: "hotline-case",
      at: quarter.moment(day, 0.7))
    var records: [Record] = [.incident(incident), .artifact(card)]
    let isThin = plan.planted == .thinReplay
    for (variant, rate) in [("current", isThin ? 0.06 : 0.30), ("previous", 0.02)] {
      for item in 0..<(isThin ? 50 : 100) {
        var trial = TrialRecord(
          suite: "replay:\(Self.incident)", item: "case-\(item)", variant: variant, at: quarter.moment(day, 0.5))
        trial.passed = !generator.chance(rate)
        records.append(.trial(trial))
      }
    }
    return records
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.signals = [
      "contentment: {feature: hotline, min_effect: 0.1, window: 1d, baseline: 7d}",
      "hotline-refusals: {feature: hotline, source: refusal, min_effect: 0.05, window: 1d, baseline: 7d}",
    ]
    let role = plan.planted == .unmannedRunbook ? "night watch" : "prompts"
    declaration.runbooks = ["contentment: [{step: pin the last prompt, role: \(role)}]"]
    declaration.people = ["cleo: {attested_at: \(quarter.date(60).dateText), oncall_roles: [prompts]}"]
    return declaration
  }
}

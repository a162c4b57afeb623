import Project
import Records
import Store
import Testing

@testable import Checks

/// Values of a signal and incidents as records, before `CheckBench.now`.
struct IncidentWorld {
  static let now = CheckBench.now
  static let yaml = """
    signals: {csat: {feature: support}}
    runbooks: {csat: [{step: pin the last prompt, role: prompts, tool: gateway}]}
    people: {ana: {oncall_roles: [prompts]}}
    """

  var records: [Record] = []
  private var number = 0

  static func ago(_ minutes: Double) -> Instant { now.advanced(by: .seconds(-60 * minutes)) ?? now }

  /// Values of mean and standard deviation exactly as given, evenly over some minutes.
  mutating func values(
    _ count: Int, mean: Double, deviation: Double = 0.9, minutesAgo: ClosedRange<Double>,
    _ change: (Int, inout SpanRecord) -> Void = { _, _ in }
  ) {
    // Half of the values above the mean and half below, so that the sample deviation is the one that is asked for.
    let distance = deviation * (Double(count - 1) / Double(count)).squareRoot()
    for place in 0..<count {
      let at = IncidentWorld.ago(
        minutesAgo.upperBound - (minutesAgo.upperBound - minutesAgo.lowerBound) * Double(place) / Double(count))
      value(mean + (place % 2 == 0 ? distance : -distance), at: at) { change(place, &$0) }
    }
  }

  mutating func value(_ value: Double, at: Instant, _ change: (inout SpanRecord) -> Void = { _ in }) {
    number += 1
    var span = SpanRecord(
      spanID: "s\(number)", traceID: "t\(number)", name: "chat", spanKind: "chat", startedAt: at, feature: "support")
    change(&span)
    records.append(.span(span))
    records.append(
      .annotation(
        AnnotationRecord(
          annotationID: "a\(number)", subject: "s\(number)", name: "csat", value: .number(value),
          annotatorKind: .human, annotator: "callers", at: at)))
  }

  /// A week at 4.21, sd 0.9, before two hours of which both are like this.
  static func hours(_ count: Int, mean: Double, baseline: Int = 20_000) -> IncidentWorld {
    var world = IncidentWorld()
    world.values(baseline, mean: 4.21, minutesAgo: 121...10_080)
    world.values(count, mean: mean, minutesAgo: 60.5...119)
    world.values(count, mean: mean, minutesAgo: 0.5...59)
    return world
  }

  mutating func incident(
    _ state: String = "open", replays: (current: (Int, Int), previous: (Int, Int))? = nil,
    _ change: (inout IncidentRecord) -> Void = { _ in }
  ) {
    var incident = IncidentRecord()
    (incident.incidentID, incident.feature, incident.state, incident.at) = (
      "I-1", "support", state, IncidentWorld.ago(60)
    )
    change(&incident)
    records.append(.incident(incident))
    guard let replays else { return }
    for (variant, counts) in [("current", replays.current), ("previous", replays.previous)] {
      for place in 0..<counts.1 {
        var trial = TrialRecord(suite: "replay:I-1", item: "case-\(place)", variant: variant, at: IncidentWorld.ago(30))
        trial.passed = place >= counts.0
        records.append(.trial(trial))
      }
    }
  }

  /// - Parameter attributes: canonical JSON.
  mutating func change(
    _ surface: String, from: String? = nil, to version: String?, minutesAgo: Double, reason: String? = nil,
    attributes: String? = nil
  ) {
    var change = ChangeRecord(surface: surface, actor: "bea", at: IncidentWorld.ago(minutesAgo))
    (change.from, change.to, change.reason, change.attributes) = (from, version, reason, attributes)
    records.append(.change(change))
  }

  func finding(_ subject: String = "csat", _ yaml: String = IncidentWorld.yaml, policy: String = "") async throws
    -> Finding
  {
    let policies = policy.isEmpty ? "" : "\npolicies: {incident-response: {\(policy)}}"
    let bench = try await CheckBench(yaml + policies)
    let records = records
    try await bench.append { appender in for record in records { try appender.append(record) } }
    return try #require(try await bench.run(["incident-response"]).findings.first { $0.subject == subject })
  }
}

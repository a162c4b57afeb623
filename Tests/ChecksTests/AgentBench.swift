import Project
import Records
import Store
import Testing

@testable import Checks

/// An agent's actions as records, in the hours before `CheckBench.now`.
struct AgentWorld {
  static let now = CheckBench.now
  static let yaml = """
    agents:
      bot: {scopes: [look, note, pay, close], failure_budget: {rate: 0.005, window: 7d}}
    tools:
      look: {effect: read}
      note: {effect: reversible, idempotency_key: optional}
      pay: {effect: compensable}
      close: {effect: irreversible, idempotency_key: optional}
      payroll: {effect: read}
    """

  var records: [Record] = []
  private var number = 0

  /// An instant so many seconds ago.
  static func ago(_ seconds: Int64) -> Instant { now.advanced(by: .seconds(-seconds)) ?? now }

  /// The next action, a trace of its own unless it names one; a second after the one before.
  /// - Returns: the id of its span.
  @discardableResult
  mutating func act(
    _ tool: String?, agent: String = "bot", secondsAgo: Int64? = nil, _ change: (inout SpanRecord) -> Void = { _ in },
    attributes: [String: String] = [:]
  ) -> String {
    number += 1
    let name = "span-\(number)"
    var span = SpanRecord(
      spanID: name, traceID: "trace-\(number)", name: tool ?? "act", spanKind: "tool",
      startedAt: AgentWorld.ago(secondsAgo ?? 100_000 - Int64(number)), feature: "f")
    span.tool = tool
    var object = JSONObject()
    object["agent"] = .string(agent)
    object["args_sha256"] = .string("args \(number)")
    for (key, value) in attributes { object[key] = .string(value) }
    span.attributes = try? JSONValue.object(object).canonical()
    change(&span)
    records.append(.span(span))
    return name
  }

  mutating func acts(_ count: Int, _ tool: String, _ change: (Int, inout SpanRecord) -> Void = { _, _ in }) {
    for place in 0..<count { act(tool) { change(place, &$0) } }
  }

  mutating func review(
    _ span: String, _ value: String, by kind: AnnotationRecord.AnnotatorKind = .human, secondsAgo: Int64 = 1_000
  ) {
    records.append(
      .annotation(
        AnnotationRecord(
          annotationID: "\(span) \(value) \(secondsAgo)", subject: span, name: "intended", value: .label(value),
          annotatorKind: kind, annotator: "ana", at: AgentWorld.ago(secondsAgo))))
  }

  func finding(_ policy: String = "", _ yaml: String = AgentWorld.yaml, _ subject: String = "bot") async throws
    -> Finding
  {
    let policies = policy.isEmpty ? "" : "\npolicies: {agent-trust: {\(policy)}}"
    let bench = try await CheckBench(yaml + policies)
    let records = records
    try await bench.append { appender in for record in records { try appender.append(record) } }
    return try #require(try await bench.run(["agent-trust"]).findings.first { $0.subject == subject })
  }

  /// An agent with nothing wrong: 1,000 actions, 200 of which may change something and were reviewed.
  static func clean(reviewed: Int = 200, unintended: Int = 0) -> AgentWorld {
    var world = AgentWorld()
    world.acts(800, "look")
    for place in 0..<200 {
      let span = world.act("note")
      if place < reviewed { world.review(span, place < unintended ? "no" : "yes") }
    }
    return world
  }
}

import Project
import Records
import Store
import Testing

@testable import Checks

/// Spans and bills of tenants as records; "now" is the first of June, so that the month is May.
struct TenantWorld {
  static let now = CheckBench.now
  static let yaml = """
    tenants:
      a: {canaries: [zebra-ninety-two], tokens_per_minute: 1000}
      b: {canaries: [quiet-harbour-9]}
    policies: {tenant-isolation: {latency_slo: 1s}}
    """
  static let stages = ["authenticate", "resolve_tenant", "load_session", "compile_context", "inference", "cache_write"]

  var records: [Record] = []
  var contents: [Content] = []
  private var number = 0

  static func ago(_ seconds: Int64) -> Instant { now.advanced(by: .seconds(-seconds)) ?? now }

  mutating func span(
    _ tenant: String?, secondsAgo: Int64 = 86_400, _ change: (inout SpanRecord) -> Void = { _ in }
  ) {
    number += 1
    var span = SpanRecord(
      spanID: "s\(number)", traceID: "t\(number)", name: "n", spanKind: "other", startedAt: TenantWorld.ago(secondsAgo),
      feature: "f")
    span.tenant = tenant
    change(&span)
    records.append(.span(span))
  }

  static func attributes(_ members: [String: String]) -> String? {
    var object = JSONObject()
    for (key, value) in members.sorted(by: { $0.key < $1.key }) { object[key] = .string(value) }
    return try? JSONValue.object(object).canonical()
  }

  /// A question asked as one tenant for what another knows, and the answer.
  mutating func probe(_ tenant: String, _ owner: String, answer: String?, retrieved: String? = nil) {
    let bytes = answer.flatMap { try? JSONValue.string($0).canonical() }.map { Array($0.utf8) }
    span(tenant) {
      $0.attributes = TenantWorld.attributes(["probe_owner": owner])
      $0.retrieved = retrieved
      if let bytes { $0.contents.output = SHA256Digest(of: bytes) }
    }
    if let bytes { contents.append(Content(bytes, at: TenantWorld.ago(86_400))) }
  }

  /// The stages of a request, a second each.
  mutating func request(
    _ tenant: String, stages: [String] = stages, secondsAgo: Int64 = 86_400,
    _ change: (String, inout SpanRecord) -> Void = { _, _ in }
  ) {
    let trace = "request-\(number)"
    for (place, stage) in stages.enumerated() {
      span(tenant, secondsAgo: secondsAgo - Int64(place)) {
        ($0.traceID, $0.stage) = (trace, stage)
        $0.endedAt = $0.startedAt.advanced(by: .seconds(1))
        if place > 0 { $0.parentID = "root of \(trace)" }
        if stage == "inference" { $0.spanKind = "chat" }
        change(stage, &$0)
      }
    }
  }

  mutating func bill(
    _ amount: String, account: String = "provider", day: Int64 = -20, currency: String = "USD"
  ) {
    var charge = ChargeRecord()
    (charge.account, charge.chargeID, charge.chargeCategory) = (account, "\(account) \(day) \(records.count)", "Usage")
    charge.effectiveCost = Money("\(amount) \(currency)")?.units
    charge.currency = currency
    (charge.periodFrom, charge.periodTo) = (TenantWorld.now.adding(days: day), TenantWorld.now.adding(days: day + 1))
    records.append(.charge(charge))
  }

  mutating func cost(_ tenant: String?, _ amount: String, secondsAgo: Int64 = 86_400, currency: String = "USD") {
    span(tenant, secondsAgo: secondsAgo) { $0.cost = Money("\(amount) \(currency)") }
  }

  func finding(_ yaml: String = TenantWorld.yaml, policy: String = "") async throws -> Finding {
    let whole = policy.isEmpty ? yaml : yaml.replacing("latency_slo: 1s", with: "latency_slo: 1s, \(policy)")
    let bench = try await CheckBench(whole)
    let (records, contents) = (records, contents)
    try await bench.append { appender in
      for content in contents { appender.append(content) }
      for record in records { try appender.append(record) }
    }
    return try await bench.finding("tenant-isolation")
  }

  /// Nothing is wrong: 300 probes, requests in their order, a bill that is somebody's.
  static func clean(probes: Int = 300) -> TenantWorld {
    var world = TenantWorld()
    for place in 0..<probes {
      world.probe(place % 2 == 0 ? "a" : "b", place % 2 == 0 ? "b" : "a", answer: "I do not know.")
    }
    for _ in 0..<3 {
      world.request("a")
      world.request("b")
    }
    world.bill("100.00")
    world.cost("a", "60.00")
    world.cost("b", "40.00")
    return world
  }
}

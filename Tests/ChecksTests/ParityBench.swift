import Records
import Store
import Testing

@testable import Checks

/// A feature that was measured in evaluation and in production.
enum Parity {
  static let check = "eval-prod-parity"
  static let now = CheckBench.now
  static let tested = SHA256Digest(of: "tested").description
  static let other = SHA256Digest(of: "other").description

  static func yaml(_ policy: String = "", settings: String = "variant: prod", suite: String = "version: 1") -> String {
    """
    suites:
      bookings: {\(suite)}
    features:
      concierge:
        parity: {suite: bookings, \(settings)}
        policies: {eval-prod-parity: {\(policy)}}
    """
  }

  /// A trial that bears these attributes.
  static func trial(
    _ item: String, _ passed: Bool?, _ marks: JSONValue, variant: String = "prod", config: String? = tested
  ) throws -> TrialRecord {
    var trial = TrialRecord.trial("bookings", item, variant, passed: passed)
    trial.suiteVersion = "1"
    trial.configSHA256 = config
    trial.attributes = try marks.canonical()
    return trial
  }

  /// So many of so many items pass, in evaluation or in production.
  static func measured(
    _ appender: Appender, _ place: String, passes: Int, of items: Int, topic: String? = nil, prefix: String = "",
    _ change: (Int, inout TrialRecord) -> Void = { _, _ in }
  ) throws {
    for number in 0..<items {
      var trial = try trial("\(place)-\(prefix)\(number)", number < passes, ["measured_in": .string(place)])
      trial.trafficCluster = topic
      change(number, &trial)
      try appender.append(trial)
    }
  }

  /// Pairs of an experiment: both arms pass, only the old one, only the new one, neither.
  static func pairs(
    _ appender: Appender, old: JSONValue, new: JSONValue, both: Int, oldOnly: Int, newOnly: Int, neither: Int = 0
  ) throws {
    var number = 0
    for (count, first, second) in [
      (both, true, true), (oldOnly, true, false), (newOnly, false, true), (neither, false, false),
    ] {
      for _ in 0..<count {
        try appender.append(try trial("pair-\(number)", first, old, variant: "old"))
        try appender.append(try trial("pair-\(number)", second, new, variant: "new"))
        number += 1
      }
    }
  }

  static func span(_ number: Int, config: String? = tested, days: Int64 = -1) -> SpanRecord {
    var span = SpanRecord(
      spanID: "span-\(config ?? "none")-\(days)-\(number)", traceID: "t", name: "chat", spanKind: "chat",
      startedAt: now.adding(days: days), feature: "concierge")
    span.configSHA256 = config
    return span
  }

  static func spans(
    _ appender: Appender, _ count: Int, config: String? = tested, days: Int64 = -1,
    _ change: (Int, inout SpanRecord) -> Void = { _, _ in }
  ) throws {
    for number in 0..<count {
      var span = span(number, config: config, days: days)
      change(number, &span)
      try appender.append(span)
    }
  }

  static func manifest(_ appender: Appender, _ config: String, _ parts: JSONValue?) throws {
    var artifact = ArtifactRecord(sha256: config, artifactKind: "manifest", name: "concierge", at: now.adding(days: -9))
    artifact.attributes = try parts.map { try (["parts": $0] as JSONValue).canonical() }
    try appender.append(artifact)
  }

  /// One score of the probe.
  static func probe(_ appender: Appender, _ scores: [(Double?, String?)], suite: String = "frame-probe") throws {
    for (number, (score, expected)) in scores.enumerated() {
      var trial = TrialRecord.trial(suite, "probe-\(number)", "prod", score: score)
      trial.expected = expected
      try appender.append(trial)
    }
  }

  static func finding(_ yaml: String = yaml(), _ body: @Sendable @escaping (Appender) throws -> Void) async throws
    -> Finding
  {
    let bench = try await CheckBench(yaml)
    try await bench.append(body)
    return try await bench.finding(check)
  }

  /// Nothing to blame: equal bundles, 930 and 920 of 1,000.
  static func fine(_ appender: Appender) throws {
    try spans(appender, 20)
    try measured(appender, "eval", passes: 930, of: 1000)
    try measured(appender, "prod", passes: 920, of: 1000)
  }
}

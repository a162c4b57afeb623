import Records
import Store
import Testing

@testable import Checks

/// A feature whose users may have adapted to it.
enum Coevolution {
  static let check = "eval-coevolution"
  static let now = CheckBench.now
  static let profile = SHA256Digest(of: "launch").description

  static func yaml(
    _ policy: String = "", launch: String? = profile, settings: String = "", suite: String = "version: 1"
  ) -> String {
    let declared = (launch.map { ["launch_profile: \"\($0)\""] } ?? []) + ["suite: replies", settings]
    return """
      suites:
        replies: {\(suite)}
      features:
        suggestions:
          coevolution: {\(declared.filter { !$0.isEmpty }.joined(separator: ", "))}
          policies: {eval-coevolution: {\(policy)}}
      """
  }

  static let names = ["A", "B", "C", "D", "E"]
  static let atLaunch = [500, 300, 150, 50, 0]
  static let near = [440, 300, 160, 70, 30]
  static let far = [4400, 4000, 3600, 3000, 5000]

  static func launch(_ appender: Appender, _ counts: [Int] = atLaunch) throws {
    var clusters = JSONObject()
    for (name, count) in zip(names, counts) { clusters[name] = .integer(Int64(count)) }
    try profile(appender, .object(clusters))
  }

  static func profile(_ appender: Appender, _ clusters: JSONValue?) throws {
    var artifact = ArtifactRecord(sha256: profile, artifactKind: "profile", name: "launch", at: now.adding(days: -90))
    artifact.attributes = try clusters.map { try (["clusters": $0] as JSONValue).canonical() }
    try appender.append(artifact)
  }

  /// So many spans of each topic in an arm.
  static func spans(
    _ appender: Appender, _ counts: [Int], arm: String? = "treated", tenure: Int? = nil, days: Int64 = -1,
    names: [String?] = names
  ) throws {
    for (name, count) in zip(names, counts) {
      for number in 0..<count {
        var span = SpanRecord(
          spanID: "\(arm ?? "none")-\(tenure ?? -1)-\(days)-\(name ?? "none")-\(number)", traceID: "t", name: "chat",
          spanKind: "chat", startedAt: now.adding(days: days), feature: "suggestions")
        span.trafficCluster = name
        var tags: [(String, String)] = []
        if let arm { tags.append(("arm", arm)) }
        if let tenure { tags.append(("tenure_days", "\(tenure)")) }
        span.tags = Tags(tags)
        try appender.append(span)
      }
    }
  }

  /// Of so many items of each topic so many pass.
  static func items(
    _ appender: Appender, passes: [Int] = [190, 186, 180, 160, 124], of counts: [Int] = [200, 200, 200, 200, 200],
    _ change: (inout TrialRecord) -> Void = { _ in }
  ) throws {
    for (place, name) in names.enumerated() {
      for number in 0..<counts[place] {
        var trial = TrialRecord.trial("replies", "\(name)-\(number)", "prod", passed: number < passes[place])
        (trial.suiteVersion, trial.trafficCluster) = ("1", name)
        change(&trial)
        try appender.append(trial)
      }
    }
  }

  static func finding(_ yaml: String = yaml(), _ body: @Sendable @escaping (Appender) throws -> Void) async throws
    -> Finding
  {
    let bench = try await CheckBench(yaml)
    try await bench.append(body)
    return try await bench.finding(check)
  }

  /// Users who bring what they brought at launch.
  static func fine(_ appender: Appender) throws {
    try launch(appender)
    try spans(appender, near)
    try spans(appender, near, arm: "holdout")
    try items(appender)
  }
}

import Records
import Store
import Testing

@testable import Checks

@Suite struct EvalRotTests {
  static let check = "eval-rot"
  static let now = CheckBench.now

  static func yaml(_ policy: String = "", budget: Int = 200) -> String {
    """
    suites:
      faq: {feature: helpcenter}
    features:
      helpcenter:
        rot: {suite: faq, user_metric: csat, label_budget: \(budget)}
        policies: {eval-rot: {\(policy)}}
    """
  }

  static func card(
    _ item: String, _ cluster: String?, age: Int64 = 10, suite: String = "faq", extra: [(String, JSONValue)] = []
  ) throws -> ArtifactRecord {
    var artifact = ArtifactRecord(
      sha256: SHA256Digest(of: item).description, artifactKind: "dataset_item", name: item,
      at: now.adding(days: -age))
    var object = JSONObject()
    object["suite"] = .string(suite)
    if let cluster { object["traffic_cluster"] = .string(cluster) }
    object["added_at"] = .string(now.adding(days: -age).description)
    object["reason"] = "a complaint"
    object["expires_at"] = .string(now.adding(days: 365).description)
    for (key, value) in extra { object[key] = value == .null ? nil : value }
    artifact.attributes = try JSONValue.object(object).canonical()
    return artifact
  }

  /// Cases of a topic with a trial each, the first of them passing.
  static func cases(
    _ appender: Appender, _ cluster: String, _ count: Int, passing: Int? = nil, age: Int64 = 10, prefix: String = "",
    extra: [(String, JSONValue)] = []
  ) throws {
    for number in 0..<count {
      let item = "\(prefix)\(cluster)-\(number)"
      try appender.append(try card(item, cluster, age: age, extra: extra))
      var trial = TrialRecord.trial("faq", item, "prod", passed: number < passing ?? count)
      trial.at = now.adding(days: -1)
      try appender.append(trial)
    }
  }

  static func spans(_ appender: Appender, _ cluster: String?, _ count: Int, days: Int64 = -3) throws {
    for number in 0..<count {
      var span = SpanRecord(
        spanID: "\(cluster ?? "none")-\(days)-\(number)", traceID: "t", name: "chat", spanKind: "chat",
        startedAt: now.adding(days: days), feature: "helpcenter")
      span.trafficCluster = cluster
      try appender.append(span)
    }
  }

  static func rating(_ appender: Appender, _ value: AnnotationRecord.Value, week: Int64 = 1, feature: String? = nil)
    throws
  {
    var rating = AnnotationRecord(
      annotationID: "rating-\(week)-\(value.text)", subject: "visit", name: "csat", value: value,
      annotatorKind: .human, annotator: "customer", at: now.adding(days: -7 * week))
    rating.attributes = try feature.map { try (["feature": .string($0)] as JSONValue).canonical() }
    try appender.append(rating)
  }

  static func finding(_ yaml: String = yaml(), _ body: @Sendable @escaping (Appender) throws -> Void) async throws
    -> Finding
  {
    let bench = try await CheckBench(yaml)
    try await bench.append(body)
    return try await bench.finding(check)
  }

  /// A suite that has nothing to be blamed for: two topics in the shares of traffic.
  static func fresh(_ appender: Appender) throws {
    try cases(appender, "A", 50)
    try cases(appender, "B", 50, passing: 40)
    try spans(appender, "A", 300)
    try spans(appender, "B", 300)
    try rating(appender, .number(4))
  }

  // MARK: The worked example

  static let traffic = [("A", 2000), ("B", 1700), ("C", 1700), ("D", 1300), ("E", 2000), ("F", 1300)]
  static let suite = [("A", 900, 873), ("B", 600, 570), ("C", 400, 368), ("D", 100, 84)]

  static func example(_ appender: Appender) throws {
    for (cluster, count, passing) in suite { try cases(appender, cluster, count, passing: passing) }
    for (cluster, count) in traffic { try spans(appender, cluster, count) }
  }

  static func weeks(_ appender: Appender) throws {
    let scores = [0.910, 0.915, 0.920, 0.925, 0.930, 0.935, 0.940]
    for (number, score) in scores.enumerated() {
      for item in 0..<200 {
        var trial = TrialRecord.trial("faq", "A-\(item)", "week-\(number)", passed: Double(item) < score * 200 - 0.5)
        trial.at = now.adding(days: -7 * Int64(7 - number) - 1)
        try appender.append(trial)
      }
    }
    let ratings: [Double] = [31, 31, 30, 30, 29, 28, 28, 27]
    for (number, value) in ratings.enumerated() {
      var rating = AnnotationRecord(
        annotationID: "csat-\(number)", subject: "visit", name: "csat", value: .number(value), annotatorKind: .human,
        annotator: "customer", at: now.adding(days: -7 * Int64(7 - number) - 1))
      rating.seconds = 3
      try appender.append(rating)
    }
  }

  @Test func theExampleIsRottenInThreeWays() async throws {
    let finding = try await Self.finding { appender in
      try Self.example(appender)
      try Self.weeks(appender)
    }
    #expect(finding.codes(.fail) == ["COVERAGE_ROTTEN", "MIX_ROTTEN", "TREND_DIVERGED"])
    #expect(close(finding.value("legacy_score"), 0.9475))
    #expect(close(finding.value("coverage"), 0.67))
    #expect(close(finding.value("js_divergence"), 0.2279))
    #expect(close(finding.value("g_statistic"), 1815.3, 0.05))
    let score = try #require(finding.measure("traffic_score"))
    #expect(close(score.value, 0.6211) && close(score.low, 0.6082) && close(score.high, 0.6302))
    let bounds = try #require(finding.measure("score_bounds"))
    #expect(close(bounds.low, 0.6211) && close(bounds.high, 0.9511))
    let headline = try #require(finding.measure("headline"))
    #expect(close(headline.low, 0.6082) && close(headline.high, 0.9602))
    #expect(close(finding.value("covered_only"), 0.9270))
    #expect(finding.value("suite_trend_s") == 28 && close(finding.value("suite_trend_p"), 0.0008))
    #expect(finding.value("users_trend_s") == -25 && close(finding.value("users_trend_p"), 0.0024))
    #expect(close(finding.value("users_slope"), -0.6, 1e-9))
    #expect(
      finding.headline
        == "faq covers 67 % of the traffic of helpcenter: weighted by 10,000 spans of 28 days its score is between "
        + "60.82 % and 96.02 %, not the 94.75 % that it shows on 2,000 live cases.")
    guard case .table(_, _, let rows)? = finding.figures.first(where: { Self.title($0) == "Where to label next" })
    else { throw TestFailure() }
    #expect(rows.map { $0[0] } == ["E", "F", "D", "C", "B", "A"])
    #expect(rows.map { $0[1] } == ["0.2000", "0.1300", "0.0186", "0.0091", "0.0060", "0.0045"])
    #expect(rows.map { $0[2] } == ["61", "39", "29", "28", "22", "21"])
    #expect(finding.next == "Label 61 cases of the topic E from production first.")
  }

  struct TestFailure: Error {}

  static func title(_ figure: Figure) -> String {
    switch figure {
    case .intervals(let title, _, _), .mirror(let title, _, _, _), .parts(let title, _, _),
      .curve(let title, _, _, _, _), .table(let title, _, _):
      title
    }
  }

  @Test func spotLabelsTellTheTruthAndMoreOfTheSameDoesNot() async throws {
    let labelled = try await Self.finding { appender in
      try Self.example(appender)
      try Self.cases(appender, "E", 100, passing: 61)
      try Self.cases(appender, "F", 100, passing: 66)
    }
    let score = try #require(labelled.measure("traffic_score"))
    #expect(close(score.value, 0.8289) && close(score.low, 0.8023) && close(score.high, 0.8519))
    #expect(close(0.9475 - (score.value ?? 0), 0.1186))
    #expect(close(labelled.value("coverage"), 1))
    let more = try await Self.finding { appender in
      try Self.example(appender)
      try Self.cases(appender, "A", 300, passing: 291, prefix: "more-")
    }
    #expect(close(more.value("coverage"), 0.67))
    #expect(close(more.value("js_divergence"), 0.2419))
    #expect(close(more.value("legacy_score"), 0.9504))
    #expect(more.codes(.fail) == ["COVERAGE_ROTTEN", "MIX_ROTTEN"])
  }
}

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

  func finding(_ yaml: String = yaml(), _ body: @Sendable @escaping (Appender) throws -> Void) async throws
    -> Finding
  {
    let bench = try await CheckBench(yaml)
    try await bench.append(body)
    return try await bench.finding(Self.check)
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
    let finding = try await finding { appender in
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
        == "faq covers 67.0 % of the traffic of helpcenter: weighted by 10,000 spans of 28 days its score is between "
        + "60.8 % and 96.0 %, not the 94.8 % that it shows on 2,000 live cases.")
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
    let labelled = try await finding { appender in
      try Self.example(appender)
      try Self.cases(appender, "E", 100, passing: 61)
      try Self.cases(appender, "F", 100, passing: 66)
    }
    let score = try #require(labelled.measure("traffic_score"))
    #expect(close(score.value, 0.8289) && close(score.low, 0.8023) && close(score.high, 0.8519))
    #expect(close(0.9475 - (score.value ?? 0), 0.1186))
    #expect(close(labelled.value("coverage"), 1))
    let more = try await finding { appender in
      try Self.example(appender)
      try Self.cases(appender, "A", 300, passing: 291, prefix: "more-")
    }
    #expect(close(more.value("coverage"), 0.67))
    #expect(close(more.value("js_divergence"), 0.2419))
    #expect(close(more.value("legacy_score"), 0.9504))
    #expect(more.codes(.fail) == ["COVERAGE_ROTTEN", "MIX_ROTTEN"])
  }

  // MARK: Each reason

  @Test func aFreshSuitePasses() async throws {
    let finding = try await finding { try Self.fresh($0) }
    #expect(finding.verdict == .pass && finding.reasons.isEmpty)
  }

  @Test func coverageAtItsLimitsIsWithinThem() async throws {
    /// Of 1,000 spans so many in a topic with cases.
    func covered(_ spans: Int) async throws -> Finding {
      try await finding(Self.yaml("js_fresh: 1, js_rotten: 1")) { appender in
        try Self.cases(appender, "A", 50)
        try Self.spans(appender, "A", spans)
        try Self.spans(appender, "B", 1000 - spans)
        try Self.rating(appender, .number(4))
      }
    }
    #expect(try await covered(900).verdict == .pass)
    #expect(try await covered(899).codes(.warn) == ["COVERAGE_STALE"])
    #expect(try await covered(750).codes(.warn) == ["COVERAGE_STALE"])
    #expect(try await covered(749).codes(.fail) == ["COVERAGE_ROTTEN"])
  }

  @Test func aTopicIsCoveredFromFiveTriedLiveCases() async throws {
    func tried(_ count: Int, untried: Int = 0, expired: Int = 0) async throws -> Double? {
      try await finding { appender in
        try Self.cases(appender, "A", count)
        for number in 0..<untried { try appender.append(try Self.card("untried-\(number)", "A")) }
        let gone: JSONValue = .string(Self.now.description)
        try Self.cases(appender, "A", expired, prefix: "gone-", extra: [("expires_at", gone)])
        try Self.spans(appender, "A", 500)
      }.value("coverage")
    }
    #expect(try await tried(5) == 1)
    #expect(try await tried(4) == 0)
    #expect(try await tried(4, untried: 3) == 0)
    #expect(try await tried(4, expired: 3) == 0)
  }

  @Test func theMixWarnsThenFails() async throws {
    func mix(_ policy: String) async throws -> Finding {
      try await finding(Self.yaml(policy)) { appender in
        try Self.cases(appender, "A", 80)
        try Self.cases(appender, "B", 20)
        try Self.spans(appender, "A", 120)
        try Self.spans(appender, "B", 480)
        try Self.rating(appender, .number(4))
      }
    }
    let measured = try await mix("")
    let js = try #require(measured.value("js_divergence"))
    #expect(measured.codes(.fail) == ["MIX_ROTTEN"])
    #expect(try await mix("js_rotten: \(js)").codes(.warn) == ["MIX_STALE"])
    #expect(try await mix("js_rotten: 1, js_fresh: \(js)").verdict == .pass)
    // A divergence that sampling explains does not fail.
    #expect(try await mix("mix_alpha: 1e-40").codes(.warn) == ["MIX_STALE"])
  }

  @Test func tooLittleTrafficOrTopicsIsUnknown() async throws {
    func traffic(_ spans: Int, unclustered: Int = 0) async throws -> Finding {
      try await finding { appender in
        try Self.cases(appender, "A", 50)
        try Self.spans(appender, "A", spans)
        try Self.spans(appender, nil, unclustered)
        try Self.rating(appender, .number(4))
      }
    }
    #expect(try await traffic(500).verdict == .pass)
    let few = try await traffic(499)
    #expect(few.codes(.unknown) == ["TRAFFIC_FEW"])
    #expect(few.missing == [Finding.Missing("spans with a traffic_cluster", 1)])
    #expect(try await traffic(0).codes(.unknown) == ["TRAFFIC_FEW"])
    #expect(try await traffic(900, unclustered: 100).verdict == .pass)
    let blind = try await traffic(900, unclustered: 101)
    #expect(blind.codes(.unknown) == ["UNCLUSTERED"])
    #expect(blind.missing.first?.howMuch == 1)
  }

  @Test func oldTrafficDoesNotCount() async throws {
    let finding = try await finding { appender in
      try Self.cases(appender, "A", 50)
      try Self.spans(appender, "A", 500, days: -27)
      try Self.spans(appender, "B", 500, days: -28)
    }
    #expect(finding.value("spans") == 500)
    #expect(finding.value("coverage") == 1)
  }

  @Test func casesNeedCards() async throws {
    func cards(bare: Int, undated: Int, uncarded: Int) async throws -> Finding {
      try await finding { appender in
        try Self.fresh(appender)
        for number in 0..<bare { try appender.append(try Self.card("bare-\(number)", nil)) }
        for number in 0..<undated {
          try appender.append(try Self.card("undated-\(number)", "A", extra: [("added_at", .string("soon"))]))
        }
        for number in 0..<uncarded {
          try appender.append(TrialRecord.trial("faq", "loose-\(number)", "prod", passed: true))
        }
      }
    }
    #expect(try await cards(bare: 4, undated: 4, uncarded: 3).verdict == .pass)
    let many = try await cards(bare: 4, undated: 4, uncarded: 4)
    #expect(many.codes(.unknown) == ["NO_CARDS"])
    #expect(many.missing.first?.howMuch == 1)
  }

  @Test func theTrialNamesTheTopicWhereTheCardDoesNot() async throws {
    let finding = try await finding { appender in
      for number in 0..<10 {
        try appender.append(try Self.card("c\(number)", nil))
        var trial = TrialRecord.trial("faq", "c\(number)", "prod", passed: true)
        trial.trafficCluster = "A"
        try appender.append(trial)
      }
      try Self.spans(appender, "A", 500)
      try Self.rating(appender, .number(4))
    }
    #expect(finding.verdict == .pass)
    #expect(finding.value("coverage") == 1)
  }

  @Test func emptyIsUnknown() async throws {
    let bench = try await CheckBench(Self.yaml())
    let empty = try await bench.finding(Self.check)
    #expect(empty.codes(.unknown) == ["NO_CASES"])
    #expect(empty.codes(.warn) == ["NO_USER_METRIC"])
    let untried = try await finding { appender in
      try appender.append(try Self.card("one", "A"))
      try Self.spans(appender, "A", 500)
    }
    #expect(untried.codes(.unknown) == ["NO_TRIALS"])
    #expect(untried.missing == [Finding.Missing("cases with a trial", 1)])
    let other = try await CheckBench("features: {chat: {suite: s}}")
    #expect(try await other.run([Self.check]).notApplicable == [Self.check])
  }

  @Test func ageAndTuningWarn() async throws {
    /// One hundred live cases, so many of them old or tuned on.
    func suite(old: Int = 0, age: Int64 = 181, tuned: Int = 0, times: JSONValue = 3) async throws -> [String] {
      try await finding { appender in
        try Self.cases(appender, "A", old, age: age, prefix: "old-")
        try Self.cases(appender, "A", tuned, prefix: "tuned-", extra: [("tuned_on", times)])
        try Self.cases(appender, "A", 100 - old - tuned)
        try Self.spans(appender, "A", 500)
        try Self.rating(appender, .number(4))
      }.codes(.warn)
    }
    #expect(try await suite(old: 10) == [])
    #expect(try await suite(old: 11) == ["OLD"])
    #expect(try await suite(old: 11, age: 180) == [])
    #expect(try await suite(tuned: 20) == [])
    #expect(try await suite(tuned: 21) == ["TUNED"])
    #expect(try await suite(tuned: 21, times: 2) == [])
    #expect(try await suite(tuned: 21, times: .array(["a", "b", "c"])) == ["TUNED"])
  }

  @Test func ratingsAreThoseOfTheFeatureAndOfPeople() async throws {
    func rated(_ value: AnnotationRecord.Value, feature: String? = nil, kind: AnnotationRecord.AnnotatorKind = .human)
      async throws -> [String]
    {
      try await finding { appender in
        try Self.cases(appender, "A", 50)
        try Self.spans(appender, "A", 500)
        var rating = AnnotationRecord(
          annotationID: "r", subject: "visit", name: "csat", value: value, annotatorKind: kind, annotator: "c",
          at: Self.now.adding(days: -7))
        rating.attributes = try feature.map { try (["feature": .string($0)] as JSONValue).canonical() }
        try appender.append(rating)
      }.codes(.warn)
    }
    #expect(try await rated(.number(4)) == [])
    #expect(try await rated(.label("4.5")) == [])
    #expect(try await rated(.label("nan")) == ["NO_USER_METRIC"])
    #expect(try await rated(.label("good")) == ["NO_USER_METRIC"])
    #expect(try await rated(.number(4), feature: "helpcenter") == [])
    #expect(try await rated(.number(4), feature: "other") == ["NO_USER_METRIC"])
    #expect(try await rated(.number(4), kind: .llm) == ["NO_USER_METRIC"])
  }

  @Test func aTrendNeedsItsWeeksAndBothDirections() async throws {
    func diverges(_ policy: String) async throws -> Bool {
      try await finding(Self.yaml(policy)) { appender in
        try Self.example(appender)
        try Self.weeks(appender)
      }.codes(.fail).contains("TREND_DIVERGED")
    }
    #expect(try await diverges("trend_weeks: 8"))
    #expect(try await !diverges("trend_weeks: 9"))
    #expect(try await !diverges("trend_alpha: 0.002"))
    #expect(try await diverges("trend_alpha: 0.003"))
    let flat = [EvalRot.Weeks.Week](
      (0..<8).map { EvalRot.Weeks.Week(number: Int64($0), suite: 0.9, users: 4) })
    let trend = try #require(EvalRot.Trend(flat, \.suite))
    #expect(trend.slope == 0 && !trend.isSignificant(0.05))
    #expect(EvalRot.Trend(Array(flat.prefix(1)), \.suite) == nil)
  }

  @Test func versionsMeetOnlyOverABridge() throws {
    func weeks(_ variants: [String]) -> EvalRot.Weeks {
      var weeks = EvalRot.Weeks()
      for variant in variants {
        weeks.add([1: EvalRot.Weeks.Sum(total: 90, count: 100)], version: "1", variant: variant)
        weeks.add([2: EvalRot.Weeks.Sum(total: 70, count: 100)], version: "2", variant: variant)
      }
      weeks.addRating(Instant(nanoseconds: 0).adding(days: 7), 4)
      weeks.addRating(Instant(nanoseconds: 0).adding(days: 14), 5)
      return weeks
    }
    let joined = weeks(["a", "b"]).joined(version: "2")
    #expect(joined.map(\.number) == [1, 2])
    #expect(joined.allSatisfy { close($0.suite, 0.7) })
    #expect(weeks(["a", "b"]).unbridged(to: "2").isEmpty)
    #expect(weeks(["a"]).unbridged(to: "2") == ["1"])
    #expect(weeks(["a"]).joined(version: "2").map(\.number) == [2])
  }

  @Test func weeksBeginOnMonday() {
    func number(_ text: String) -> Int64? { Instant(text).map(EvalRot.Weeks.number) }
    #expect(number("2026-06-01T00:00:00Z") == number("2026-06-07T23:59:59Z"))
    #expect(number("2026-05-31T23:59:59Z").map { $0 + 1 } == number("2026-06-01T00:00:00Z"))
    #expect(number("1969-12-29T00:00:00Z") == 0 && number("1969-12-28T00:00:00Z") == -1)
    #expect(EvalRot.Weeks.Week(number: 0, suite: 0, users: 0).start.dateText == "1969-12-29")
  }

  @Test func whatMayRetire() async throws {
    /// Cases that passed so many trials in a row, in a topic with so many others.
    func retirable(_ passes: Int, cases: Int, pin: String = "none", share: Int = 500) async throws -> Double? {
      try await finding { appender in
        for number in 0..<cases {
          try appender.append(
            try Self.card("c\(number)", "A", extra: [("pin", number == 0 ? .string(pin) : .string("safety"))]))
          for repetition in 0..<passes {
            var trial = TrialRecord.trial("faq", "c\(number)", "prod", passed: true)
            trial.repetition = Int64(repetition + 1)
            try appender.append(trial)
          }
        }
        try Self.spans(appender, "A", share)
        try Self.spans(appender, "B", 1000 - share)
      }.value("retirable")
    }
    #expect(try await retirable(20, cases: 21) == 1)
    #expect(try await retirable(19, cases: 21) == 0)
    #expect(try await retirable(20, cases: 20) == 0)
    #expect(try await retirable(20, cases: 21, pin: "contract") == 0)
    #expect(try await retirable(1, cases: 21, share: 4) == 1)
    #expect(try await retirable(1, cases: 21, share: 5) == 0)
  }

  @Test func aFailureEndsTheStreak() async throws {
    let finding = try await finding { appender in
      for number in 0..<30 {
        try appender.append(try Self.card("c\(number)", "A"))
        for repetition in 0..<25 {
          var trial = TrialRecord.trial("faq", "c\(number)", "prod", passed: !(number < 10 && repetition == 10))
          trial.repetition = Int64(repetition)
          try appender.append(trial)
        }
      }
      try Self.spans(appender, "A", 500)
    }
    #expect(finding.value("saturated") == 20)
    // Never so many that the crowd is gone.
    #expect(finding.value("retirable") == 10)
    #expect(finding.evidence.count == 10)
  }

  @Test func theNewestCardOfACaseCounts() async throws {
    let finding = try await finding { appender in
      try Self.fresh(appender)
      try appender.append(try Self.card("A-0", "Z", age: 30))
      var newer = try Self.card("A-1", "B", age: 1)
      newer.sha256 = SHA256Digest(of: "edited").description
      try appender.append(newer)
      try appender.append(try Self.card("foreign", "A", suite: "another"))
    }
    #expect(finding.value("live_cases") == 100)
  }

  @Test func aFindingIsTheSameTwiceAndAsOf() async throws {
    let bench = try await CheckBench(Self.yaml())
    try await bench.append { appender in
      try Self.fresh(appender)
      try Self.cases(appender, "__proto__ '; -- é", 6)
      try Self.spans(appender, "__proto__ '; -- é", 20)
    }
    let first = try await bench.finding(Self.check)
    #expect(first.verdict == .pass)
    #expect(try await bench.finding(Self.check) == first)
    try await bench.append { try Self.spans($0, "new", 5000) }
    #expect(try await bench.finding(Self.check).codes(.fail).contains("COVERAGE_ROTTEN"))
  }
}

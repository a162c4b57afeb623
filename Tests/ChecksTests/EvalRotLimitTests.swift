import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `eval-rot` exactly at its limits, and where there is nothing to divide by.
@Suite struct EvalRotLimitTests {
  static let now = CheckBench.now

  /// Trials of one case that all pass, tried one after the other.
  static func passes(_ appender: Appender, _ item: String, _ count: Int) throws {
    for repetition in 0..<count {
      var trial = TrialRecord.trial("faq", item, "prod", passed: true)
      trial.repetition = Int64(repetition + 1)
      try appender.append(trial)
    }
  }

  // MARK: Cards

  /// What counts is the card's own time, not when it came; of two of one instant the one that came later.
  @Test func aLateCardReplacesNothing() async throws {
    func coverage(first: Int64, second: Int64) async throws -> Double? {
      try await EvalRotTests.finding { appender in
        for number in 0..<5 {
          try appender.append(try EvalRotTests.card("c\(number)", "A", age: first))
          var other = try EvalRotTests.card("c\(number)", "B", age: second)
          other.sha256 = SHA256Digest(of: "edited \(number)").description
          try appender.append(other)
          try EvalRotLimitTests.passes(appender, "c\(number)", 1)
        }
        try EvalRotTests.spans(appender, "A", 500)
      }.value("coverage")
    }
    #expect(try await coverage(first: 10, second: 30) == 1)
    #expect(try await coverage(first: 10, second: 10) == 0)
    #expect(try await coverage(first: 30, second: 10) == 0)
  }

  @Test func asManyCasesWithoutCardAsAreTolerated() async throws {
    func codes(bare: Int) async throws -> [String] {
      try await EvalRotTests.finding(EvalRotTests.yaml("uncarded_max: 0.2")) { appender in
        try EvalRotTests.fresh(appender)
        for number in 0..<bare { try appender.append(try EvalRotTests.card("bare-\(number)", nil)) }
      }.codes(.unknown)
    }
    #expect(try await codes(bare: 25) == [])
    #expect(try await codes(bare: 26) == ["NO_CARDS"])
  }

  @Test func aCaseIsSaturatedFromTwentyPassesOn() async throws {
    func saturated(_ count: Int) async throws -> Double? {
      try await EvalRotTests.finding { appender in
        try appender.append(try EvalRotTests.card("c", "A"))
        try EvalRotLimitTests.passes(appender, "c", count)
      }.value("saturated")
    }
    #expect(try await saturated(20) == 1)
    #expect(try await saturated(19) == 0)
  }

  @Test func anUntriedCaseIsNoPartOfTheScore() async throws {
    let finding = try await EvalRotTests.finding { appender in
      try EvalRotTests.fresh(appender)
      try appender.append(try EvalRotTests.card("untried", "A"))
    }
    #expect(finding.value("live_cases") == 101)
    #expect(close(finding.value("legacy_score"), 0.9))
  }

  // MARK: Traffic

  @Test func withoutTrafficThereIsNothingToWeighBy() async throws {
    let finding = try await EvalRotTests.finding { try EvalRotTests.cases($0, "A", 50) }
    #expect(finding.measure("coverage") != nil && finding.value("coverage") == nil)
    #expect(finding.measure("traffic_score") == nil && finding.measure("score_bounds") == nil)
    #expect(finding.headline.hasPrefix("Nobody knows"))
    #expect(finding.next == "Get 500 more spans with a traffic_cluster.")
  }

  @Test func trafficElsewhereCoversNothing() async throws {
    let finding = try await EvalRotTests.finding { appender in
      try EvalRotTests.cases(appender, "A", 50)
      try EvalRotTests.spans(appender, "B", 500)
    }
    #expect(finding.value("coverage") == 0 && finding.value("traffic_score") == 0)
    #expect(finding.measure("covered_only") == nil)
    let tables = finding.figures.compactMap { figure in
      if case .table("Where to label next", _, let rows) = figure { rows.map { $0[0] } } else { nil }
    }
    // Nothing is to be labelled of a topic that nobody asks about.
    #expect(tables == [["B"]])
  }

  @Test func spansWithoutATopicCountForTheWindowOnly() async throws {
    func codes(days: Int64) async throws -> [String] {
      try await EvalRotTests.finding { appender in
        try EvalRotTests.cases(appender, "A", 50)
        try EvalRotTests.spans(appender, "A", 500)
        try EvalRotTests.spans(appender, nil, 60, days: days)
      }.codes(.unknown)
    }
    #expect(try await codes(days: -27) == ["UNCLUSTERED"])
    #expect(try await codes(days: -28) == [])
  }

  @Test func whatRetiresLooksBackItsOwnDays() async throws {
    func retirable(days: Int64) async throws -> Double? {
      try await EvalRotTests.finding(EvalRotTests.yaml("retire_days: 10")) { appender in
        try EvalRotTests.cases(appender, "A", 5)
        try EvalRotTests.spans(appender, "A", 4)
        try EvalRotTests.spans(appender, "B", 996)
        try EvalRotTests.spans(appender, "A", 100, days: days)
      }.value("retirable")
    }
    #expect(try await retirable(days: -9) == 0)
    #expect(try await retirable(days: -10) == 5)
  }

  // MARK: Trends

  /// Week by week: of ten cases so many pass, so happy are users.
  private func diverges(passing: [Int], ratings: [Double]) async throws -> Bool {
    try await EvalRotTests.finding { appender in
      for item in 0..<10 { try appender.append(try EvalRotTests.card("A-\(item)", "A")) }
      for (week, passing) in passing.enumerated() {
        for item in 0..<10 {
          var trial = TrialRecord.trial("faq", "A-\(item)", "week-\(week)", passed: item < passing)
          trial.at = EvalRotLimitTests.now.adding(days: -7 * Int64(14 - week))
          try appender.append(trial)
        }
      }
      for (week, rating) in ratings.enumerated() {
        try EvalRotTests.rating(appender, .number(rating), week: Int64(14 - week))
      }
    }.codes(.fail).contains("TREND_DIVERGED")
  }

  /// Of 14 weeks, 7 and 7 have a slope; 10 and 4 are as significant, but most pairs of weeks are equal: no slope.
  @Test func aSlopeOfZeroIsNoTrend() async throws {
    let falling = (0..<14).map { 40 - Double($0) }
    let rising = [Int](repeating: 8, count: 7) + [Int](repeating: 9, count: 7)
    #expect(try await diverges(passing: rising, ratings: falling))
    let late = [Int](repeating: 8, count: 10) + [Int](repeating: 9, count: 4)
    #expect(try await !diverges(passing: late, ratings: falling))
    let drop = [Double](repeating: 5, count: 10) + [Double](repeating: 4, count: 4)
    #expect(try await !diverges(passing: rising, ratings: drop))
  }

  @Test func aTrendAtItsErrorIsSignificant() throws {
    let weeks = (0..<8).map { EvalRot.Weeks.Week(number: Int64($0), suite: 0.9 + Double($0) / 100, users: 4) }
    let trend = try #require(EvalRot.Trend(weeks, \.suite))
    let p = try #require(trend.test.test?.pValue)
    #expect(trend.isSignificant(p) && !trend.isSignificant(0.9 * p))
  }

  /// Trials of 26 weeks ago are the first that count, those of other variants as well; this week has both anyway.
  @Test func theHalfYearBeginsWithItsFirstInstant() async throws {
    let since = EvalRotLimitTests.now.adding(days: -182)
    func weeks(_ at: Instant) async throws -> Double? {
      try await EvalRotTests.finding { appender in
        try EvalRotTests.fresh(appender)
        var trial = TrialRecord.trial("faq", "A-0", "old", passed: true)
        trial.at = at
        try appender.append(trial)
        for week: Int64 in [26, 27] { try EvalRotTests.rating(appender, .number(4), week: week) }
      }.value("weeks")
    }
    #expect(try await weeks(since) == 2)
    #expect(try await weeks(Instant(nanoseconds: since.nanoseconds - 1)) == 1)
  }

  // MARK: Policy

  @Test func limitsOfOneKindMayBeEqual() {
    var policy = EvalRot.Policy()
    policy.coverageFresh = policy.coverageRotten
    policy.jsFresh = policy.jsRotten
    #expect(policy.faults().isEmpty)
    policy.coverageFresh -= 0.01
    policy.jsFresh += 0.01
    #expect(policy.faults().map(\.key) == ["coverage_fresh", "js_fresh"])
  }
}

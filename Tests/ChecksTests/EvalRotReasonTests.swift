import Records
import Store
import Testing

@testable import Checks

@Suite struct EvalRotReasonTests {
  // MARK: Each reason

  @Test func aFreshSuitePasses() async throws {
    let finding = try await EvalRotTests.finding { try EvalRotTests.fresh($0) }
    #expect(finding.verdict == .pass && finding.reasons.isEmpty)
  }

  @Test func coverageAtItsLimitsIsWithinThem() async throws {
    /// Of 1,000 spans so many in a topic with cases.
    func covered(_ spans: Int) async throws -> Finding {
      try await EvalRotTests.finding(EvalRotTests.yaml("js_fresh: 1, js_rotten: 1")) { appender in
        try EvalRotTests.cases(appender, "A", 50)
        try EvalRotTests.spans(appender, "A", spans)
        try EvalRotTests.spans(appender, "B", 1000 - spans)
        try EvalRotTests.rating(appender, .number(4))
      }
    }
    #expect(try await covered(900).verdict == .pass)
    #expect(try await covered(899).codes(.warn) == ["COVERAGE_STALE"])
    #expect(try await covered(750).codes(.warn) == ["COVERAGE_STALE"])
    #expect(try await covered(749).codes(.fail) == ["COVERAGE_ROTTEN"])
  }

  @Test func aTopicIsCoveredFromFiveTriedLiveCases() async throws {
    func tried(_ count: Int, untried: Int = 0, expired: Int = 0) async throws -> Double? {
      try await EvalRotTests.finding { appender in
        try EvalRotTests.cases(appender, "A", count)
        for number in 0..<untried { try appender.append(try EvalRotTests.card("untried-\(number)", "A")) }
        let gone: JSONValue = .string(EvalRotTests.now.description)
        try EvalRotTests.cases(appender, "A", expired, prefix: "gone-", extra: [("expires_at", gone)])
        try EvalRotTests.spans(appender, "A", 500)
      }.value("coverage")
    }
    #expect(try await tried(5) == 1)
    #expect(try await tried(4) == 0)
    #expect(try await tried(4, untried: 3) == 0)
    #expect(try await tried(4, expired: 3) == 0)
  }

  @Test func theMixWarnsThenFails() async throws {
    func mix(_ policy: String) async throws -> Finding {
      try await EvalRotTests.finding(EvalRotTests.yaml(policy)) { appender in
        try EvalRotTests.cases(appender, "A", 80)
        try EvalRotTests.cases(appender, "B", 20)
        try EvalRotTests.spans(appender, "A", 120)
        try EvalRotTests.spans(appender, "B", 480)
        try EvalRotTests.rating(appender, .number(4))
      }
    }
    let measured = try await mix("")
    let js = try #require(measured.value("js_divergence"))
    #expect(measured.codes(.fail) == ["MIX_ROTTEN"])
    #expect(try await mix("js_rotten: \(js)").codes(.warn) == ["MIX_STALE"])
    #expect(try await mix("js_rotten: 1, js_fresh: \(js)").verdict == .pass)
    // A divergence that sampling explains does not fail.
    func small(_ policy: String) async throws -> Finding {
      try await EvalRotTests.finding(EvalRotTests.yaml("min_live: 1, " + policy)) { appender in
        try EvalRotTests.cases(appender, "A", 5)
        try EvalRotTests.cases(appender, "B", 1)
        try EvalRotTests.spans(appender, "A", 100)
        try EvalRotTests.spans(appender, "B", 400)
        try EvalRotTests.rating(appender, .number(4))
      }
    }
    let significant = try await small("")
    #expect(significant.codes(.fail) == ["MIX_ROTTEN"])
    let p = try #require(significant.value("g_p_value"))
    #expect(try await small("mix_alpha: \(p)").codes(.fail) == ["MIX_ROTTEN"])
    #expect(try await small("mix_alpha: \(p / 2)").codes(.warn) == ["MIX_STALE"])
  }

  @Test func tooLittleTrafficOrTopicsIsUnknown() async throws {
    func traffic(_ spans: Int, unclustered: Int = 0) async throws -> Finding {
      try await EvalRotTests.finding { appender in
        try EvalRotTests.cases(appender, "A", 50)
        try EvalRotTests.spans(appender, "A", spans)
        try EvalRotTests.spans(appender, nil, unclustered)
        try EvalRotTests.rating(appender, .number(4))
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
    let finding = try await EvalRotTests.finding { appender in
      try EvalRotTests.cases(appender, "A", 50)
      try EvalRotTests.spans(appender, "A", 500, days: -27)
      try EvalRotTests.spans(appender, "B", 500, days: -28)
    }
    #expect(finding.value("spans") == 500)
    #expect(finding.value("coverage") == 1)
  }

  @Test func casesNeedCards() async throws {
    func cards(bare: Int, undated: Int, uncarded: Int) async throws -> Finding {
      try await EvalRotTests.finding { appender in
        try EvalRotTests.fresh(appender)
        for number in 0..<bare { try appender.append(try EvalRotTests.card("bare-\(number)", nil)) }
        for number in 0..<undated {
          try appender.append(try EvalRotTests.card("undated-\(number)", "A", extra: [("added_at", .string("soon"))]))
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
    let finding = try await EvalRotTests.finding { appender in
      for number in 0..<10 {
        try appender.append(try EvalRotTests.card("c\(number)", nil))
        var trial = TrialRecord.trial("faq", "c\(number)", "prod", passed: true)
        trial.trafficCluster = "A"
        try appender.append(trial)
      }
      try EvalRotTests.spans(appender, "A", 500)
      try EvalRotTests.rating(appender, .number(4))
    }
    #expect(finding.verdict == .pass)
    #expect(finding.value("coverage") == 1)
  }

  @Test func emptyIsUnknown() async throws {
    let bench = try await CheckBench(EvalRotTests.yaml())
    let empty = try await bench.finding(EvalRotTests.check)
    #expect(empty.codes(.unknown) == ["NO_CASES"])
    #expect(empty.codes(.warn) == ["NO_USER_METRIC"])
    let untried = try await EvalRotTests.finding { appender in
      try appender.append(try EvalRotTests.card("one", "A"))
      try EvalRotTests.spans(appender, "A", 500)
    }
    #expect(untried.codes(.unknown) == ["NO_TRIALS"])
    #expect(untried.missing == [Finding.Missing("cases with a trial", 1)])
    let other = try await CheckBench("features: {chat: {suite: s}}")
    #expect(try await other.run([EvalRotTests.check]).notApplicable == [EvalRotTests.check])
  }

  @Test func ageAndTuningWarn() async throws {
    /// One hundred live cases, so many of them old or tuned on.
    func suite(old: Int = 0, age: Int64 = 181, tuned: Int = 0, times: JSONValue = 3) async throws -> [String] {
      try await EvalRotTests.finding { appender in
        try EvalRotTests.cases(appender, "A", old, age: age, prefix: "old-")
        try EvalRotTests.cases(appender, "A", tuned, prefix: "tuned-", extra: [("tuned_on", times)])
        try EvalRotTests.cases(appender, "A", 100 - old - tuned)
        try EvalRotTests.spans(appender, "A", 500)
        try EvalRotTests.rating(appender, .number(4))
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
      try await EvalRotTests.finding { appender in
        try EvalRotTests.cases(appender, "A", 50)
        try EvalRotTests.spans(appender, "A", 500)
        var rating = AnnotationRecord(
          annotationID: "r", subject: "visit", name: "csat", value: value, annotatorKind: kind, annotator: "c",
          at: EvalRotTests.now.adding(days: -7))
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
      try await EvalRotTests.finding(EvalRotTests.yaml(policy)) { appender in
        try EvalRotTests.example(appender)
        try EvalRotTests.weeks(appender)
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
      try await EvalRotTests.finding { appender in
        for number in 0..<cases {
          try appender.append(
            try EvalRotTests.card("c\(number)", "A", extra: [("pin", number == 0 ? .string(pin) : .string("safety"))]))
          for repetition in 0..<passes {
            var trial = TrialRecord.trial("faq", "c\(number)", "prod", passed: true)
            trial.repetition = Int64(repetition + 1)
            try appender.append(trial)
          }
        }
        try EvalRotTests.spans(appender, "A", share)
        try EvalRotTests.spans(appender, "B", 1000 - share)
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
    let finding = try await EvalRotTests.finding { appender in
      for number in 0..<30 {
        try appender.append(try EvalRotTests.card("c\(number)", "A"))
        for repetition in 0..<25 {
          var trial = TrialRecord.trial("faq", "c\(number)", "prod", passed: !(number < 10 && repetition == 10))
          trial.repetition = Int64(repetition)
          try appender.append(trial)
        }
      }
      try EvalRotTests.spans(appender, "A", 500)
    }
    #expect(finding.value("saturated") == 20)
    // Never so many that the crowd is gone.
    #expect(finding.value("retirable") == 10)
    #expect(finding.evidence.count == 10)
  }

  @Test func theNewestCardOfACaseCounts() async throws {
    let finding = try await EvalRotTests.finding { appender in
      try EvalRotTests.fresh(appender)
      try appender.append(try EvalRotTests.card("A-0", "Z", age: 30))
      var newer = try EvalRotTests.card("A-1", "B", age: 1)
      newer.sha256 = SHA256Digest(of: "edited").description
      try appender.append(newer)
      try appender.append(try EvalRotTests.card("foreign", "A", suite: "another"))
    }
    #expect(finding.value("live_cases") == 100)
  }

  @Test func aFindingIsTheSameTwiceAndAsOf() async throws {
    let bench = try await CheckBench(EvalRotTests.yaml())
    try await bench.append { appender in
      try EvalRotTests.fresh(appender)
      try EvalRotTests.cases(appender, "__proto__ '; -- é", 6)
      try EvalRotTests.spans(appender, "__proto__ '; -- é", 20)
    }
    let first = try await bench.finding(EvalRotTests.check)
    #expect(first.verdict == .pass)
    #expect(try await bench.finding(EvalRotTests.check) == first)
    try await bench.append { try EvalRotTests.spans($0, "new", 5000) }
    #expect(try await bench.finding(EvalRotTests.check).codes(.fail).contains("COVERAGE_ROTTEN"))
  }
}

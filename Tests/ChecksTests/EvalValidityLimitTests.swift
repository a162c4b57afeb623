import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `eval-validity` exactly at its limits, and where there is nothing to divide by.
@Suite struct EvalValidityLimitTests {
  typealias Bench = EvalValidityTests

  private func withJudge(_ policy: String = "", _ verdicts: @Sendable @escaping (Appender) throws -> Void)
    async throws -> Finding
  {
    try await Bench.finding(Bench.yaml(policy: policy)) { appender in
      try Bench.instrument(appender)
      try Bench.pairs(appender, "A", items: 200, gained: 18, lost: 4, judge: "grader@1")
      try Bench.spans(appender, "A", 500)
      try verdicts(appender)
    }
  }

  private func slices(_ finding: Finding) -> [String] {
    finding.figures.flatMap { figure in
      if case .intervals("Difference by slice", _, let rows) = figure { rows.map(\.label) } else { [String]() }
    }
  }

  // MARK: The instrument

  /// What counts is the card's own time, not when it came; of two of one instant the one that came later.
  @Test func aLateCardReplacesNothing() async throws {
    func share(first: Int64, second: Int64) async throws -> Double? {
      try await Bench.finding { appender in
        for (number, (age, source)) in [(first, "prod"), (second, "synthetic")].enumerated() {
          var card = ArtifactRecord(
            sha256: Bench.sha(number), artifactKind: "dataset_item", name: "card", at: Bench.now.adding(days: -age))
          card.attributes = try (["suite": "faq", "source": .string(source)] as JSONValue).canonical()
          try appender.append(card)
        }
      }.value("prod_share")
    }
    #expect(try await share(first: 10, second: 30) == 1)
    #expect(try await share(first: 10, second: 10) == 0)
    #expect(try await share(first: 30, second: 10) == 0)
  }

  @Test func anOrderAtItsLimitPredicts() async throws {
    func codes(_ policy: String) async throws -> (codes: [String], correlation: Double?) {
      let finding = try await Bench.finding(Bench.yaml(policy: policy)) { appender in
        try Bench.cards(appender)
        // The first four in reverse.
        let swapped = [3, 2, 1, 0, 4, 5, 6, 7].map { Bench.agreeing[$0].1 }
        try Bench.releases(appender, zip(Bench.agreeing, swapped).map { ($0.0, $1) })
        try Bench.pairs(appender, "A", items: 200, gained: 18, lost: 4)
        try Bench.spans(appender, "A", 500)
      }
      return (finding.codes(.fail), finding.value("rank_correlation"))
    }
    let rank = try #require(try await codes("").correlation)
    #expect(rank > 0.5 && rank < 0.9)
    #expect(try await codes("predictive_min_spearman: \(rank)").codes == [])
    #expect(try await codes("predictive_min_spearman: \(rank + 1e-5)").codes == ["NOT_PREDICTIVE"])
  }

  @Test func aKindOfAnswerThatPeopleNeverSaw() async throws {
    let policy = "judge_min_tnr: 0.9, judge_min_tpr: 0.6"
    // 3.84·0.9·0.1/0.05² and 3.84·0.6·0.4/0.05²: what tells a rate from its limit by five points.
    let wrong = try await withJudge(policy) { try Bench.judged($0, 55, 0, 5, 0) }
    #expect(wrong.codes(.unknown) == ["JUDGE_UNDECIDED"] && wrong.codes(.fail) == [])
    #expect(wrong.missing == [Finding.Missing("answers that people call wrong", 139)])
    let right = try await withJudge(policy) { try Bench.judged($0, 0, 5, 0, 55) }
    #expect(right.codes(.unknown) == ["JUDGE_UNDECIDED"] && right.codes(.fail) == [])
    #expect(right.missing == [Finding.Missing("answers that people call right", 369)])
  }

  /// A rate whose interval begins at its limit needs no more labels; only the other one does.
  @Test func labelsAreAskedForTheOpenRateOnly() async throws {
    func missing(_ counts: [Int], _ limits: (tpr: Double, tnr: Double)? = nil) async throws -> Finding {
      let policy = limits.map { "judge_min_tpr: \($0.tpr), judge_min_tnr: \($0.tnr)" } ?? ""
      return try await withJudge(policy) { try Bench.judged($0, counts[0], counts[1], counts[2], counts[3]) }
    }
    for counts in [[50, 3, 3, 20], [20, 3, 3, 50]] {
      let finding = try await missing(counts)
      let tpr = try #require(finding.measure("judge_tpr")?.low)
      let tnr = try #require(finding.measure("judge_tnr")?.low)
      let rightIsRare = counts[0] < counts[3]
      // One more answer of the common kind comes with two in all, one of the rare kind with four.
      let common = try await missing(counts, rightIsRare ? (tpr, tnr + 1e-4) : (tpr + 1e-4, tnr))
      #expect(common.missing.map(\.howMuch) == [2])
      let rare = try await missing(counts, rightIsRare ? (tpr + 1e-4, tnr) : (tpr, tnr + 1e-4))
      #expect(rare.missing.map(\.howMuch) == [4])
    }
  }

  @Test func peopleAreComparedWhereTwoSawTheSame() async throws {
    let one = try await withJudge { try Bench.judged($0, 25, 0, 0, 25) }
    #expect(one.measure("people_kappa") == nil)
    let two = try await withJudge { appender in
      try Bench.judged(appender, 25, 0, 0, 25)
      for (subject, passes) in [("pp-0", true), ("ff-0", false)] {
        try appender.append(Bench.vote(subject, "bo", .human, passes))
      }
    }
    #expect(two.value("people_kappa") == 1)
  }

  // MARK: Metrics and slices

  @Test func reasonsNameTheirMetricWhereThereAreTwo() async throws {
    func about(_ metrics: [String]) async throws -> [String?] {
      let listed = metrics.map { "{name: \($0), primary: true, claim: improvement, min_effect: 0.03}" }
      let yaml = "suites: {faq: {baseline: prod, candidate: next, metrics: [\(listed.joined(separator: ", "))]}}"
      return try await Bench.finding(yaml) { appender in
        for metric in metrics {
          for item in 0..<100 {
            for (variant, passes) in [("prod", item < 50), ("next", item < 53)] {
              var trial = TrialRecord.trial("faq", "\(item)", variant, passed: passes)
              trial.metric = metric
              try appender.append(trial)
            }
          }
        }
      }.reasons.filter { $0.code == "CANNOT_TELL" }.map(\.about)
    }
    #expect(try await about(["correct"]) == [nil])
    #expect(try await about(["correct", "tone"]) == ["correct", "tone"])
  }

  @Test func withoutTrafficNothingIsMeasuredAgainstIt() async throws {
    func finding(_ feature: String?) async throws -> Finding {
      try await Bench.finding(Bench.yaml(feature: feature)) { try Bench.plain($0, gained: 18, lost: 4) }
    }
    let declared = try await finding("helpcenter")
    #expect(declared.value("spans") == 500 && declared.value("tvd") == 0 && declared.value("uncovered") == 0)
    let undeclared = try await finding(nil)
    for name in ["spans", "tvd", "uncovered"] { #expect(undeclared.measure(name) == nil) }
  }

  /// Gains ten points on 70 % of the suite, loses ten on the rest.
  private func seesaw(spans: (a: Int, b: Int), _ policy: String = "") async throws -> Finding {
    try await Bench.finding(Bench.yaml(policy: policy)) { appender in
      try Bench.instrument(appender)
      try Bench.pairs(appender, "A", items: 700, gained: 70, lost: 0)
      try Bench.pairs(appender, "B", items: 300, gained: 0, lost: 30)
      try Bench.spans(appender, "A", spans.a)
      try Bench.spans(appender, "B", spans.b)
    }
  }

  @Test func aGainThatTrafficMakesZeroIsOneOfTheMix() async throws {
    let zero = try await seesaw(spans: (500, 500))
    #expect(close(zero.value("traffic_delta"), 0, 1e-12))
    #expect(zero.codes(.fail).contains("MIX_ONLY_GAIN"))
    #expect(zero.headline.contains(", and weighted by 1,000 spans of traffic"))
    #expect(try await !seesaw(spans: (501, 499)).codes(.fail).contains("MIX_ONLY_GAIN"))
    // Only a gain that is significant can be one of the mix; at alpha it is.
    let p = try #require(zero.value("p_value"))
    #expect(try await seesaw(spans: (500, 500), "alpha: \(p)").codes(.fail).contains("MIX_ONLY_GAIN"))
    #expect(try await !seesaw(spans: (500, 500), "alpha: \(p / 2)").codes(.fail).contains("MIX_ONLY_GAIN"))
  }

  @Test func aSliceIsWorseAtAlpha() async throws {
    func codes(alpha: Double) async throws -> [String] {
      try await Bench.finding(Bench.yaml(policy: "max_tvd: 1, alpha: \(alpha)")) { appender in
        try Bench.instrument(appender)
        try Bench.pairs(appender, "A", items: 500, gained: 80, lost: 6)
        try Bench.pairs(appender, "B", items: 100, gained: 0, lost: 6)
        try Bench.spans(appender, "A", 500)
        try Bench.spans(appender, "B", 100)
      }.codes(.fail)
    }
    // 2/2⁶, as close as it can be computed.
    #expect(try await codes(alpha: 0.03125 + 1e-9) == ["SLICE_WORSE"])
    #expect(try await codes(alpha: 0.03124) == [])
  }

  @Test func mixesDifferAtAlpha() async throws {
    let p = try #require(GTest.homogeneity([20, 0], [6, 2])?.pValue)
    func codes(alpha: Double) async throws -> [String] {
      try await Bench.finding(Bench.yaml(claim: "no_regression", policy: "alpha: \(alpha)")) { appender in
        try Bench.instrument(appender)
        try Bench.pairs(appender, "A", items: 20, gained: 10, lost: 0)
        try Bench.spans(appender, "A", 6)
        try Bench.spans(appender, "B", 2)
      }.codes(.unknown)
    }
    #expect(try await codes(alpha: p) == ["MIX_TOO_FAR"])
    #expect(try await codes(alpha: 0.99 * p) == [])
  }

  /// Slices that traffic does not have, or that one arm only ran, say nothing about traffic.
  @Test func slicesWithoutTrafficOrPairs() async throws {
    let yaml = """
      suites:
        faq:
          {feature: helpcenter, baseline: prod, candidate: next, metrics: [{name: correct, type: real, min_effect: 0.03}]}
      """
    let finding = try await Bench.finding(yaml) { appender in
      func score(_ slice: String, _ item: Int, _ variant: String, _ score: Double) throws {
        var trial = TrialRecord.trial("faq", "\(slice)-\(item)", variant, score: score)
        trial.tags = Tags([("intent", slice)])
        try appender.append(trial)
      }
      for slice in ["A", "B"] {
        for item in 0..<100 {
          try score(slice, item, "prod", 0.5)
          try score(slice, item, "next", 0.6 + Double(item % 10) / 100)
        }
      }
      // One item alone has no interval.
      try score("C", 0, "prod", 0.5)
      try score("C", 0, "next", 0.6)
      try score("D", 0, "next", 0.6)
      try Bench.instrument(appender)
      try Bench.spans(appender, "A", 100)
      try Bench.spans(appender, "B", 900)
    }
    #expect(finding.codes(.warn).contains("MIX_FAR") && !finding.allCodes.contains("MIX_TOO_FAR"))
    #expect(finding.value("uncovered") == 0)
    #expect(slices(finding) == ["A", "B", "C"])
  }

  /// Where items and spans lack their slice equally often, what is left out is counted in spans.
  @Test func spansAreCountedWhereItemsLackNoMore() async throws {
    func excluded(items: Int, spans: Int) async throws -> Double? {
      try await Bench.finding { appender in
        try Bench.instrument(appender)
        try Bench.pairs(appender, "A", items: 200 - items, gained: 18, lost: 4)
        try Bench.pairs(appender, nil, items: items, gained: 0, lost: 0)
        try Bench.spans(appender, "A", 1000 - spans)
        try Bench.spans(appender, nil, spans)
      }.value("excluded")
    }
    #expect(try await excluded(items: 10, spans: 50) == 50)
    #expect(try await excluded(items: 10, spans: 49) == 10)
  }
}

import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `eval-coevolution` exactly at its limits.
@Suite struct EvalCoevolutionLimitTests {
  private func example(_ policy: String) async throws -> Finding {
    try await Coevolution.finding(Coevolution.yaml(policy)) { try EvalCoevolutionTests.example($0) }
  }

  // MARK: Divergence

  @Test func theMixAtItsLimits() async throws {
    let js = try #require(try await example("").value("js_treated"))
    // Within the first limit it is stable, however significant.
    let stable = try await example("js_warn: \(js), js_fail: 1")
    #expect(stable.codes(.warn) == [] && stable.headline.hasPrefix("Users bring to suggestions"))
    let drifted = try await example("js_warn: \(js - 1e-6), js_fail: 1")
    #expect(drifted.codes(.warn) == ["DRIFT"] && drifted.headline.hasPrefix("The traffic of suggestions has drifted"))
    let far = try await example("js_fail: \(js)")
    #expect(far.codes(.fail) == ["EVAL_BLIND"] && far.measure("newest_item") == nil)
    #expect(try await example("js_fail: \(js - 1e-6)").codes(.fail) == ["CO_EVOLVED", "EVAL_BLIND"])
  }

  @Test func whatIsInducedAtItsLimits() async throws {
    let finding = try await example("")
    let (induced, share) = (try #require(finding.value("induced")), try #require(finding.value("induced_share")))
    func isCoEvolved(_ policy: String) async throws -> Bool {
      try await example(policy).codes(.fail).contains("CO_EVOLVED")
    }
    #expect(try await isCoEvolved("induced_min: \(induced)"))
    #expect(try await !isCoEvolved("induced_min: \(induced + 1e-6)"))
    #expect(try await isCoEvolved("induced_share: \(share)"))
    #expect(try await !isCoEvolved("induced_share: \(share + 1e-6)"))
  }

  /// Each of the five must hold, and each holds at its limit or only beyond it.
  @Test func fiveThingsMakeADriftTheFeatures() {
    let policy = EvalCoevolution.Policy()
    func isInduced(
      js: Double = 0.5, p: Double = 0, induced: Double = 0.5, low: Double = 0.1, share: Double = 1
    ) -> Bool {
      let estimate = BoundedEstimate(estimate: induced, interval: Interval(low: low, high: 0.9))
      return EvalCoevolution.Mix.isInduced(js, p, estimate, share: share, policy)
    }
    #expect(isInduced())
    #expect(!isInduced(js: policy.jsFail) && isInduced(js: policy.jsFail + 1e-6))
    #expect(isInduced(p: policy.mixAlpha) && !isInduced(p: policy.mixAlpha.nextUp))
    #expect(isInduced(induced: policy.inducedMin) && !isInduced(induced: policy.inducedMin - 1e-6))
    #expect(!isInduced(low: 0) && isInduced(low: 1e-6))
    #expect(isInduced(share: policy.inducedShare) && !isInduced(share: policy.inducedShare - 1e-6))
  }

  @Test func significanceAtItsLimit() async throws {
    func finding(_ policy: String) async throws -> Finding {
      try await Coevolution.finding(Coevolution.yaml("js_floor_max: 1, \(policy)")) { appender in
        try Coevolution.launch(appender, [12, 8])
        try Coevolution.spans(appender, [4, 16])
        try Coevolution.spans(appender, [12, 8], arm: "holdout")
        try Coevolution.items(appender)
      }
    }
    let measured = try await finding("")
    let p = try #require(measured.value("g_treated_p"))
    #expect(p > 0.005 && p < 0.02)
    #expect(try await finding("mix_alpha: \(p)").codes(.warn) == ["DRIFT"])
    #expect(try await finding("mix_alpha: \(p * 0.999)").codes(.warn) == [])
    // So few spans leave open whether the feature explains anything for certain, or they do: both need their test.
    let induced = try #require(measured.measure("induced"))
    let isCertain = try #require(induced.low) > 0
    #expect(try await finding("mix_alpha: \(p)").codes(.fail).contains("CO_EVOLVED") == isCertain)
    #expect(try await !finding("mix_alpha: \(p * 0.999)").codes(.fail).contains("CO_EVOLVED"))
  }

  /// Far from the launch, and perhaps no further than without the feature.
  @Test func whatMayBeNothingIsNatural() async throws {
    func finding(holdout: [Int]) async throws -> Finding {
      try await Coevolution.finding(Coevolution.yaml("js_floor_max: 1, induced_min: 0, induced_share: 0")) { appender in
        try Coevolution.launch(appender)
        try Coevolution.spans(appender, Coevolution.far.map { $0 / 10 })
        try Coevolution.spans(appender, holdout, arm: "holdout")
        try Coevolution.items(appender)
      }
    }
    let few = try await finding(holdout: [3, 2, 1, 1, 1])
    let induced = try #require(few.measure("induced"))
    #expect(try #require(induced.value) > 0 && (try #require(induced.low)) < 0)
    #expect(!few.codes(.fail).contains("CO_EVOLVED"))
    #expect(try await finding(holdout: Coevolution.near).codes(.fail).contains("CO_EVOLVED"))
    // The same mix: an interval that is a point at nothing.
    let same = try await finding(holdout: Coevolution.far.map { $0 / 10 })
    #expect(same.value("induced") == 0 && !same.codes(.fail).contains("CO_EVOLVED"))
  }

  // MARK: Scores

  @Test func theGapAtItsLimit() async throws {
    let gap = try #require(try await example("").value("gap"))
    #expect(try await example("gap: \(gap)").codes(.fail) == ["CO_EVOLVED"])
    #expect(try await example("gap: \(gap - 1e-6)").codes(.fail) == ["CO_EVOLVED", "EVAL_BLIND"])
    // The other way round: what traffic asks is answered better than the launch.
    let better = try await Coevolution.finding { appender in
      try Coevolution.launch(appender, [150, 50, 300, 500, 0])
      try Coevolution.spans(appender, [500, 300, 150, 50])
      try Coevolution.items(appender, passes: [190, 190, 100, 100, 100])
    }
    #expect(better.codes(.fail) == ["EVAL_BLIND"] && (better.value("gap") ?? 0) < -0.05)
  }

  @Test func blindnessNeedsAnIntervalThatExcludesNothing() async throws {
    func isBlind(_ launch: Int, _ grown: Int, of items: (launch: Int, grown: Int)) async throws -> Bool {
      try await Coevolution.finding(Coevolution.yaml("gap: 0.01, min_trials: 1")) { appender in
        try Coevolution.launch(appender, [900, 100])
        try Coevolution.spans(appender, [100, 900])
        try Coevolution.items(appender, passes: [launch, grown, 0, 0, 0], of: [items.launch, items.grown, 1, 1, 1])
      }.codes(.fail).contains("EVAL_BLIND")
    }
    func isBlind(_ estimate: Int, of items: Int) async throws -> Bool {
      try await isBlind(items, estimate, of: (items, items))
    }
    #expect(try await isBlind(100, of: 200))
    // Two of three and three of three: a third of a point is no difference.
    #expect(try await !isBlind(2, of: 3))
    // 28 of 35 are more than 35 of 58 for certain by 0.0000001, and 17 of 27 than 12 of 32 by as little less than nothing.
    #expect(try await isBlind(28, 35, of: (35, 58)))
    #expect(try await isBlind(35, 28, of: (58, 35)))
    #expect(try await !isBlind(17, 12, of: (27, 32)))
    #expect(try await !isBlind(12, 17, of: (32, 27)))
  }

  @Test func aTopicIsCoveredFromItsItemsOn() async throws {
    func finding(_ items: Int, _ policy: String = "") async throws -> Finding {
      try await Coevolution.finding(Coevolution.yaml(policy)) { appender in
        try Coevolution.launch(appender)
        try Coevolution.spans(appender, [500, 300, 150, 50])
        try Coevolution.items(appender, passes: [190, 186, items, 160, 0], of: [200, 200, items, 200, 1])
      }
    }
    func codes(_ items: Int, _ policy: String = "") async throws -> [String] {
      try await finding(items, policy).codes(.unknown)
    }
    #expect(try await codes(20) == [])
    #expect(try await codes(19) == ["UNCOVERED"])
    // Items of a topic that nobody brings are not asked for.
    #expect(try await finding(19).missing == [Finding.Missing("items of topics with too few", 1)])
    // As much as may be uncovered.
    #expect(try await codes(19, "new_cluster: 0.15") == [])
    #expect(try await codes(19, "new_cluster: 0.1499") == ["UNCOVERED"])
  }

  @Test func aTopicIsNewFromItsShareOn() async throws {
    func codes(_ policy: String) async throws -> [String] {
      try await Coevolution.finding(Coevolution.yaml(policy)) { appender in
        try Coevolution.launch(appender)
        try Coevolution.spans(appender, [470, 300, 150, 50, 30])
        try Coevolution.items(appender, of: [200, 200, 200, 200, 0])
      }.codes(.fail)
    }
    #expect(try await codes("new_cluster: 0.03") == [])
    #expect(try await codes("new_cluster: 0.0299") == ["NEW_CLUSTER"])
    // A topic of the launch that is not covered is not new.
    let known = try await Coevolution.finding { appender in
      try Coevolution.launch(appender, [500, 300, 150, 49, 1])
      try Coevolution.spans(appender, [500, 300, 150, 49, 100])
      try Coevolution.items(appender, of: [200, 200, 200, 200, 0])
    }
    #expect(known.codes(.fail) == [] && known.codes(.unknown) == ["UNCOVERED"])
  }

  @Test func weeksAndTenuresAreShown() async throws {
    let finding = try await Coevolution.finding { appender in
      try Coevolution.launch(appender)
      try Coevolution.spans(appender, [100, 0, 0, 0, 0], tenure: 3, days: -1)
      try Coevolution.spans(appender, [0, 100, 0, 0, 100], tenure: 40, days: -7)
      try Coevolution.spans(appender, [100, 100, 0, 0, 0], tenure: 100, days: -27)
      try Coevolution.items(appender, of: [200, 200, 200, 200, 0])
    }
    func table(_ title: String) -> [[String]]? {
      for case .table(let name, _, let rows) in finding.figures where name == title { return rows }
      return nil
    }
    #expect(
      table("Week by week") == [
        ["3 weeks ago", "200", "92.9 %", "94 %", "0 %"], ["1 week ago", "200", "92.9 %", "46.5 %", "50 %"],
        ["this week", "100", "92.9 %", "95 %", "0 %"],
      ])
    #expect(
      table("By how long users have had the feature")?.map { Array($0.prefix(2)) } == [
        ["0–7 days", "100"], ["31–90 days", "200"], ["90+ days", "200"],
      ])
    #expect(table("Other signs") == [["runs of 5 words that the feature wrote before", "not measured"]])
  }

  @Test func hostileNamesAreOrdinary() async throws {
    let names = ["__proto__", "'; --", "=1+1", "../..", "e\u{301}"]
    let finding = try await Coevolution.finding { appender in
      var clusters = JSONObject()
      for (name, count) in zip(names, [500, 300, 150, 50, 10]) { clusters[name.identifier] = .integer(Int64(count)) }
      try Coevolution.profile(appender, .object(clusters))
      try Coevolution.spans(appender, [500, 300, 150, 50, 10], names: names)
      try Coevolution.items(appender) {
        $0.trafficCluster = names[Coevolution.names.firstIndex(of: $0.trafficCluster ?? "") ?? 0]
      }
    }
    #expect(finding.value("js_treated") == 0 && finding.verdict == .pass)
  }

  @Test func limitsOfOneKindMayBeEqual() {
    var policy = EvalCoevolution.Policy()
    policy.jsWarn = policy.jsFail
    #expect(policy.faults().isEmpty)
    policy.jsWarn += 0.01
    #expect(policy.faults().map(\.key) == ["js_warn"])
  }
}

import Guards
import Records
import Store
import Testing

@testable import Checks

/// `eval-coevolution`: each reason, what is missing, and who stands in for a holdout.
@Suite struct EvalCoevolutionReasonTests {
  // MARK: Evidence

  @Test func whatIsNotDeclaredIsNotApplicable() async throws {
    let bench = try await CheckBench("features: {suggestions: {suite: replies}}")
    #expect(try await bench.run([Coevolution.check]).notApplicable == [Coevolution.check])
  }

  @Test func emptyIsUnknown() async throws {
    let bench = try await CheckBench(Coevolution.yaml())
    let empty = try await bench.finding(Coevolution.check)
    #expect(empty.codes(.unknown) == ["NO_LAUNCH_PROFILE", "NO_TRAFFIC"] && empty.figures.isEmpty)
    #expect(empty.headline.hasPrefix("Nobody knows whether users have adapted to suggestions: "))
    let undeclared = try await CheckBench(Coevolution.yaml(launch: nil)).finding(Coevolution.check)
    #expect(undeclared.reasons[0].text.contains("launch_profile is not set"))
    let one = try await Coevolution.finding { appender in
      try Coevolution.launch(appender)
      try Coevolution.spans(appender, [1])
    }
    #expect(one.codes(.unknown) == ["TOO_FEW"] && one.verdict == .unknown)
    let untried = try await Coevolution.finding { appender in
      try Coevolution.launch(appender)
      try Coevolution.spans(appender, Coevolution.near)
    }
    #expect(untried.codes(.unknown) == ["NO_TRIALS"] && untried.measure("anchor") == nil)
    #expect(untried.missing == [Finding.Missing("items with a result", 20)])
  }

  /// A profile that cannot be read is none, and half of one is another mix.
  @Test(
    arguments: [
      nil, .object(JSONObject()), ["A": -1, "B": 5], ["A": 1.5], ["A": "many"], [1, 2], ["A": 2_199_023_255_552],
    ] as [JSONValue?])
  func unreadableProfilesAreNone(clusters: JSONValue?) async throws {
    let finding = try await Coevolution.finding { appender in
      try Coevolution.profile(appender, clusters)
      try Coevolution.spans(appender, Coevolution.near)
    }
    #expect(finding.codes(.unknown) == ["NO_LAUNCH_PROFILE"] && finding.codes(.fail) == [])
  }

  @Test func tooFewSpansSayHowManyMore() async throws {
    func finding(
      _ spans: [Int], launch: [Int] = Coevolution.atLaunch, _ policy: String = ""
    ) async throws -> Finding {
      try await Coevolution.finding(Coevolution.yaml(policy)) { appender in
        try Coevolution.launch(appender, launch)
        try Coevolution.spans(appender, spans)
        try Coevolution.items(appender)
      }
    }
    // Three topics more than one: 3/(8 ln 2)·(1/1000 + 1/n) ≤ 0.01 from 58 spans on.
    #expect(try await finding([29, 17, 9, 3]).codes(.unknown) == [])
    let few = try await finding([29, 16, 9, 3])
    #expect(few.codes(.unknown) == ["TOO_FEW"] && few.missing == [Finding.Missing("spans with a traffic_cluster", 1)])
    let floor = try #require(few.value("js_floor"))
    #expect(try await finding([29, 16, 9, 3], "js_floor_max: \(floor)").codes(.unknown) == [])
    // Nothing is judged on that: a topic of its own among ten spans is no new topic yet.
    let new = try await finding([5, 0, 0, 0, 5])
    #expect(new.codes(.fail) == [] && new.codes(.warn) == [])
    // At launch there was too little for any number of spans.
    let small = try await finding([500, 300, 150, 50], launch: [20, 15, 10, 5])
    #expect(small.missing == [Finding.Missing("a larger launch profile", nil)])
  }

  @Test func spansWithoutATopicAreCounted() async throws {
    func finding(_ without: Int, arm: String? = "treated", _ policy: String = "") async throws -> Finding {
      try await Coevolution.finding(Coevolution.yaml(policy)) { appender in
        try Coevolution.fine(appender)
        try Coevolution.spans(appender, [without], arm: arm, names: [nil])
      }
    }
    // 2,000 spans have one.
    #expect(try await finding(222).codes(.unknown) == [])
    #expect(try await finding(500, "unclustered_max: 0.2").codes(.unknown) == [])
    let many = try await finding(223)
    #expect(many.codes(.unknown) == ["UNCLUSTERED"] && many.missing.first?.howMuch == 1)
    #expect(try await finding(223, arm: "holdout").codes(.unknown) == ["UNCLUSTERED"])
    // Who does not say whether they have the feature is not looked at.
    #expect(try await finding(105, arm: nil).codes(.unknown) == [])
    #expect(try await finding(106, arm: nil).codes(.unknown) == ["MISSING_FIELDS"])
  }

  // MARK: Arms

  @Test func newUsersStandInForAHoldout() async throws {
    func finding(_ tenure: Int) async throws -> Finding {
      try await Coevolution.finding { appender in
        try Coevolution.launch(appender)
        try Coevolution.spans(appender, Coevolution.far, tenure: 60)
        try Coevolution.spans(appender, Coevolution.near, tenure: tenure)
        try Coevolution.items(appender, passes: [180, 180, 180, 180, 180])
      }
    }
    let estimate = try await finding(7)
    #expect(estimate.verdict == .warn && estimate.codes(.warn) == ["ESTIMATE", "DRIFT"])
    #expect(estimate.measure("induced") == nil && (estimate.value("induced_estimate") ?? 0) > 0.1)
    #expect(estimate.value("holdout_estimate") == 1000 && estimate.headline.contains("among new users (an estimate)"))
    #expect(estimate.next == "Hold the feature back from a random few, to know what it causes.")
    // New users are among the treated.
    #expect(estimate.value("treated") == 21_000)
    let nobody = try await finding(8)
    #expect(nobody.codes(.warn) == ["DRIFT"] && nobody.measure("induced_estimate") == nil)
    #expect(nobody.headline.hasPrefix("The traffic of suggestions has drifted, and nobody without it says why: "))
  }

  @Test func whoSaysNothingHasTheFeatureUnlessOthersSaySo() async throws {
    func finding(treated: String?, also: String? = nil) async throws -> Finding {
      try await Coevolution.finding(Coevolution.yaml("max_missing_share: 1")) { appender in
        try Coevolution.launch(appender)
        try Coevolution.spans(appender, Coevolution.near, arm: treated)
        try Coevolution.spans(appender, Coevolution.near, arm: "holdout")
        if let also { try Coevolution.spans(appender, [40], arm: also) }
        try Coevolution.items(appender)
      }
    }
    #expect(try await finding(treated: nil).value("treated") == 1000)
    let odd = try await finding(treated: "treated", also: "somewhere")
    #expect(odd.value("treated") == 1000 && odd.value("excluded") == 40)
    #expect(try await finding(treated: nil, also: "treated").value("treated") == 40)
    // Without a holdout nobody needs to say it.
    let nobody = try await Coevolution.finding { appender in
      try Coevolution.launch(appender)
      try Coevolution.spans(appender, Coevolution.near, arm: nil)
      try Coevolution.spans(appender, [40], arm: "treated")
      try Coevolution.items(appender)
    }
    #expect(nobody.value("treated") == 1040)
  }

  @Test(
    arguments: [
      ("0", .week), ("7", .week), ("7.5", .month), ("8", .month), ("30", .month), ("31", .quarter), ("90", .quarter),
      ("91", .longer), ("-1", nil), ("", nil), ("nan", nil), ("inf", nil), ("long", nil), (nil, nil),
    ] as [(String?, EvalCoevolution.Tenure?)])
  func tenures(days: String?, tenure: EvalCoevolution.Tenure?) {
    #expect(EvalCoevolution.Tenure(days: days) == tenure)
  }

  @Test func theWindowIsTheDeclaredOne() async throws {
    func treated(_ days: Int64) async throws -> Double? {
      try await Coevolution.finding(Coevolution.yaml(settings: "window_days: 14")) { appender in
        try Coevolution.launch(appender)
        try Coevolution.spans(appender, Coevolution.near, days: days)
      }.value("treated")
    }
    #expect(try await treated(-13) == 1000)
    #expect(try await treated(-14) == 0)
  }

  // MARK: The suite

  @Test func aTopicThatIsNewAndUncoveredFails() async throws {
    let finding = try await Coevolution.finding { appender in
      try Coevolution.launch(appender)
      try Coevolution.spans(appender, [440, 300, 150, 50, 60])
      try Coevolution.items(appender, of: [200, 200, 200, 200, 19])
    }
    #expect(finding.codes(.fail) == ["NEW_CLUSTER"] && finding.codes(.unknown) == ["UNCOVERED"])
    #expect(finding.reasons[0].about == "E" && finding.reasons[0].text.contains("has 19 items of it"))
    #expect(finding.missing == [Finding.Missing("items of topics with too few", 1)])
    // What is not covered may be all right or all wrong.
    let (weighted, gap) = (try #require(finding.measure("weighted")), try #require(finding.measure("gap")))
    let covered = try await Coevolution.finding { appender in
      try Coevolution.launch(appender)
      try Coevolution.spans(appender, [440, 300, 150, 50, 60])
      try Coevolution.items(appender)
    }
    #expect(covered.codes(.fail) == [] && covered.codes(.unknown) == [])
    #expect(close(weighted.value, 0.44 * 0.95 + 0.3 * 0.93 + 0.15 * 0.9 + 0.05 * 0.8, 1e-9))
    let width = try #require(weighted.high) - (try #require(weighted.value))
    #expect(width > 0.06 && width < 0.08)
    #expect(try #require(gap.low) < (try #require(gap.value)) - 0.06)
  }

  @Test func aTopicThatUsersAvoidIsMarked() async throws {
    // D passes least; users bring a third of it with the feature, and all of it without.
    func notes(
      treated: Int, holdout: Int, passes: Int = 160, others: [Int] = [190, 186, 180]
    ) async throws -> [String] {
      let finding = try await Coevolution.finding { appender in
        try Coevolution.launch(appender, [500, 300, 150, 50, 0])
        try Coevolution.spans(appender, [500, 300, 200 - treated, treated, 0])
        try Coevolution.spans(appender, [500, 300, 200 - holdout, holdout, 0], arm: "holdout")
        try Coevolution.items(appender, passes: others + [passes, 124])
      }
      guard
        case .mirror(_, _, _, let rows)? = finding.figures.first(where: {
          if case .mirror = $0 { true } else { false }
        })
      else { return [] }
      return rows.filter { $0.note.contains("avoided") }.map(\.label)
    }
    #expect(try await notes(treated: 24, holdout: 40) == ["D"])
    #expect(try await notes(treated: 25, holdout: 40) == [])
    #expect(try await notes(treated: 24, holdout: 39) == [])
    // What is answered well is not avoided for that.
    #expect(try await notes(treated: 24, holdout: 40, passes: 200) == [])
    #expect(try await notes(treated: 24, holdout: 40, passes: 160, others: [160, 160, 160]) == [])
  }

  /// A topic that only the holdout has was not there to be avoided.
  @Test func whatWasNotThereAtLaunchIsNotAvoided() async throws {
    let finding = try await Coevolution.finding { appender in
      try Coevolution.launch(appender)
      try Coevolution.spans(appender, [500, 300, 150, 50, 0])
      try Coevolution.spans(appender, [400, 300, 150, 50, 100], arm: "holdout")
      try Coevolution.items(appender)
    }
    #expect(
      !finding.figures.contains { figure in
        if case .mirror(_, _, _, let rows) = figure { rows.contains { $0.note.contains("avoided") } } else { false }
      })
  }

  @Test func anOldSuiteIsDueForARefresh() async throws {
    func codes(added: Int64?, tried: Int64 = 7, spans: [Int] = Coevolution.far) async throws -> [String] {
      try await Coevolution.finding { appender in
        try Coevolution.launch(appender)
        try Coevolution.spans(appender, spans)
        try Coevolution.spans(appender, spans.map { $0 / 10 }, arm: "holdout")
        try Coevolution.items(appender) { $0.at = Coevolution.now.adding(days: -tried) }
        // The newest card counts, and only those of the suite.
        for (suite, age) in [("replies", added), ("replies", added.map { $0 + 50 }), ("other", 1)] {
          guard let age else { continue }
          var card = ArtifactRecord(
            sha256: SHA256Digest(of: "\(suite)\(age)").description, artifactKind: "dataset_item", name: "A-\(age)",
            at: Coevolution.now.adding(days: -1))
          let at = Coevolution.now.adding(days: -age).description
          card.attributes = try (["suite": .string(suite), "added_at": .string(at)] as JSONValue).canonical()
          try appender.append(card)
        }
      }.codes(.warn)
    }
    #expect(try await codes(added: 45) == ["DRIFT"])
    #expect(try await codes(added: 46) == ["DRIFT", "REFRESH_DUE"])
    // Without cards, when the items were first tried.
    #expect(try await codes(added: nil, tried: 45) == ["DRIFT"])
    #expect(try await codes(added: nil, tried: 46) == ["DRIFT", "REFRESH_DUE"])
    #expect(try await codes(added: 400, spans: Coevolution.near) == [])
  }

  @Test func itemsWithoutResultOrTopicAreLeftOut() async throws {
    func finding(_ unusable: Int, unassigned: Int = 0) async throws -> Finding {
      try await Coevolution.finding { appender in
        try Coevolution.fine(appender)
        try Coevolution.spans(appender, [unassigned], arm: nil)
        for number in 0..<unusable {
          var trial = TrialRecord.trial("replies", "odd-\(number)", "prod", passed: number % 2 == 0 ? true : nil)
          trial.suiteVersion = "1"
          trial.trafficCluster = number % 2 == 0 ? nil : "A"
          try appender.append(trial)
        }
      }
    }
    #expect(try await finding(52).verdict == .pass)
    let many = try await finding(53)
    #expect(many.codes(.unknown) == ["MISSING_FIELDS"] && many.value("excluded") == 53)
    // Where spans lack as much as items do, it is the items that are told: 52 of 1,052, and 104 of 2,104.
    #expect(try await finding(52, unassigned: 104).value("excluded") == 52)
    #expect(try await finding(52, unassigned: 105).value("excluded") == 105)
  }

  /// The served variant's newest configuration, repeats averaged.
  @Test func otherRunsDoNotCount() async throws {
    let finding = try await Coevolution.finding(Coevolution.yaml(suite: "version: 1, baseline: prod")) { appender in
      try Coevolution.fine(appender)
      try Coevolution.items(appender, passes: [0, 0, 0, 0, 0]) { ($0.variant, $0.at) = ("next", Coevolution.now) }
      try Coevolution.items(appender, passes: [0, 0, 0, 0, 0]) {
        ($0.configSHA256, $0.at, $0.repetition) = ("old", Coevolution.now.adding(days: -30), 2)
      }
    }
    #expect(close(finding.value("weighted"), 0.9156))
  }

  // MARK: The gate

  @Test func aClaimRestsOnTheAnchor() async throws {
    func finding(_ suite: String) async throws -> Finding {
      try await Coevolution.finding(Coevolution.yaml(suite: suite)) { try EvalCoevolutionTests.example($0) }
    }
    let claiming = try await finding("version: 1, metrics: [{name: correct, claim: improvement, min_effect: 0.01}]")
    #expect(claiming.codes(.pass) == ["ANCHOR_ONLY"])
    #expect(claiming.reasons.last?.text.hasSuffix("as traffic weighs it, which is 83.2 %.") == true)
    #expect(try await finding("version: 1").codes(.pass) == [])
    func gate(_ name: String) -> Gate {
      Gate(
        name: name, mode: .enforce, onUnknown: .report,
        required: [.init(check: Coevolution.check, entries: [DecidedFinding(finding: claiming)])])
    }
    #expect(gate("release").objections.map(\.error) == ["ANCHOR_ONLY"] && gate("merge").objections.isEmpty)
    let passing = try await Coevolution.finding(
      Coevolution.yaml(suite: "version: 1, metrics: [{name: correct, claim: improvement, min_effect: 0.01}]")
    ) { try Coevolution.fine($0) }
    #expect(passing.codes(.pass) == [])
  }
}

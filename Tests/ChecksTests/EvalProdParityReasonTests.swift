import Guards
import Records
import Store
import Testing

@testable import Checks

/// `eval-prod-parity`: each reason, what is missing, and what is not its business.
@Suite struct EvalProdParityReasonTests {
  // MARK: Who is judged

  @Test func whatIsNeitherDeclaredNorSeenIsNotApplicable() async throws {
    let bench = try await CheckBench("suites: {bookings: {feature: concierge}}")
    #expect(try await bench.run([Parity.check]).notApplicable == [Parity.check])
    try await bench.append { try $0.append(try Parity.trial("a", true, ["measured_in": "eval"])) }
    #expect(try await bench.run([Parity.check]).notApplicable == [Parity.check])
    try await bench.append { try $0.append(try Parity.trial("b", true, ["measured_in": "prod"], variant: "live")) }
    let seen = try await bench.finding(Parity.check)
    #expect(seen.subject == "concierge" && seen.verdict == .unknown)
    #expect(seen.codes(.unknown) == ["NO_BUNDLE", "PROD_FEW", "GAP_UNDECIDED"])
  }

  @Test func emptyIsUnknown() async throws {
    let bench = try await CheckBench(Parity.yaml())
    let empty = try await bench.finding(Parity.check)
    #expect(empty.codes(.unknown) == ["NO_BUNDLE", "NO_DATA", "PROD_FEW"])
    #expect(empty.codes(.pass) == ["PARITY_UNKNOWN"])
    #expect(Array(empty.measured.prefix(3)) == ["calls 0", "spans 0", "mismatch_share -"])
    #expect(empty.missing.contains(Finding.Missing("items measured in production", 200)))
    #expect(empty.headline.hasPrefix("bookings cannot be compared with production yet: "))
    let one = try await Parity.finding { appender in
      try Parity.spans(appender, 1)
      try Parity.measured(appender, "eval", passes: 1, of: 1)
      try Parity.measured(appender, "prod", passes: 1, of: 1)
    }
    #expect(one.verdict == .unknown && one.codes(.unknown).contains("PROD_FEW"))
    #expect(one.missing.contains(Finding.Missing("items measured in production", 199)))
  }

  // MARK: Bundles

  @Test func whatSaysNoBundleIsUnknown() async throws {
    func codes(
      config: String?, parts: JSONValue?, spans: String?, served: JSONValue? = nil
    ) async throws -> [String] {
      try await Parity.finding { appender in
        if let spans { try Parity.spans(appender, 20, config: spans) }
        if let parts { try Parity.manifest(appender, Parity.tested, parts) }
        if let served { try Parity.manifest(appender, Parity.other, served) }
        for place in ["eval", "prod"] {
          try Parity.measured(appender, place, passes: 930, of: 1000) { $1.configSHA256 = config }
        }
      }.codes(.unknown)
    }
    // Equal configurations are equal bundles, whatever they hold.
    #expect(try await codes(config: Parity.tested, parts: nil, spans: Parity.tested) == [])
    #expect(try await codes(config: nil, parts: nil, spans: Parity.tested) == ["NO_BUNDLE"])
    #expect(try await codes(config: Parity.tested, parts: nil, spans: nil) == ["NO_BUNDLE"])
    #expect(try await codes(config: Parity.tested, parts: nil, spans: Parity.other) == ["NO_BUNDLE"])
    let parts: JSONValue = ["model": "m"]
    #expect(try await codes(config: Parity.tested, parts: parts, spans: Parity.other) == ["NO_BUNDLE"])
    #expect(
      try await codes(config: Parity.tested, parts: parts, spans: Parity.other, served: ["model": 7]) == ["NO_BUNDLE"])
    // Other bytes, the same parts.
    #expect(try await codes(config: Parity.tested, parts: parts, spans: Parity.other, served: parts) == [])
  }

  @Test func theMissingManifestsAreCounted() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.spans(appender, 20, config: Parity.other)
      try Parity.measured(appender, "eval", passes: 279, of: 300)
      try Parity.measured(appender, "prod", passes: 252, of: 300)
    }
    // Whatever serves, there is a gap.
    #expect(finding.verdict == .fail && finding.reasons.map(\.code) == ["GAP", "NO_BUNDLE"])
    #expect(finding.missing.first == Finding.Missing("manifests with the parts of the configurations", 2))
  }

  @Test func productionOfAnotherBundleIsAnother() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.manifest(appender, Parity.tested, ["model": "m", "tools": "t"])
      try Parity.manifest(appender, Parity.other, ["model": "n"])
      try Parity.spans(appender, 20)
      try Parity.measured(appender, "eval", passes: 930, of: 1000)
      try Parity.measured(appender, "prod", passes: 930, of: 1000) { $1.configSHA256 = Parity.other }
    }
    #expect(finding.codes(.fail) == ["CONFIG_MISMATCH"] && finding.value("mismatch_share") == 0)
    #expect(
      finding.headline
        == "The trials of production are of another bundle than was tested; it differs in model, tools.")
  }

  @Test func theNewestDescriptionOfABundleCounts() async throws {
    let finding = try await Parity.finding { appender in
      for (days, parts) in [(Int64(-3), "new"), (-5, "old")] {
        var artifact = ArtifactRecord(
          sha256: Parity.other, artifactKind: "manifest", name: "at \(days)", at: Parity.now.adding(days: days))
        artifact.attributes = #"{"parts":{"model":"\#(parts)"}}"#
        try appender.append(artifact)
      }
      try Parity.manifest(appender, Parity.tested, ["model": "new"])
      try Parity.spans(appender, 20, config: Parity.other)
      try Parity.measured(appender, "eval", passes: 930, of: 1000)
      try Parity.measured(appender, "prod", passes: 920, of: 1000)
    }
    #expect(finding.verdict == .pass)
  }

  // MARK: Judges, ages, doubts

  @Test func oneJudgeInBothPlaces() async throws {
    func finding(_ evaluation: String?, _ production: String?, also: String? = nil) async throws -> Finding {
      try await Parity.finding { appender in
        try Parity.spans(appender, 20)
        try Parity.measured(appender, "eval", passes: 930, of: 1000) {
          $1.judge = $0 < 5 ? also ?? evaluation : evaluation
        }
        try Parity.measured(appender, "prod", passes: 820, of: 1000) {
          $1.judge = $0 < 5 ? also ?? production : production
        }
      }
    }
    #expect(try await finding("j@1", "j@1").codes(.fail) == ["GAP"])
    #expect(try await finding(nil, nil).codes(.fail) == ["GAP"])
    for (evaluation, production) in [("j@1", "j@2"), ("j@1", nil)] as [(String?, String?)] {
      let differs = try await finding(evaluation, production)
      #expect(differs.codes(.fail) == [] && differs.codes(.unknown) == ["JUDGE_DIFFERS"])
      // The gap is not computed.
      #expect(differs.measure("gap") == nil)
      #expect(
        differs.missing == [Finding.Missing("items of production that the evaluation's judge scored", 1000)])
    }
    // Two judges in each place are no one judge.
    #expect(try await finding("j@1", "j@1", also: "k@1").codes(.unknown) == ["JUDGE_DIFFERS"])
  }

  @Test func oldProductionIsStale() async throws {
    func codes(_ age: Int64) async throws -> [String] {
      try await Parity.finding { appender in
        try Parity.spans(appender, 20)
        try Parity.measured(appender, "eval", passes: 930, of: 1000)
        try Parity.measured(appender, "prod", passes: 920, of: 1000) {
          $1.at = Parity.now.adding(days: -age - Int64($0 % 2))
        }
      }.codes(.unknown)
    }
    #expect(try await codes(14) == [])
    #expect(try await codes(15) == ["PROD_STALE"])
  }

  @Test func aDoubtOfAComparisonKeepsItsName() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.fine(appender)
      for passed in [true, false] {
        for number in 0..<20 {
          try appender.append(try Parity.trial("pair-\(number)", passed, ["form": "original"], variant: "x"))
        }
      }
      for number in 0..<60 {
        try appender.append(try Parity.trial("pair-\(number)", true, ["form": "paraphrase"], variant: "y"))
      }
      for number in 20..<60 {
        try appender.append(try Parity.trial("pair-\(number)", true, ["form": "original"], variant: "x"))
      }
    }
    #expect(finding.codes(.unknown) == ["CONFLICTING_TRIALS"])
    #expect(finding.reasons.first?.about == "contamination")
    #expect(finding.measure("contamination") != nil && finding.value("contamination") == nil)
  }

  /// Items of one document are no independent evidence.
  @Test func clustersWidenTheGap() async throws {
    func width(_ suite: String, tag: Bool) async throws -> Double {
      let finding = try await Parity.finding(Parity.yaml(suite: suite)) { appender in
        try Parity.spans(appender, 20)
        for place in ["eval", "prod"] {
          try Parity.measured(appender, place, passes: 900, of: 1000) { number, trial in
            if tag {
              trial.tags = Tags(["doc": "\(place)-\(number / 20)"])
            } else {
              trial.cluster = "\(place)-\(number / 20)"
            }
          }
        }
      }
      let gap = try #require(finding.measure("gap"))
      return try #require(gap.high) - (try #require(gap.low))
    }
    let plain = try await width("version: 1", tag: true)
    let own = try await width("version: 1", tag: false)
    #expect(own > 2 * plain)
    #expect(try await abs(width("version: 1, cluster: doc", tag: true) - own) < 1e-12)
    #expect(try await abs(width("version: 1, cluster: cluster_id", tag: false) - own) < 1e-12)
  }

  // MARK: Missing fields

  @Test func missingFieldsAreCountedWhereTheyAreWorst() async throws {
    func finding(unscored: Int, unnamed: Int) async throws -> Finding {
      try await Parity.finding(Parity.yaml("gap: 1, tolerated: 1")) { appender in
        try Parity.spans(appender, 95)
        try Parity.spans(appender, unnamed, config: nil)
        try Parity.measured(appender, "eval", passes: 930, of: 1000) { number, trial in
          if number < unscored { trial.passed = nil }
        }
        try Parity.measured(appender, "prod", passes: 920, of: 1000)
      }
    }
    #expect(try await finding(unscored: 0, unnamed: 5).verdict == .pass)
    let spans = try await finding(unscored: 2, unnamed: 6)
    #expect(spans.codes(.unknown) == ["MISSING_FIELDS"] && spans.value("excluded") == 6)
    // Known only to the frame, and a reason not to release all the same.
    #expect(spans.codes(.pass) == ["PARITY_UNKNOWN"])
    // Five of a hundred calls, and as large a part of the trials: the calls are told.
    #expect(try await finding(unscored: 100, unnamed: 5).value("excluded") == 5)
    let trials = try await finding(unscored: 8, unnamed: 0)
    #expect(trials.verdict == .pass && trials.value("excluded") == 8)
  }

  @Test func aFailStaysAFail() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.spans(appender, 20)
      try Parity.spans(appender, 20, config: nil)
      try Parity.measured(appender, "eval", passes: 930, of: 1000)
      try Parity.measured(appender, "prod", passes: 720, of: 1000)
    }
    #expect(finding.verdict == .fail && finding.codes(.unknown) == [] && finding.codes(.pass) == [])
  }

  @Test func otherKindsOfSpansNeedNoConfiguration() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.fine(appender)
      try Parity.spans(appender, 500, config: nil, days: -2) { $1.spanKind = "tool" }
    }
    #expect(finding.verdict == .pass && finding.value("calls") == 20)
  }

  // MARK: Which trials are evidence of what

  @Test(
    arguments: [
      (nil, nil, nil, EvalProdParity.Roles.evaluation), ("eval", nil, nil, .evaluation),
      ("prod", nil, nil, .production),
      ("prod", "eval", "paraphrase", .production), ("staging", nil, nil, []),
      ("eval", "eval", nil, [.evaluation, .testFrame]),
      ("eval", "prod", nil, .liveFrame), (nil, "eval", nil, .testFrame), (nil, "prod", "original", .liveFrame),
      ("eval", "eval", "original", [.evaluation, .testFrame, .original]), ("eval", nil, "paraphrase", .paraphrase),
      (nil, "eval", "paraphrase", .paraphrase), (nil, "prod", "paraphrase", []), (nil, nil, "original", .original),
      (nil, "dream", nil, []),
    ] as [(String?, String?, String?, EvalProdParity.Roles)])
  func roles(measuredIn: String?, frame: String?, form: String?, roles: EvalProdParity.Roles) {
    #expect(EvalProdParity.Roles(measuredIn: measuredIn, frame: frame, form: form) == roles)
  }

  /// Trials that say nothing are the evaluation's; those of another configuration are another evaluation.
  @Test func theNewestConfigurationOfTheServedVariantCounts() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.spans(appender, 20)
      for number in 0..<1000 {
        var trial = TrialRecord.trial("bookings", "plain-\(number)", "prod", passed: number < 930)
        (trial.suiteVersion, trial.configSHA256) = ("1", Parity.tested)
        try appender.append(trial)
      }
      try Parity.measured(appender, "eval", passes: 0, of: 500, prefix: "old-") { _, trial in
        (trial.configSHA256, trial.at) = (Parity.other, Parity.now.adding(days: -9))
      }
      try Parity.measured(appender, "eval", passes: 0, of: 500, prefix: "candidate-") { $1.variant = "next" }
      try Parity.measured(appender, "eval", passes: 0, of: 500, prefix: "version-") { $1.suiteVersion = "0" }
      try Parity.measured(appender, "prod", passes: 920, of: 1000)
    }
    #expect(close(finding.value("evaluation"), 0.93) && finding.value("evaluation_items") == 1000)
    #expect(finding.verdict == .pass)
  }

  /// Experiments count under the tested configuration and its judge only.
  @Test func experimentsOfAnotherConfigurationDoNotCount() async throws {
    func pairs(config: String, judge: String?) async throws -> Double? {
      try await Parity.finding { appender in
        try Parity.fine(appender)
        for (form, variant) in [("original", "a"), ("paraphrase", "b")] {
          for number in 0..<50 {
            var trial = try Parity.trial("pair-\(number)", true, ["form": .string(form)], variant: variant)
            (trial.configSHA256, trial.judge) = (config, judge)
            try appender.append(trial)
          }
        }
      }.value("contamination_pairs")
    }
    #expect(try await pairs(config: Parity.tested, judge: nil) == 50)
    #expect(try await pairs(config: Parity.other, judge: nil) == nil)
    #expect(try await pairs(config: Parity.tested, judge: "j@1") == nil)
  }

  // MARK: The gate

  @Test func aReleaseIsRefusedForWhatDiffersAndForWhatIsUnknown() async throws {
    let differing = try await Parity.finding { appender in
      try Parity.manifest(appender, Parity.tested, ["template": "v37"])
      try Parity.manifest(appender, Parity.other, ["template": "v38"])
      try Parity.spans(appender, 20, config: Parity.other)
      try Parity.measured(appender, "eval", passes: 930, of: 1000)
    }
    let unknown = try await Parity.finding { try Parity.spans($0, 20) }
    for (finding, code) in [(differing, "BUNDLE_DIFFERS"), (unknown, "PARITY_UNKNOWN")] {
      let gate = { (name: String) in
        Gate(
          name: name, mode: .enforce, onUnknown: .report,
          required: [.init(check: Parity.check, entries: [DecidedFinding(finding: finding)])])
      }
      #expect(gate("release").objections.map(\.error) == [code])
      #expect(gate("merge").objections.isEmpty)
      #expect(gate("release").exitCode == 1)
    }
  }
}

import Checks
import Records
import Store
import Testing

@Suite struct SliceCoverageTests {
  static let headAndTail = """
    suites: {triage: {feature: tickets}}
    slices:
      head: {where: {segment: head}}
      tail: {where: {segment: tail}}
    """

  /// `passed` of `items` trials pass, all with one set of tags.
  static func fill(
    _ bench: CheckBench, _ tag: String, _ passed: Int, of items: Int, suite: String = "triage", variant: String = "v1",
    expected: String? = nil, tags: [String: String]? = nil, at: Int64 = -7
  ) async throws {
    try await bench.append { appender in
      for item in 0..<items {
        var trial = TrialRecord.trial(suite, "\(tag)-\(item)", variant, passed: item < passed)
        trial.tags = Tags(tags ?? ["segment": tag])
        trial.expected = expected
        trial.at = CheckBench.now.adding(days: at)
        try appender.append(trial)
      }
    }
  }

  static func traffic(
    _ bench: CheckBench, _ tags: [String: String], _ spans: Int, prefix: String, daysAgo: Int64 = 1
  ) async throws {
    try await bench.append { appender in
      for number in 0..<spans {
        var span = SpanRecord(
          spanID: "\(prefix)\(number)", traceID: "t", name: "chat", spanKind: "chat",
          startedAt: CheckBench.now.adding(days: -daysAgo), feature: "tickets")
        span.tags = Tags(tags)
        try appender.append(span)
      }
    }
  }

  @Test func theHeadHidesTheTail() async throws {
    let bench = try await CheckBench(SliceCoverageTests.headAndTail)
    try await SliceCoverageTests.fill(bench, "head", 9427, of: 9600)
    try await SliceCoverageTests.fill(bench, "tail", 150, of: 400)
    try await SliceCoverageTests.traffic(bench, ["segment": "head"], 96, prefix: "h")
    try await SliceCoverageTests.traffic(bench, ["segment": "tail"], 4, prefix: "t")
    let finding = try await bench.finding("slice-coverage")
    #expect(finding.verdict == .fail)
    #expect(finding.codes(.fail) == ["SLICE_BELOW_FLOOR"])
    #expect(finding.codes(.unknown).isEmpty && finding.codes(.warn).isEmpty)
    #expect(finding.reasons.map(\.about) == ["tail"])
    let whole = try #require(finding.measure("pass_rate"))
    #expect(close(whole.value, 0.9577) && close(whole.low, 0.9536) && close(whole.high, 0.9615))
    let head = try #require(finding.measure("pass_rate head"))
    #expect(close(head.value, 0.9820) && close(head.low, 0.9791) && close(head.high, 0.9845))
    let tail = try #require(finding.measure("pass_rate tail"))
    #expect(close(tail.value, 0.375) && close(tail.low, 0.3290) && close(tail.high, 0.4234) && tail.limit == 0.80)
    #expect(try #require(finding.value("p_below_floor tail")) < 1e-12)
    #expect(close(finding.value("lift tail"), 14.78, 5e-3))
    #expect(finding.value("traffic_coverage") == 1 && finding.value("unmatched_traffic") == 0)
    let risk = try #require(finding.measure("risk_weighted_error"))
    #expect(close(risk.value, 0.96 * (1 - 9427.0 / 9600) + 0.04 * 0.625, 1e-9))
    #expect(
      finding.headline
        == "Slice 'tail' of triage passes 37.5 % of its 400 items (95 % interval 32.9 % to 42.34 %), below its floor of 80 %. The suite as a whole passes 95.77 % of 10,000."
    )
    #expect(finding.evidence.count == 20)
    guard case .intervals(_, _, let rows)? = finding.figures.first else { return #expect(Bool(false)) }
    #expect(rows.map(\.label) == ["head", "tail"] && rows[1].note == "400 items, 4 % of traffic")
    #expect(try await bench.finding("slice-coverage") == finding)
  }

  @Test func twelveItemsDecideNothing() async throws {
    let bench = try await CheckBench("slices: {rare: {where: {segment: rare}, suite: triage}}\n")
    try await SliceCoverageTests.fill(bench, "rare", 9, of: 12)
    let finding = try await bench.finding("slice-coverage")
    #expect(finding.verdict == .unknown && finding.codes(.unknown) == ["SLICE_UNDECIDED"])
    let rate = try #require(finding.measure("pass_rate rare"))
    #expect(close(rate.low, 0.4677) && close(rate.high, 0.9111))
    #expect(close(finding.value("p_below_floor rare"), 0.4417))
    #expect(finding.missing == [.init("items of slice 'rare'", 234)])
    #expect(finding.next == "Add 234 items of slice 'rare' to triage, and run it again.")
    #expect(finding.value("traffic_coverage") == nil)
  }

  @Test func aConstantClassifierFailsItsRareClass() async throws {
    let bench = try await CheckBench("suites: {triage: {floor: 0.80}}\n")
    try await SliceCoverageTests.fill(bench, "major", 1000, of: 1000, expected: "major", tags: [:])
    try await SliceCoverageTests.fill(bench, "minor", 0, of: 10, expected: "minor", tags: [:])
    let finding = try await bench.finding("slice-coverage")
    #expect(finding.verdict == .fail && finding.codes(.fail) == ["SLICE_BELOW_FLOOR"])
    #expect(finding.reasons.first?.about == "expected = \"minor\"")
    #expect(close(finding.value("pass_rate"), 0.9901))
    let minor = try #require(finding.measure("pass_rate expected = \"minor\""))
    #expect(minor.value == 0 && close(minor.low, 0) && close(minor.high, 0.2775))
    #expect(close(finding.value("p_below_floor expected = \"minor\""), 1.024e-7, 1e-10))
    #expect(finding.evidence.count == 10)
    let off = try await CheckBench(
      "suites: {triage: {floor: 0.80}}\npolicies: {slice-coverage: {auto_class_slices: false}}\n")
    try await SliceCoverageTests.fill(off, "minor", 0, of: 10, expected: "minor", tags: [:])
    // Without classes and slices the suite as a whole must hold the floor.
    let whole = try await off.finding("slice-coverage")
    #expect(whole.codes(.fail) == ["SLICE_BELOW_FLOOR"] && whole.reasons.first?.about == "all items")
    #expect(whole.evidence.count == 10)
  }

  @Test func answersAreNoClasses() async throws {
    for (labels, count) in [(100, 100), (101, 0)] {
      let bench = try await CheckBench("suites: {triage: {floor: 0.80}}\n")
      try await bench.append { appender in
        for item in 0..<labels {
          var trial = TrialRecord.trial("triage", "\(item)", "v1", passed: true)
          trial.expected = "answer \(item)"
          try appender.append(trial)
        }
      }
      let finding = try await bench.finding("slice-coverage")
      #expect(finding.measures.filter { $0.name.hasPrefix("pass_rate expected") }.count == count)
      #expect(finding.value("items") == Double(labels))
    }
  }

  @Test func slicesThatAreNotCriticalWarn() async throws {
    let bench = try await CheckBench(
      """
      slices:
        low: {where: {segment: low}, critical: false}
        open: {where: {segment: open}, critical: false}
        empty: {where: {segment: empty}, critical: false}
      """)
    try await SliceCoverageTests.fill(bench, "low", 10, of: 60)
    try await SliceCoverageTests.fill(bench, "open", 9, of: 12)
    let finding = try await bench.finding("slice-coverage")
    #expect(finding.verdict == .warn)
    #expect(finding.codes(.warn) == ["SLICE_BELOW_FLOOR", "SLICE_UNDECIDED", "SLICE_UNDECIDED"])
    #expect(finding.reasons.map(\.about) == ["low", "open", "empty"])
    #expect(finding.missing.isEmpty && finding.subject == "triage")
  }

  @Test func theFloorIsInclusiveAndAlphaTooAtTheirLimits() async throws {
    // Wilson's low end of 9,427 of 9,600, and the binomial probability of 9 of 12 at .8.
    for (floor, verdict) in [("0.97911889750", Finding.Verdict.pass), ("0.97911891", .unknown)] {
      let bench = try await CheckBench("slices: {head: {where: {segment: head}, floor: \(floor)}}\n")
      try await SliceCoverageTests.fill(bench, "head", 9427, of: 9600)
      #expect(try await bench.finding("slice-coverage").verdict == verdict)
    }
    for (alpha, verdict) in [("0.4416542516", Finding.Verdict.fail), ("0.441654251", .unknown)] {
      let bench = try await CheckBench(
        "slices: {rare: {where: {segment: rare}}}\npolicies: {slice-coverage: {alpha: \(alpha)}}\n")
      try await SliceCoverageTests.fill(bench, "rare", 9, of: 12)
      #expect(try await bench.finding("slice-coverage").verdict == verdict, "\(alpha)")
    }
  }

  @Test func failingIsCorrectedForTheNumberOfSlices() async throws {
    // P(Bin(30, .8) ≤ 19) = .0256: below .05 alone, above it as one of two.
    let alone = try await CheckBench("slices: {a: {where: {segment: a}}}\n")
    try await SliceCoverageTests.fill(alone, "a", 19, of: 30)
    #expect(try await alone.finding("slice-coverage").codes(.fail) == ["SLICE_BELOW_FLOOR"])
    let both = try await CheckBench("slices: {a: {where: {segment: a}}, b: {where: {segment: b}}}\n")
    try await SliceCoverageTests.fill(both, "a", 19, of: 30)
    try await SliceCoverageTests.fill(both, "b", 100, of: 100)
    let finding = try await both.finding("slice-coverage")
    #expect(finding.codes(.unknown) == ["SLICE_UNDECIDED"] && finding.reasons.first?.about == "a")
  }

  @Test func coverageAsksHowMuchTrafficIsMeasured() async throws {
    func finding(head: Int, tail: Int, other: Int, tailItems: Int, policy: String = "") async throws -> Finding {
      let bench = try await CheckBench(SliceCoverageTests.headAndTail + policy)
      try await SliceCoverageTests.fill(bench, "head", 500, of: 500)
      try await SliceCoverageTests.fill(bench, "tail", tailItems, of: tailItems)
      try await SliceCoverageTests.traffic(bench, ["segment": "head"], head, prefix: "h")
      try await SliceCoverageTests.traffic(bench, ["segment": "tail"], tail, prefix: "t")
      try await SliceCoverageTests.traffic(bench, ["segment": "new"], other, prefix: "n")
      return try await bench.finding("slice-coverage")
    }
    let atLimit = try await finding(head: 90, tail: 5, other: 5, tailItems: 30)
    #expect(atLimit.verdict == .pass && atLimit.value("traffic_coverage") == 0.95)
    #expect(atLimit.value("unmatched_traffic") == 0.05)
    let beyond = try await finding(head: 89, tail: 5, other: 6, tailItems: 30)
    #expect(beyond.codes(.warn) == ["COVERAGE_GAP", "NEW_TRAFFIC"] && beyond.verdict == .warn)
    let small = try await finding(head: 94, tail: 6, other: 0, tailItems: 29)
    #expect(small.codes(.warn) == ["COVERAGE_GAP"] && small.value("traffic_coverage") == 0.94)
    let empty = try await finding(head: 94, tail: 6, other: 0, tailItems: 0)
    #expect(empty.codes(.unknown) == ["SLICE_UNDECIDED", "COVERAGE_GAP"])
    #expect(empty.missing == [.init("items of slice 'tail'", 246)])
    #expect(
      empty.headline
        == "Slice 'tail' of triage has no items: nothing says whether it holds its floor of 80 %. The suite as a whole passes 100 % of 500."
    )
    guard case .intervals(_, _, let rows)? = empty.figures.first else { return #expect(Bool(false)) }
    #expect(rows[1].value == nil && rows[1].low == nil && rows[1].note == "0 items, 6 % of traffic")
    let none = try await finding(head: 0, tail: 0, other: 0, tailItems: 30)
    #expect(none.codes(.warn) == ["NO_TRAFFIC"] && none.value("traffic_coverage") == nil)
  }

  @Test func aSpanCountsOnceForCoverageAndInEverySliceForItsShare() async throws {
    let bench = try await CheckBench(
      """
      suites: {triage: {feature: tickets}}
      slices:
        german: {where: {lang: de}, cost_of_error: 3}
        refund: {where: {intent: refund}}
      """)
    try await SliceCoverageTests.fill(bench, "x", 100, of: 100, tags: ["lang": "de", "intent": "refund"])
    try await SliceCoverageTests.traffic(bench, ["lang": "de", "intent": "refund"], 10, prefix: "a")
    try await SliceCoverageTests.traffic(bench, ["lang": "en", "intent": "refund"], 10, prefix: "b")
    try await SliceCoverageTests.traffic(bench, ["lang": "de"], 99, prefix: "old", daysAgo: 30)
    let finding = try await bench.finding("slice-coverage")
    guard case .intervals(_, _, let rows)? = finding.figures.first else { return #expect(Bool(false)) }
    #expect(rows.map(\.note) == ["100 items, 50 % of traffic", "100 items, 100 % of traffic"])
    #expect(finding.value("items") == 100 && finding.value("risk_coverage") == 1)
  }

  @Test func aSliceThatGotWorseThanTheBaselineFails() async throws {
    func finding(critical: Bool, margin: String, lost: Int) async throws -> Finding {
      let bench = try await CheckBench(
        """
        suites: {triage: {baseline: v1, candidate: v2, metrics: [{name: correct, margin: \(margin)}]}}
        slices:
          a: {where: {segment: a}, floor: 0.5, critical: \(critical)}
          b: {where: {segment: b}, floor: 0.5}
        """)
      for (variant, loss) in [("v1", 0), ("v2", lost)] {
        try await SliceCoverageTests.fill(bench, "a", 100 - loss, of: 100, variant: variant)
        try await SliceCoverageTests.fill(bench, "b", 100, of: 100, variant: variant)
      }
      return try await bench.finding("slice-coverage")
    }
    let worse = try await finding(critical: true, margin: "0.02", lost: 10)
    #expect(worse.codes(.fail) == ["SLICE_REGRESSED"] && worse.reasons.first?.about == "a")
    #expect(close(worse.value("change a"), -0.10, 1e-9) && worse.value("change b") == 0)
    #expect(worse.measure("change a")?.limit == -0.02)
    #expect(try await finding(critical: false, margin: "0.02", lost: 10).codes(.warn) == ["SLICE_REGRESSED"])
    // McNemar's p of six losses is .0313, twice that is above .05.
    #expect(try await finding(critical: true, margin: "0.02", lost: 6).verdict == .pass)
    #expect(try await finding(critical: true, margin: "0.3", lost: 10).verdict == .pass)
  }

  @Test func aBaselineWithoutTrialsWarns() async throws {
    let bench = try await CheckBench(
      "suites: {triage: {baseline: v0}}\nslices: {a: {where: {segment: a}, floor: 0.5}}\n")
    try await SliceCoverageTests.fill(bench, "a", 100, of: 100)
    #expect(try await bench.finding("slice-coverage").codes(.warn) == ["NO_BASELINE"])
  }

  @Test func undeclaredSlicesAreFound() async throws {
    func finding(_ policy: String, wrong: Int = 10, items: Int = 20) async throws -> Finding {
      let bench = try await CheckBench(
        "suites: {triage: {floor: 0.1}}\npolicies: {slice-coverage: {discover: {\(policy)}}}\n")
      try await SliceCoverageTests.fill(bench, "ok", 450, of: 500, tags: ["lang": "en", "tier": "free"])
      try await SliceCoverageTests.fill(bench, "bad", items - wrong, of: items, tags: ["lang": "de", "tier": "free"])
      return try await bench.finding("slice-coverage")
    }
    let found = try await finding("")
    #expect(found.codes(.warn) == ["DISCOVERED_SLICE"] && found.reasons.first?.about == "lang = \"de\"")
    #expect(close(found.measures.first { $0.name == "discovered_slices" }?.value, 1, 0))
    // 10 of 20 against 60 of 520 is a lift of 4.3333.
    #expect(try await finding("min_lift: 4.3333").codes(.warn) == ["DISCOVERED_SLICE"])
    #expect(try await finding("min_lift: 4.3334").verdict == .pass)
    #expect(try await finding("min_n: 20").codes(.warn) == ["DISCOVERED_SLICE"])
    #expect(try await finding("min_n: 21").verdict == .pass)
    #expect(try await finding("q: 1e-7").verdict == .pass)
    #expect(try await finding("", wrong: 2).verdict == .pass)
  }

  @Test func missingConflictingAndMixedTrialsAreUnknown() async throws {
    let yaml = "slices: {a: {where: {segment: a}, floor: 0.5}}\n"
    func bench(missing: Int = 0, conflicting: Int = 0, of items: Int = 100) async throws -> Finding {
      let bench = try await CheckBench(yaml)
      try await bench.append { appender in
        for item in 0..<items {
          var trial = TrialRecord.trial("triage", "\(item)", "v1", passed: item < missing ? nil : true)
          trial.tags = Tags(["segment": "a"])
          try appender.append(trial)
          guard item >= items - conflicting else { continue }
          trial.passed = false
          try appender.append(trial)
        }
      }
      return try await bench.finding("slice-coverage")
    }
    let five = try await bench(missing: 5)
    #expect(five.verdict == .pass && five.value("excluded") == 5 && five.value("items") == 95)
    #expect(try await bench(missing: 6).codes(.unknown) == ["MISSING_FIELDS"])
    let one = try await bench(conflicting: 1)
    #expect(one.verdict == .pass && one.value("conflicting") == 1 && one.value("items") == 99)
    #expect(try await bench(conflicting: 2).codes(.unknown) == ["CONFLICTING_TRIALS"])
    let mixed = try await CheckBench(yaml)
    try await mixed.append { appender in
      for item in 0..<40 {
        var trial = TrialRecord.trial("triage", "\(item)", "v1", passed: true)
        trial.tags = Tags(["segment": "a"])
        trial.configSHA256 = item < 20 ? "one" : "two"
        try appender.append(trial)
      }
    }
    #expect(try await mixed.finding("slice-coverage").codes(.unknown) == ["MIXED_VERSIONS"])
  }

  @Test func nothingAndOneTrial() async throws {
    let bench = try await CheckBench("suites: {triage: {floor: 0.8}}\n")
    let empty = try await bench.finding("slice-coverage")
    #expect(empty.codes(.unknown) == ["NO_TRIALS"] && empty.missing.first?.howMuch == 246)
    var trial = TrialRecord.trial("triage", "'; -- =1+1", "__proto__", passed: true)
    trial.expected = "__proto__"
    try await bench.append { [trial] in try $0.append(trial) }
    let one = try await bench.finding("slice-coverage")
    #expect(one.codes(.unknown) == ["SLICE_UNDECIDED"] && one.reasons.first?.about == "expected = \"__proto__\"")
    let other = try await CheckBench("suites: {triage: {candidate: v9}}\nslices: {a: {where: {x: y}}}\n")
    try await SliceCoverageTests.fill(other, "a", 1, of: 1)
    #expect(try await other.finding("slice-coverage").codes(.unknown) == ["NO_TRIALS"])
  }

  @Test func repeatsCountAsOneItemAndLowScoresPassWhereLowIsBetter() async throws {
    let bench = try await CheckBench("slices: {a: {where: {segment: a}}}\n")
    try await bench.append { appender in
      for item in 0..<50 {
        for number in 0..<4 {
          var trial = TrialRecord.trial("triage", "\(item)", "v1", passed: item > 0 || number < 2)
          trial.repetition = Int64(number)
          trial.tags = Tags(["segment": "a"])
          try appender.append(trial)
        }
      }
    }
    let finding = try await bench.finding("slice-coverage")
    #expect(finding.value("items") == 50 && close(finding.value("pass_rate a"), 49.5 / 50, 1e-9))
    let toxic = try await CheckBench(
      "suites: {triage: {metrics: [{name: correct, direction: down}]}}\nslices: {a: {where: {segment: a}}}\n")
    try await toxic.append { appender in
      for item in 0..<100 {
        var trial = TrialRecord.trial("triage", "\(item)", "v1", score: item == 0 ? 1 : 0)
        trial.tags = Tags(["segment": "a"])
        try appender.append(trial)
      }
    }
    #expect(try await toxic.finding("slice-coverage").value("pass_rate a") == 0.99)
  }

  @Test func theNewestVariantIsJudgedAndTheLedgerAsOfThenStaysTheSame() async throws {
    let bench = try await CheckBench("slices: {a: {where: {segment: a}}}\n")
    try await SliceCoverageTests.fill(bench, "a", 20, of: 100, at: -20)
    let asOf = CheckBench.now
    let before = try await bench.finding("slice-coverage", asOf: asOf)
    #expect(before.verdict == .fail)
    #expect(try await bench.finding("slice-coverage", asOf: asOf) == before)
    try await SliceCoverageTests.fill(bench, "a", 100, of: 100, variant: "v2")
    #expect(try await bench.finding("slice-coverage").verdict == .pass)
    // The same items judged anew replace what was said before.
    try await SliceCoverageTests.fill(bench, "a", 0, of: 100, variant: "v2")
    let after = try await bench.finding("slice-coverage")
    #expect(after.verdict == .fail && after.value("items") == 100)
  }
}

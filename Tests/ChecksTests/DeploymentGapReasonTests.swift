import Guards
import Records
import Store
import Testing

@testable import Checks

/// `deployment-gap`: each reason, what is missing, and what is left out.
@Suite struct DeploymentGapReasonTests {
  // MARK: Who is judged

  @Test func whatIsNotDeclaredIsNotApplicable() async throws {
    let bench = try await CheckBench("features: {expenses: {suite: holdout}}")
    #expect(try await bench.run([Deployment.check]).notApplicable == [Deployment.check])
  }

  @Test func emptyIsUnknown() async throws {
    let bench = try await CheckBench(Deployment.yaml(required: nil))
    let empty = try await bench.finding(Deployment.check)
    #expect(empty.verdict == .unknown)
    #expect(empty.codes(.unknown).filter { $0 == "GAP_UNDECIDED" }.count == 2)
    let dimensions = empty.reasons.filter { $0.code == "DIMENSION_NOT_MEASURED" }
    #expect(dimensions.map(\.about) == Deployment.dimensions)
    #expect(empty.missing.contains(Finding.Missing("labelled spans", 200)))
    #expect(empty.missing.contains(Finding.Missing("latency_budget_ms", nil)))
    #expect(empty.codes(.pass) == ["DEPLOYMENT_GAP"])
    #expect(empty.headline.hasPrefix("holdout cannot be compared with production yet: "))
    #expect(empty.measured == ["items 0", "labelled 0"] && empty.drawn == ["Dimensions 6"])
    let one = try await Deployment.finding(Deployment.yaml(required: nil)) { appender in
      try Deployment.items(appender, "clean", right: 1, of: 1)
      try Deployment.spans(appender, "clean", right: 1, labelled: 1)
    }
    #expect(one.verdict == .unknown && one.value("gap") == 0)
    #expect(one.missing.contains(Finding.Missing("labelled spans", 199)))
  }

  /// What is not required may be unmeasured, and still fails where it fails.
  @Test func onlyWhatIsRequiredMustBeMeasured() async throws {
    let quiet = try await Deployment.finding { try Deployment.fine($0) }
    #expect(quiet.verdict == .pass)
    let slow = try await Deployment.finding(Deployment.yaml("latency_budget_ms: 10")) { appender in
      try Deployment.items(appender, "clean", right: 1880, of: 2000)
      try Deployment.spans(appender, "clean", right: 940, labelled: 1000) {
        $1.endedAt = Instant(nanoseconds: $1.startedAt.nanoseconds + 20_000_000)
      }
    }
    #expect(slow.codes(.fail) == ["LATENCY_OVER_BUDGET"] && slow.codes(.pass) == [])
    #expect(slow.next == "Make the slowest requests faster, or allow more time.")
  }

  // MARK: The gap

  @Test func anotherMixIsNoLossWithinSlices() async throws {
    let finding = try await Deployment.finding { appender in
      try Deployment.items(appender, "clean", right: 970, of: 1000)
      try Deployment.items(appender, "blurry", right: 700, of: 1000)
      try Deployment.spans(appender, "clean", right: 97, labelled: 100)
      try Deployment.spans(appender, "blurry", right: 630, labelled: 900)
    }
    #expect(finding.codes(.fail) == ["GAP_OVER_LIMIT"])
    #expect(close(finding.value("within"), 0, 1e-9) && close(finding.value("mix"), 0.108, 1e-9))
    #expect(finding.next == "Collect items of the slices that have grown, or weigh the score as production does.")
    // A loss of the mix that a gain within slices hides is no whole that has parts.
    let hidden = try await Deployment.finding { appender in
      try Deployment.items(appender, "clean", right: 970, of: 1000)
      try Deployment.items(appender, "blurry", right: 700, of: 1000)
      try Deployment.spans(appender, "blurry", right: 800, labelled: 1000)
    }
    #expect(close(hidden.value("within"), -0.1, 1e-9) && close(hidden.value("mix"), 0.135, 1e-9))
    #expect(
      !hidden.figures.contains { figure in
        if case .parts = figure { true } else { false }
      })
  }

  @Test func aSliceThatWasNeverSeenOfflineIsNamed() async throws {
    let finding = try await Deployment.finding { appender in
      try Deployment.items(appender, "clean", right: 940, of: 1000)
      try Deployment.spans(appender, "clean", right: 470, labelled: 500)
      try Deployment.spans(appender, "torn", right: 470, labelled: 500)
    }
    let labels = finding.reasons.filter { $0.code == "UNCOVERED_SLICE" }
    #expect(labels.map(\.about) == ["torn"] && labels.allSatisfy { $0.verdict == .pass })
    // It is taken for the suite's average.
    #expect(close(finding.value("within"), 0, 1e-9) && finding.verdict == .pass)
  }

  @Test func whatBearsNoTagIsOneSliceOrNone() async throws {
    let plain = try await Deployment.finding { appender in
      try Deployment.items(appender, nil, right: 1880, of: 2000)
      try Deployment.spans(appender, nil, right: 940, labelled: 1000)
    }
    #expect(plain.verdict == .pass && plain.value("excluded") == nil && plain.value("labelled") == 1000)
    func finding(untaggedItems: Int, untaggedLabels: Int) async throws -> Finding {
      try await Deployment.finding { appender in
        try Deployment.items(appender, "clean", right: 1800, of: 1900)
        try Deployment.items(appender, nil, right: 0, of: untaggedItems)
        try Deployment.spans(appender, "clean", right: 900, labelled: 950)
        try Deployment.spans(appender, nil, right: 0, labelled: untaggedLabels)
      }
    }
    let within = try await finding(untaggedItems: 100, untaggedLabels: 50)
    #expect(within.verdict == .pass && within.value("excluded") == 100)
    #expect(try await finding(untaggedItems: 101, untaggedLabels: 0).codes(.unknown) == ["MISSING_FIELDS"])
    let labels = try await finding(untaggedItems: 100, untaggedLabels: 51)
    #expect(labels.codes(.unknown) == ["MISSING_FIELDS"] && labels.value("excluded") == 51)
  }

  @Test func unreadableAndMissingAreLeftOut() async throws {
    let finding = try await Deployment.finding { appender in
      try Deployment.items(appender, "clean", right: 1880, of: 2000) { number, trial in
        if number < 3 { trial.passed = nil }
      }
      try Deployment.spans(appender, "clean", right: 940, labelled: 1000)
      for number in 0..<20 {
        var span = SpanRecord(
          spanID: "odd-\(number)", traceID: "t", name: "chat", spanKind: "chat", startedAt: Deployment.now,
          feature: "expenses")
        span.tags = Tags(["photo": "clean"])
        try appender.append(span)
        try appender.append(Deployment.label(span, "maybe"))
      }
    }
    #expect(finding.value("labelled") == 1000 && finding.value("items") == 1997 && finding.value("excluded") == 20)
  }

  /// The newest word on a span counts, and labels of spans before the window do not.
  @Test func labelsCountOnceAndInTheirWindow() async throws {
    func finding(days: Int64) async throws -> Finding {
      try await Deployment.finding(Deployment.yaml("window_days: 7, label_min_n: 1")) { appender in
        try Deployment.items(appender, "clean", right: 940, of: 1000)
        try Deployment.spans(appender, "clean", right: 0, labelled: 50, days: days)
        for number in 0..<50 {
          var span = SpanRecord(
            spanID: "clean-\(days)-\(number)", traceID: "t", name: "chat", spanKind: "chat", startedAt: Deployment.now,
            feature: "expenses")
          span.tags = Tags(["photo": "clean"])
          try appender.append(Deployment.label(span, "true", at: Deployment.now))
        }
      }
    }
    let inside = try await finding(days: -7)
    #expect(inside.value("labelled") == 50 && inside.value("production") == 1)
    #expect(try await finding(days: -8).value("labelled") == 0)
  }

  @Test func stratifiedLabelsWeighAsTraffic() async throws {
    func finding(_ sampling: String, torn: Int = 0, _ policy: String = "") async throws -> Finding {
      try await Deployment.finding(Deployment.yaml(policy, settings: "label_sampling: \(sampling)")) { appender in
        try Deployment.items(appender, "clean", right: 970, of: 1000)
        try Deployment.items(appender, "blurry", right: 820, of: 1000)
        // As many labels of each, though nine of ten are clean.
        try Deployment.spans(appender, "clean", right: 485, labelled: 500, of: 9000)
        try Deployment.spans(appender, "blurry", right: 410, labelled: 500, of: 1000)
        try Deployment.spans(appender, "torn", of: torn)
      }
    }
    let random = try await finding("random")
    #expect(close(random.value("production"), 0.895) && close(random.value("mix"), 0, 1e-9))
    let stratified = try await finding("stratified")
    #expect(close(stratified.value("production"), 0.9 * 0.97 + 0.1 * 0.82, 1e-9))
    #expect(close(stratified.value("offline"), 0.895) && close(stratified.value("gap"), 0.895 - 0.955, 1e-9))
    #expect(stratified.verdict == .pass)
    let gap = try #require(stratified.measure("gap"))
    // MOVER over ½·970/1000, ½·820/1000, −0.9·485/500 and −0.1·410/500.
    #expect(close(gap.low, -0.0778) && close(gap.high, -0.0388))
    // Slices that nobody judged are left out, up to what may be missing.
    let few = try await finding("stratified", torn: 526)
    #expect(few.verdict == .pass && close(few.value("production"), 0.955))
    let exact = try await finding("stratified", torn: 500, "max_missing_share: \(500.0 / 10_500)")
    #expect(exact.verdict == .pass)
    let many = try await finding("stratified", torn: 527)
    #expect(many.codes(.unknown) == ["GAP_UNDECIDED"])
    #expect(many.missing == [Finding.Missing("labelled spans of the slices without any", 1)])
    #expect(many.reasons[0].text.hasSuffix("of the traffic: torn."))
  }

  @Test func tooFewLabelsSayHowManyMore() async throws {
    func finding(_ count: Int) async throws -> Finding {
      try await Deployment.finding(Deployment.yaml("max_gap: 0.5")) { appender in
        try Deployment.items(appender, "clean", right: 940, of: 1000)
        try Deployment.spans(appender, "clean", right: count, labelled: count)
      }
    }
    #expect(try await finding(200).verdict == .pass)
    let few = try await finding(199)
    #expect(few.codes(.unknown) == ["GAP_UNDECIDED"] && few.missing == [Finding.Missing("labelled spans", 1)])
  }

  @Test func anUndecidedGapSaysHowManyWouldDecide() async throws {
    func finding(_ right: Int, of labelled: Int, items: Int) async throws -> Finding {
      try await Deployment.finding { appender in
        try Deployment.items(appender, "clean", right: items * 94 / 100, of: items)
        try Deployment.spans(appender, "clean", right: right, labelled: labelled)
      }
    }
    // 0.94·0.06 + 0.92·0.08 over (0.05 − 0.02)², by z².
    let undecided = try await finding(276, of: 300, items: 400)
    #expect(undecided.codes(.unknown) == ["GAP_UNDECIDED"])
    #expect(
      undecided.missing == [Finding.Missing("labelled spans", 255), Finding.Missing("items of holdout", 155)])
    #expect(try await finding(276, of: 300, items: 600).missing == [Finding.Missing("labelled spans", 255)])
    // As many items as labels are needed, and there are: 525.
    #expect(try await finding(276, of: 300, items: 525).missing == [Finding.Missing("labelled spans", 225)])
    // At the limit itself no number decides.
    let exact = try await finding(267, of: 300, items: 600)
    #expect(exact.codes(.unknown) == ["GAP_UNDECIDED"])
    #expect(exact.missing == [Finding.Missing("labelled spans", nil)])
  }

  @Test func contradictionsAreTold() async throws {
    func finding(_ conflicts: Int) async throws -> Finding {
      try await Deployment.finding { appender in
        try Deployment.items(appender, "clean", right: 930, of: 990)
        try Deployment.spans(appender, "clean", right: 940, labelled: 1000)
        for passed in [true, false] {
          try Deployment.items(appender, "twice", right: passed ? conflicts : 0, of: conflicts)
        }
      }
    }
    #expect(try await finding(10).verdict == .pass)
    let many = try await finding(11)
    #expect(many.codes(.unknown) == ["CONFLICTING_TRIALS"])
    #expect(many.missing == [Finding.Missing("items without contradicting trials", 11)])
  }

  /// The deployed variant's newest configuration.
  @Test func otherRunsDoNotCount() async throws {
    let finding = try await Deployment.finding { appender in
      try Deployment.fine(appender)
      try Deployment.items(appender, "blurry", right: 0, of: 900, variant: "fp32")
      try Deployment.items(appender, "torn", right: 0, of: 900) {
        ($1.configSHA256, $1.at) = ("old", Deployment.now.adding(days: -40))
      }
      try Deployment.items(appender, "older", right: 0, of: 900) { $1.suiteVersion = "0" }
    }
    #expect(finding.value("offline") == 0.94 && finding.value("items") == 2000)
  }

  // MARK: The gate

  @Test func aReleaseIsRefusedForARequiredDimension() async throws {
    let finding = try await Deployment.finding(Deployment.yaml(required: ["latency"])) { try Deployment.fine($0) }
    #expect(finding.codes(.unknown) == ["DIMENSION_NOT_MEASURED"] && finding.codes(.pass) == ["DEPLOYMENT_GAP"])
    func gate(_ name: String) -> Gate {
      Gate(
        name: name, mode: .enforce, onUnknown: .report,
        required: [.init(check: Deployment.check, entries: [DecidedFinding(finding: finding)])])
    }
    #expect(gate("release").objections.map(\.error) == ["DEPLOYMENT_GAP"] && gate("merge").objections.isEmpty)
    #expect(
      finding.reasons.last?.text == "A required dimension is not in order: latency.")
  }
}

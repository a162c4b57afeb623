import Records
import Store
import Testing

@testable import Checks

/// `deployment-gap`: the worked example of its specification, number for number.
@Suite struct DeploymentGapTests {
  static let shares = ["a", "b", "c", "d"]

  /// The features of item or span number so many of so many.
  static func features(_ number: Int, _ counts: [Int]) -> String? {
    var rest = number
    let place = counts.firstIndex { count in
      rest -= count
      return rest < 0
    }
    return Deployment.features(["device": .string(shares[place ?? 3])])
  }

  static func example(_ appender: Appender) throws {
    // Offline 2,000: features in quarters, labels 70 : 30.
    var item = 0
    for (slice, right, count) in [("clean", 1552, 1600), ("blurry", 328, 400)] {
      try Deployment.items(appender, slice, right: right, of: count) { _, trial in
        trial.attributes = features(item, [500, 500, 500, 500])
        trial.expected = item < 1400 ? "meal" : "travel"
        item += 1
      }
    }
    // Production 2,000, of which 1,000 are labelled and have features.
    var span = 0
    for (slice, right, count) in [("clean", 316, 400), ("blurry", 394, 600)] {
      try Deployment.spans(appender, slice, right: right, labelled: count) { _, one in
        one.attributes = features(span, [100, 200, 300, 400])
        one.endedAt = Instant(nanoseconds: one.startedAt.nanoseconds + 90_000_000)
        span += 1
      }
    }
    for number in 0..<1000 {
      var one = SpanRecord(
        spanID: number < 400 ? "clean--1-\(number)" : "blurry--1-\(number - 400)", traceID: "t", name: "chat",
        spanKind: "chat", startedAt: Deployment.now, feature: "expenses")
      one.tags = Tags(["photo": "clean"])
      try appender.append(Deployment.label(one, number < 680 ? "meal" : "travel", name: "label"))
    }
    try Deployment.spans(appender, nil, of: 1000, days: -2) { number, one in
      // 52 of 2,000 over the budget, the p99 at 310 ms.
      let milliseconds: Int64 = number < 20 ? 400 : number == 20 ? 310 : number < 52 ? 200 : 90
      one.endedAt = Instant(nanoseconds: one.startedAt.nanoseconds + milliseconds * 1_000_000)
    }
    for number in 0..<400 {
      for path in ["train", "serve"] { try Deployment.vector(appender, "input-\(number)", path, [0.5, 1, 2]) }
    }
    // Precision 4,000: 13 lost, 9 gained.
    for (variant, right) in [("fp32", 0..<3700), ("int8", 13..<3709)] {
      try Deployment.items(appender, nil, right: 0, of: 4000, variant: variant, suite: "shrunk") { number, trial in
        trial.passed = right.contains(number)
      }
    }
  }

  static let yaml = Deployment.yaml(
    "latency_budget_ms: 100", required: nil,
    settings: "precision: {suite: shrunk, reference: fp32, shipped: int8}")

  @Test func theExampleFailsWithinSlices() async throws {
    let finding = try await Deployment.finding(Self.yaml) { try Self.example($0) }
    #expect(
      finding.codes(.fail) == ["GAP_OVER_LIMIT", "COVARIATE_SHIFT", "WITHIN_SLICE_LOSS", "LATENCY_OVER_BUDGET"])
    #expect(finding.codes(.unknown) == [] && finding.codes(.warn) == [])
    #expect(finding.codes(.pass) == ["DEPLOYMENT_GAP"])
    #expect(close(finding.value("offline"), 0.94))
    let production = try #require(finding.measure("production"))
    #expect(close(production.value, 0.71) && close(production.low, 0.6811) && close(production.high, 0.7373))
    let gap = try #require(finding.measure("gap"))
    #expect(close(gap.value, 0.23) && close(gap.low, 0.200, 5e-4) && close(gap.high, 0.260, 5e-4))
    #expect(close(finding.value("mix"), 0.06, 1e-9))
    let within = try #require(finding.measure("within"))
    #expect(close(within.value, 0.17, 1e-9) && close(within.low, 0.1337) && close(within.high, 0.2057))
    #expect(close(finding.value("covariate_psi"), 0.2272) && close(finding.value("covariate_psi_floor"), 0.0170))
    #expect(close(finding.value("prior_psi"), 0.0019))
    let skew = try #require(finding.measure("skew"))
    #expect(skew.value == 0 && close(skew.high, 0.0075) && finding.value("parity_pairs") == 400)
    let drop = try #require(finding.measure("precision_drop"))
    #expect(close(drop.value, 0.001, 1e-9) && close(drop.low, -0.0014) && close(drop.high, 0.0036, 1e-4))
    let latency = try #require(finding.measure("over_budget"))
    #expect(close(latency.value, 0.026, 1e-9) && close(latency.low, 0.0204))
    #expect(finding.value("latency") == 310 && finding.value("requests") == 2000)
    #expect(finding.reasons.contains { $0.text.contains("p99 310 ms, 3.1 times the budget") })
    #expect(
      finding.headline
        == "holdout scores 94 % offline and 71 % in production: +23.0 points (+20.0 to +26.0), of which the mix is +6.0 "
        + "points and the loss within slices +17.0 points (+13.4 to +20.6).")
    #expect(finding.next == "Look for skew between training and serving first, then label and train again.")
  }

  @Test func theTableHasSixRowsAndTheBarTwoParts() async throws {
    let finding = try await Deployment.finding(Self.yaml) { try Self.example($0) }
    guard case .parts(_, _, let parts)? = finding.figures.first,
      let table = finding.figures.compactMap({ figure in
        if case .table("Dimensions", _, let rows) = figure { rows } else { nil }
      }).first
    else {
      Issue.record("a bar and a table")
      return
    }
    #expect(parts.map(\.label) == ["mix", "within slices"])
    #expect(close(parts[0].value, 0.06, 1e-9) && close(parts[1].value, 0.17, 1e-9))
    #expect(table.map { $0[0] } == Deployment.dimensions)
    #expect(table.map { $0[3] } == ["fail", "pass", "pass", "fail", "pass", "fail"])
    #expect(table[0][1] == "0.2272 (device)" && table[2][1] == "0 of 400 pairs" && table[5][1] == "p99 310 ms")
    #expect(table.map { $0[4].isEmpty } == [false, true, true, false, true, false])
    let slices = finding.figures.compactMap { figure in
      if case .table("Slices", _, let rows) = figure { rows } else { nil }
    }.first
    #expect(
      slices == [["blurry", "20 %", "60 %", "82 %", "65.67 %"], ["clean", "80 %", "40 %", "97 %", "79 %"]])
  }

  @Test func whatIsAsItWasPasses() async throws {
    let finding = try await Deployment.finding { try Deployment.fine($0) }
    #expect(finding.verdict == .pass && finding.reasons.isEmpty)
    #expect(
      finding.measured == [
        "items 2,000", "labelled 1,000", "offline 0.94", "production 0.94", "gap 0", "mix 0", "within 0",
      ])
    // A part of nothing is a part; one slice is no table.
    #expect(finding.drawn == ["What the gap is made of 2", "Offline minus production 3", "Dimensions 6"])
    #expect(finding.next == "Nothing to do: production does what was measured offline.")
  }
}

import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `pipeline-bottleneck` exactly at its limits.
@Suite struct PipelineBottleneckLimitTests {
  private typealias Part = TraceBench.Part

  private static func yaml(_ settings: String = "", policy: String = "") -> String {
    "pipelines: {p: {stages: {a: {}, b: {}}\(settings), policies: {pipeline-bottleneck: {\(policy)}}}}"
  }

  /// `a` holds so much of 1,000 ms, `b` so much; the rest is nobody's.
  private static func parts(_ a: Double, _ b: Double = 0) -> [TraceBench.Part] {
    [TraceBench.root(1000), Part("a", 0, a), Part("b", a, a + b)]
  }

  private func codes(_ yaml: String, _ spans: [SpanRecord], _ changes: [ChangeRecord] = []) async throws -> [String] {
    try await TraceBench.finding(yaml, spans, changes).reasons.map(\.code)
  }

  @Test func asManyTracesAsAreNeeded() async throws {
    #expect(try await codes(Self.yaml(), .traces(72, Self.parts(1000))) == [])
    #expect(try await codes(Self.yaml(), .traces(71, Self.parts(1000))) == ["TOO_FEW"])
    #expect(try await codes(Self.yaml(policy: "min_traces: 71"), .traces(71, Self.parts(1000))) == [])
  }

  @Test func asMuchUnattributedTimeAsIsTolerated() async throws {
    #expect(try await codes(Self.yaml(), .traces(72, Self.parts(850))) == [])
    #expect(try await codes(Self.yaml(), .traces(72, Self.parts(849))) == ["UNATTRIBUTED"])
    #expect(try await codes(Self.yaml(policy: "unattributed: 0.2"), .traces(72, Self.parts(800))) == [])
  }

  @Test func aStageIsSmallBelowItsCap() async throws {
    func codes(_ small: Double, policy: String = "") async throws -> [String] {
      try await self.codes(
        Self.yaml(policy: policy), .traces(72, Self.parts(1000 - small, small)),
        [TraceBench.claim(["stage": "b", "saved_ms": 1])])
    }
    #expect(try await codes(99) == ["WRONG_STAGE"])
    #expect(try await codes(100) == [])
    #expect(try await codes(100, policy: "low_cap: 0.11") == ["WRONG_STAGE"])
  }

  @Test func anotherStageIsLargerFromItsRatioOn() async throws {
    func codes(_ large: Double, policy: String = "unattributed: 1") async throws -> [String] {
      try await self.codes(
        Self.yaml(policy: policy), .traces(72, Self.parts(large, 90)),
        [TraceBench.claim(["stage": "b", "saved_ms": 1])])
    }
    #expect(try await codes(270) == ["WRONG_STAGE"])
    #expect(try await codes(269) == [])
    #expect(try await codes(180, policy: "unattributed: 1, focus_ratio: 2") == ["WRONG_STAGE"])
  }

  /// The claimed stage is not larger than itself, and time that is nobody's is no stage to work on.
  @Test func onlyAnotherStageCanBeLarger() async throws {
    #expect(
      try await codes(
        Self.yaml(policy: "unattributed: 1"), .traces(72, Self.parts(0, 50)),
        [TraceBench.claim(["stage": "b", "saved_ms": 1])]) == [])
  }

  // MARK: Budgets

  /// So many of so many traces take 101 ms, the others 100.
  private static func slow(_ slow: Int, of count: Int, _ milliseconds: Double = 101) -> [SpanRecord] {
    [SpanRecord].traces(slow, [TraceBench.root(milliseconds), Part("a", 0, milliseconds)], prefix: "slow")
      + .traces(count - slow, [TraceBench.root(100), Part("a", 0, 100)], prefix: "fast")
  }

  @Test func aValueAtTheBudgetIsWithinIt() async throws {
    #expect(try await codes(Self.yaml(", slo_p95: 100ms"), Self.slow(100, of: 100, 100)) == [])
    #expect(try await codes(Self.yaml(", slo_p95: 100ms"), Self.slow(100, of: 100)) == ["OVER_BUDGET"])
  }

  /// 6 of 100 is more than one in twenty, and undecided; 5 has its percentile at the budget; 10 of 100 fails.
  @Test func nearAndOver() async throws {
    let yaml = Self.yaml(", slo_p95: 100ms")
    #expect(try await codes(yaml, Self.slow(5, of: 100)) == [])
    #expect(try await codes(yaml, Self.slow(6, of: 100)) == ["NEAR_BUDGET"])
    #expect(try await codes(yaml, Self.slow(9, of: 100)) == ["NEAR_BUDGET"])
    #expect(try await codes(yaml, Self.slow(10, of: 100)) == ["OVER_BUDGET"])
  }

  @Test func aTestAtItsErrorFails() async throws {
    let p = QuantileBudget(above: 9, count: 100, quantile: 0.95).pValue
    #expect(
      try await codes(Self.yaml(", slo_p95: 100ms", policy: "alpha: \(p)"), Self.slow(9, of: 100)) == ["OVER_BUDGET"])
    #expect(
      try await codes(Self.yaml(", slo_p95: 100ms", policy: "alpha: \(p.nextDown)"), Self.slow(9, of: 100))
        == ["NEAR_BUDGET"])
  }

  /// With two budgets each must be twice as certain; the time of a stage is that in which a span of it runs.
  @Test func severalBudgetsShareTheError() async throws {
    let spans = Self.slow(10, of: 100)
    let yaml = "pipelines: {p: {slo_p95: 1000ms, stages: {a: {budget_p95: 100ms}}}}"
    #expect(QuantileBudget(above: 10, count: 100, quantile: 0.95).pValue > 0.025)
    #expect(try await codes(yaml, spans) == ["NEAR_BUDGET"])
    let finding = try await TraceBench.finding(yaml, Self.slow(11, of: 100))
    #expect(finding.codes(.fail) == ["OVER_BUDGET"] && finding.reasons.first?.about == "a")
    #expect(
      finding.reasons.first?.text
        == "The stage a is over its 100 ms in 11 of 100 traces; one in twenty may be (p 0.0229).")
    let parallel = [
      TraceBench.root(100), Part("a", 0, 60), Part("a2", 30, 80, stage: "a"), Part("a3", 90, 100, stage: "a"),
    ]
    #expect(try await TraceBench.finding(yaml, .traces(72, parallel)).value("p95 a") == 90)
  }

  @Test func aBudgetIsKeptWhenItsBoundIsWithinIt() {
    // 59 values without one above: the upper bound is 1 − .05^(1/59) = .0495.
    #expect(QuantileBudget(above: 0, count: 59, quantile: 0.95).state(alpha: 0.05) == .within)
    #expect(QuantileBudget(above: 0, count: 58, quantile: 0.95).state(alpha: 0.05) == .open)
    let budget = QuantileBudget(above: 3, count: 40, quantile: 0.95)
    #expect(budget.state(alpha: budget.pValue) == .exceeded && budget.state(alpha: budget.pValue.nextDown) == .open)
    #expect(
      budget.state(alpha: 0.9, adjusted: 0.9) == .exceeded && budget.state(alpha: 0.05, adjusted: 0.05) == .exceeded)
    #expect(budget.state(alpha: 0.05, adjusted: 0.0501) == .open)
    #expect(QuantileBudget(above: 0, count: 5, quantile: 0.95).pValue == 1)
    // The test rejects exactly where the lower bound is above the share that is allowed.
    for above in 0...20 {
      let budget = QuantileBudget(above: above, count: 100, quantile: 0.95)
      #expect((budget.pValue < 0.05) == (budget.lowerBound(confidence: 0.95) > 0.05))
    }
  }

  // MARK: Time

  @Test func theWindowBeginsWithItsFirstInstant() async throws {
    func traces(_ days: Int64, moved nanoseconds: Int64) async throws -> Double? {
      let spans = TraceBench.spans("t", [TraceBench.root(10), Part("a", 0, 10)], days: days).map { span in
        var span = span
        span.startedAt = Instant(nanoseconds: span.startedAt.nanoseconds + nanoseconds)
        span.endedAt = span.endedAt.map { Instant(nanoseconds: $0.nanoseconds + nanoseconds) }
        return span
      }
      return try await TraceBench.finding(Self.yaml(), spans).value("traces")
    }
    #expect(try await traces(-7, moved: 0) == 1)
    #expect(try await traces(-7, moved: -1) == 0)
    #expect(try await traces(0, moved: 0) == 1)
    #expect(try await traces(0, moved: 1) == 0)
  }

  @Test func claimsOfTheWindowCount() async throws {
    func reasons(days: Int64, nanoseconds: Int64) async throws -> [String] {
      var claim = try TraceBench.claim(["stage": "a"], days: days)
      claim.at = Instant(nanoseconds: claim.at.nanoseconds + nanoseconds)
      return try await codes(Self.yaml(), .traces(72, Self.parts(1000)), [claim])
    }
    #expect(try await reasons(days: -7, nanoseconds: 0) == ["CLAIM_MISSING"])
    #expect(try await reasons(days: -7, nanoseconds: -1) == [])
  }

  /// A trace that begins with the change is one after it.
  @Test func aTraceOfTheChangesInstantIsAfterIt() async throws {
    func claimed(moved: Int64) async throws -> Double? {
      var claim = try TraceBench.claim(["stage": "a", "saved_ms": 1], days: -1)
      claim.at = Instant(nanoseconds: claim.at.nanoseconds + moved)
      return try await TraceBench.finding(Self.yaml(), .traces(3, Self.parts(1000)), [claim]).value("claimed a")
    }
    #expect(try await claimed(moved: 0) == nil)
    #expect(try await claimed(moved: 1) == 1)
  }

  @Test func thresholdsOfAPipelineAreItsOwn() async throws {
    let yaml = """
      policies: {pipeline-bottleneck: {min_traces: 5}, default: {alpha: 0.2}}
      pipelines:
        p: {stages: {a: {}}, policies: {pipeline-bottleneck: {min_traces: 9}}}
        q: {stages: {a: {}}}
      """
    let bench = try await CheckBench(yaml)
    try await bench.append { appender in
      for span in [SpanRecord].traces(6, Self.parts(1000)) { try appender.append(span) }
    }
    let findings = try await bench.run([TraceBench.check]).findings
    #expect(findings.map { $0.codes(.unknown) } == [["TOO_FEW"], []])
    #expect(findings[0].missing == [Finding.Missing("traces", 3)])
  }
}

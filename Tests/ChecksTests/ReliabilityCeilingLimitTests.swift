import Records
import Store
import Testing

@testable import Checks

/// `reliability-ceiling` exactly at its limits, and what it draws.
@Suite struct ReliabilityCeilingLimitTests {
  typealias Bench = ReliabilityCeilingTests

  private func titles(_ finding: Finding) -> [String] { finding.figures.map(EvalRotTests.title) }

  @Test func unclassifiedErrorsHaveNoCeiling() async throws {
    func finding(classified: Int) async throws -> Finding {
      try await Bench.finding(Bench.yaml("accuracy: 0.5")) { appender in
        try Bench.run(appender, items: 100, wrong: 10)
        try Bench.classify(appender, errors: classified, irreducible: 4)
      }
    }
    let none = try await finding(classified: 0)
    for name in ["irreducible_share", "fleiss_kappa", "ceiling", "ceiling_relabelled"] {
      #expect(none.measure(name) == nil)
    }
    #expect(none.headline.hasPrefix("invoices is right in 90 %"))
    #expect(none.headline.contains("nobody has classified its errors"))
    #expect(titles(none) == [])
    let all = try await finding(classified: 10)
    #expect(close(all.value("ceiling"), 0.96))
    #expect(titles(all) == ["Errors that a model can remove, and those that none can", "Ceiling against target"])
  }

  @Test func whatIsAnsweredIsDrawnWhereAnythingIs() async throws {
    func curve(_ confidence: Double?) async throws -> [Figure.Point]? {
      let finding = try await Bench.finding(
        Bench.yaml("selective_accuracy: 0.9", policy: "threshold_grid: [0.5, 0.7, 0.9]")
      ) { try Bench.run($0, items: 200, wrong: 10, confidence: confidence) }
      for case .curve(_, _, _, let points, _) in finding.figures { return points }
      return nil
    }
    let points = try #require(try await curve(0.7))
    #expect(points == [0.7, 0.5].map { Figure.Point(1, 0.95, note: "confidence ≥ \(NumberWords.fixed($0, 2))") })
    #expect(try await curve(nil) == nil)
  }

  @Test func withoutAResultNothingIsMeasured() async throws {
    let finding = try await Bench.finding(Bench.yaml("accuracy: 0.9")) {
      try $0.append(TrialRecord.trial("invoices", "a", "x"))
    }
    #expect(finding.headline == "Nothing measures invoices yet, so nobody knows what it can reach.")
  }

  @Test func aSelectionAtItsLimits() async throws {
    func selective(_ items: Int, wrong: Int, rest: Int = 0) async throws -> Finding {
      try await Bench.finding(Bench.yaml("selective_accuracy: 0.97, min_coverage: 0.5")) { appender in
        try Bench.run(appender, items: items, wrong: wrong, confidence: 0.95)
        try Bench.run(appender, items: rest, wrong: 0, prefix: "rest")
      }
    }
    #expect(try await selective(100, wrong: 0, rest: 100).next.hasPrefix("Release selectively: answer from confidence"))
    #expect(try await !selective(100, wrong: 0, rest: 101).next.hasPrefix("Release selectively"))
    // What is as accurate as the target is not shown to be better by more of the same.
    #expect(try await selective(100, wrong: 3).missing == [Finding.Missing("items above a threshold", nil)])
  }

  @Test func aChainAtItsLimits() async throws {
    func chain(_ target: Double) async throws -> Finding {
      try await Bench.finding(Bench.yaml("accuracy: \(target)")) { appender in
        try Bench.run(appender, items: 1000, wrong: 0)
        for number in 0..<100 {
          var span = SpanRecord(
            spanID: "\(number)", traceID: "\(number)", name: "step", spanKind: "other",
            startedAt: CheckBench.now.adding(days: -2), feature: "invoices")
          span.endedAt = span.startedAt
          span.stage = "read"
          span.status = number < 90 ? .ok : .timeout
          try appender.append(span)
        }
      }
    }
    let measured = try #require(try await chain(0.9).measure("chain"))
    let (low, high) = (try #require(measured.low), try #require(measured.high))
    #expect(try await chain(low).verdict == .pass)
    #expect(try await chain(low + 1e-5).codes(.unknown) == ["CHAIN_UNDECIDED"])
    #expect(try await chain(high).codes(.unknown) == ["CHAIN_UNDECIDED"])
    #expect(try await chain(high + 1e-5).codes(.fail) == ["CHAIN_BELOW_TARGET"])
  }

  @Test func aPriceAtItsLimitIsPaid() async throws {
    let measured = try await Bench.finding(Bench.yaml("accuracy: 0.96")) { try Bench.paidReleases($0) }
    let next = try #require(measured.value("next_point_cost"))
    let total = try #require(measured.value("cost_to_target"))
    /// Prices in cents, rounded up or down.
    func warnings(_ rounding: FloatingPointRoundingRule) async throws -> Int {
      let prices = [next, total].map { ($0 * 100).rounded(rounding) / 100 }
      return try await Bench.finding(
        Bench.yaml("accuracy: 0.96, value_per_point: \(prices[0]) USD, max_spend: \(prices[1]) USD")
      ) { try Bench.paidReleases($0) }.codes(.warn).count
    }
    #expect(try await warnings(.up) == 0)
    #expect(try await warnings(.down) == 2)
  }

  /// More errors to classify, where those there are decide; the number is the smallest that does.
  @Test func theSmallestNumberThatDecides() {
    let ceiling = ReliabilityCeiling.Ceiling(items: 5000, wrong: 400, adjudicated: 100, irreducible: 62)
    func classified(_ count: Int) -> ReliabilityCeiling.Ceiling.Reading {
      var more = ceiling
      more.adjudicated = Double(count)
      more.irreducible = 0.62 * Double(count)
      return more.reading(target: 0.958)
    }
    guard case .adjudications(let more) = ceiling.shortfall(target: 0.958) else { return #expect(Bool(false)) }
    #expect(more > 0 && classified(100 + more) == .unreachable && classified(100 + more - 1) == .undecided)
    // All errors are classified: items are missing.
    let whole = ReliabilityCeiling.Ceiling(items: 5000, wrong: 400, adjudicated: 400, irreducible: 248)
    guard case .items(let items) = whole.shortfall(target: 0.9525) else { return #expect(Bool(false)) }
    #expect(items > 0)
  }

  @Test func theNewestReleaseWithoutErrorsHasNoPrice() {
    #expect(ReliabilityCeiling.Return([(0, 0.1), (1, 0.05), (2, 0.02), (3, 0)]) == nil)
    #expect(ReliabilityCeiling.Return([(0, 0.1), (1, 0.05), (2, 0.02)]) != nil)
  }
}

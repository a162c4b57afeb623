import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `tenant-isolation` where something is only just so, and all that it shows.
@Suite struct TenantIsolationEdgeTests {
  @Test func billsOfTwoCurrenciesAreToldApart() async throws {
    var world = TenantWorld.clean()
    world.records.removeAll { $0.kind == .charge }
    world.bill("125.00")
    let one = try await world.finding()
    #expect(one.codes(.fail) == ["DARK_SPEND"] && one.reasons.first { $0.code == "DARK_SPEND" }?.about == nil)
    #expect(one.headline.hasPrefix("20 % of the bill of 2026-05 is nobody's: 25.00 of 125.00 USD"))
    // The headline is of the currency of which most is nobody's; `next`, of the largest cost that names nobody.
    world.bill("10.00", currency: "EUR")
    world.cost("a", "5.00", currency: "EUR")
    world.cost(nil, "3.00", currency: "EUR")
    world.cost(nil, "1.00")
    let two = try await world.finding()
    #expect(two.reasons.filter { $0.code == "DARK_SPEND" }.map(\.about) == ["EUR", "USD"])
    #expect(two.headline.hasPrefix("50 % of the bill of 2026-05 is nobody's: 5.00 of 10.00 EUR"))
    #expect(two.next.hasPrefix("Name the tenant on every span: 3"))
  }

  /// By Wilson's interval: its ends themselves are neither below a floor nor open.
  @Test func aFloorAtTheEndsOfTheInterval() async throws {
    let interval = ProportionInterval.wilson(successes: 60, trials: 100)
    func finding(_ floor: Double) async throws -> Finding {
      var world = TenantWorld.clean()
      for place in 0..<100 {
        world.span("a")
        guard case .span(let span)? = world.records.last else { continue }
        world.records.append(
          .annotation(
            AnnotationRecord(
              annotationID: "\(place)", subject: span.spanID, name: "correct",
              value: .label(place < 60 ? "true" : "no"), annotatorKind: .human, annotator: "ana", at: TenantWorld.now)))
      }
      return try await world.finding(TenantWorld.yaml.replacing("a: {", with: "a: {quality_floor: \(floor), "))
    }
    #expect(try await finding(interval.low).verdict == .pass)
    #expect(try await finding(interval.low + 1e-6).codes(.unknown) == ["QUALITY_OPEN"])
    #expect(try await finding(interval.high).codes(.unknown) == ["QUALITY_OPEN"])
    #expect(try await finding(interval.high + 1e-6).codes(.fail) == ["QUALITY_BELOW_FLOOR"])
  }

  @Test func whatIsShownOfProbes() async throws {
    func shown(_ finding: Finding, _ tenant: String) -> String? {
      for case .table("Tenants", _, let rows) in finding.figures {
        for row in rows where row[0] == tenant { return row[row.count - 1] }
      }
      return nil
    }
    var world = TenantWorld.clean(probes: 4)
    world.probe("b", "a", answer: "It is zebra-ninety-two.")
    let finding = try await world.finding()
    #expect(shown(finding, "a") == "1 of 3" && shown(finding, "b") == "0 of 2")
    #expect(finding.measure("probes_unread") == nil)
    world.probe("b", "a", answer: nil)
    #expect(try await world.finding().value("probes_unread") == 1)
    #expect(shown(try await TenantWorld.clean(probes: 0).finding(), "a") == "–")
  }

  /// Without a stage anywhere nothing is left out, however many requests there are.
  @Test func withoutStagesNothingIsLeftOut() async throws {
    var world = TenantWorld()
    for _ in 0..<5 { world.span("a") { $0.spanKind = "chat" } }
    let finding = try await world.finding()
    #expect(finding.codes(.unknown).contains("NO_STAGES") && !finding.codes(.unknown).contains("MISSING_FIELDS"))
  }

  /// The first span of a stage is the one that began first; of equal beginnings, the one whose id is first.
  @Test func stagesBeginWithTheirFirstSpan() throws {
    func span(_ id: String, _ stage: String, _ start: Int64, _ end: Int64) -> SpanRecord {
      var span = SpanRecord(
        spanID: id, traceID: "t", name: "n", spanKind: "other", startedAt: Instant(nanoseconds: start), feature: "f")
      (span.stage, span.endedAt) = (stage, Instant(nanoseconds: end))
      return span
    }
    func flaws(_ spans: [SpanRecord]) throws -> [[StageOrder.Flaw]] {
      try [spans, spans.reversed()].map { StageOrder(["a", "b", "c"]).flaws(try #require(WindowTrace($0))) }
    }
    // b begins at 5, before a ends at 9; a's other span ends at 3 and has the later id.
    let equal = [span("1", "a", 0, 9), span("2", "a", 0, 3), span("3", "b", 5, 6), span("4", "b", 20, 21)]
    for found in try flaws(equal) { #expect(found == [.early(stage: "b", before: "a")]) }
    // Of two that end together, the one that comes first in the order is named.
    let tied = [span("1", "a", 0, 9), span("2", "b", 9, 9), span("3", "c", 5, 6)]
    for found in try flaws(tied) { #expect(found == [.early(stage: "c", before: "a")]) }
  }

  @Test func noiseAtItsLimits() {
    let reading = NeighbourNoise.Reading(tenant: "a", minutes: 1, loud: (8, 10), quiet: (2, 10))
    #expect(reading.isNoisy(alpha: reading.pValue, ratio: 4))
    #expect(!reading.isNoisy(alpha: reading.pValue.nextDown, ratio: 4))
    #expect(!reading.isNoisy(alpha: 1, ratio: 4.001))
    let silent = NeighbourNoise.Reading(tenant: "a", minutes: 1, loud: (0, 10), quiet: (0, 10))
    #expect(!silent.isNoisy(alpha: 1, ratio: 0))
  }
}

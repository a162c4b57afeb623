import Records
import Testing

@testable import Checks

/// What lies exactly on a limit, and what its finding then shows.
@Suite struct ClassifierRiskLimitTests {
  private typealias Cell = ClassifierRiskTests.Cell

  /// Limits are inclusive, and a test is significant at its α.
  @Test func limitsOfTheConfidencesAreInclusive() async throws {
    func codes(_ policy: String) async throws -> [String] {
      try await ClassifierRiskTests.finding(
        ClassifierRiskTests.example,
        yaml: ClassifierRiskTests.yaml + "policies: {classifier-risk: {ece_critical: 1, \(policy)}}\n"
      ).codes(.fail)
    }
    let example = try await ClassifierRiskTests.finding(ClassifierRiskTests.example)
    let share = try #require(example.measure("high_confidence_errors")?.low)
    let (error, p) = try #require(
      example.value("ece").flatMap { error in example.value("spiegelhalter_p").map { (error, $0) } })
    #expect(try await !codes("hce_share: \(share)").contains("HIGH_CONF_ERRORS"))
    #expect(try await codes("hce_share: \(share - 1e-5)").contains("HIGH_CONF_ERRORS"))
    #expect(try await !codes("ece: \(error)").contains("MISCALIBRATED"))
    #expect(try await codes("ece: \(error - 1e-5)").contains("MISCALIBRATED"))
    #expect(try await codes("ece: 0.01, alpha: \(p)").contains("MISCALIBRATED"))
    #expect(try await !codes("ece: 0.01, alpha: \(p.nextDown)").contains("MISCALIBRATED"))
  }

  /// Of critical classes the one that is found least is named; of equals the first.
  @Test func theClosestCriticalClassIsNamed() async throws {
    func headline(_ minority: Int) async throws -> String {
      let cells = [
        Cell("majority", "majority", 0.98, 90), Cell("majority", "minority", 0.98, 10),
        Cell("minority", "minority", 0.98, minority), Cell("minority", "majority", 0.98, 100 - minority),
      ]
      return try await ClassifierRiskTests.finding(
        cells, spans: [("majority", 1_000), ("minority", 1_000)],
        yaml: ClassifierRiskTests.yaml.replacing(
          "majority: {error:", with: "majority: {critical: true, floor: 0.5, error:"
        )
        .replacing("floor: 0.85", with: "floor: 0.5")
          + "policies: {classifier-risk: {psi_warn: 9, psi_fail: 9, hce_share: 1, ece: 1, ece_critical: 1, hce_min_errors: 1}}\n"
      ).headline
    }
    #expect(try await headline(95).contains("90 % of the 100 items of 'majority' are found"))
    #expect(try await headline(90).contains("90 % of the 100 items of 'majority' are found"))
  }

  /// Of several reasons the worst one is the headline's.
  @Test func theWorstReasonLeads() async throws {
    var judgement = Judgement()
    #expect(judgement.leading == nil)
    judgement.reasons = [Finding.Reason("LABEL", .pass, "A label.")]
    #expect(judgement.leading?.code == "LABEL")
    judgement.warn("FEW", "Few.")
    judgement.fail("FIRST", "First.")
    judgement.fail("SECOND", "Second.")
    judgement.unknown("OPEN", "Open.", missing: "items", 1)
    #expect(judgement.leading?.code == "FIRST")
  }

  /// A class without items has no recall, a class that is never predicted is never acted on; neither is a zero.
  @Test func whatHasNoItemsHasNoRate() async throws {
    let finding = try await ClassifierRiskTests.finding([Cell("majority", "majority", 0.98, 200)])
    guard case .intervals(_, _, let recalls)? = finding.figures.first,
      case .table(_, _, let classes)? = finding.figures.last
    else {
      Issue.record("no figures")
      return
    }
    #expect(recalls.map(\.label) == ["majority", "minority", "OTHER"])
    #expect(recalls[0].value == 1 && recalls[0].low != nil && recalls[0].high != nil)
    #expect(recalls[1].value == nil && recalls[1].low == nil && recalls[1].high == nil)
    #expect(classes.map { $0[4] } == ["100 %", "", ""])
    // There is no threshold for what fits no label.
    #expect(classes.map { $0[3].isEmpty } == [false, false, true])
    #expect(finding.measure("threshold OTHER") == nil && finding.measure("threshold minority") != nil)
    #expect(finding.measure("recall minority")?.value == nil)
  }
}

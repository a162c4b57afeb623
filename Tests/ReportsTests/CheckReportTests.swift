import Guards
import Testing

@testable import Records
@testable import Reports

@Suite struct CheckReportTests {
  private func report(_ verdicts: [Finding.Verdict], waived: [Finding.Verdict] = []) -> CheckReport {
    func findings(_ verdicts: [Finding.Verdict], _ name: String) -> [Finding] {
      verdicts.enumerated().map { FindingSamples.finding("\(name)-\($0)", "s", $1, "Said.") }
    }
    let entries = findings(verdicts, "check").map { CheckReport.Entry(finding: $0) }
    let others = findings(waived, "waived").map { CheckReport.Entry(finding: $0, waiver: FindingSamples.waiver($0)) }
    return CheckReport(entries: entries + others, asOf: FindingSamples.asOf, ledger: "ledger")
  }

  @Test(
    arguments: [
      ([], nil, 0, 0, 0, 0), ([.pass], .pass, 0, 0, 0, 0), ([.pass, .warn], .warn, 0, 0, 0, 1),
      ([.warn, .unknown], .unknown, 2, 0, 2, 2), ([.unknown, .fail, .pass], .fail, 1, 1, 1, 1),
    ] as [([Finding.Verdict], Finding.Verdict?, Int32, Int32, Int32, Int32)])
  func exitCodes(
    verdicts: [Finding.Verdict], worst: Finding.Verdict?, usual: Int32, fail: Int32, unknown: Int32, warn: Int32
  ) {
    let report = report(verdicts)
    #expect(report.verdict == worst)
    #expect(report.exitCode() == usual)
    #expect(report.exitCode(failOn: .fail) == fail)
    #expect(report.exitCode(failOn: .unknown) == unknown)
    #expect(report.exitCode(failOn: .warn) == warn)
  }

  @Test func waivedVerdictsDoNotCount() {
    #expect(report([.warn], waived: [.fail, .unknown]).verdict == .warn)
    #expect(report([], waived: [.fail]).verdict == nil)
    #expect(report([], waived: [.fail]).exitCode() == 0)
  }

  @Test func theFirstSentenceCountsChecks() {
    #expect(CheckSentence(report([.fail]).entries).text == "The one check that applies fails.")
    #expect(CheckSentence(report([.pass, .pass]).entries).text == "Both checks pass.")
    #expect(CheckSentence(report([.pass, .pass, .pass]).entries).text == "All 3 checks pass.")
    #expect(
      CheckSentence(report([.pass, .fail, .unknown, .unknown], waived: [.fail]).entries).text
        == "1 of 5 checks fails, 2 are unknown, 1 passes, 1 is waived.")
    // A check counts once, with its worst subject.
    var entries = report([.pass, .warn]).entries
    for place in entries.indices { entries[place].finding.check = "one" }
    #expect(CheckSentence(entries).text == "The one check that applies warns.")
  }

  @Test func worstFirstKeepsTheOrderOtherwise() {
    let names = report([.pass, .warn, .fail, .unknown, .fail], waived: [.fail]).worstFirst.map(\.finding.check)
    #expect(names == ["check-2", "check-4", "check-3", "check-1", "waived-0", "check-0"])
  }

  @Test func gatesNameWhatDoesNotApply() {
    for mode in [Gate.Mode.enforce, .observe, .off] {
      let report = FindingSamples.gate(mode, .refuse, [FindingSamples.regression])
      #expect(TextReport.render(report).contains("ai-bom is required, but does not apply"))
    }
  }

  @Test(arguments: [
    ("share", 0.375, "37.5 %"), ("share", 0.00001, "1.00e-3 %"), ("share", 0, "0 %"), ("points", 0.04, "+4 points"),
    ("points", -0.01, "−1 point"), ("items", 2300, "2,300 items"), ("ratio", 1.81818, "1.8182"), ("p", 1e-9, "<0.0001"),
    ("probability", 0.8, "0.8"),
    ("USD", 12.5, "12.5 USD"), ("seed", 12345, "12345"), ("bits", -.infinity, "unbounded"),
    ("bits", .nan, "not computed"),
    ("share", 1e300, "1.00e302 %"), ("items", 1e-7, "1.00e-7 items"),
  ])
  func quantities(unit: String, value: Double, text: String) {
    #expect(QuantityText(unit: unit).text(value) == text)
  }

  @Test func rangesMayHaveOneEnd() {
    let quantity = QuantityText(unit: "share")
    #expect(quantity.range(0.1, 0.2) == "10 to 20")
    #expect(quantity.range(0.1, nil) == "at least 10")
    #expect(quantity.range(nil, 0.2) == "at most 20")
    #expect(quantity.range(.nan, nil) == nil)
  }
}

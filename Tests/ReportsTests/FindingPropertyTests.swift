import Foundation
import Guards
import Testing

@testable import Records
@testable import Reports

/// What holds for every report about findings, whatever they say.
@Suite struct FindingPropertyTests {
  static let reports = RandomFindings.reports(24, finite: false, seed: 2026) + FindingSamples.reports.map(\.report)

  private static let codes = ["CODE_A", "CODE_B", "CODE_C", "CODE_D"]

  private func gate(_ report: CheckReport) -> GateReport {
    let required = report.entries.map { Gate.Requirement(check: $0.finding.check, entries: [$0]) }
    return GateReport(
      gate: Gate(name: Samples.hostile, mode: .enforce, onUnknown: .refuse, required: required), asOf: report.asOf,
      projectFile: report.projectFile, ledger: report.ledger)
  }

  @Test(arguments: [1, 48, 60, 80, 133])
  func noLineIsWiderThanPromised(width: Int) {
    for unicode in [true, false] {
      var options = ReportOptions()
      options.width = width
      options.unicode = unicode
      options.verbose = width == 60
      for (place, report) in FindingPropertyTests.reports.enumerated() where unicode || place % 2 == 0 {
        // A gate writes the same findings; one width shows that its own lines fit.
        let others = width == 60 ? [TextReport.render(gate(report), options: options)] : []
        for text in [TextReport.render(report, options: options)] + others {
          for line in text.split(separator: "\n") {
            #expect(TerminalText.columns(String(line)) <= max(width, 48), "\(place): \(line)")
          }
          #expect(unicode || text.allSatisfy(\.isASCII), "\(place) is not ASCII")
        }
      }
    }
  }

  @Test func nothingControlsTheTerminal() {
    for report in FindingPropertyTests.reports {
      let texts = [
        TextReport.render(report), MarkdownReport.render(report), JUnitReport.render(report),
        TextReport.render(gate(report)),
      ]
      for scalar in texts.joined().unicodeScalars where scalar != "\n" && scalar != "\u{200D}" {
        let category = scalar.properties.generalCategory
        #expect(category != .control && category != .format && category != .lineSeparator, "\(scalar.value)")
      }
    }
  }

  @Test func colourIsAskedFor() {
    var options = ReportOptions()
    let plain = TextReport.render(FindingSamples.morning, options: options)
    options.colour = true
    let coloured = TextReport.render(FindingSamples.morning, options: options)
    #expect(!plain.contains("\u{1B}"))
    #expect(coloured.contains("\u{1B}[1;31m"))
    #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
  }

  @Test func everyReasonIsSaid() {
    for report in FindingPropertyTests.reports {
      // Passing findings are left out of SARIF, and a warning is the only reason of a case that passes in JUnit.
      let all = Set(report.entries.flatMap(\.finding.reasons).map(\.code)).intersection(FindingPropertyTests.codes)
      let open = Set(report.entries.filter { $0.finding.verdict != .pass }.flatMap(\.finding.reasons).map(\.code))
      for text in [TextReport.render(report), JSONReport.render(report), TextReport.render(gate(report))] {
        for code in all { #expect(text.contains(code), "\(code)") }
      }
      for text in [MarkdownReport.render(report), SARIFReport.render(report), JUnitReport.render(report)] {
        for code in open.intersection(FindingPropertyTests.codes) { #expect(text.contains(code), "\(code)") }
      }
    }
  }

  @Test func noReportSpeaksOfNaN() {
    for report in FindingPropertyTests.reports {
      var texts = [
        TextReport.render(report), MarkdownReport.render(report), SARIFReport.render(report),
        JUnitReport.render(report),
        JSONReport.render(report),
      ]
      texts += report.entries.flatMap(\.finding.figures).map { FigureSVG.render($0) }
      for text in texts {
        let words = text.lowercased().split { !$0.isLetter }
        #expect(!words.contains { $0 == "nan" || $0 == "inf" || $0 == "infinity" }, "\(text)")
      }
    }
  }

  /// What a program reads is what the check said.
  @Test func jsonReadsBackAsEqualFindings() throws {
    for report in RandomFindings.reports(60, finite: true, seed: 7) + [FindingSamples.morning] {
      let document = try Records.JSONValue(parsing: JSONReport.render(report))
      #expect(document["schema"]?.text == "tally.check/1")
      let findings = (document["findings"]?.elements ?? []).compactMap { $0["finding"].flatMap { Finding(json: $0) } }
      #expect(findings == report.entries.map(\.finding))
      // By bytes: Swift takes canonically equal strings for equal.
      #expect(try findings.map { try $0.json.canonical() } == report.entries.map { try $0.finding.json.canonical() })
    }
  }

  @Test func jsonKeepsTheSchemas() throws {
    for report in FindingPropertyTests.reports {
      try JSONReportTests.check(JSONReport.render(report), "check")
      try JSONReportTests.check(JSONReport.render(gate(report)), "gate")
    }
    for gate in FindingSamples.gates { try JSONReportTests.check(JSONReport.render(gate.report), "gate") }
    try JSONReportTests.check(JSONReport.render(FindingSamples.replay), "gate-replay")
  }

  @Test func markdownIsInert() {
    for report in FindingPropertyTests.reports {
      for text in [MarkdownReport.render(report), MarkdownReport.render(gate(report))] {
        for mark in ["<script", "<img", "@octocat", "@team", "#1 ", "#12 ", "https://", "www.", "](", "```"] {
          #expect(!text.contains(mark), "\(mark)")
        }
        #expect(text.components(separatedBy: "<pre>").count == text.components(separatedBy: "</pre>").count)
        let opened = text.components(separatedBy: "<details>").count
        #expect(opened == text.components(separatedBy: "</details>").count)
        #expect(text.utf16.count < 65_536)
        // A row of the table has the bars of its own cells only.
        let rows = text.split(separator: "\n").drop { !$0.hasPrefix("| verdict") }.prefix { $0.hasPrefix("|") }
        for row in rows { #expect(row.count { $0 == "|" } == 5, "\(row)") }
      }
    }
  }

  @Test func aLongReportFitsIntoAComment() {
    let findings = (0..<400).map { place in
      var finding = FindingSamples.regression
      finding.subject = "subject \(place)"
      finding.headline = String(repeating: "A very long headline. ", count: 30)
      return finding
    }
    let text = MarkdownReport.render(FindingSamples.report(findings))
    #expect(text.utf16.count < 65_536)
    #expect(text.contains("more findings"))
  }
}

public import Guards
internal import Records

extension TextReport {
  /// What a gate decided: the sentence, what stands in the way, and the findings.
  public static func render(_ report: GateReport, options: ReportOptions = ReportOptions()) -> String {
    var page = TextPage(options)
    page.paragraph(GateSentence.text(report.gate), tint: tint(report.gate))
    for line in GateSentence.objections(report.gate) {
      page.blank()
      page.item(page.options.unicode ? "✗ " : "x ", line, tint: .bad)
    }
    for line in GateSentence.missing(report.gate) {
      page.blank()
      page.item("? ", line, tint: .unsure)
    }
    let sorted = CheckReport.worstFirst(report.gate.entries)
    CheckText.findings(sorted, on: &page)
    page.blank()
    page.paragraph(
      CheckText.judged(asOf: report.asOf, ledger: report.ledger, projectFile: report.projectFile), tint: .faint)
    return page.text
  }

  /// What a gate would have refused in a period.
  public static func render(_ replay: GateReplay, options: ReportOptions = ReportOptions()) -> String {
    var page = TextPage(options)
    page.paragraph(replay.sentence, tint: replay.refusedRuns > 0 ? .unsure : .good)
    if !replay.rows.isEmpty {
      page.blank()
      var table = TextTable(columns: [
        .init(title: "runs", alignsRight: true), .init(title: "verdict"), .init(title: "check", isFlexible: true),
        .init(title: "subject", isFlexible: true), .init(title: "code", isFlexible: true),
        .init(title: "last", isDroppable: true),
      ])
      for row in replay.rows {
        let cells = [
          NumberFormat.count(row.runs), row.verdict.rawValue, TerminalText.safe(row.check),
          TerminalText.safe(row.subject), TerminalText.safe(row.error), row.last.dateText,
        ]
        table.rows.append(cells.map(page.spelled))
      }
      page.table(table)
    }
    return page.text
  }

  private static func tint(_ gate: Gate) -> TextPage.Tint {
    switch gate.decision {
    case .pass: gate.mode == .off || !gate.missing.isEmpty ? .unsure : .good
    case .refused: .bad
    case .wouldRefuse: .unsure
    }
  }
}

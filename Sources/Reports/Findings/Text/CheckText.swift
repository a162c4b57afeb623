internal import Records

/// Writes a run of the checks as text: a sentence, the findings from the worst to the ones that pass, what was judged.
struct CheckText {
  let report: CheckReport
  var page: TextPage

  init(_ report: CheckReport, options: ReportOptions) {
    self.report = report
    page = TextPage(options)
  }

  mutating func written() -> String {
    page.paragraph(CheckSentence(report.entries).text, tint: tint)
    CheckText.findings(report.worstFirst, on: &page)
    page.blank()
    if let line = CheckSentence.notApplicable(report.notApplicable) { page.paragraph(line, tint: .faint) }
    if page.options.verbose, !report.notApplicable.isEmpty {
      page.paragraph(report.notApplicable.map(TerminalText.safe).joined(separator: ", "), tint: .faint, indent: 2)
    }
    page.paragraph(
      CheckText.judged(asOf: report.asOf, ledger: report.ledger, projectFile: report.projectFile), tint: .faint)
    return page.text
  }

  private var tint: TextPage.Tint {
    switch report.verdict {
    case .pass: .good
    case .fail: .bad
    case .warn, .unknown: .unsure
    case nil: .plain
    }
  }

  static func findings(_ entries: [CheckReport.Entry], on page: inout TextPage) {
    var wasLine = false
    for entry in entries {
      let isLine = entry.finding.verdict == .pass && !page.options.verbose
      if !isLine || !wasLine { page.blank() }
      if isLine { FindingText(entry).writeLine(on: &page) } else { FindingText(entry).write(on: &page) }
      wasLine = isLine
    }
  }

  /// `Judged the ledger .tally/ledger.db as of 2026-03-01T12:00:00Z with tally.yaml.` JSON has the instant in full.
  static func judged(asOf: Instant, ledger: String, projectFile: String?) -> String {
    let project = projectFile.map { "with \(TerminalText.safe($0))" } ?? "without a project file"
    return "Judged the ledger \(TerminalText.safe(ledger)) as of \(asOf.secondText) \(project)."
  }
}

extension TextReport {
  /// What the checks found, worst first; those that pass in a line each unless `options.verbose`.
  public static func render(_ report: CheckReport, options: ReportOptions = ReportOptions()) -> String {
    var writer = CheckText(report, options: options)
    return writer.written()
  }
}

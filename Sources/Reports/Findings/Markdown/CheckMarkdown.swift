internal import Records

extension MarkdownReport {
  /// What the checks found, made to be a comment of a pull request or the summary of a job: one table, details folded.
  ///
  /// Names and sentences are escaped: they can neither leave their cell nor mention anybody.
  public static func render(_ report: CheckReport, options: ReportOptions = ReportOptions()) -> String {
    let entries = report.worstFirst
    let writer = FindingsMarkdown(options: options)
    var blocks = ["**\(MarkdownText.escaped(CheckSentence(report.entries).text))**"]
    blocks += writer.blocks(entries)
    if let line = CheckSentence.notApplicable(report.notApplicable) { blocks.append(MarkdownText.escaped(line)) }
    blocks.append(judged(asOf: report.asOf, ledger: report.ledger, projectFile: report.projectFile))
    return blocks.joined(separator: "\n\n") + "\n"
  }

  static func judged(asOf: Instant, ledger: String, projectFile: String?) -> String {
    "<sub>\(MarkdownText.escaped(CheckText.judged(asOf: asOf, ledger: ledger, projectFile: projectFile)))</sub>"
  }
}

public import Guards
internal import Records

extension MarkdownReport {
  /// What a gate decided, made to be a comment or the summary of a job.
  public static func render(_ report: GateReport, options: ReportOptions = ReportOptions()) -> String {
    let entries = CheckReport.worstFirst(report.gate.entries)
    let writer = FindingsMarkdown(options: options)
    var blocks = ["\(sign(report.gate)) **\(MarkdownText.escaped(GateSentence.text(report.gate)))**"]
    let objections = GateSentence.objections(report.gate)
    if !objections.isEmpty {
      blocks.append(objections.map { "- ❌ \(MarkdownText.escaped($0))" }.joined(separator: "\n"))
    }
    let missing = GateSentence.missing(report.gate)
    if !missing.isEmpty { blocks.append(missing.map { "- ❔ \(MarkdownText.escaped($0))" }.joined(separator: "\n")) }
    blocks += writer.blocks(entries)
    blocks.append(judged(asOf: report.asOf, ledger: report.ledger, projectFile: report.projectFile))
    return blocks.joined(separator: "\n\n") + "\n"
  }

  /// What a gate would have refused in a period.
  public static func render(_ replay: GateReplay, options: ReportOptions = ReportOptions()) -> String {
    var blocks = ["**\(MarkdownText.escaped(replay.sentence))**"]
    if !replay.rows.isEmpty {
      let rows = replay.rows.prefix(100).map { row in
        [
          NumberFormat.count(row.runs), row.verdict.rawValue, MarkdownText.code(row.check),
          MarkdownText.code(row.subject), MarkdownText.reason(row.error), row.last.dateText,
        ]
      }
      blocks.append(
        MarkdownText.table(
          header: ["runs", "verdict", "check", "subject", "code", "last"],
          right: [true, false, false, false, false, false], rows: rows))
      let hidden = replay.rows.count - rows.count
      if hidden > 0 { blocks.append("… and \(NumberFormat.count(hidden)) more causes.") }
    }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private static func sign(_ gate: Gate) -> String {
    switch gate.decision {
    case .pass: gate.mode == .off ? "➖" : gate.missing.isEmpty ? "✅" : "❔"
    case .refused: "⛔"
    case .wouldRefuse: "👀"
    }
  }
}

internal import Records

/// Findings as Markdown: one table, and what is long folded below it.
struct FindingsMarkdown {
  let options: ReportOptions

  /// GitHub refuses comments of more than 65,536 characters; what does not fit is counted. The table may take a third.
  private static let room = 58_000

  /// The table and, as far as there is room, a folded section for each finding that is not a plain pass.
  func blocks(_ entries: [CheckReport.Entry]) -> [String] {
    var blocks = table(entries)
    var used = blocks.reduce(0) { $0 + $1.utf16.count }
    var hidden = 0
    for entry in entries where options.verbose || entry.finding.verdict != .pass {
      let section = FindingMarkdown(entry, options: options).details
      if used + section.utf16.count > FindingsMarkdown.room {
        hidden += 1
      } else {
        used += section.utf16.count
        blocks.append(section)
      }
    }
    if hidden > 0 { blocks.append("… and the details of \(NumberFormat.count(hidden)) more findings.") }
    return blocks
  }

  /// One row a finding, in the order given.
  private func table(_ entries: [CheckReport.Entry]) -> [String] {
    var rows: [[String]] = []
    var used = 0
    for entry in entries {
      let row = row(entry)
      used += row.reduce(0) { $0 + $1.utf16.count + 3 }
      guard used <= FindingsMarkdown.room / 3 else { break }
      rows.append(row)
    }
    guard !rows.isEmpty else { return [] }
    let table = MarkdownText.table(
      header: ["verdict", "check", "subject", "what it says"], right: [false, false, false, false], rows: rows)
    let hidden = entries.count - rows.count
    return [table] + (hidden > 0 ? ["… and \(NumberFormat.count(hidden)) more findings."] : [])
  }

  private func row(_ entry: CheckReport.Entry) -> [String] {
    let sign = VerdictSign(entry)
    let code = entry.finding.leadingCode.map { " " + MarkdownText.reason($0) } ?? ""
    return [
      "\(sign.emoji) \(sign.word)", MarkdownText.code(entry.finding.check), MarkdownText.code(entry.finding.subject),
      MarkdownText.escaped(FindingsMarkdown.short(entry.finding.sentence)) + code,
    ]
  }

  /// A sentence that a table can hold; the details have all of it.
  private static func short(_ text: String) -> String { TerminalText.fitted(TerminalText.safe(text), to: 300) }
}

/// One finding, folded.
struct FindingMarkdown {
  let entry: CheckReport.Entry
  let options: ReportOptions
  private static let rows = 40

  private var finding: Finding { entry.finding }

  init(_ entry: CheckReport.Entry, options: ReportOptions) {
    self.entry = entry
    self.options = options
  }

  var details: String {
    let sign = VerdictSign(entry)
    let summary = "\(sign.emoji) \(MarkdownText.code(finding.check)) \(MarkdownText.code(finding.subject))"
    return MarkdownText.details(summary, body)
  }

  /// All of it, not folded.
  var body: String {
    let blocks = [sentence, reasons] + finding.figures.map(figure) + [measures, facts, next]
    return blocks.compactMap { $0 }.joined(separator: "\n\n")
  }

  private var sentence: String? {
    "**\(MarkdownText.escaped(finding.sentence))**" + (finding.leadingCode.map { " " + MarkdownText.reason($0) } ?? "")
  }

  private var reasons: String? {
    list(
      finding.unsaidReasons.map { reason in
        let row = reason.about.map { $0.isEmpty ? "" : MarkdownText.code($0) + " " } ?? ""
        return "\(row)\(MarkdownText.escaped(reason.text)) \(MarkdownText.reason(reason.code))"
      })
  }

  /// The drawing of the text report. An HTML element holds it, because a fence of backticks ends at the first hostile one.
  private func figure(_ figure: Figure) -> String? {
    var drawing = ReportOptions()
    drawing.width = 76
    drawing.verbose = options.verbose
    var page = TextPage(drawing)
    FigureText(figure).write(on: &page, indent: 0)
    let lines = page.lines.map { MarkdownText.escaped($0) }
    return lines.isEmpty ? nil : "<pre>\n" + lines.joined(separator: "\n") + "\n</pre>"
  }

  private var measures: String? {
    guard !finding.measures.isEmpty else { return nil }
    let rows = finding.measures.prefix(FindingMarkdown.rows).map { measure in
      let cells = MeasureText(measure)
      return [MarkdownText.code(cells.name)] + [cells.value, cells.range, cells.limit].map(MarkdownText.escaped)
    }
    return MarkdownText.table(
      header: ["measure", "value", "interval", ""], right: [false, true, true, false], rows: rows)
  }

  private var facts: String? {
    var lines = finding.missing.map { "Missing: \(MarkdownText.escaped($0.line))" }
    if let waiver = entry.waiver { lines.append("Waived \(MarkdownText.escaped(WaiverText.line(waiver)))") }
    if let owner = finding.owner { lines.append("Owner: \(MarkdownText.code(owner))") }
    return list(lines)
  }

  private var next: String? {
    finding.next.isEmpty ? nil : "**Next:** " + MarkdownText.escaped(finding.next)
  }

  private func list(_ lines: [String]) -> String? {
    guard !lines.isEmpty else { return nil }
    let hidden = lines.count - FindingMarkdown.rows
    let more = hidden > 0 ? ["- and \(NumberFormat.count(hidden)) more"] : []
    return (lines.prefix(FindingMarkdown.rows).map { "- \($0)" } + more).joined(separator: "\n")
  }
}

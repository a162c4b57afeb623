internal import Records

/// Writes one finding as text: verdict and subject, the sentence, why, the pictures, the numbers, what to do.
struct FindingText {
  let entry: CheckReport.Entry
  /// Reasons of one code before the rest is counted, and measures, unless all is asked for.
  private static let reasonsOfCode = 6
  private static let measures = 8

  private var finding: Finding { entry.finding }

  init(_ entry: CheckReport.Entry) { self.entry = entry }

  /// A finding that needs nothing, in one paragraph.
  func writeLine(on page: inout TextPage) {
    let codes = finding.reasons.map { "[\(TerminalText.safe($0.code))]" }
    let text = ([title + ":", TerminalText.safe(finding.sentence)] + codes).joined(separator: " ")
    page.item(lead(page), text, tint: VerdictSign(entry).tint)
  }

  /// Everything that helps to judge and to act.
  func write(on page: inout TextPage) {
    let sign = VerdictSign(entry)
    page.item(lead(page), title, tint: sign.tint, textTint: .bold)
    let code = finding.leadingCode.map { " [\(TerminalText.safe($0))]" } ?? ""
    page.paragraph(TerminalText.safe(finding.sentence) + code, indent: 2)
    reasons(&page)
    for figure in finding.figures {
      page.blank()
      FigureText(figure).write(on: &page, indent: 2)
    }
    measures(&page)
    if !finding.figures.isEmpty || !finding.measures.isEmpty { page.blank() }
    fields(&page)
    if !finding.next.isEmpty {
      page.item("Next: ", TerminalText.safe(finding.next), tint: .bold, textTint: .bold, indent: 2)
    }
  }

  private func lead(_ page: TextPage) -> String {
    let sign = VerdictSign(entry)
    return "\(sign.glyph(unicode: page.options.unicode)) \(sign.word)  "
  }

  private var title: String {
    let subject = finding.subject.isEmpty ? "(no name)" : TerminalText.safe(finding.subject)
    return "\(TerminalText.safe(finding.check)), \(subject)"
  }

  private func reasons(_ page: inout TextPage) {
    var shown: [String: Int] = [:]
    var hidden: [(code: String, count: Int)] = []
    for reason in finding.unsaidReasons {
      shown[reason.code, default: 0] += 1
      if !page.options.verbose, shown[reason.code, default: 0] > FindingText.reasonsOfCode {
        if let place = hidden.firstIndex(where: { $0.code == reason.code }) {
          hidden[place].count += 1
        } else {
          hidden.append((reason.code, 1))
        }
        continue
      }
      page.item("- ", reason.line, indent: 2)
    }
    for (code, count) in hidden {
      page.item("- ", "and \(NumberFormat.count(count)) more. [\(TerminalText.safe(code))]", indent: 2)
    }
  }

  private func measures(_ page: inout TextPage) {
    guard !finding.measures.isEmpty else { return }
    page.blank()
    let shown = page.options.verbose ? finding.measures : Array(finding.measures.prefix(FindingText.measures))
    var table = TextTable(columns: [
      .init(title: "", isFlexible: true), .init(title: "", alignsRight: true),
      .init(title: "", isDroppable: true), .init(title: ""),
    ])
    for measure in shown {
      let cells = MeasureText(measure)
      table.rows.append([cells.name, cells.value, cells.range, cells.limit].map(page.spelled))
    }
    page.table(table)
    let hidden = finding.measures.count - shown.count
    if hidden > 0 { page.paragraph("and \(NumberFormat.count(hidden)) more measures", tint: .faint, indent: 2) }
  }

  private func fields(_ page: inout TextPage) {
    for missing in finding.missing { page.field("Missing", missing.line) }
    if let waiver = entry.waiver { page.field("Waived", WaiverText.line(waiver)) }
    if let owner = finding.owner { page.field("Owner", TerminalText.safe(owner)) }
    guard page.options.verbose else { return }
    if !finding.method.isEmpty { page.field("Method", TerminalText.safe(finding.method)) }
    if !finding.evidence.isEmpty { page.field("Evidence", finding.evidence.map(\.description).joined(separator: ", ")) }
    if let seed = finding.seed { page.field("Seed", String(seed, radix: 16)) }
    if finding.looks > 1 { page.field("Looks", NumberFormat.count(finding.looks)) }
    page.field("Valid", "judged as of \(finding.asOf), proves nothing from \(finding.expiresAt) on")
    page.field("Policy", "sha256 \(finding.policySHA256)")
    page.field("Inputs", "sha256 \(finding.inputsSHA256)")
    if let id = entry.id { page.field("Finding", id.description) }
  }
}

extension Finding.Reason {
  /// `tail: 150 of 400 pass. [SLICE_BELOW_FLOOR]`
  var line: String {
    let row = about.map { $0.isEmpty || text.contains($0) ? "" : TerminalText.safe($0) + ": " } ?? ""
    return "\(row)\(TerminalText.safe(text)) [\(TerminalText.safe(code))]"
  }
}

extension Finding.Missing {
  /// `234 more items of the slice tail`
  var line: String {
    let amount = howMuch.map { "\(NumberFormat.count($0)) more " } ?? ""
    return amount + TerminalText.safe(what)
  }
}

/// Why a verdict does not count, by whom and until when.
enum WaiverText {
  static func line(_ waiver: Waiver) -> String {
    let reason = waiver.reason.isEmpty ? "" : ": " + TerminalText.safe(waiver.reason)
    let owner = waiver.owner.isEmpty ? "somebody unnamed" : TerminalText.safe(waiver.owner)
    return "by \(owner) until \(waiver.expiresAt.minuteText)\(reason)"
  }
}

extension Instant {
  /// Without the fraction of the second: `2026-03-01T12:00:00Z`.
  var secondText: String { String(description.prefix(19)) + "Z" }

  /// The date, and the time of day where it is not midnight: `2026-03-01`, `2026-03-01 14:05 UTC`.
  var minuteText: String {
    let text = description
    let time = text.dropFirst(dateText.count + 1).prefix(5)
    return text.hasSuffix("T00:00:00Z") ? dateText : "\(dateText) \(time) UTC"
  }
}

/// The cells of a measure.
struct MeasureText {
  let name: String
  let value: String
  let range: String
  let limit: String

  init(_ measure: Finding.Measure) {
    let quantity = QuantityText(unit: measure.unit)
    name = TerminalText.safe(measure.name)
    value = quantity.text(measure.value)
    range = quantity.range(measure.low, measure.high) ?? ""
    limit = measure.limit.map { "limit " + quantity.text($0) } ?? ""
  }
}

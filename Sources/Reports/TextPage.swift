/// A text report while it is written: paragraphs, labelled fields, tables and drawings, none wider than the terminal.
///
/// Text is translated to the terminal's alphabet before it is measured, and coloured after, so that widths stay true.
struct TextPage {
  let options: ReportOptions
  let width: Int
  private(set) var lines: [String] = []

  /// Where the text behind a label starts.
  static let labelColumns = 12

  enum Tint: String {
    case plain = ""
    case bold = "1"
    case faint = "2"
    case good = "1;32"
    case bad = "1;31"
    case unsure = "1;33"
  }

  init(_ options: ReportOptions) {
    self.options = options
    width = max(options.width, 48)
  }

  /// Text as this terminal can show it.
  func spelled(_ text: String) -> String {
    options.unicode ? text : TerminalText.ascii(text)
  }

  /// A name from the user's data, made safe.
  func name(_ text: String) -> String { text.isEmpty ? "(no name)" : spelled(TerminalText.safe(text)) }

  var ellipsis: String { options.unicode ? "…" : "..." }

  func fitted(_ text: String, to limit: Int) -> String {
    TerminalText.fitted(text, to: limit, ellipsis: ellipsis)
  }

  mutating func blank() {
    if lines.last != "" { lines.append("") }
  }

  mutating func paragraph(_ text: String, tint: Tint = .plain, indent: Int = 0) {
    for line in TerminalText.wrapped(spelled(text), width: width - indent) {
      lines.append(String(repeating: " ", count: indent) + tinted(line, tint))
    }
  }

  /// A paragraph behind a sign or a word, continued under its text: "✗ FAIL  eval-power".
  mutating func item(_ lead: String, _ text: String, tint: Tint = .plain, textTint: Tint = .plain, indent: Int = 0) {
    let columns = indent + TerminalText.columns(lead)
    let wrapped = TerminalText.wrapped(spelled(text), width: max(width - columns, 8))
    for (place, line) in (wrapped.isEmpty ? [""] : wrapped).enumerated() {
      let head = String(repeating: " ", count: place == 0 ? indent : columns)
      lines.append(head + (place == 0 ? tinted(lead, tint) : "") + tinted(line, textTint))
    }
  }

  /// "  Test        exact McNemar, p = 0.0032", continued under the text.
  mutating func field(_ label: String, _ text: String) {
    let wrapped = TerminalText.wrapped(spelled(text), width: width - TextPage.labelColumns - 2)
    for (place, line) in wrapped.enumerated() {
      let head = TerminalText.padded(place == 0 ? spelled(label) : "", to: TextPage.labelColumns)
      lines.append("  " + tinted(head, .faint) + line)
    }
  }

  /// A line that was already measured; it is cut if it is too wide after all.
  mutating func drawn(_ line: String, tint: Tint = .plain) {
    var text = line
    while text.last == " " { text.removeLast() }
    lines.append(tinted(fitted(text, to: width), tint))
  }

  mutating func table(_ table: TextTable) {
    for (place, line) in table.lines(width: width, ellipsis: ellipsis).enumerated() {
      drawn(line, tint: place == 0 && table.hasHeader ? .faint : .plain)
    }
  }

  var text: String { lines.joined(separator: "\n") + "\n" }

  private func tinted(_ text: String, _ tint: Tint) -> String {
    guard options.colour, tint != .plain, !text.isEmpty else { return text }
    return "\u{1B}[\(tint.rawValue)m\(text)\u{1B}[0m"
  }
}

/// Aligned columns; one of them may shrink so that the lines fit.
struct TextTable {
  struct Column {
    var title: String
    var alignsRight = false
    /// Cut in the middle when the line would be too wide.
    var isFlexible = false
    /// Left out, the last one first, where the terminal is too narrow even so.
    var isDroppable = false
  }

  /// Flexible columns keep this many columns of the terminal.
  private static let least = 8

  var columns: [Column]
  var rows: [[String]] = []
  var indent = 2

  var hasHeader: Bool { columns.contains { !$0.title.isEmpty } }

  func lines(width: Int, ellipsis: String) -> [String] {
    fitted(to: width).aligned(width: width, ellipsis: ellipsis)
  }

  /// The table without the columns for which there is no room.
  func fitted(to width: Int) -> TextTable {
    var table = self
    while table.leastWidth > width, let place = table.columns.lastIndex(where: \.isDroppable) {
      table.columns.remove(at: place)
      table.rows = table.rows.map { row in row.indices.filter { $0 != place }.map { row[$0] } }
    }
    return table
  }

  /// The least width in which every column can stand.
  var leastWidth: Int {
    let least = naturalWidths.indices.map {
      columns[$0].isFlexible ? min(naturalWidths[$0], TextTable.least) : naturalWidths[$0]
    }
    return indent + least.reduce(0, +) + 2 * (columns.count - 1)
  }

  private var naturalWidths: [Int] {
    columns.indices.map { place in
      rows.reduce(TerminalText.columns(columns[place].title)) { max($0, TerminalText.columns($1[place])) }
    }
  }

  private func aligned(width: Int, ellipsis: String) -> [String] {
    var widths = naturalWidths
    shrink(&widths, by: indent + widths.reduce(0, +) + 2 * (columns.count - 1) - width)
    let header = hasHeader ? [columns.map(\.title)] : []
    return (header + rows).map { row in
      let cells = columns.indices.map { place in
        TerminalText.padded(
          TerminalText.fitted(row[place], to: widths[place], ellipsis: ellipsis), to: widths[place],
          right: columns[place].alignsRight)
      }
      return String(repeating: " ", count: indent) + cells.joined(separator: "  ")
    }
  }

  /// Takes the excess from the widest flexible column first.
  private func shrink(_ widths: inout [Int], by excess: Int) {
    var excess = excess
    while excess > 0 {
      let flexible = columns.indices.filter { columns[$0].isFlexible && widths[$0] > TextTable.least }
      guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { return }
      widths[widest] -= 1
      excess -= 1
    }
  }
}

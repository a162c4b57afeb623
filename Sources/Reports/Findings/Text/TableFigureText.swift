internal import Records

/// Rows and columns; where the terminal is too narrow for them side by side, a row becomes a list.
struct TableFigureText {
  let columns: [String]
  let rows: [[String]]

  func lines(_ page: TextPage, width: Int) -> [String] {
    let shown = rows.prefix(FigureText.limit(page)).map { row in
      columns.indices.map { $0 < row.count ? page.spelled(TerminalText.safe(row[$0])) : "" }
    }
    var table = TextTable(
      columns: columns.indices.map { place in
        let isNumeric = shown.allSatisfy { TableFigureText.isNumeric($0[place]) }
        return .init(
          title: page.spelled(TerminalText.safe(columns[place])), alignsRight: isNumeric, isFlexible: !isNumeric)
      })
    table.rows = shown
    table.indent = 0
    let body = table.leastWidth <= width ? table.lines(width: width, ellipsis: page.ellipsis) : list(shown, page, width)
    return body + FigureText.more(rows.count - shown.count)
  }

  private func list(_ rows: [[String]], _ page: TextPage, _ width: Int) -> [String] {
    rows.flatMap { row -> [String] in
      let cells = zip(columns, row).filter { !$1.isEmpty }
      let texts = cells.map { "\(page.spelled(TerminalText.safe($0))): \($1)" }
      return TerminalText.wrapped(texts.joined(separator: "; "), width: width - 2).enumerated().map { place, line in
        (place == 0 ? "- " : "  ") + line
      }
    }
  }

  /// Figures with their signs and units; an empty cell or a dash says nothing against it.
  static func isNumeric(_ cell: String) -> Bool {
    guard let first = cell.first(where: { !"+-−<>≥≤ ".contains($0) }) else { return true }
    return first.isNumber || cell == "–"
  }
}

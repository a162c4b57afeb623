internal import Records

/// Draws a figure with characters.
struct FigureText {
  let figure: Figure

  init(_ figure: Figure) { self.figure = figure }

  func write(on page: inout TextPage, indent: Int) {
    if !figure.title.isEmpty { page.paragraph(TerminalText.safe(figure.title), tint: .faint, indent: indent) }
    let lines: [String]
    switch figure {
    case .intervals(_, let unit, let rows):
      lines = IntervalsFigureText(rows: rows, quantity: QuantityText(unit)).lines(page, width: page.width - indent)
    case .mirror(_, let left, let right, let rows):
      lines = MirrorFigureText(left: left, right: right, rows: rows).lines(page, width: page.width - indent)
    case .parts(_, let unit, let parts):
      lines = PartsFigureText(parts: parts, quantity: QuantityText(unit)).lines(page, width: page.width - indent)
    case .curve(_, let x, let y, let points, let diagonal):
      let curve = CurveFigureText(x: x, y: y, points: points, diagonal: diagonal)
      lines = curve.lines(page, width: page.width - indent)
    case .table(_, let columns, let rows):
      lines = TableFigureText(columns: columns, rows: rows).lines(page, width: page.width - indent)
    }
    for line in lines { page.drawn(String(repeating: " ", count: indent) + line) }
  }

  /// Rows of a figure before the rest is counted, unless all are asked for.
  static func limit(_ page: TextPage) -> Int { page.options.verbose ? .max : 24 }

  static func more(_ hidden: Int) -> [String] {
    hidden > 0 ? ["and \(NumberFormat.count(hidden)) more rows"] : []
  }
}

extension Figure {
  var title: String {
    switch self {
    case .intervals(let title, _, _), .mirror(let title, _, _, _), .parts(let title, _, _),
      .curve(let title, _, _, _, _), .table(let title, _, _):
      title
    }
  }
}

internal import Records

/// A curve through points on a small grid of characters; the notes of its points are listed below.
struct CurveFigureText {
  let x: String
  let y: String
  let points: [Figure.Point]
  let diagonal: Bool

  private static let rows = 11

  func lines(_ page: TextPage, width: Int) -> [String] {
    let drawn = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard !drawn.isEmpty else { return ["no point was measured"] }
    let xs = CurveRange(drawn.map(\.x), diagonal: diagonal ? drawn.map(\.y) : [])
    let ys = diagonal ? xs : CurveRange(drawn.map(\.y), diagonal: [])
    let quantity = QuantityText(unit: "")
    let ticks = [page.spelled(quantity.bare(ys.high)), page.spelled(quantity.bare(ys.low))]
    let left = ticks.map(TerminalText.columns).max() ?? 0
    let columns = min(max(width - left - 3, 10), 48)
    var grid = CharacterGrid(columns: columns, rows: CurveFigureText.rows)
    let signs: (point: Character, path: Character, diagonal: Character) =
      page.options.unicode ? ("●", "∙", "·") : ("o", "-", ".")
    func column(_ value: Double) -> Int { xs.place(value, of: columns) }
    func row(_ value: Double) -> Int { CurveFigureText.rows - 1 - ys.place(value, of: CurveFigureText.rows) }
    if diagonal { grid.line(from: (0, CurveFigureText.rows - 1), to: (columns - 1, 0), signs.diagonal) }
    for (from, to) in zip(drawn, drawn.dropFirst()) {
      grid.line(from: (column(from.x), row(from.y)), to: (column(to.x), row(to.y)), signs.path)
    }
    for point in drawn { grid[column(point.x), row(point.y)] = signs.point }
    var result = [page.fitted(page.name(y), to: width)]
    let bar = page.options.unicode ? " │" : " |"
    for (place, line) in grid.lines.enumerated() {
      let tick = place == 0 ? ticks[0] : place == CurveFigureText.rows - 1 ? ticks[1] : ""
      result.append(TerminalText.padded(tick, to: left, right: true) + bar + line)
    }
    let indent = String(repeating: " ", count: left + 1)
    result.append(
      indent + (page.options.unicode ? "└" : "+") + String(repeating: page.options.unicode ? "─" : "-", count: columns))
    let ends = (page.spelled(quantity.bare(xs.low)), page.spelled(quantity.bare(xs.high)))
    let name = page.fitted(page.name(x), to: max(columns - TerminalText.columns(ends.0 + ends.1) - 2, 8))
    let gap = max(columns - TerminalText.columns(ends.0 + ends.1 + name), 2)
    result.append(
      indent + " " + ends.0 + String(repeating: " ", count: gap / 2) + name
        + String(repeating: " ", count: gap - gap / 2) + ends.1)
    if diagonal { result.append(indent + " " + page.spelled("\(signs.diagonal) where both would be equal")) }
    return result + notes(page, width, quantity)
  }

  private func notes(_ page: TextPage, _ width: Int, _ quantity: QuantityText) -> [String] {
    let noted = points.filter { !$0.note.isEmpty }
    let shown = noted.prefix(FigureText.limit(page))
    return shown.flatMap { point in
      let place = "\(quantity.text(point.x)), \(quantity.text(point.y))"
      return TerminalText.wrapped(page.spelled("\(place): \(TerminalText.safe(point.note))"), width: width)
    } + FigureText.more(noted.count - shown.count)
  }
}

/// The stretch of numbers that an axis shows: 0 to 1 where it is about shares, otherwise what the points take up.
struct CurveRange {
  let low: Double
  let high: Double

  init(_ values: [Double], diagonal: [Double]) {
    let all = values + diagonal
    let least = all.min() ?? 0
    let most = all.max() ?? 1
    if least >= 0, most <= 1, !diagonal.isEmpty || most > 0.5 {
      (low, high) = (0, 1)
    } else if least < most {
      (low, high) = (least, most)
    } else {
      // One value: something must stand on either side of it.
      let air = max(abs(least) / 2, 1)
      low = max(least - air, -Double.greatestFiniteMagnitude)
      high = min(least + air, .greatestFiniteMagnitude)
    }
  }

  /// 0…1; halves, because the difference of two huge values may overflow.
  func share(_ value: Double) -> Double {
    let share = (value / 2 - low / 2) / (high / 2 - low / 2)
    return share.isFinite ? min(max(share, 0), 1) : 0
  }

  func place(_ value: Double, of cells: Int) -> Int { Int((share(value) * Double(cells - 1)).rounded()) }
}

/// A rectangle of characters.
struct CharacterGrid {
  private var cells: [[Character]]

  init(columns: Int, rows: Int) {
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  subscript(column: Int, row: Int) -> Character {
    get { cells[row][column] }
    set { cells[row][column] = newValue }
  }

  var lines: [String] { cells.map { String($0) } }

  /// A straight line, its ends included; both ends lie in the rectangle.
  mutating func line(from: (column: Int, row: Int), to: (column: Int, row: Int), _ sign: Character) {
    let steps = max(abs(to.column - from.column), abs(to.row - from.row), 1)
    for step in 0...steps {
      let column = from.column + Int((Double((to.column - from.column) * step) / Double(steps)).rounded())
      let row = from.row + Int((Double((to.row - from.row) * step) / Double(steps)).rounded())
      self[column, row] = sign
    }
  }
}

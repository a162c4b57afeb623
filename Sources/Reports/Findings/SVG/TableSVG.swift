internal import Records

/// A table whose columns share the width by what they hold.
struct TableSVG {
  let columns: [String]
  let rows: [[String]]

  func draw(on canvas: inout SVGCanvas) {
    guard !columns.isEmpty else { return }
    let shown = rows.prefix(SVGCanvas.rowLimit).map { row in
      columns.indices.map { $0 < row.count ? row[$0] : "" }
    }
    let gap = 16.0
    let natural = columns.indices.map { place in
      shown.reduce(SVGCanvas.width(of: columns[place]) * 1.1) { max($0, SVGCanvas.width(of: $1[place])) }
    }
    let room = canvas.right - canvas.left - gap * Double(columns.count - 1)
    let widths = TableSVG.shared(natural, room: room)
    let isNumeric = columns.indices.map { place in shown.allSatisfy { TableFigureText.isNumeric($0[place]) } }
    func write(_ cells: [String], _ styles: String, _ canvas: inout SVGCanvas) {
      var x = canvas.left
      for place in columns.indices {
        let cell = canvas.fitted(cells[place], to: widths[place] * 1.02)
        canvas.text(
          cell, x: isNumeric[place] ? x + widths[place] : x, y: canvas.top + 14, styles,
          anchor: isNumeric[place] ? .end : .start)
        x += widths[place] + gap
      }
      canvas.top += 22
    }
    write(columns, "strong ink", &canvas)
    canvas.line((canvas.left, canvas.top), (canvas.right, canvas.top), "axis")
    for row in shown {
      write(row, "ink", &canvas)
      canvas.line((canvas.left, canvas.top), (canvas.right, canvas.top), "grid")
    }
    canvas.top += 4
    canvas.more(rows.count - shown.count)
  }

  /// Narrow columns keep their width, wide ones share what is left evenly.
  static func shared(_ natural: [Double], room: Double) -> [Double] {
    guard natural.reduce(0, +) > room else { return natural }
    var widths = natural
    var open = Set(natural.indices)
    var left = room
    while !open.isEmpty {
      let share = max(left, 0) / Double(open.count)
      let small = open.filter { natural[$0] <= share }
      guard !small.isEmpty else {
        for place in open { widths[place] = share }
        break
      }
      for place in small { left -= natural[place] }
      open.subtract(small)
    }
    return widths
  }
}

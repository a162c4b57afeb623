internal import Records

/// Intervals under each other on one axis, each against its limit.
struct IntervalsSVG {
  let rows: [Figure.IntervalRow]
  let quantity: QuantityText

  func draw(on canvas: inout SVGCanvas) {
    let shown = Array(rows.prefix(SVGCanvas.rowLimit))
    let labels = column(shown.map(\.label) + shown.map(\.note), most: canvas.width * 0.34)
    let numbers = shown.map { number($0) }
    let values = column(numbers.flatMap { [$0.value, $0.range] }, most: 150)
    let left = canvas.left + labels + 12
    let right = max(canvas.right - values - 12, left + 60)
    let axis = SVGAxis(holding: held, from: left, to: right)
    let height = shown.contains { !$0.note.isEmpty } || numbers.contains { !$0.range.isEmpty } ? 38.0 : 28.0
    let common = commonLimit
    if let common {
      let place = axis.place(common)
      let text = "limit \(quantity.text(common))"
      let half = SVGCanvas.width(of: text, size: SVGCanvas.smallSize) / 2
      canvas.text(
        text, x: min(max(place, left + half), canvas.right - half), y: canvas.top + 10, "small warned", anchor: .middle)
      canvas.top += 16
    }
    let top = canvas.top
    let bottom = top + height * Double(shown.count)
    for tick in axis.ticks {
      canvas.line((axis.place(tick), top), (axis.place(tick), bottom), tick == 0 ? "axis" : "grid")
      canvas.text(
        SVGCanvas.tick(tick, quantity), x: axis.place(tick),
        y: bottom + 15, "small muted", anchor: .middle)
    }
    if let common { canvas.line((axis.place(common), top), (axis.place(common), bottom), "limit") }
    for (place, row) in shown.enumerated() {
      let middle = top + height * (Double(place) + 0.5)
      let hasNote = !row.note.isEmpty
      canvas.text(canvas.fitted(row.label, to: labels), x: canvas.left, y: middle + (hasNote ? -2 : 4), "ink")
      canvas.text(
        canvas.fitted(row.note, to: labels, size: SVGCanvas.smallSize), x: canvas.left, y: middle + 12, "small muted")
      if common == nil, let limit = row.limit, !limit.isNaN {
        let x = axis.place(limit)
        canvas.line((x, middle - height / 2 + 3), (x, middle + height / 2 - 3), "limit")
      }
      draw(row, on: axis, at: middle, &canvas)
      let (value, range) = numbers[place]
      canvas.text(value, x: canvas.right, y: middle + (range.isEmpty ? 4 : -2), "ink", anchor: .end)
      canvas.text(range, x: canvas.right, y: middle + 12, "small muted", anchor: .end)
    }
    canvas.line((left, bottom), (right, bottom), "axis")
    canvas.top = bottom + 20
    if common == nil, rows.contains(where: { $0.limit != nil }) {
      canvas.line((left, canvas.top + 8), (left + 18, canvas.top + 8), "limit")
      canvas.text("limit of the row", x: left + 24, y: canvas.top + 12, "small muted")
      canvas.top += 18
    }
    canvas.more(rows.count - shown.count)
  }

  private func draw(_ row: Figure.IntervalRow, on axis: SVGAxis, at y: Double, _ canvas: inout SVGCanvas) {
    guard let value = row.value, !value.isNaN else {
      let (low, high) = row.ends ?? (-.infinity, .infinity)
      let start = axis.place(low)
      canvas.rectangle(
        x: start, y: y - 6, width: axis.place(high) - start, height: 12, "hollow", radius: 6,
        hint: "\(row.label): not measured")
      return
    }
    let (low, high) = row.ends ?? (value, value)
    canvas.line((axis.place(low), y), (axis.place(high), y), "range")
    for (end, direction) in [(low, 1.0), (high, -1.0)] where low < high {
      let x = axis.place(end)
      if end.isInfinite {
        canvas.path([(x + 6 * direction, y - 5), (x, y), (x + 6 * direction, y + 5)], "end")
      } else {
        canvas.line((x, y - 5), (x, y + 5), "end")
      }
    }
    canvas.circle(x: axis.place(value), y: y, radius: 5, "point", hint: "\(row.label): \(quantity.text(value))")
  }

  private func column(_ texts: [String], most: Double) -> Double {
    min(texts.map { SVGCanvas.width(of: $0) }.max() ?? 0, most)
  }

  private func number(_ row: Figure.IntervalRow) -> (value: String, range: String) {
    let isMeasured = row.value.map { !$0.isNaN } ?? false
    return (isMeasured ? quantity.text(row.value) : "not measured", quantity.range(row.low, row.high) ?? "")
  }

  private var commonLimit: Double? {
    let limits = Set(rows.compactMap(\.limit))
    guard limits.count == 1, let limit = limits.first, limit.isFinite, rows.allSatisfy({ $0.limit != nil }) else {
      return nil
    }
    return limit
  }

  private var held: [Double] {
    let values = rows.flatMap { [$0.value, $0.low, $0.high, $0.limit].compactMap { $0 } }.filter(\.isFinite)
    return values.isEmpty ? [0, 1] : values
  }
}

internal import Records

/// A curve through points, against the diagonal where both axes mean the same.
struct CurveSVG {
  let x: String
  let y: String
  let points: [Figure.Point]
  let diagonal: Bool

  private static let height = 280.0
  /// Beyond so many points their notes would cover each other; they stay as hints and in the description.
  private static let notes = 12

  func draw(on canvas: inout SVGCanvas) {
    let drawn = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard !drawn.isEmpty else {
      canvas.text("no point was measured", x: canvas.left, y: canvas.top + 12, "muted")
      canvas.top += 20
      return
    }
    let xs = CurveRange(drawn.map(\.x), diagonal: diagonal ? drawn.map(\.y) : [])
    let ys = diagonal ? xs : CurveRange(drawn.map(\.y), diagonal: [])
    let quantity = QuantityText(unit: "")
    canvas.text(canvas.fitted(y, to: canvas.right - canvas.left), x: canvas.left, y: canvas.top + 11, "muted")
    canvas.top += 22
    let top = canvas.top
    let bottom = top + CurveSVG.height
    let probe = SVGAxis(ys, from: bottom, to: top)
    let ticks = probe.ticks.map { SVGCanvas.width(of: SVGCanvas.tick($0, quantity), size: SVGCanvas.smallSize) }
    let left = canvas.left + min(ticks.max() ?? 20, 120) + 8
    let right = diagonal ? min(canvas.right - 90, left + CurveSVG.height * 1.4) : canvas.right - 60
    let across = SVGAxis(xs, from: left, to: right)
    for tick in probe.ticks {
      canvas.line((left, probe.place(tick)), (right, probe.place(tick)), "grid")
      canvas.text(SVGCanvas.tick(tick, quantity), x: left - 6, y: probe.place(tick) + 4, "small muted", anchor: .end)
    }
    for tick in across.ticks {
      canvas.line((across.place(tick), top), (across.place(tick), bottom), "grid")
      canvas.text(SVGCanvas.tick(tick, quantity), x: across.place(tick), y: bottom + 15, "small muted", anchor: .middle)
    }
    if diagonal { canvas.line((left, bottom), (right, top), "hollow") }
    canvas.line((left, bottom), (right, bottom), "axis")
    canvas.line((left, top), (left, bottom), "axis")
    let places = drawn.map { (x: across.place($0.x), y: probe.place($0.y)) }
    canvas.path(places, "end")
    for (point, place) in zip(drawn, places) {
      let hint = "\(quantity.text(point.x)), \(quantity.text(point.y))" + (point.note.isEmpty ? "" : ": \(point.note)")
      canvas.circle(x: place.x, y: place.y, radius: 4.5, "point", hint: hint)
      guard drawn.count <= CurveSVG.notes else { continue }
      let isLate = place.x > (left + right) / 2 && !diagonal
      canvas.text(
        canvas.fitted(point.note, to: 170, size: SVGCanvas.smallSize), x: place.x + (isLate ? -9 : 8),
        y: place.y + (isLate ? -5 : 15),
        "small ink halo", anchor: isLate ? .end : .start)
    }
    canvas.text(
      canvas.fitted(x, to: right - left), x: (left + right) / 2, y: bottom + 32, "muted", anchor: .middle)
    canvas.top = bottom + 38
  }
}

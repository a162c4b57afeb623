internal import Records

/// Two shares of the same category back to back.
struct MirrorSVG {
  let left: String
  let right: String
  let rows: [Figure.MirrorRow]

  func draw(on canvas: inout SVGCanvas) {
    let shown = Array(rows.prefix(SVGCanvas.rowLimit))
    let quantity = QuantityText(.share)
    let texts =
      shown.map { SVGCanvas.width(of: $0.label) }
      + shown.map { SVGCanvas.width(of: $0.note, size: SVGCanvas.smallSize) }
    let labels = min(texts.max() ?? 0, canvas.width * 0.3)
    let values = 62.0
    let start = canvas.left + labels + 12
    let middle = (start + canvas.right) / 2
    let reach = middle - start - values
    let most = max(shown.flatMap { [$0.left, $0.right] }.filter(\.isFinite).max() ?? 0, 1e-300)
    canvas.text(canvas.fitted(left, to: middle - start), x: middle - 8, y: canvas.top + 11, "strong ink", anchor: .end)
    canvas.text(canvas.fitted(right, to: canvas.right - middle), x: middle + 8, y: canvas.top + 11, "strong ink")
    canvas.top += 20
    let top = canvas.top
    let height = shown.contains { !$0.note.isEmpty } ? 36.0 : 26.0
    for (place, row) in shown.enumerated() {
      let y = top + height * (Double(place) + 0.5)
      canvas.text(
        canvas.fitted(row.label, to: labels), x: canvas.left, y: y + (row.note.isEmpty ? 4 : -2), "ink")
      canvas.text(
        canvas.fitted(row.note, to: labels, size: SVGCanvas.smallSize), x: canvas.left, y: y + 11, "small muted")
      let lengths = [row.left, row.right].map { $0.isFinite ? max($0, 0) / most * reach : 0 }
      canvas.rectangle(
        x: middle - 1 - lengths[0], y: y - 8, width: lengths[0], height: 16, "s0", radius: 2,
        hint: "\(row.label), \(left): \(quantity.text(row.left))")
      canvas.rectangle(
        x: middle + 1, y: y - 8, width: lengths[1], height: 16, "s1", radius: 2,
        hint: "\(row.label), \(right): \(quantity.text(row.right))")
      canvas.text(quantity.text(row.left), x: middle - 7 - lengths[0], y: y + 4, "small muted", anchor: .end)
      canvas.text(quantity.text(row.right), x: middle + 7 + lengths[1], y: y + 4, "small muted")
    }
    canvas.top = top + height * Double(shown.count)
    canvas.line((middle, top), (middle, canvas.top), "axis")
    canvas.more(rows.count - shown.count)
  }
}

/// Parts of a whole as one bar, with a legend that says each part's size.
struct PartsSVG {
  let parts: [Figure.Part]
  let quantity: QuantityText

  func draw(on canvas: inout SVGCanvas) {
    let values = parts.map { $0.value.isFinite ? max($0.value, 0) : 0 }
    let total = values.reduce(0, +)
    let isWhole = total > 0 && total.isFinite
    let room = canvas.right - canvas.left
    var x = canvas.left
    for (place, part) in parts.enumerated() where isWhole {
      let length = values[place] / total * room
      canvas.rectangle(
        x: x, y: canvas.top, width: max(length - (length > 3 ? 2 : 0), 0), height: 26, "s\(place % SVGCanvas.series)",
        radius: 2, hint: "\(part.label): \(quantity.text(part.value))")
      x += length
    }
    if !isWhole { canvas.rectangle(x: x, y: canvas.top, width: room, height: 26, "hollow", radius: 2) }
    canvas.top += 38
    let shown = parts.prefix(SVGCanvas.rowLimit)
    for (place, part) in shown.enumerated() {
      let y = canvas.top + 10
      let share =
        quantity.isShare || !isWhole || !part.value.isFinite
        ? "" : " (\(QuantityText(.share).text(values[place] / total)))"
      let number = quantity.text(part.value) + share
      canvas.rectangle(x: canvas.left, y: canvas.top, width: 12, height: 12, "s\(place % SVGCanvas.series)", radius: 2)
      canvas.text(
        canvas.fitted(part.label, to: room - 40 - SVGCanvas.width(of: number)), x: canvas.left + 20, y: y + 1, "ink")
      canvas.text(number, x: canvas.right, y: y + 1, "ink", anchor: .end)
      canvas.top += 22
    }
    canvas.more(parts.count - shown.count)
  }
}

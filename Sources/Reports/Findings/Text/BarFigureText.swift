internal import Records

/// Two shares of the same category back to back, on one scale.
struct MirrorFigureText {
  let left: String
  let right: String
  let rows: [Figure.MirrorRow]

  func lines(_ page: TextPage, width: Int) -> [String] {
    let shown = Array(rows.prefix(FigureText.limit(page)))
    let quantity = QuantityText(.share)
    let numbers = shown.map { (page.spelled(quantity.text($0.left)), page.spelled(quantity.text($0.right))) }
    let labels = min(shown.map { TerminalText.columns(page.name($0.label)) }.max() ?? 0, 20)
    let lefts = numbers.map { TerminalText.columns($0.0) }.max() ?? 0
    let rights = numbers.map { TerminalText.columns($0.1) }.max() ?? 0
    let bar = min(max((width - labels - lefts - rights - 7) / 2, 4), 24)
    let most = max(shown.flatMap { [$0.left, $0.right] }.filter(\.isFinite).max() ?? 0, 1e-300)
    let half = lefts + 1 + bar
    let heads = (
      page.fitted(page.name(left), to: half), page.fitted(page.name(right), to: max(width - labels - half - 3, 8))
    )
    var result = [
      String(repeating: " ", count: labels + 2) + TerminalText.padded(heads.0, to: half, right: true) + " " + heads.1
    ]
    for (row, number) in zip(shown, numbers) {
      let ends = (
        StackedBar.single(row.left / most, columns: bar, unicode: page.options.unicode),
        StackedBar.single(row.right / most, columns: bar, unicode: page.options.unicode)
      )
      result.append(
        TerminalText.padded(page.fitted(page.name(row.label), to: labels), to: labels) + "  "
          + TerminalText.padded(number.0 + " " + ends.0, to: half, right: true) + (page.options.unicode ? "│" : "|")
          + (ends.1.isEmpty ? "" : ends.1 + " ") + number.1)
      let indent = String(repeating: " ", count: labels + 2)
      result += TerminalText.wrapped(page.spelled(TerminalText.safe(row.note)), width: max(width - labels - 2, 8))
        .map { indent + $0 }
    }
    return result + FigureText.more(rows.count - shown.count)
  }
}

/// Parts of a whole: one bar, and a legend with a line for each part.
struct PartsFigureText {
  let parts: [Figure.Part]
  let quantity: QuantityText

  func lines(_ page: TextPage, width: Int) -> [String] {
    let shown = Array(parts.prefix(FigureText.limit(page)))
    let values = parts.map { $0.value.isFinite ? max($0.value, 0) : 0 }
    let fills: [Character] = page.options.unicode ? ["█", "▒", "░", "▓"] : ["#", "=", "-", "+"]
    let bar = StackedBar.cells(values, columns: min(width, 60)).enumerated().map { place, count in
      String(repeating: fills[place % fills.count], count: count)
    }.joined()
    let total = values.reduce(0, +)
    var table = TextTable(columns: [
      .init(title: ""), .init(title: "", isFlexible: true), .init(title: "", alignsRight: true),
      .init(title: "", alignsRight: true, isDroppable: true),
    ])
    table.indent = 0
    for (place, part) in shown.enumerated() {
      let share =
        quantity.isShare || !(total > 0 && total.isFinite) || !part.value.isFinite
        ? "" : QuantityText(.share).text(values[place] / total)
      table.rows.append(
        [String(fills[place % fills.count])]
          + [page.name(part.label), page.spelled(quantity.text(part.value)), page.spelled(share)])
    }
    return (bar.isEmpty ? [] : [bar]) + table.lines(width: width, ellipsis: page.ellipsis)
      + FigureText.more(parts.count - shown.count)
  }
}

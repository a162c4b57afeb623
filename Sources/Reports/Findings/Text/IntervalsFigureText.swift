internal import Records

/// Estimates with intervals on one axis, a row each, the limit marked; a row that was not measured is hollow.
struct IntervalsFigureText {
  let rows: [Figure.IntervalRow]
  let quantity: QuantityText

  private static let labelColumns = 26
  private static let axisColumns = 18...56

  func lines(_ page: TextPage, width: Int) -> [String] {
    let shown = Array(rows.prefix(FigureText.limit(page)))
    let cells = shown.map { Cells($0, quantity: quantity, page: page, showsLimit: !limitIsCommon) }
    var labels = min(widest(cells.map(\.label)), IntervalsFigureText.labelColumns)
    let values = widest(cells.map(\.value))
    let ranges = widest(cells.map(\.range))
    let notes = widest(cells.map(\.note))
    let least = IntervalsFigureText.axisColumns.lowerBound
    // What does not fit beside the axis goes below the row, the note first, then the numbers of the interval.
    func room(_ beside: [Int]) -> Int { width - ([labels] + beside).filter { $0 > 0 }.reduce(0) { $0 + $1 + 2 } }
    if room([values]) < least { labels = max(min(labels, width - values - least - 4), 8) }
    let besideRange = room([values, ranges]) >= least
    let besideNote = besideRange && room([values, ranges, notes]) >= least
    let free = room([values, besideRange ? ranges : 0, besideNote ? notes : 0])
    let columns = min(max(free, 3), IntervalsFigureText.axisColumns.upperBound)
    let axis = IntervalAxis(holding: held, columns: columns, unicode: page.options.unicode)
    var result: [String] = []
    for (row, cell) in zip(shown, cells) {
      let label = page.fitted(cell.label, to: labels)
      var parts = [TerminalText.padded(label, to: labels), line(row, on: axis, page)]
      parts.append(TerminalText.padded(cell.value, to: values, right: true))
      if besideRange, ranges > 0 { parts.append(TerminalText.padded(cell.range, to: ranges)) }
      if besideNote, notes > 0 { parts.append(cell.note) }
      result.append(parts.joined(separator: "  "))
      let below = (besideRange ? [] : [cell.range]) + (besideNote ? [] : [cell.note])
      let text = below.filter { !$0.isEmpty }.joined(separator: "; ")
      let indent = String(repeating: " ", count: labels + 2)
      result += TerminalText.wrapped(text, width: max(width - labels - 2, 8)).map { indent + $0 }
    }
    let indent = String(repeating: " ", count: labels + 2)
    result += axis.labels(marks).map { indent + page.spelled($0) }
    return result + FigureText.more(rows.count - shown.count)
  }

  private func widest(_ texts: [String]) -> Int { texts.map(TerminalText.columns).max() ?? 0 }

  private var limits: Set<Double> { Set(rows.compactMap(\.limit).filter(\.isFinite)) }

  private var limitIsCommon: Bool { limits.count == 1 }

  /// Zero belongs on the axis only where the numbers reach it or are differences.
  private var showsZero: Bool {
    held.contains { $0 < 0 } && held.contains { $0 > 0 }
  }

  private var held: [Double] {
    let values = rows.flatMap { [$0.value, $0.low, $0.high, $0.limit].compactMap { $0 } }.filter(\.isFinite)
    return values.isEmpty ? [0, 1] : values
  }

  private var marks: [IntervalAxis.Mark] {
    var marks: [IntervalAxis.Mark] = []
    if limitIsCommon, let limit = limits.first {
      marks.append(.init(value: limit, label: "limit \(quantity.text(limit))"))
    }
    if showsZero { marks.append(.init(value: 0, label: "0", isZero: true)) }
    return marks
  }

  private func line(_ row: Figure.IntervalRow, on axis: IntervalAxis, _ page: TextPage) -> String {
    var marks: [IntervalAxis.Mark] = showsZero ? [.init(value: 0, label: "", isZero: true)] : []
    if let limit = row.limit, !limit.isNaN { marks.append(.init(value: limit, label: "")) }
    let value = row.value.flatMap { $0.isNaN ? nil : $0 }
    guard let value else {
      let (low, high) = row.ends ?? (-.infinity, .infinity)
      let hollow = axis.line(low: low, estimate: .nan, high: high, marks: marks)
      return String(hollow.map { page.options.unicode ? ($0 == "─" ? "╌" : $0) : ($0 == "-" ? " " : $0) })
    }
    let (low, high) = row.ends ?? (value, value)
    return axis.line(low: low, estimate: value, high: high, marks: marks)
  }

  private struct Cells {
    let label: String
    let value: String
    let range: String
    let note: String

    init(_ row: Figure.IntervalRow, quantity: QuantityText, page: TextPage, showsLimit: Bool) {
      label = page.name(row.label)
      let isMeasured = row.value.map { !$0.isNaN } ?? false
      value = page.spelled(isMeasured ? quantity.text(row.value) : "not measured")
      range = page.spelled(quantity.range(row.low, row.high) ?? "")
      var notes = [page.spelled(TerminalText.safe(row.note))]
      if showsLimit, let limit = row.limit { notes.insert(page.spelled("limit " + quantity.text(limit)), at: 0) }
      note = notes.filter { !$0.isEmpty }.joined(separator: ", ")
    }
  }
}

extension Figure.IntervalRow {
  /// The interval, where there is one; an end that is left out is open.
  var ends: (low: Double, high: Double)? {
    let first = low.flatMap { $0.isNaN ? nil : $0 }
    let second = high.flatMap { $0.isNaN ? nil : $0 }
    guard first != nil || second != nil else { return nil }
    let (low, high) = (first ?? -.infinity, second ?? .infinity)
    return (min(low, high), max(low, high))
  }
}

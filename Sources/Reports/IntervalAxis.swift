/// A number line of a fixed count of columns on which intervals and marks are drawn.
struct IntervalAxis {
  struct Mark {
    var value: Double
    var label: String
    var isZero = false
  }

  let columns: Int
  let unicode: Bool
  private let start: Double
  private let end: Double

  /// An axis that holds all finite `values`, with a little air at both ends.
  init(holding values: [Double], columns: Int, unicode: Bool) {
    let finite = values.filter(\.isFinite)
    let low = finite.min() ?? -1
    let high = finite.max() ?? 1
    // Halves, because the difference of two huge values may overflow.
    let air = max((high / 2 - low / 2) * 0.12, max(abs(low), abs(high)) * 1e-9, 1e-300)
    start = max(low - air, -Double.greatestFiniteMagnitude)
    end = min(high + air, Double.greatestFiniteMagnitude)
    self.columns = max(columns, 3)
    self.unicode = unicode
  }

  /// The column of `value`; a value off the axis, or unbounded, stands at its end.
  func column(_ value: Double) -> Int {
    guard value > start else { return 0 }
    guard value < end else { return columns - 1 }
    let share = (value / 2 - start / 2) / (end / 2 - start / 2)
    return min(max(Int((share * Double(columns - 1)).rounded()), 0), columns - 1)
  }

  /// `├────●────┤`, with the marks where they do not hide it; an arrow where it leaves the axis.
  func line(low: Double, estimate: Double, high: Double, marks: [Mark], isFaint: Bool = false) -> String {
    let signs = unicode ? Signs.unicode : Signs.ascii
    var cells = [Character](repeating: isFaint ? " " : signs.axis, count: columns)
    for mark in marks where !mark.isZero { cells[column(mark.value)] = signs.mark }
    for mark in marks where mark.isZero { cells[column(mark.value)] = signs.zero }
    let first = column(low)
    let last = max(column(high), first)
    for place in first...last {
      let isMarked = marks.contains { column($0.value) == place }
      cells[place] = isMarked ? signs.crossing : signs.body
    }
    if first < last {
      cells[first] = low < start ? signs.leftArrow : signs.leftEnd
      cells[last] = high > end ? signs.rightArrow : signs.rightEnd
    }
    if estimate.isFinite { cells[column(estimate)] = signs.point }
    return String(cells)
  }

  /// Labels centred under (or above) their values, in as few rows as keep them apart; the first ones sit nearest.
  func labels(_ marks: [Mark]) -> [String] {
    var rows: [[(range: Range<Int>, text: String)]] = []
    for mark in marks {
      let length = TerminalText.columns(mark.label)
      let begin = min(max(column(mark.value) - length / 2, 0), max(columns - length, 0))
      let range = begin..<(begin + length)
      let free = rows.firstIndex { row in
        row.allSatisfy { range.upperBound + 1 <= $0.range.lowerBound || $0.range.upperBound + 1 <= range.lowerBound }
      }
      if let free {
        rows[free].append((range, mark.label))
      } else {
        rows.append([(range, mark.label)])
      }
    }
    return rows.map { row in
      row.sorted { $0.range.lowerBound < $1.range.lowerBound }.reduce(into: "") { line, label in
        line = TerminalText.padded(line, to: label.range.lowerBound) + label.text
      }
    }
  }

  private struct Signs {
    var axis: Character
    var zero: Character
    var mark: Character
    var body: Character
    var crossing: Character
    var point: Character
    var leftEnd: Character
    var rightEnd: Character
    var leftArrow: Character
    var rightArrow: Character

    static let unicode = Signs(
      axis: "·", zero: "│", mark: "┊", body: "─", crossing: "┼", point: "●", leftEnd: "├", rightEnd: "┤",
      leftArrow: "◄", rightArrow: "►")
    static let ascii = Signs(
      axis: ".", zero: "|", mark: ":", body: "-", crossing: "+", point: "o", leftEnd: "[", rightEnd: "]",
      leftArrow: "<", rightArrow: ">")
  }
}

/// Shares of a whole as one bar.
struct StackedBar {
  /// Cells of `shares` (each ≥ 0) in a bar of `columns`; what rounding leaves goes to the largest remainders.
  static func cells(_ shares: [Double], columns: Int) -> [Int] {
    let total = shares.reduce(0, +)
    guard total > 0, total.isFinite else { return shares.map { _ in 0 } }
    let exact = shares.map { $0 / total * Double(columns) }
    var cells = exact.map { Int($0.rounded(.down)) }
    let order = exact.indices.sorted { left, right in
      let first = exact[left] - exact[left].rounded(.down)
      let second = exact[right] - exact[right].rounded(.down)
      return first == second ? left < right : first > second
    }
    for place in order.prefix(max(0, columns - cells.reduce(0, +))) { cells[place] += 1 }
    return cells
  }

  static func drawn(_ shares: [Double], columns: Int, unicode: Bool) -> String {
    let fills: [Character] = unicode ? ["█", "▒", "░"] : ["#", "=", "-"]
    return zip(cells(shares, columns: columns), fills).map { String(repeating: String($1), count: $0) }.joined()
  }

  /// A single bar of `share` (0…1) of `columns`, at least one cell where the share is above zero.
  static func single(_ share: Double, columns: Int, unicode: Bool) -> String {
    guard share.isFinite, share > 0 else { return "" }
    let cells = min(max(Int((share * Double(columns)).rounded()), 1), columns)
    return String(repeating: unicode ? "▇" : "#", count: cells)
  }
}

internal import Comparison

/// The slices as a table, adjusted p-values and verdicts last.
struct SlicesText {
  let result: ComparisonResult
  let scale: ScoreScale
  /// Rows of a text report; JSON and CSV hold all slices.
  static let limit = 20

  func write(on page: inout TextPage) {
    let rate = NumberFormat.percent(result.policy.sliceFalseDiscoveryRate)
    page.paragraph("Slices (exploratory; Benjamini–Hochberg at \(rate))", tint: .bold)
    var table = TextTable(columns: [
      .init(title: "slice", isFlexible: true), .init(title: "items", alignsRight: true, isDroppable: true),
      .init(title: scale.isRate ? "points" : "difference", alignsRight: true),
      .init(title: "interval", alignsRight: true, isDroppable: true),
      .init(title: "adj. p", alignsRight: true), .init(title: "verdict"),
    ])
    for slice in result.slices.prefix(SlicesText.limit) { table.rows.append(row(slice).map(page.spelled)) }
    page.table(table)
    let hidden = result.slices.count - SlicesText.limit
    if hidden > 0 {
      page.paragraph("… and \(NumberFormat.count(hidden)) more (--format json or csv lists all)", indent: 2)
    }
    legend(on: &page)
  }

  private func row(_ slice: ComparisonResult.SliceResult) -> [String] {
    let name = "\(TerminalText.safe(slice.slice)) = \(TerminalText.safe(slice.value))"
    let interval = slice.evidence.map { scale.span($0.low, $0.high) } ?? "–"
    let p = slice.adjustedPValue.flatMap(NumberFormat.pCell) ?? "–"
    return [
      name, NumberFormat.count(slice.items), slice.evidence.map { scale.signed($0.estimate) } ?? "–", interval, p,
      slice.verdict.rawValue + signs(slice),
    ]
  }

  private func signs(_ slice: ComparisonResult.SliceResult) -> String {
    let codes = slice.reasons.map(\.code)
    // A slice that is decided was large enough for its own difference.
    let isOpen = slice.verdict == .inconclusive
    return (isOpen && codes.contains(.sliceTooSmall) ? " *" : "") + (codes.contains(.signReversal) ? " !" : "")
  }

  private func legend(on page: inout TextPage) {
    let shown = result.slices.prefix(SlicesText.limit)
    let codes = Set(shown.flatMap { $0.reasons.map(\.code.rawValue) })
    if shown.contains(where: { signs($0).contains("*") }) {
      page.paragraph("* too small to see a difference of \(scale.size(result.policy.sliceMinEffect))", indent: 2)
    }
    if codes.contains(Reason.Code.signReversal.rawValue) {
      page.paragraph("! points the other way than the total", indent: 2)
    }
  }
}

/// The items whose score changed most, those that got worse first: they are what has to be read.
struct FlipsText {
  let result: ComparisonResult
  let show: Int

  func write(on page: inout TextPage) {
    let worse = result.flips.filter { $0.difference < 0 }
    let better = result.flips.filter { $0.difference > 0 }
    let lost = result.policy.lowerIsBetter ? result.discordant?.candidateOnly : result.discordant?.baseOnly
    let won = result.policy.lowerIsBetter ? result.discordant?.baseOnly : result.discordant?.candidateOnly
    list("Worse with the candidate", worse, of: lost ?? worse.count, on: &page)
    list("Better with the candidate", better, of: won ?? better.count, on: &page)
  }

  private func list(_ title: String, _ flips: [ComparisonResult.Flip], of total: Int, on page: inout TextPage) {
    guard !flips.isEmpty else { return }
    let listed = min(flips.count, show)
    let count = listed < total ? "\(listed) of \(NumberFormat.count(total))" : "\(listed)"
    page.paragraph("\(title) (\(count))", tint: .bold)
    // The name comes last, so that one written from right to left cannot reorder the numbers.
    var table = TextTable(columns: [
      .init(title: "", alignsRight: true), .init(title: ""), .init(title: "", isFlexible: true),
    ])
    for flip in flips.prefix(show) {
      table.rows.append(
        [
          FlipsText.score(flip.base), page.spelled("→ ") + FlipsText.score(flip.candidate), page.name(flip.item),
        ].map(page.spelled))
    }
    page.table(table)
  }

  static func score(_ value: Double) -> String { NumberFormat.plain(value) }
}

internal import Comparison

/// Writes a ranking as text: who wins, a leaderboard with every interval on one axis, the pairs, the tasks.
struct RankingText {
  let result: RankingResult
  let options: ReportOptions
  let scale: ScoreScale
  var page: TextPage

  init(result: RankingResult, options: ReportOptions) {
    self.result = result
    self.options = options
    scale = ScoreScale(ranking: result)
    page = TextPage(options)
  }

  mutating func written() -> String {
    let winners = RankingWords(result)
    page.paragraph(winners.sentence, tint: winners.isDecided ? .good : .unsure)
    page.paragraph("\(metric) \(TerminalText.safe(result.population)).", tint: .faint)
    if !result.variants.isEmpty { leaderboard() }
    remarks()
    pairs()
    tasks()
    page.blank()
    page.paragraph("Next: " + winners.next, tint: .bold)
    return page.text
  }

  private var metric: String { result.metric.map { "Metric \(TerminalText.safe($0)), measured" } ?? "Measured" }

  private mutating func leaderboard() {
    page.blank()
    let drawing = max(page.width - 46, 12)
    let axis = IntervalAxis(
      holding: result.variants.flatMap { [$0.low, $0.mean, $0.high] }, columns: drawing, unicode: options.unicode)
    var table = TextTable(columns: [
      .init(title: "rank", alignsRight: true), .init(title: "variant", isFlexible: true),
      .init(title: "items", alignsRight: true, isDroppable: true),
      .init(title: result.isBinary ? "passes" : "mean", alignsRight: true), .init(title: ends(of: axis)),
    ])
    for variant in result.variants {
      let line = axis.line(low: variant.low, estimate: variant.mean, high: variant.high, marks: [], isFaint: true)
      table.rows.append(
        [
          RankingWords.ranks(variant), page.name(variant.name), NumberFormat.count(variant.items),
          scale.mean(variant.mean),
        ]
        .map(page.spelled) + [line])
    }
    page.table(table)
    page.paragraph(
      "Ranks, and the intervals of the means, hold together with \(NumberFormat.percent(result.confidence)) confidence.",
      tint: .faint, indent: 2)
  }

  /// The leftmost and the rightmost end of all intervals, above their places.
  private func ends(of axis: IntervalAxis) -> String {
    let ends = result.variants.flatMap { [$0.low, $0.high] }.filter(\.isFinite)
    guard let low = ends.min(), let high = ends.max() else { return "" }
    let labels = [low, high].map { IntervalAxis.Mark(value: $0, label: page.spelled(scale.mean($0))) }
    return axis.labels(low < high ? labels : [labels[0]]).first ?? ""
  }

  private mutating func remarks() {
    for reason in result.reasons where !reason.message.isEmpty {
      page.paragraph("\(TerminalText.safe(reason.message)) [\(reason.code.rawValue)]", indent: 2)
    }
  }

  private mutating func pairs() {
    // Every pair of a few variants; of many, those at the top of the leaderboard, which come first.
    let limit = max(options.show, 0) * 2
    guard limit > 0, !result.pairs.isEmpty else { return }
    page.blank()
    let count = result.pairs.count
    page.paragraph("Pairs (Holm-adjusted\(count > limit ? "; \(limit) of \(count)" : ""))", tint: .bold)
    var table = TextTable(columns: [
      .init(title: "first", isFlexible: true), .init(title: "second", isFlexible: true),
      .init(title: "difference", alignsRight: true), .init(title: "interval", alignsRight: true, isDroppable: true),
      .init(title: "adj. p", alignsRight: true), .init(title: ""),
    ])
    let names = ShortNames(result.variants.map(\.name))
    for pair in result.pairs.prefix(limit) {
      let p = (pair.evidence.adjustedPValue ?? pair.evidence.pValue).flatMap(NumberFormat.pCell)
      let cells = [
        scale.signed(pair.evidence.estimate), scale.span(pair.evidence.low, pair.evidence.high), p ?? "–",
        pair.significant ? "better" : "cannot tell",
      ]
      table.rows.append([page.name(names[pair.first]), page.name(names[pair.second])] + cells.map(page.spelled))
    }
    page.table(table)
  }

  private mutating func tasks() {
    guard !result.tasks.isEmpty else { return }
    page.blank()
    page.paragraph("Tasks (a star: nothing is significantly better there)", tint: .bold)
    TasksTable(result: result, scale: scale).write(on: &page)
  }
}

/// Tasks down, variants across; as many variants side by side as the terminal holds, the rest below.
private struct TasksTable {
  let result: RankingResult
  let scale: ScoreScale

  func write(on page: inout TextPage) {
    let names = result.variants.map(\.name)
    let room = max((page.width - 2 - 20 - 9) / 14, 1)
    for begin in stride(from: 0, to: names.count, by: room) {
      if begin > 0 { page.blank() }
      page.table(block(Array(names[begin..<min(begin + room, names.count)]), page: page))
    }
  }

  private func block(_ names: [String], page: TextPage) -> TextTable {
    var table = TextTable(columns: [.init(title: "task", isFlexible: true), .init(title: "items", alignsRight: true)])
    for name in names {
      table.columns.append(.init(title: page.fitted(page.name(name), to: 12), alignsRight: true))
    }
    for task in result.tasks {
      let cells = names.map { name in
        guard let variant = task.variants.first(where: { $0.name == name }) else { return "–  " }
        return scale.mean(variant.mean) + (variant.isWinner ? " *" : "  ")
      }
      table.rows.append([page.name(task.name), NumberFormat.count(task.items)] + cells.map(page.spelled))
    }
    return table
  }
}

/// What a ranking says in words.
struct RankingWords {
  let sentence: String
  let next: String
  let isDecided: Bool

  init(_ result: RankingResult) {
    let winners = result.variants.filter(\.isWinner).map { TerminalText.safe($0.name) }
    let total = result.variants.count
    if let doubt = result.reasons.first(where: \.code.isUnknown) {
      isDecided = false
      sentence = "Cannot rank: \(TerminalText.safe(doubt.message)) [\(doubt.code.rawValue)]"
      next = "mend what puts the evidence in doubt, and rank again."
    } else if total == 0 {
      isDecided = false
      sentence = "Cannot rank: there is nothing to rank. [NO_TRIALS]"
      next = "give result files that hold scores of the same items."
    } else if winners.count == 1, let winner = winners.first, total > 1 {
      isDecided = true
      sentence = "The best of \(total) is \(winner): no other can claim the first rank."
      next = "choose \(winner)."
    } else if winners.count < total {
      isDecided = false
      sentence = "The best of \(total) cannot be told apart: \(RankingWords.list(winners))."
      next = "choose the cheapest of \(RankingWords.list(winners)), or add items to tell them apart."
    } else {
      isDecided = false
      sentence = "Cannot be told apart: \(RankingWords.list(winners))."
      next = "choose the cheapest, or add items to tell them apart."
    }
  }

  /// "1–3", or "2" where the rank is certain.
  static func ranks(_ variant: RankingResult.Variant) -> String {
    variant.bestRank == variant.worstRank ? "\(variant.bestRank)" : "\(variant.bestRank)–\(variant.worstRank)"
  }

  /// The first eight names; a sentence is no table.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}

extension ScoreScale {
  init(ranking result: RankingResult) {
    if result.isBinary {
      self.init(rateDecimals: 1)
    } else {
      let halves = result.variants.map { ($0.high - $0.low) / 2 }.filter { $0.isFinite && $0 > 0 }
      let largest = result.variants.map { abs($0.mean) }.filter(\.isFinite).max() ?? 1
      self.init(resolution: halves.min() ?? largest / 100, largest: largest)
    }
  }
}

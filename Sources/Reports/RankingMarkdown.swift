internal import Comparison

/// Writes a ranking as Markdown.
struct RankingMarkdown {
  let result: RankingResult
  let options: ReportOptions
  let scale: ScoreScale

  init(result: RankingResult, options: ReportOptions) {
    self.result = result
    self.options = options
    scale = ScoreScale(ranking: result)
  }

  var text: String {
    let words = RankingWords(result)
    let blocks = [
      "\(words.isDecided ? "✅" : "❔") **\(MarkdownText.escaped(words.sentence))**",
      "Measured \(MarkdownText.escaped(result.population)).",
      leaderboard, remarks, pairs, tasks,
      MarkdownText.details("Methods", MarkdownText.escaped(MethodsText.render(result, options: options))),
      "**Next:** " + MarkdownText.escaped(words.next),
    ]
    return blocks.compactMap { $0 }.joined(separator: "\n\n") + "\n"
  }

  private var leaderboard: String? {
    guard !result.variants.isEmpty else { return nil }
    let rows = result.variants.map { variant in
      [
        RankingWords.ranks(variant), MarkdownText.code(variant.name), scale.mean(variant.mean),
        "[\(scale.bound(variant.low)), \(scale.bound(variant.high))]", NumberFormat.count(variant.items),
      ]
    }
    return MarkdownText.table(
      header: ["rank", "variant", result.isBinary ? "passes" : "mean", "interval", "n"],
      right: [true, false, true, true, true], rows: rows)
  }

  private var remarks: String? {
    let lines = result.reasons.filter { !$0.message.isEmpty }.map {
      "- \(MarkdownText.reason($0.code.rawValue)) \(MarkdownText.escaped($0.message))"
    }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  private var pairs: String? {
    guard !result.pairs.isEmpty else { return nil }
    let rows = result.pairs.prefix(100).map { pair in
      [
        MarkdownText.code(pair.first), MarkdownText.code(pair.second),
        "\(scale.signed(pair.evidence.estimate))\(scale.unit) "
          + "[\(scale.signed(pair.evidence.low)), \(scale.signed(pair.evidence.high))]",
        (pair.evidence.adjustedPValue ?? pair.evidence.pValue).flatMap(NumberFormat.pCell) ?? "–",
        pair.significant ? "better" : "cannot tell",
      ]
    }
    let table = MarkdownText.table(
      header: ["first", "second", "difference", "adjusted p", ""], right: [false, false, true, true, false], rows: rows)
    return MarkdownText.details(
      "All pairs (\(result.pairs.count)\(rows.count < result.pairs.count ? ", 100 shown" : ""))", table)
  }

  private var tasks: String? {
    guard !result.tasks.isEmpty else { return nil }
    let names = result.variants.map(\.name)
    let rows = result.tasks.map { task in
      [MarkdownText.code(task.name), NumberFormat.count(task.items)]
        + names.map { name in
          guard let variant = task.variants.first(where: { $0.name == name }) else { return "–" }
          return variant.isWinner ? "**\(scale.mean(variant.mean))**" : scale.mean(variant.mean)
        }
    }
    return MarkdownText.table(
      header: ["task", "n"] + names.map(MarkdownText.code), right: [false, true] + names.map { _ in true }, rows: rows)
  }
}

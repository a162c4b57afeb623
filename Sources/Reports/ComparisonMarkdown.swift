internal import Comparison

/// Writes a comparison as Markdown, block after block.
struct ComparisonMarkdown {
  let result: ComparisonResult
  let options: ReportOptions
  let scale: ScoreScale
  /// Slices of a comment, which GitHub cuts at 65,536 characters; JSON and CSV hold all.
  static let sliceLimit = 50

  init(result: ComparisonResult, options: ReportOptions) {
    self.result = result
    self.options = options
    scale = ScoreScale(result)
  }

  var text: String {
    let blocks = [
      verdict, population, totals, ruler, remarks, slices, flips, methods,
      "**Next:** " + MarkdownText.escaped(NextAction(result).text),
    ]
    return blocks.compactMap { $0 }.joined(separator: "\n\n") + "\n"
  }

  private var verdict: String {
    let headline = Headline(result)
    // The sentence may quote a reason that names the user's items, so all of it is escaped.
    return "\(MarkdownSigns.verdict(result.verdict)) **\(MarkdownText.escaped(headline.sentence))** "
      + MarkdownText.reason(headline.code)
  }

  private var population: String {
    let design = result.design
    let metric = result.metric.map { "Metric \(MarkdownText.code($0)), measured" } ?? "Measured"
    return "\(metric) \(MarkdownText.escaped(design.population))"
      + (design.paired ? ", paired." : ", two independent groups.")
  }

  private var totals: String {
    let difference = result.evidence.map { interval($0) } ?? "–"
    let row = [arm(result.base), arm(result.candidate), difference, result.evidence.map(test) ?? "–"]
    return MarkdownText.table(
      header: [
        "base " + MarkdownText.code(result.base.name), "candidate " + MarkdownText.code(result.candidate.name),
        "difference", "test",
      ],
      right: [true, true, true, false], rows: [row])
  }

  private func arm(_ arm: ComparisonResult.ArmSummary) -> String {
    guard let mean = arm.mean else { return "– (\(NumberFormat.count(arm.items)) items)" }
    let range = arm.low != nil && arm.high != nil ? " [\(scale.bound(arm.low)), \(scale.bound(arm.high))]" : ""
    return "\(scale.mean(mean))\(range) (n = \(NumberFormat.count(arm.items)))"
  }

  private func interval(_ evidence: Evidence) -> String {
    "\(scale.signed(evidence.estimate))\(scale.unit) [\(scale.signed(evidence.low)), \(scale.signed(evidence.high))]"
  }

  private func test(_ evidence: Evidence) -> String {
    let p = evidence.pValue.map { NumberFormat.pValue($0) } ?? "no p-value"
    let adjusted = evidence.adjustedPValue.map { ", " + NumberFormat.pValue($0, name: "adjusted p") } ?? ""
    return MarkdownText.escaped("\(evidence.testName), \(p)\(adjusted)")
  }

  private var ruler: String? {
    let lines = PowerLines(result: result, scale: scale).fields
    guard !lines.isEmpty else { return nil }
    return lines.map { "- \($0.label): \(MarkdownText.escaped($0.text))" }.joined(separator: "\n")
  }

  private var remarks: String? {
    var lines = result.unsaidReasons.map {
      "- \(MarkdownText.reason($0.code.rawValue)) \(MarkdownText.escaped($0.message))"
    }
    lines += result.missing.map { missing in
      let amount = missing.howMuch.map { "\(NumberFormat.count($0)) more " } ?? ""
      return "- Missing: \(amount)\(MarkdownText.escaped(missing.what))"
    }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  private var slices: String? {
    guard !result.slices.isEmpty else { return nil }
    let rows = result.slices.prefix(ComparisonMarkdown.sliceLimit).map { slice in
      [
        MarkdownText.code("\(slice.slice) = \(slice.value)"), NumberFormat.count(slice.items),
        scale.mean(slice.baseMean), scale.mean(slice.candidateMean), slice.evidence.map(interval) ?? "–",
        slice.adjustedPValue.flatMap(NumberFormat.pCell) ?? "–",
        "\(MarkdownSigns.verdict(slice.verdict)) \(slice.verdict.rawValue)" + notes(slice),
      ]
    }
    let table = MarkdownText.table(
      header: ["slice", "n", "base", "candidate", "difference", "adjusted p", "verdict"],
      right: [false, true, true, true, true, true, false], rows: rows)
    let hidden = result.slices.count - rows.count
    return table + (hidden > 0 ? "\n\n… and \(NumberFormat.count(hidden)) more slices." : "")
  }

  private func notes(_ slice: ComparisonResult.SliceResult) -> String {
    slice.reasons.filter { $0.code == .sliceTooSmall || $0.code == .signReversal }
      .map { " " + MarkdownText.reason($0.code.rawValue) }.joined()
  }

  private var flips: String? {
    guard options.show > 0, !result.flips.isEmpty else { return nil }
    let worse = result.flips.filter { $0.difference < 0 }
    let better = result.flips.filter { $0.difference > 0 }
    let rows = (worse.prefix(options.show) + better.prefix(options.show)).map { flip in
      [
        flip.difference < 0 ? "worse" : "better", FlipsText.score(flip.base), FlipsText.score(flip.candidate),
        MarkdownText.code(flip.item),
      ]
    }
    let table = MarkdownText.table(
      header: ["", "base", "candidate", "item"], right: [false, true, true, false], rows: rows)
    return MarkdownText.details(
      "Items that changed: \(NumberFormat.count(worse.count)) worse, \(NumberFormat.count(better.count)) better", table)
  }

  private var methods: String? {
    let text = MethodsText.render(result, options: options)
    return MarkdownText.details("Methods", MarkdownText.escaped(text))
  }
}

/// The sign before a verdict.
enum MarkdownSigns {
  static func verdict(_ verdict: Verdict) -> String {
    switch verdict {
    case .improved: "✅"
    case .equivalent, .nonInferior: "☑️"
    case .regressed: "❌"
    case .inconclusive: "❔"
    }
  }
}

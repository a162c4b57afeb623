internal import Comparison

/// Writes a comparison as text, section after section; a section without content is absent.
struct ComparisonText {
  let result: ComparisonResult
  let options: ReportOptions
  let scale: ScoreScale
  var page: TextPage

  init(result: ComparisonResult, options: ReportOptions) {
    self.result = result
    self.options = options
    scale = ScoreScale(result)
    page = TextPage(options)
  }

  mutating func written() -> String {
    page.paragraph(Headline(result).text, tint: tint)
    page.paragraph(population(), tint: .faint)
    page.blank()
    arms()
    interval()
    page.blank()
    evidence()
    power()
    noise()
    remarks()
    slices()
    flips()
    page.blank()
    page.paragraph("Next: " + NextAction(result).text, tint: .bold)
    return page.text
  }

  private var tint: TextPage.Tint {
    switch result.verdict {
    case .improved, .equivalent, .nonInferior: .good
    case .regressed: .bad
    case .inconclusive: .unsure
    }
  }

  private func population() -> String {
    let design = result.design
    let metric = result.metric.map { "Metric \(TerminalText.safe($0)), measured" } ?? "Measured"
    var parts = ["\(metric) \(TerminalText.safe(design.population))"]
    parts.append(design.paired ? "paired" : "two independent groups")
    if design.clustered, let clusters = design.clusters { parts.append("\(NumberFormat.count(clusters)) clusters") }
    if max(design.baseRepeats, design.candidateRepeats) > 1 {
      parts.append(
        design.baseRepeats == design.candidateRepeats
          ? "\(design.baseRepeats) repeats" : "\(design.baseRepeats) and \(design.candidateRepeats) repeats")
    }
    return parts.joined(separator: ", ") + "."
  }

  private mutating func arms() {
    var table = TextTable(columns: [
      .init(title: ""), .init(title: "", isFlexible: true), .init(title: "", alignsRight: true), .init(title: ""),
      .init(title: "", alignsRight: true, isDroppable: true),
    ])
    for (role, arm) in [("base", result.base), ("candidate", result.candidate)] {
      let range = arm.low != nil && arm.high != nil ? "\(scale.bound(arm.low)) to \(scale.bound(arm.high))" : ""
      let cells = [
        role, page.name(arm.name), scale.mean(arm.mean), range,
        "\(NumberFormat.count(arm.items)) \(arm.items == 1 ? "item" : "items")",
      ]
      table.rows.append(cells.map(page.spelled))
    }
    page.table(table)
  }

  private mutating func interval() {
    guard let evidence = result.evidence else { return }
    var drawing = IntervalDrawing(policy: result.policy, evidence: evidence, scale: scale)
    drawing.unicode = options.unicode
    page.blank()
    for line in drawing.lines(width: page.width) { page.drawn(page.spelled(line)) }
  }

  private mutating func evidence() {
    guard let evidence = result.evidence else { return }
    page.field("Difference", EvidenceText(evidence, scale: scale).difference)
    page.field("Test", EvidenceText(evidence, scale: scale).test)
    if let discordant = result.discordant {
      page.field(
        "Discordant",
        "\(NumberFormat.count(discordant.candidateOnly)) items only the candidate passes, "
          + "\(NumberFormat.count(discordant.baseOnly)) only the base; both \(NumberFormat.count(discordant.both)), "
          + "neither \(NumberFormat.count(discordant.neither))")
    }
    if result.design.clustered { page.field("Clusters", clusters()) }
    if let why = evidence.replacement { page.field("Method", TerminalText.safe(why)) }
    if let usual = result.defaultEvidence {
      let text = EvidenceText(usual, scale: scale)
      let chosen = result.policy.method.map { "--method \($0.rawValue) was asked for; the" } ?? "The"
      page.field("Method", "\(chosen) design's own method says \(text.difference); \(text.test)")
    }
  }

  private func clusters() -> String {
    let design = result.design
    var parts: [String] = []
    if let count = design.clusters { parts.append("\(NumberFormat.count(count)) clusters") }
    if let effect = design.designEffect { parts.append("design effect \(NumberFormat.plain(effect))") }
    // Below 1 the clusters are more alike than their items: no more is promised than there are.
    if let items = design.effectiveItems, items <= Double(design.items) {
      parts.append("worth \(NumberFormat.plain(items, decimals: 1)) independent items")
    }
    if let correlation = design.intraclassCorrelation { parts.append("ICC \(NumberFormat.plain(correlation))") }
    return parts.joined(separator: ", ")
  }

  private mutating func power() {
    for line in PowerLines(result: result, scale: scale).fields { page.field(line.label, line.text) }
  }

  private mutating func noise() {
    guard let variance = result.variance else { return }
    let noise = NoiseShares(variance)
    guard !noise.parts.isEmpty else { return }
    let bar = StackedBar.drawn(noise.parts.map(\.variance), columns: 30, unicode: options.unicode)
    page.field("Noise", bar)
    page.field("", noise.legend)
  }

  private mutating func remarks() {
    let shown = result.unsaidReasons
    guard !shown.isEmpty || !result.missing.isEmpty else { return }
    page.blank()
    for reason in shown {
      page.paragraph("\(TerminalText.safe(reason.message)) [\(reason.code.rawValue)]", indent: 2)
    }
    for missing in result.missing {
      let amount = missing.howMuch.map { "\(NumberFormat.count($0)) more " } ?? ""
      page.paragraph("Missing: \(amount)\(TerminalText.safe(missing.what)).", indent: 2)
    }
  }

  private mutating func slices() {
    guard !result.slices.isEmpty else { return }
    page.blank()
    SlicesText(result: result, scale: scale).write(on: &page)
  }

  private mutating func flips() {
    guard options.show > 0, !result.flips.isEmpty else { return }
    page.blank()
    FlipsText(result: result, show: options.show).write(on: &page)
  }
}

extension ComparisonResult {
  /// Reasons that no other part of a report says: the first sentence has the doubt and the smallness, the evidence has
  /// the choice of method.
  var unsaidReasons: [Reason] {
    let doubt = reasons.first(where: \.code.isUnknown)
    return reasons.filter { reason in
      switch reason.code {
      case .inconclusive: false
      case .belowWorth: outcome != .improvedSmall || doubt != nil
      case .noWorthwhileEffect: verdict != .inconclusive || doubt != nil
      case .methodOverridden: defaultEvidence == nil
      case .methodReplaced: evidence?.replacement == nil
      default: !reason.message.isEmpty && reason != doubt
      }
    }
  }
}

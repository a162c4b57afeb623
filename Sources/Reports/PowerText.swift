internal import Comparison

/// Writes a power plan as text: what the suite sees, what an effect needs, the ruler, the cheapest plan.
struct PowerText {
  let plan: PowerPlan
  let options: ReportOptions
  let scale: ScoreScale
  var page: TextPage

  init(plan: PowerPlan, options: ReportOptions) {
    self.plan = plan
    self.options = options
    scale = ScoreScale(plan: plan)
    page = TextPage(options)
  }

  mutating func written() -> String {
    let words = PowerWords(plan: plan, scale: scale)
    page.paragraph(words.sentence, tint: .bold)
    page.paragraph(words.basis, tint: .faint)
    page.blank()
    for line in words.fields { page.field(line.label, line.text) }
    noise()
    ruler()
    notes()
    page.blank()
    page.paragraph("Next: " + words.next, tint: .bold)
    return page.text
  }

  private mutating func noise() {
    guard let variance = plan.variance else { return }
    let noise = NoiseShares(variance)
    guard !noise.parts.isEmpty else { return }
    page.field("Noise", StackedBar.drawn(noise.parts.map(\.variance), columns: 30, unicode: options.unicode))
    page.field("", noise.legend)
  }

  private mutating func ruler() {
    guard !plan.ruler.isEmpty else { return }
    page.blank()
    page.paragraph("What suites of other sizes see", tint: .bold)
    let largest = plan.ruler.compactMap(\.detectableGain).filter(\.isFinite).max() ?? 0
    var table = TextTable(columns: [
      .init(title: TerminalText.safe(plan.unit), alignsRight: true), .init(title: "gain", alignsRight: true),
      .init(title: "loss", alignsRight: true), .init(title: ""),
    ])
    for mark in plan.ruler {
      let share = largest > 0 ? (mark.detectableGain ?? 0) / largest : 0
      let bar = StackedBar.single(share, columns: 20, unicode: options.unicode)
      let cells = [NumberFormat.count(mark.items), seen(mark.detectableGain), seen(mark.detectableLoss)]
      table.rows.append(cells.map(page.spelled) + [mark.items == plan.items ? bar + page.spelled(" this suite") : bar])
    }
    page.table(table)
  }

  private func seen(_ value: Double?) -> String { PowerWords.seen(value, scale) }

  private mutating func notes() {
    guard !plan.notes.isEmpty else { return }
    page.blank()
    for note in plan.notes { page.paragraph(TerminalText.safe(note), indent: 2) }
  }
}

/// What a power plan says in words.
struct PowerWords {
  let plan: PowerPlan
  let scale: ScoreScale

  var sentence: String {
    if let items = plan.items {
      let seen = PowerLines.seen(gain: plan.detectableGain, loss: plan.detectableLoss, scale: scale)
      let suite = "This suite of \(NumberFormat.count(items)) \(unit)"
      return seen.map { "\(suite) sees \($0)." } ?? "\(suite) sees no difference of any size."
    }
    if let effect = plan.effect, let needed = plan.itemsForEffect {
      return "A gain of \(scale.size(effect)) needs \(NumberFormat.count(needed)) \(unit)."
    }
    if let margin = plan.margin, let needed = plan.itemsForMargin {
      return "\(capitalised(marginClaim(margin))) needs \(NumberFormat.count(needed)) \(unit)."
    }
    if let budget = plan.budget { return capitalised(budgetText(budget)) + "." }
    return "What suites of these sizes can see."
  }

  var basis: String {
    let source =
      switch plan.basis {
      case .assumed: "From assumptions"
      case .pilot(let name, let items): "From the pilot \(TerminalText.safe(name)) (\(NumberFormat.count(items)) items)"
      }
    var parts = ["\(source): \(plan.design.rawValue)"]
    if let rate = plan.baseRate { parts.append("base rate \(NumberFormat.percent(rate))") }
    if let share = plan.discordantShare { parts.append("discordant share \(NumberFormat.percent(share))") }
    if let deviation = plan.standardDeviation { parts.append("standard deviation \(NumberFormat.plain(deviation))") }
    if plan.designEffect != 1 { parts.append("design effect \(NumberFormat.plain(plan.designEffect))") }
    parts.append("power \(NumberFormat.percent(plan.power)) at α \(NumberFormat.plain(plan.alpha))")
    return parts.joined(separator: ", ") + "."
  }

  var fields: [(label: String, text: String)] {
    var fields: [(String, String)] = []
    if let effect = plan.effect, let needed = plan.itemsForEffect {
      fields.append(
        ("Effect", "a gain of \(scale.size(effect)) needs \(NumberFormat.count(needed)) \(unit)\(more(needed))"))
    }
    if let chance = plan.powerAtItems.flatMap(NumberFormat.chance), let effect = plan.effect, let items = plan.items {
      fields.append(
        (
          "Power",
          "\(NumberFormat.count(items)) \(unit) see a gain of \(scale.size(effect)) \(chance)"
        ))
    }
    if let margin = plan.margin, let needed = plan.itemsForMargin {
      fields.append(("Margin", "\(marginClaim(margin)) needs \(NumberFormat.count(needed)) \(unit)\(more(needed))"))
    }
    if let budget = plan.budget { fields.append((budget.budget == nil ? "Cheapest" : "Budget", budgetText(budget))) }
    return fields
  }

  var next: String {
    if let budget = plan.budget {
      return "run \(NumberFormat.count(budget.items)) items with \(repeats(budget.repeats))."
    }
    let needed = [plan.itemsForEffect, plan.itemsForMargin].compactMap { $0 }.max()
    if let needed, let items = plan.items {
      return needed > items
        ? "add \(NumberFormat.count(needed - items)) \(unit) before the comparison."
        : "compare; this suite is large enough."
    }
    if let needed { return "collect \(NumberFormat.count(needed)) \(unit), then compare." }
    return "say with --effect which difference matters, to learn how many items show it."
  }

  /// A cell of the ruler.
  static func seen(_ value: Double?, _ scale: ScoreScale) -> String {
    guard let value, value.isFinite else { return "none" }
    return "≥ " + scale.size(value)
  }

  private var unit: String { TerminalText.safe(plan.unit) }

  private func more(_ needed: Int) -> String {
    guard let items = plan.items else { return "" }
    return needed > items
      ? ", \(NumberFormat.count(needed - items)) more than there are" : ", which this suite has"
  }

  private func marginClaim(_ margin: Double) -> String {
    plan.claim == .equivalence
      ? "showing \"the same within ±\(scale.size(margin))\""
      : "showing \"not worse by more than \(scale.size(margin))\""
  }

  private func budgetText(_ budget: PowerPlan.BudgetPlan) -> String {
    let money = "\(amount(budget.cost)) \(TerminalText.safe(budget.unit))"
    var text = "\(NumberFormat.count(budget.items)) items with \(repeats(budget.repeats)) cost \(money)"
    if let limit = budget.budget { text += " of \(amount(limit))" }
    if let effect = budget.detectableEffect { text += " and see ≥ \(scale.size(effect))" }
    return text
  }

  private func amount(_ value: Double) -> String {
    value < 1000 ? NumberFormat.plain(value) : NumberFormat.plain(value, decimals: value < 1_000_000 ? 2 : 0)
  }

  private func repeats(_ count: Int) -> String { count == 1 ? "1 repeat each" : "\(count) repeats each" }

  private func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

extension ScoreScale {
  init(plan: PowerPlan) {
    if plan.isRate {
      let sizes = [plan.effect, plan.margin, plan.detectableGain, plan.detectableLoss, plan.budget?.detectableEffect]
      self.init(rateDecimals: ScoreScale.rateDecimals(for: sizes.compactMap { $0 }))
    } else {
      let ruler = plan.ruler.flatMap { [$0.detectableGain, $0.detectableLoss] }
      let given = [plan.effect, plan.margin, plan.detectableGain, plan.detectableLoss, plan.budget?.detectableEffect]
      let known = (given + ruler).compactMap { $0 }.filter { $0.isFinite && $0 > 0 }
      self.init(resolution: known.min() ?? plan.standardDeviation ?? 1, largest: known.max() ?? 1)
    }
  }
}

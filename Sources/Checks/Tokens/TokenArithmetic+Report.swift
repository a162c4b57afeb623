import Guards
import Project
import Records
import Statistics
import Store

extension Judgement {
  mutating func report(_ facts: TokenArithmetic.Facts, _ policy: TokenArithmetic.Policy) {
    let fold = facts.fold
    measure("calls", fold.calls, unit: "calls")
    measure("pairs", facts.pairs, unit: "pairs")
    measure("local_zero", facts.localZero, unit: "calls")
    measure("texts", facts.reading.texts, unit: "texts")
    for row in facts.rows where !row.gaps.isEmpty {
      let ranks = OrderStatistic.interval(quantile: policy.gapQuantile, sorted: row.gaps)
      measure(
        "gap \(row.name)", row.gap, low: ranks.low, high: ranks.high, limit: policy.marginDefault, unit: "share")
      measure("median_gap \(row.name)", OrderStatistic.quantile(0.5, sorted: row.gaps), unit: "share")
    }
    for model in facts.models {
      measureWindow(model, facts)
      if let multiplier = facts.multiplier(model) { measure("multiplier \(model)", multiplier, unit: "ratio") }
    }
    for prompt in facts.reading.prompts { measure(prompt, policy) }
    for change in facts.changes {
      measure(
        "drift \(change.old) \(change.new)", change.drift?.worst?.drift, limit: policy.goldenDrift, unit: "share")
    }
    for answers in facts.answers {
      measure("answer_tokens \(answers.model)", answers.quantile, limit: Double(answers.limit), unit: "tokens")
    }
    for bill in facts.bills { measure("projected_bill \(bill.model)", bill.ratio, unit: "ratio") }
    method =
      "nearest-rank quantiles with order-statistic intervals; exact binomial tests, Holm; token ids by the models' own vocabularies"
    draw(facts)
    headline = sentence(facts, policy)
    next = nextAction(facts, policy)
  }

  private mutating func measureWindow(_ model: String, _ facts: TokenArithmetic.Facts) {
    let rows = facts.rows.filter { $0.model == model }
    let refused = rows.reduce(0) { $0 + $1.refused }
    let overflowed = rows.reduce(0) { $0 + $1.overflowed }
    guard refused > 0 || overflowed > 0 else { return }
    measure("would_refuse \(model)", refused, unit: "calls")
    measure("did_not_fit \(model)", overflowed, unit: "calls")
    measure("not_refused \(model)", rows.reduce(0) { $0 + $1.missed }, unit: "calls")
  }

  private mutating func measure(_ prompt: TokenReading.Prompt, _ policy: TokenArithmetic.Policy) {
    let name = "\(prompt.key.prompt) \(prompt.key.model)"
    measure("prefix \(name)", prompt.share, limit: policy.prefixShareMin, unit: "share")
    measure("static_tokens \(name)", prompt.fixed, limit: Double(prompt.minimum), unit: "tokens")
    guard let ratio = prompt.ratio else { return }
    let cost = prompt.cost(ratio)
    measure("render_cost \(name)", cost.now, unit: "full-price tokens")
    measure("render_cost_static_first \(name)", cost.best, unit: "full-price tokens")
  }

  // MARK: Pictures

  private mutating func draw(_ facts: TokenArithmetic.Facts) {
    guard !facts.rows.isEmpty else { return }
    figures.append(
      .table(
        title: "Languages and models",
        columns: [
          "language", "model", "pairs", "tokens per character", "to the fixture", "gap to have room for", "margin",
        ],
        rows: facts.rows.map { row in
          let counts = facts.golden.counts(row.model)
          let ratio = facts.golden.corpus.ratio(of: row.language, counts)
          return [
            TokenArithmetic.shown(row.language), row.model, NumberWords.grouped(row.gaps.count),
            row.tokensPerCharacter.map { NumberWords.fixed($0, 3) } ?? "", ratio.map { NumberWords.fixed($0, 3) } ?? "",
            row.gap.map(NumberWords.percent) ?? "",
            NumberWords.percent(row.margin) + (row.isMeasured ? "" : " (default)"),
          ]
        }))
    let compared = facts.changes.filter { !($0.drift?.rows.isEmpty ?? true) }
    if !compared.isEmpty {
      figures.append(
        .table(
          title: "Golden corpus", columns: ["class", "old", "new", "drift", "ids"],
          rows: compared.flatMap { change in
            (change.drift?.rows ?? []).map { row in
              [
                row.name, "\(NumberWords.grouped(row.old)) \(change.old)",
                "\(NumberWords.grouped(row.new)) \(change.new)",
                row.drift.map { NumberWords.signed(NumberWords.percent($0)) } ?? "", change.digests[row.name] ?? "",
              ]
            }
          }))
    }
    guard !facts.reading.prompts.isEmpty else { return }
    figures.append(
      .table(
        title: "What consecutive renders begin with",
        columns: ["prompt", "model", "renders", "static", "share", "cacheable"],
        rows: facts.reading.prompts.map { prompt in
          [
            prompt.key.prompt, prompt.key.model, NumberWords.grouped(prompt.renders.count),
            NumberWords.fixed(prompt.fixed, 0), prompt.share.map(NumberWords.percent) ?? "",
            prompt.isCacheable ? "yes" : "no, below \(NumberWords.grouped(prompt.minimum))",
          ]
        }))
  }

  // MARK: Words

  private func sentence(_ facts: TokenArithmetic.Facts, _ policy: TokenArithmetic.Policy) -> String {
    let widest = facts.judged(policy).filter { $0.gap != nil }.least { -($0.gap ?? 0) }
    guard let widest, let gap = widest.gap else {
      return "Nobody knows how far own counts of \(facts.feature) are from what is billed."
    }
    let since = facts.reach.isWhole ? "" : " since \(facts.reach.since)"
    return
      "Of \(NumberWords.counted(facts.fold.calls, "call")) of \(facts.feature)\(since), \(NumberWords.percent(policy.gapQuantile)) were billed at most "
      + "\(NumberWords.percent(gap)) above the own count in \(widest.name), where the gap is widest; guards add \(NumberWords.percent(policy.marginDefault))."
  }

  private func nextAction(_ facts: TokenArithmetic.Facts, _ policy: TokenArithmetic.Policy) -> String {
    switch codes(.fail).first {
    case "TOKENIZER_DRIFT": return "Set budgets, chunk sizes and guards anew with the tokenizer of the new model."
    case "PREFIX_BROKEN": return "Put what is the same in every call first, and dates, ids and names behind it."
    case "MARGIN_SHORT":
      let widest = facts.judged(policy).compactMap(\.gap).max() ?? policy.marginDefault
      return "Let guards add \(NumberWords.percent(widest)), by language where they can, and set margin_default to it."
    case "MAX_TOKENS_SHORT": return "Raise max_tokens above the longest valid answers, or make answers shorter."
    default: break
    }
    if let first = missing.first {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "more ")\(first.what)."
    }
    for habit in PromptLint.allCases where facts.reading.sightings[habit] != nil { return "\(habit.remedy)." }
    if !codes(.warn).isEmpty { return "Project costs with the model's vocabulary." }
    return "Nothing to do."
  }
}

import Records
import Statistics
import Store

extension Judgement {
  mutating func report(_ facts: ContextWaste.Facts, _ policy: ContextWaste.Policy) {
    let fold = facts.fold
    measure("spans", fold.spans, limit: Double(policy.minSpans), unit: "spans")
    measure("sessions", fold.sessions.count, unit: "sessions")
    measure(
      "waste_share", facts.share, low: facts.interval?.low, high: facts.interval?.high, limit: policy.maxWasteShare,
      unit: "share")
    if let total = Share.of(facts.total, Double(fold.spans)) { measure("tokens", total, unit: "tokens") }
    for kind in SegmentClass.allCases where fold.tokens(kind) > 0 {
      measure("tokens \(kind.rawValue)", facts.mean(kind), unit: "tokens")
    }
    if facts.total > 0 {
      measure("waste_with_maybe", Share.of(facts.waste + Double(fold.tokens(.maybe)), facts.total), unit: "share")
      measure("needed", Share.of(facts.needed, Double(fold.spans)), unit: "tokens")
      measure("tax_multiple", facts.taxMultiple, unit: "ratio")
      measure("unattributed", facts.unattributed, limit: policy.unattributedMax, unit: "share")
      measure("unread", facts.unread, unit: "share")
      measure("tokens_per_good_answer", facts.tokensPerGoodAnswer, unit: "tokens")
      measureInput(facts, policy)
      measureMoney(facts)
    }
    method = "ratio of waste to all tokens, cluster-robust over sessions; exact binomial test of the budget"
    draw(facts)
    headline = sentence(facts, policy)
    next = nextAction(facts)
  }

  private mutating func measureInput(_ facts: ContextWaste.Facts, _ policy: ContextWaste.Policy) {
    let sorted = facts.fold.inputTokens.sorted()
    guard let p95 = OrderStatistic.quantile(0.95, sorted: sorted) else { return }
    let interval = OrderStatistic.interval(quantile: 0.95, sorted: sorted)
    measure(
      "input_p95", p95, low: interval.low, high: interval.high, limit: policy.inputBudget.map(Double.init),
      unit: "tokens")
    guard let limit = policy.inputHardLimit else { return }
    measure("over_hard_limit", facts.fold.overHardLimit, limit: Double(limit), unit: "spans")
  }

  private mutating func measureMoney(_ facts: ContextWaste.Facts) {
    let waste = SegmentClass.allCases.filter(\.isWaste)
    let unit = facts.costs.currency ?? "money"
    for (name, kinds) in [("all", SegmentClass.allCases), ("waste", waste)] {
      measure("month_\(name)", facts.month(kinds)?.approximate, unit: unit)
      measure("million_calls_\(name)", facts.million(kinds)?.approximate, unit: unit)
    }
    for kind in facts.fixes { measure("month \(kind.rawValue)", facts.month([kind])?.approximate, unit: unit) }
  }

  private mutating func draw(_ facts: ContextWaste.Facts) {
    guard facts.total > 0 else { return }
    figures.append(
      .parts(
        title: "An average prompt", unit: .number,
        parts: SegmentClass.allCases.filter { facts.fold.tokens($0) > 0 }.map { kind in
          let money = facts.month([kind]).map { " (\(ContextWaste.bill($0)) a month)" } ?? ""
          return Figure.Part(kind.rawValue + money, facts.mean(kind))
        }))
    guard !facts.fixes.isEmpty else { return }
    figures.append(
      .table(
        title: "What to leave out", columns: ["class", "tokens", "a month", "how"],
        rows: facts.fixes.map { kind in
          [
            kind.rawValue, NumberWords.trimmed(NumberWords.fixed(facts.mean(kind), 1)),
            facts.month([kind]).map(ContextWaste.bill) ?? "", kind.remedy,
          ]
        }))
  }

  private func sentence(_ facts: ContextWaste.Facts, _ policy: ContextWaste.Policy) -> String {
    let fold = facts.fold
    guard let share = facts.share else {
      return
        "Nobody knows what the prompts of \(facts.feature) are made of: no span with tokens in \(policy.windowDays) days."
    }
    func mean(_ tokens: Double) -> String { NumberWords.fixed(tokens / Double(fold.spans), 0) }
    let since = facts.isWhole ? "" : " since \(fold.since ?? facts.reach.since)"
    let multiple = facts.taxMultiple.map { "\(NumberWords.fixed($0, 2)) times what is needed" } ?? "nothing is needed"
    return
      "\(NumberWords.percent(share)) of the prompts of \(facts.feature) is waste: \(mean(facts.waste)) of \(mean(facts.total)) tokens "
      + "in the mean of \(NumberWords.counted(fold.spans, "span"))\(since), \(multiple)."
  }

  private func nextAction(_ facts: ContextWaste.Facts) -> String {
    if codes(.fail).isEmpty, let first = missing.first {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "more ")\(first.what)."
    }
    guard let first = facts.fixes.first else { return "Nothing to leave out." }
    let saving = facts.month([first]).map { ", \(ContextWaste.bill($0)) a month" } ?? ""
    let remedy = first.remedy.prefix(1).uppercased() + first.remedy.dropFirst()
    return "\(remedy): \(NumberWords.fixed(facts.mean(first), 0)) tokens of each prompt\(saving)."
  }
}

import Guards
import Records
import Statistics
import Store

extension AgentTrust {
  static func report(_ judgement: inout Judgement, _ facts: inout Facts, _ policy: Policy) {
    let fold = facts.fold
    judgement.method =
      "a census of actions, scopes and burn; exact bounds of the unintended rate and of the chain (Clopper-Pearson, Bonferroni)"
    judgement.measure("actions", fold.actions, unit: "actions")
    judgement.measure("changing_actions", fold.changing, unit: "actions")
    judgement.measure("held_up", fold.refused, unit: "actions")
    judgement.measure(
      "burn", facts.budget == nil ? nil : fold.burn, limit: facts.budget.map { _ in facts.units }, unit: "units")
    judgement.measure("budget_left", facts.budget == nil ? nil : facts.units - fold.burn, unit: "units")
    judgement.measure("reviewed", facts.reviewed, limit: Double(policy.reviewMinN), unit: "actions")
    judgement.measure(
      "unintended_rate", Share.of(facts.unintended, facts.reviewed), low: 0,
      high: ProportionInterval.clopperPearsonUpper(
        successes: Double(facts.unintended), trials: Double(facts.reviewed), confidence: policy.confidence),
      unit: "share")
    if let chain = facts.chain {
      let interval = chain.rate == nil ? nil : chain.interval
      judgement.measure(
        "chain_success", chain.rate, low: interval?.low, high: interval?.high, limit: policy.minChainSuccess,
        unit: "share")
    }
    judgement.measure("orphan_share", facts.orphanShare, limit: policy.maxOrphanShare, unit: "share")
    judgement.measure("breaker_openings", facts.openings, unit: "times")
    if fold.firstUnintended != nil {
      judgement.measure("time_to_know", facts.secondsToKnow.map { $0 / 3600 }, unit: "hours")
    }
    if facts.keyed > 0 {
      judgement.measure("receipts_of_keys", Share.of(facts.proved, facts.keyed), unit: "share")
    }
    for (code, count) in facts.decisions { judgement.measure("guard \(code)", count, unit: "actions") }
    judgement.headline = headline(facts)
    judgement.next = next(judgement, facts)
    judgement.figures = figures(facts)
  }

  private static func headline(_ facts: Facts) -> String {
    let fold = facts.fold
    guard fold.actions > 0 else { return "\(facts.agent) did nothing in \(facts.windowText) that was recorded." }
    let acted = "\(facts.agent) acted \(NumberWords.counted(fold.actions, "time")) in \(facts.windowText)"
    guard facts.budget != nil else { return "\(acted), and has no budget for what goes wrong." }
    let burnt = "\(acted) and burnt \(NumberWords.plain(fold.burn)) of \(NumberWords.plain(facts.units)) units"
    let parts = ActionEffect.allCases.reversed().compactMap { effect in
      fold.burnt[effect].map { (count: $0, text: "\(NumberWords.grouped($0)) \(effect.rawValue)") }
    }
    guard let last = parts.last else { return "\(burnt): nothing that was reviewed was unintended." }
    let first = parts.dropLast().map(\.text).joined(separator: ", ")
    let all = first.isEmpty ? last.text : "\(first) and \(last.text)"
    let isOne = parts.reduce(0) { $0 + $1.count } == 1
    return "\(burnt): \(all) \(isOne ? "action was" : "actions were") not intended."
  }

  private static func next(_ judgement: Judgement, _ facts: Facts) -> String {
    switch judgement.leading?.code {
    case "NO_BUDGET": "Write agents.\(facts.agent).failure_budget in tally.yaml, with the scopes that it needs."
    case "BUDGET_SPENT":
      "Stop its writes, undo what was not intended (`tally spans --agent \(facts.agent)` lists what it did), and find out what made it do that."
    case "SCOPE_ESCALATION":
      "Find out who let it call \(facts.fold.escalated.names.first ?? "the tool"); take it away, or add it to the scopes."
    case "UNAPPROVED_IRREVERSIBLE":
      "Have a person approve \(facts.fold.unapproved.names.first ?? "the tool") before it is called."
    case "CHAIN_BELOW_TARGET": weakest(facts).map { "Mend \($0) first: it lets least through." } ?? ""
    case "NO_ACTIONS": "Record its calls as spans of kind tool with attributes.agent, or take it out of tally.yaml."
    case "MISSING_FIELDS": "Declare the effect of every tool under tools in tally.yaml."
    case "TOO_FEW_REVIEWED", "CHAIN_OPEN", "CHAIN_STEP_UNSEEN":
      judgement.missing.first.map {
        "Get \($0.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "more ")\($0.what)."
      }
        ?? ""
    case "BUDGET_NEAR": "Look at what was not intended before it happens again."
    case "BREAKER_WARNING": "Look at why calls of \(judgement.leading?.about ?? "its tools") fail."
    case "ORPHANS": "Record the spans that call it, too."
    default: "Nothing to do: keep reviewing some of what it does."
    }
  }

  private static func weakest(_ facts: Facts) -> String? {
    facts.chain?.steps.least { Share.of($0.succeeded, $0.actions) ?? 1 }?.tool
  }

  private static func figures(_ facts: Facts) -> [Figure] {
    let levels = Dictionary(facts.levels.map { ($0.name, $0.level) }, uniquingKeysWith: { first, _ in first })
    func gravity(_ tool: AgentFold.Tool) -> Int {
      tool.effect.flatMap { ActionEffect.allCases.firstIndex(of: $0) } ?? ActionEffect.allCases.count
    }
    let tools = facts.fold.tools.keys.orderedByBytes().map { ($0, facts.fold.tools[$0] ?? AgentFold.Tool()) }
      .ordered { -$0.1.actions }.ordered { -gravity($0.1) }
    var figures: [Figure] = []
    if !tools.isEmpty {
      figures.append(
        .table(
          title: "What \(facts.agent) did",
          columns: ["tool", "effect", "actions", "failed", "not intended", "breaker"],
          rows: tools.prefix(30).map { tool, seen in
            [
              tool, seen.effect?.rawValue ?? "?", NumberWords.grouped(seen.actions), NumberWords.grouped(seen.failed),
              NumberWords.grouped(seen.unintended), word(levels[tool] ?? .closed),
            ]
          }))
    }
    let models = facts.models.models.map { ($0.key, $0.value) }.orderedByBytes(of: \.0).ordered { -$0.1.calls }
    if !models.isEmpty {
      figures.append(
        .table(
          title: "Models that it called in the last day", columns: ["model", "calls", "failed", "breaker"],
          rows: models.prefix(30).map { name, seen in
            [name, NumberWords.grouped(seen.calls), NumberWords.grouped(seen.failed), word(levels[name] ?? .closed)]
          }))
    }
    if !facts.decisions.isEmpty {
      figures.append(
        .table(
          title: "What the guard would have said", columns: ["answer", "actions"],
          rows: facts.decisions.map { [$0.code == "RECEIPT" ? "returns the receipt" : $0.code, "\($0.count)"] }))
    }
    return figures
  }

  private static func word(_ level: AgentBreaker.Level) -> String {
    switch level {
    case .closed: "closed"
    case .warning: "warns"
    case .open: "open"
    case .halfOpen: "half-open"
    }
  }
}

extension AgentTrust.Facts {
  /// What the guard would have said, in the order in which it asks.
  var decisions: [(code: String, count: Int)] {
    (AgentDecision.codes + ["RECEIPT"]).compactMap { code in fold.decisions[code].map { (code, $0) } }
  }
}

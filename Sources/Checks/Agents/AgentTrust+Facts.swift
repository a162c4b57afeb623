import Guards
import Records
import Statistics
import Store

extension AgentTrust {
  /// Everything that was read and computed about one agent.
  struct Facts {
    let agent: String
    let fold: AgentFold
    let budget: FailureBudget?
    /// Nil where no chain is declared.
    let chain: ChainSuccess?
    let window: Duration
    let reach: SpanReach
    let models: AgentModels
    /// Of each tool, and then of each model, how its breaker stands now; and how often they opened.
    let levels: [(name: String, level: AgentBreaker.Level)]
    let openings: Int
    /// Spans that name a parent, in the traces that were looked at, and those of which it is not in the ledger.
    let linked: Int
    let orphans: Int
    /// Seconds from the first unintended action to the first word of a person on its trace; nil without either.
    let secondsToKnow: Double?
    /// Effects under a key, and those of them that have a receipt.
    let keyed: Int
    let proved: Int

    init(
      _ agent: String, _ fold: AgentFold, _ models: AgentModels, _ budget: FailureBudget?, chain: [String],
      _ window: Duration, _ reach: SpanReach, _ ledger: Snapshot, _ policy: Policy
    ) throws {
      self.agent = agent
      self.budget = budget
      self.window = window
      self.reach = reach
      self.chain =
        chain.isEmpty
        ? nil
        : ChainSuccess(
          steps: chain.map { tool in
            let seen = fold.tools[tool] ?? AgentFold.Tool()
            return ChainSuccess.Step(tool: tool, succeeded: seen.actions - seen.failed, actions: seen.actions)
          })
      var (fold, models) = (fold, models)
      let (tools, called) = (fold.tools.keys.orderedByBytes(), models.models.keys.orderedByBytes())
      levels =
        tools.map { ($0, fold.level(of: $0, at: ledger.asOf)) }
        + called.map { ($0, models.level(of: $0, at: ledger.asOf)) }
      openings =
        tools.reduce(0) { $0 + fold.memory.openings(of: $1) } + models.models.values.reduce(0) { $0 + $1.openings }
      self.fold = fold
      self.models = models
      var (linked, orphans) = (0, 0)
      for trace in fold.sample.traces {
        let known = try ledger.spanIDs(ofTrace: trace.id)
        linked += trace.links.elements.count
        orphans += trace.links.elements.count { !known.contains($0.parent) }
      }
      (self.linked, self.orphans) = (linked, orphans)
      secondsToKnow = try fold.firstUnintended.flatMap { try Facts.secondsToKnow($0, ledger) }
      let keys = Set(fold.keys.elements)
      var receipts: Set<String> = []
      try ledger.forEachReceipt(underKeys: keys.orderedByBytes(), since: reach.since) { key, _, _ in
        receipts.insert(key)
      }
      (keyed, proved) = (keys.count, receipts.count)
    }

    private static func secondsToKnow(_ action: AgentFold.Unintended, _ ledger: Snapshot) throws -> Double? {
      let spans = try ledger.spanIDs(ofTrace: action.trace).union([action.trace]).orderedByBytes()
      let words = try ledger.annotations(on: Array(spans.prefix(1_000)))
        .filter { $0.annotatorKind == .human && $0.at >= action.at && $0.at <= ledger.asOf }
      return words.map(\.at).min().map { Double($0.nanoseconds - action.at.nanoseconds) / 1e9 }
    }

    var units: Double { budget?.units(actions: fold.actions) ?? 0 }
    /// Of actions that may change something; of an agent that only reads, of all.
    var reviewed: Int { fold.changing > 0 ? fold.reviewed.changing : fold.reviewed.all }
    var unintended: Int { fold.changing > 0 ? fold.unintended.changing : fold.unintended.all }
    var orphanShare: Double? { Share.of(orphans, linked) }

    /// "7 days", or since when where that is not all.
    var windowText: String {
      let seconds = window.components.seconds
      if !reach.isWhole { return "the time since \(reach.since.toTheSecond)" }
      if seconds % 86_400 == 0 { return NumberWords.counted(Int(seconds / 86_400), "day") }
      return seconds % 3600 == 0
        ? NumberWords.counted(Int(seconds / 3600), "hour") : NumberWords.counted(Int(seconds), "second")
    }
  }
}

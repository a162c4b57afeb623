import Project
import Records
import Statistics
import Store

extension ContextWaste {
  /// Everything that was read and computed about one feature.
  struct Facts {
    let feature: String
    let fold: PromptFold
    let reach: SpanReach
    let costs: Costs
    /// Nanoseconds of the stretch that was read.
    let stretch: Int128
    /// Waste over all tokens, cluster-robust over sessions; nil with fewer than two sessions.
    let estimate: ClusterEstimate?
    let budget: QuantileBudget?

    init(
      _ feature: String, _ fold: PromptFold, _ reach: SpanReach, _ models: NamedEntries<ModelSettings>, asOf: Instant,
      _ policy: Policy
    ) {
      self.feature = feature
      self.fold = fold
      self.reach = reach
      costs = Costs(fold, models, at: asOf)
      let since = fold.isFull ? fold.since ?? reach.since : reach.since
      stretch = Int128(asOf.nanoseconds) - Int128(since.nanoseconds)
      estimate = ClusterRobust.ratio(
        numerators: fold.sessions.map(\.waste), denominators: fold.sessions.map(\.total))
      budget = policy.inputBudget.flatMap { limit in
        fold.inputTokens.isEmpty
          ? nil
          : QuantileBudget(
            above: fold.inputTokens.count { $0.isAbove(Double(limit)) }, count: fold.inputTokens.count, quantile: 0.95)
      }
    }

    var isWhole: Bool { reach.isWhole && !fold.isFull }
    var total: Double { fold.total }
    var waste: Double { fold.sessions.reduce(0) { $0 + $1.waste } }
    var needed: Double { total - waste }
    /// Nil without tokens.
    var share: Double? { Share.of(waste, total) }
    var interval: Interval? { estimate?.interval() }
    /// total/needed; nil when nothing is needed.
    var taxMultiple: Double? { Share.of(total, needed) }
    var unattributed: Double? { Share.of(Double(fold.tokens(.unattributed)), total) }
    var unread: Double? { Share.of(Double(fold.unread), total) }
    var tokensPerGoodAnswer: Double? { fold.good > 0 ? Double(fold.inputSum) / Double(fold.good) : nil }

    /// Tokens of a class in a mean prompt.
    func mean(_ kind: SegmentClass) -> Double { Share.of(Double(fold.tokens(kind)), Double(fold.spans)) ?? 0 }

    private static let month: Int128 = 30 * 86_400 * 1_000_000_000

    /// What classes cost in 30 days at the rate of the stretch; nil without prices.
    func month(_ kinds: [SegmentClass]) -> Money? { costs.scaled(kinds, by: Facts.month, of: stretch) }

    /// What they cost in a million calls.
    func million(_ kinds: [SegmentClass]) -> Money? { costs.scaled(kinds, by: 1_000_000, of: Int128(fold.spans)) }

    /// Classes of waste that occur, those that cost most first; by tokens where prices are missing.
    var fixes: [SegmentClass] {
      SegmentClass.allCases.filter { $0.isWaste && fold.tokens($0) > 0 }.ordered { kind in
        -(costs.cost([kind])?.approximate ?? Double(fold.tokens(kind)))
      }
    }

    /// Sessions that would tell the share from the limit, were they like these; nil where no number would.
    func missingSessions(limit: Double) -> Int? {
      guard let share, let interval else { return nil }
      let reach = (interval.high - interval.low) / 2 / abs(share - limit)
      let needed = Double(fold.sessions.count) * reach * reach
      return Int(exactly: needed.rounded(.up)).map { max(1, $0 - fold.sessions.count) }
    }
  }
}

internal import Statistics

/// Ranks three or more variants: all pairs tested, Holm-adjusted, every rank an interval that holds with all the others.
public struct Ranker {
  private let table: ItemTable
  private let policy: ComparisonPolicy

  /// All pairs are tested: of more variants than this there are too many to read, let alone to tell apart.
  public static let variantLimit = 200

  public init(table: ItemTable, policy: ComparisonPolicy) {
    self.table = table
    self.policy = policy
  }

  /// O(variants²·items), plus the permutations of pairs that need them; once more for every task of several.
  /// - Throws: `MethodMismatch` when the policy asks for a method that does not fit the data.
  public func rank() throws(MethodMismatch) -> RankingResult {
    let common = policy.unpaired ? [] : commonItems(within: nil)
    let ranked = try rank(items: common)
    let doubts = RankingDoubts(table: table, policy: policy).reasons(common: common)
    let reasons = doubts + ranked.reasons.filter { reason in !doubts.contains { $0.code == reason.code } }
    var result = RankingResult(
      policy: policy, isBinary: table.isBinary, variants: ranked.variants, pairs: ranked.pairs, tasks: [],
      reasons: Reason.ordered(reasons),
      confidence: 1 - policy.alpha, population: population(common), seed: policy.seed ?? table.fingerprint)
    for task in table.tasks {
      let items = commonItems(within: task.items)
      guard !items.isEmpty else { continue }
      let ranked = try rank(items: items)
      result.tasks.append(RankingResult.Task(name: task.name, items: items.count, variants: ranked.variants))
    }
    return result
  }

  private func population(_ common: [Int]) -> String {
    let all = Comparer.grouped(table.count)
    if policy.unpaired { return "each variant on its own items" }
    return common.isEmpty
      ? "each pair on the items it has in common; no item is common to all \(table.armNames.count) variants"
      : "on the \(Comparer.counted(common.count, "item")) common to all \(table.armNames.count) variants"
        + (common.count < table.count ? ", of \(all)" : "")
  }

  private func commonItems(within items: [Int]?) -> [Int] {
    (items ?? Array(0..<table.count)).filter { item in
      table.states.allSatisfy { $0[item] == .scored }
    }
  }

  private struct Ranked {
    var variants: [RankingResult.Variant]
    var pairs: [RankingResult.Pair]
    var reasons: [Reason]
  }

  private func rank(items common: [Int]) throws(MethodMismatch) -> Ranked {
    let count = table.armNames.count
    let items = common.isEmpty ? nil : common
    var reasons: [Reason] = []
    var tests: [(first: Int, second: Int, items: Int, evidence: Evidence)] = []
    let pairs = count * (count - 1) / 2
    for first in 0..<count {
      for second in (first + 1)..<max(first + 1, count) {
        guard let (evidence, size, doubt) = try evidence(first, second, items: items, family: pairs) else { continue }
        if let doubt, !reasons.contains(where: { $0.code == doubt.code }) { reasons.append(doubt) }
        if doubt?.code.isUnknown == true { continue }
        tests.append((first, second, size, evidence))
      }
    }
    let adjusted = Multiplicity.holm(tests.map { $0.evidence.pValue ?? 1 })
    for index in tests.indices { tests[index].evidence.adjustedPValue = adjusted[index] }
    let comparisons = tests.map { test in
      PairwiseComparison(
        first: test.first, second: test.second, adjustedPValue: test.evidence.adjustedPValue ?? 1,
        sign: test.evidence.estimate == 0 ? 0 : test.evidence.estimate > 0 ? 1 : -1)
    }
    let ranks = Ranking.rankSets(variants: count, comparisons: comparisons, alpha: policy.alpha)
    let order = self.order(items: items)
    let winners = Set(Ranking.winners(ranks))
    let variants = order.map {
      variant(arm: $0.arm, mean: $0.mean, items: items, rank: ranks[$0.arm], winners: winners)
    }
    return Ranked(variants: variants, pairs: oriented(tests, order: order.map(\.arm)), reasons: reasons)
  }

  /// The evidence for one pair, and what puts it in doubt.
  private func evidence(
    _ first: Int, _ second: Int, items: [Int]?, family: Int
  ) throws(MethodMismatch) -> (Evidence, Int, Reason?)? {
    let seed = policy.seed ?? table.fingerprint
    let inference = Inference(policy: policy, family: family, seed: seed)
    let comparer = Comparer(table: table, base: second, candidate: first, policy: policy)
    let sample = policy.unpaired ? PairedSample() : comparer.extraction.paired(items: items)
    if sample.count > 0 {
      let method = policy.method ?? inference.defaultMethod(sample)
      let doubt = comparer.clusterDoubt(clusters: sample.isClustered ? sample.clusterCount : nil)
      return try inference.evidence(sample, method: method).map { ($0, sample.count, doubt) }
    }
    let base = comparer.extraction.single(second)
    let candidate = comparer.extraction.single(first)
    let method = policy.method ?? inference.defaultMethod(base, candidate)
    let why = policy.unpaired ? "as asked" : "because they share no item"
    let doubt = Reason(.unpaired, "Variants are compared as independent samples, \(why).")
    return try inference.evidence(base: base, candidate: candidate, method: method)
      .map { ($0, min(base.count, candidate.count), doubt) }
  }

  private func order(items: [Int]?) -> [(arm: Int, mean: Double)] {
    let means = table.armNames.indices.compactMap { arm -> (arm: Int, mean: Double)? in
      let scores = SampleExtraction(table: table, base: arm, candidate: arm).single(arm, items: items).scores
      return scores.isEmpty ? nil : (arm, Moments(scores).mean)
    }
    return means.sorted { first, second in
      if first.mean != second.mean {
        return policy.lowerIsBetter ? first.mean < second.mean : first.mean > second.mean
      }
      return table.armNames[first.arm].utf8.lexicographicallyPrecedes(table.armNames[second.arm].utf8)
    }
  }

  private func variant(
    arm: Int, mean: Double, items: [Int]?, rank: RankInterval, winners: Set<Int>
  ) -> RankingResult.Variant {
    let sample = SampleExtraction(table: table, base: arm, candidate: arm).single(arm, items: items)
    let inference = Inference(policy: policy, family: table.armNames.count, seed: 0)
    let summary = inference.summary(sample, name: table.armNames[arm])
    return RankingResult.Variant(
      name: table.armNames[arm], mean: mean, low: summary.low ?? mean, high: summary.high ?? mean,
      method: summary.method ?? "one item", items: sample.count, bestRank: rank.low, worstRank: rank.high,
      isWinner: winners.contains(arm))
  }

  /// The pairs in the order of the standings, the better-standing variant first.
  private func oriented(
    _ tests: [(first: Int, second: Int, items: Int, evidence: Evidence)], order: [Int]
  ) -> [RankingResult.Pair] {
    var place = [Int](repeating: 0, count: table.armNames.count)
    for (position, arm) in order.enumerated() { place[arm] = position }
    let pairs = tests.map { test -> (Int, Int, RankingResult.Pair) in
      let swapped = place[test.first] > place[test.second]
      let (first, second) = swapped ? (test.second, test.first) : (test.first, test.second)
      let evidence = swapped ? test.evidence.mirrored : test.evidence
      let pair = RankingResult.Pair(
        first: table.armNames[first], second: table.armNames[second], items: test.items, evidence: evidence,
        significant: (evidence.adjustedPValue ?? 1) <= policy.alpha && evidence.estimate != 0)
      return (place[first], place[second], pair)
    }
    return pairs.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }
}

extension Evidence {
  /// The same evidence for the difference the other way round.
  var mirrored: Evidence {
    var evidence = self
    evidence.estimate = -estimate
    (evidence.low, evidence.high) = (-high, -low)
    evidence.statistic = statistic.map { -$0 }
    return evidence
  }
}

/// What puts a ranking in doubt: the same that puts a comparison in doubt, said of the variants.
struct RankingDoubts {
  let table: ItemTable
  let policy: ComparisonPolicy

  /// - Parameter common: the items that all variants share.
  func reasons(common: [Int]) -> [Reason] {
    [versions, missing, conflicts, looks(common), coverage(common)].compactMap { $0 }
  }

  private var versions: Reason? {
    table.mixesVersions
      ? Reason(.mixedVersions, "A suite was run in more than one version; versions are never compared with each other.")
      : nil
  }

  private var missing: Reason? {
    let arms = table.armNames.indices.filter { arm in
      Double(table.missingPredictions[arm]) > policy.maxMissingShare * Double(table.predictions[arm]) + Outcome.slack
    }
    guard let first = arms.first else { return nil }
    return Reason(
      .missingScores,
      "\(named(arms)) lack\(arms.count == 1 ? "s" : "") scores (\(table.armNames[first]): "
        + "\(Comparer.grouped(table.missingPredictions[first])) of \(Comparer.grouped(table.predictions[first]))); "
        + "a missing score is not a zero.")
  }

  private var conflicts: Reason? {
    let items = (0..<table.count).count { item in table.states.contains { $0[item] == .conflicting } }
    guard items > 0 else { return nil }
    let isMuch = Double(items) > policy.maxConflictShare * Double(table.count) + Outcome.slack
    return Reason(
      isMuch ? .conflictingTrials : .conflictsLeftOut,
      "\(Comparer.grouped(items)) items have rows with the same key and different scores"
        + (isMuch
          ? ". If they are repeats, name their column with --repeat, or say --repeats-by-order."
          : "; they were left out."))
  }

  private func looks(_ common: [Int]) -> Reason? {
    let comparer = Comparer(table: table, policy: policy)
    let isAnytime = policy.sequential || policy.method == .anytime
    return comparer.lookDoubt(items: common.count, observations: common.count, unit: "items", isAnytime: isAnytime)?.0
  }

  /// Ranking on common items says nothing of the others; the variant that lacks most is named.
  private func coverage(_ common: [Int]) -> Reason? {
    let scored = table.states.map { states in states.count { $0 == .scored } }
    guard !common.isEmpty, let most = scored.max(), let fewest = scored.min(), common.count < most,
      let arm = scored.firstIndex(of: fewest)
    else { return nil }
    return Reason(
      .droppedItems,
      "\(Comparer.counted(most - common.count, "item")) that some variants were scored on count for nothing here, because others "
        + "lack them (\(table.armNames[arm]) most: it has \(Comparer.grouped(fewest))).")
  }

  private func named(_ arms: [Int]) -> String {
    let names = arms.prefix(3).map { table.armNames[$0] }.joined(separator: ", ")
    return arms.count > 3 ? "\(names) and \(arms.count - 3) more" : names
  }
}

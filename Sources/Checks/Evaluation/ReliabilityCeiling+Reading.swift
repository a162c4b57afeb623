import Comparison
import Project
import Records
import Statistics
import Store

extension ReliabilityCeiling {
  /// A variant of the suite that was released.
  struct Release {
    let arm: SuiteRuns.Arm
    /// What the feature had cost until then; nil where nobody said.
    var spend: Money?
  }

  /// What the ledger says about the errors of the newest release.
  struct Classification {
    /// Items by the class that people gave them.
    var classes: [String: Int] = [:]
    var agreement: Double?
    /// Trials whose error no model removes.
    var evidence: [RecordID] = []

    var items: Int { classes.values.reduce(0, +) }
    func items(in names: [String]) -> Int { Set(names).reduce(0) { $0 + (classes[$1] ?? 0) } }
  }

  /// The releases, oldest first: the variants that changes name, or all variants in the order of their first trials.
  static func releases(_ feature: String, runs: SuiteRuns, _ ledger: Snapshot) throws -> [Release] {
    var named: [(variant: String, at: Instant, spend: Money?)] = []
    try ledger.forEachChange { _, change in
      guard let text = change.attributes, let attributes = try? JSONValue(parsing: text),
        let variant = (attributes["release"] ?? attributes["variant"])?.text,
        attributes["feature"].map({ $0.text == feature }) ?? true
      else { return }
      named.removeAll { $0.variant == variant }
      named.append((variant, change.at, attributes["spend"]?.text.flatMap { Money($0) }))
    }
    // Changes of one instant stay in the order in which they were stored.
    let released = named.ordered(by: \.at).compactMap { one in
      runs.arm(one.variant).map { Release(arm: $0, spend: one.spend) }
    }
    if !released.isEmpty { return released }
    return runs.arms.ordered(by: \.firstAt).map { Release(arm: $0, spend: nil) }
  }

  /// Sorts the errors of an arm by the class that most people gave them.
  ///
  /// A vote is about a trial by its record id, by `suite/item/variant`, or about the item by its id.
  static func classify(_ arm: SuiteRuns.Arm, suite: String, raters: Int, irreducible: [String], _ ledger: Snapshot)
    throws -> Classification
  {
    var ballots = Ballots()
    try ledger.forEachAnnotation(named: "error_class", by: [.human]) { ballots.add($0) }
    var result = Classification()
    guard !ballots.subjects.isEmpty else { return result }
    var byID: [RecordID: [Ballots.Vote]] = [:]
    for (subject, votes) in ballots.subjects { if let id = RecordID(subject) { byID[id] = votes } }
    // By item and annotator: repeats of an item are one error, and nobody votes twice on it.
    var items: [String: [String: String]] = [:]
    var trials: [String: RecordID] = [:]
    for series in arm.series {
      try ledger.forEachOutcome(of: series, wrongOnly: true) { outcome in
        let votes =
          ballots[outcome.item] + ballots["\(suite)/\(outcome.item)/\(arm.variant)"] + (byID[outcome.id] ?? [])
        guard !votes.isEmpty else { return }
        for vote in votes { items[outcome.item, default: [:]][vote.annotator] = vote.value.text }
        if trials[outcome.item] == nil { trials[outcome.item] = outcome.id }
      }
    }
    result.count(items, raters: raters)
    let hopeless = items.filter { item in majority(item.value).map(irreducible.contains) ?? false }
    result.evidence = Array(hopeless.keys.compactMap { trials[$0] }.sorted().prefix(20))
    return result
  }

  /// The class that more than half of at least two votes name; `subjective` when none is, nil for fewer votes.
  static func majority(_ votes: [String: String]) -> String? {
    guard votes.count > 1 else { return nil }
    var counts: [String: Int] = [:]
    for vote in votes.values { counts[vote, default: 0] += 1 }
    return counts.first { 2 * $0.value > votes.count }?.key ?? "subjective"
  }

  /// What the newest release gained over an earlier one; nil where the engine cannot say.
  static func gain(from old: Release, to new: Release, _ context: CheckContext) throws -> Evidence? {
    guard !old.arm.mixesConfigurations else { return nil }
    let table = try context.items([old.arm, new.arm])
    guard table.armNames.count == 2 else { return nil }
    var policy = EvalPower.Policy().comparison(MetricSettings(), suite: SuiteSettings())
    policy.seed = context.seed
    let result = try Comparer(table: table, policy: policy).compare()
    return result.reasons.contains(where: \.code.isUnknown) ? nil : result.evidence
  }
}

extension ReliabilityCeiling.Classification {
  fileprivate mutating func count(_ items: [String: [String: String]], raters: Int) {
    let categories = Set(items.values.flatMap(\.values)).sorted()
    var kappa = FleissKappa(categories: max(1, categories.count), raters: raters)
    for votes in items.values {
      guard let majority = ReliabilityCeiling.majority(votes) else { continue }
      classes[majority, default: 0] += 1
      guard votes.count == raters else { continue }
      kappa.add(categories.map { category in votes.values.count { $0 == category } })
    }
    agreement = kappa.kappa
  }
}

extension SuiteRuns.Arm {
  var firstAt: Instant { series.map(\.firstAt).min() ?? Instant(nanoseconds: 0) }
}

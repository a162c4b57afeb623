import Statistics
import Store

/// How often the items of one arm failed, folded row by row.
struct FailureTally {
  /// Items, or clusters of items where the trials name them.
  private(set) var failures = RepeatedFailures()
  private(set) var items = 0
  /// Items that were tried once.
  private(set) var single = 0
  /// Of the items that were tried more than once: all tries passed, some did, none did.
  private(set) var solid = 0
  private(set) var flaky = 0
  private(set) var broken = 0
  private(set) var excluded = 0
  private(set) var hasClusters = false
  private var cluster: (name: String, failures: Int, trials: Int)?
  private let k: Int
  private var triedEnough = 0
  private var allPass = 0.0
  private var anyPass = 0.0

  /// - Parameter k: tries that pass^k and pass@k speak of.
  init(k: Int) {
    self.k = k
  }

  /// Takes a row that was counted by cluster, in the order of clusters.
  mutating func add(_ count: PassCount) {
    excluded += count.missing
    guard count.tries > 0 else { return }
    items += count.items
    classify(count)
    let failed = count.tries - count.passes
    guard let name = count.traits.first.flatMap(\.self) else {
      for _ in 0..<count.items { failures.add(failures: failed, trials: count.tries) }
      return
    }
    hasClusters = true
    if cluster?.name != name { closeCluster() }
    cluster = (
      name, (cluster?.failures ?? 0) + failed * count.items, (cluster?.trials ?? 0) + count.tries * count.items
    )
  }

  /// Call after the last row.
  mutating func closeCluster() {
    if let cluster { failures.add(failures: cluster.failures, trials: cluster.trials) }
    cluster = nil
  }

  private mutating func classify(_ count: PassCount) {
    if count.tries == 1 {
      single += count.items
    } else if count.passes == count.tries {
      solid += count.items
    } else if count.passes == 0 {
      broken += count.items
    } else {
      flaky += count.items
    }
    guard let all = PassAtK.all(passed: count.passes, tries: count.tries, k: k),
      let any = PassAtK.any(passed: count.passes, tries: count.tries, k: k)
    else { return }
    triedEnough += count.items
    allPass += all * Double(count.items)
    anyPass += any * Double(count.items)
  }

  /// Items that were tried more than once.
  var repeated: Int { solid + flaky + broken }

  /// Of the repeated items; nil without any.
  var flakyShare: Double? { Share.of(flaky, repeated) }

  /// Mean chance that all of k tries pass, over items with at least k tries; nil without any.
  var passAll: Double? { Share.of(allPass, Double(triedEnough)) }

  /// Mean chance that one of k tries passes, over items with at least k tries; nil without any.
  var passAny: Double? { Share.of(anyPass, Double(triedEnough)) }

  /// What the bound counts: single trials, items, or clusters.
  var unit: String { hasClusters ? "cluster" : repeated > 0 ? "item" : "trial" }
}

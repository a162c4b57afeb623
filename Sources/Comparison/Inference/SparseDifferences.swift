internal import Statistics

/// The independent units of a paired comparison, and how many of them differ between the arms at all.
struct DifferenceUnits {
  /// Σmax(−d, 0) and Σmax(d, 0) over the items.
  let losses: Double
  let wins: Double
  let items: Int
  /// Items, or clusters.
  let count: Int
  /// Units whose differences do not cancel.
  let differing: Int
  /// "items" or "clusters".
  let name: String

  init(losses: Double, wins: Double, items: Int, count: Int, differing: Int, name: String) {
    self.losses = losses
    self.wins = wins
    self.items = items
    self.count = count
    self.differing = differing
    self.name = name
  }

  init(differences: [Double], unitSums: [Double], name: String) {
    var (losses, wins) = (0.0, 0.0)
    for difference in differences {
      losses += max(-difference, 0)
      wins += max(difference, 0)
    }
    self.init(
      losses: losses, wins: wins, items: differences.count, count: unitSums.count,
      differing: unitSums.count { abs($0) > 1e-12 }, name: name)
  }

  /// Too few units differ for a standard error to be estimated from them: a t interval then covers as little as 25 %.
  var isSparse: Bool { differing < 10 && 2 * differing <= count }

  /// "only 3 of 20 items differ between the arms"
  var fewDiffer: String {
    let share = differing == 0 ? "none" : "only \(differing)"
    return "\(share) of \(Comparer.grouped(count)) \(name) \(differing == 1 ? "differs" : "differ") between the arms"
  }

  func effectivePairs(standardError: Double) -> EffectivePairs {
    EffectivePairs(
      losses: losses, wins: wins, items: Double(items), standardError: standardError, units: count)
  }
}

/// Rates of pairs that are repeated or clustered: Tango's interval on the effective sample where a t interval fails.
extension Inference {
  /// Replaces the t interval in `evidence`, which has a standard error, where too few units differ; or where all differ by
  /// the same amount, which would leave an interval without width around a rate that was only sampled.
  func standIn(for evidence: inout Evidence, units: DifferenceUnits) {
    guard let error = evidence.standardError, let freedom = evidence.degreesOfFreedom else { return }
    let isConstant = error * error <= 1e-14
    guard units.isSparse || isConstant else { return }
    let interval = units.effectivePairs(standardError: error).tango(level: level, degreesOfFreedom: freedom)
    (evidence.low, evidence.high) = (interval.low, interval.high)
    evidence.intervalMethod = "Tango score interval on the effective sample"
    evidence.replacement =
      "Tango's score interval on the effective sample stands in for the t interval: "
      + (units.isSparse
        ? "\(units.fewDiffer), too few to estimate how they vary."
        : "all \(Comparer.grouped(units.count)) \(units.name) differ by the same amount, which says nothing of how they vary.")
  }
}

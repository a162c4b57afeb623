import Comparison
import Project
import Records
import Statistics
import Store

extension EvalProdParity {
  /// One difference of the ledger of differences; nil evidence where it was not measured.
  struct Part {
    let name: String
    /// What the engine found; nil for parts that are computed.
    var result: ComparisonResult?
    var bounded: BoundedEstimate?

    /// Of a comparison nothing of which is in doubt.
    var excludesZero: Bool { bounded.map { $0.interval.low > 0 || $0.interval.high < 0 } ?? false }
  }

  /// The gap between evaluation and production, and where it comes from.
  struct Parts {
    var gap = Part(name: "gap")
    var framing = Part(name: "framing")
    var contamination = Part(name: "contamination")
    var distribution = Part(name: "distribution")
    /// Share of production's items whose topics the evaluation has; nil where topics are not known.
    private(set) var coveredShare: Double?

    /// Topics with fewer items in evaluation say nothing.
    private static let minTopic = 5

    /// - Parameter traffic: spans by topic; asked for where the trials of production have no topics.
    init(_ tables: Tables, _ comparison: ComparisonPolicy, traffic: () throws -> [String: Int]) throws {
      if let table = tables.gap {
        var unpaired = comparison
        unpaired.unpaired = true
        gap = try Parts.compared("gap", table, unpaired)
        try weigh(table, lowerIsBetter: comparison.lowerIsBetter, traffic)
      }
      if let table = tables.framing { framing = try Parts.compared("framing", table, comparison) }
      if let table = tables.contamination { contamination = try Parts.compared("contamination", table, comparison) }
    }

    private static func compared(_ name: String, _ table: ItemTable, _ policy: ComparisonPolicy) throws -> Part {
      let result = try Comparer(table: table, policy: policy).compare()
      let isInDoubt = result.reasons.contains(where: \.code.isUnknown)
      let bounded = result.evidence.map {
        BoundedEstimate(estimate: $0.estimate, interval: Interval(low: $0.low, high: $0.high))
      }
      return Part(name: name, result: result, bounded: isInDoubt ? nil : bounded)
    }

    /// What of the gap is only that production asks about other topics: the evaluation's score as it weighs its topics,
    /// less its score as production weighs them.
    private mutating func weigh(
      _ table: ItemTable, lowerIsBetter: Bool, _ traffic: () throws -> [String: Int]
    ) throws {
      guard table.isBinary else { return }
      let topics = table.itemsByValue(column: 0)
      func scored(_ items: [Int], _ arm: Int) -> [Double] {
        items.filter { table.states[arm][$0] == .scored }.map { table.scores[arm][$0] }
      }
      let live = topics.map { scored($0.items, 0).count }
      var weights = Dictionary(uniqueKeysWithValues: zip(topics.map(\.name), live))
      if live.allSatisfy({ $0 == 0 }) { weights = try traffic() }
      let total = weights.values.reduce(0, +)
      let known = topics.map { (name: $0.name, scores: scored($0.items, 1)) }
        .filter { $0.scores.count >= Parts.minTopic }
      let covered = known.reduce(0) { $0 + (weights[$1.name] ?? 0) }
      let items = known.reduce(0) { $0 + $1.scores.count }
      guard covered != 0 else { return }
      coveredShare = Double(covered) / Double(total)
      let sign: Double = lowerIsBetter ? -1 : 1
      distribution.bounded = Mover.weightedSum(
        known.map { topic in
          let (passes, count) = (topic.scores.reduce(0, +), Double(topic.scores.count))
          let rate = BoundedEstimate(
            estimate: passes / count, interval: ProportionInterval.wilson(successes: passes, trials: count))
          let shift = count / Double(items) - Double(weights[topic.name] ?? 0) / Double(covered)
          return (sign * shift, rate)
        })
    }

    /// The gap less all that was measured of its parts; nil without a gap.
    var unexplained: Part {
      var part = Part(name: "unexplained")
      guard let gap = gap.bounded else { return part }
      let measured = [framing, contamination, distribution].compactMap(\.bounded)
      part.bounded = Mover.weightedSum([(1, gap)] + measured.map { (-1, $0) })
      return part
    }

    var all: [Part] { [framing, contamination, distribution, unexplained] }

    /// Items of the smaller arm, and those that each arm needs for the gap's interval to end below the limit if nothing else
    /// changes; nil where no number decides.
    func itemsNeeded(_ limit: Double) -> (each: Int?, now: Int)? {
      guard let result = gap.result, let gap = gap.bounded, let first = result.candidate.mean,
        let second = result.base.mean
      else { return nil }
      let now = min(result.base.items, result.candidate.items)
      let room = limit - max(gap.estimate, 0)
      let z = Normal.standard.quantile(0.975)
      let spread = first * (1 - first) + second * (1 - second)
      let needed = Share.of(z * z * spread / room, room).map { ($0 - 1e-9).rounded(.up) }
      return (needed.flatMap { Int(exactly: $0) }, now)
    }
  }
}

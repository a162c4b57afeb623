import Comparison
import Project
import Records
import Statistics
import Store

extension ReliabilityCeiling {
  /// Everything that was read and computed about one feature.
  struct Facts {
    let feature: String
    let target: TargetSettings
    var releases: [Release] = []
    /// Of the newest release.
    var steps: [ConfidenceStep] = []
    /// Highest first.
    var thresholds: [Double] = []
    var classification = Classification()
    var stages: [StageOutcome] = []
    var selection: Selection?
    var cost: (cost: Return, currency: String)?
    var gain: Evidence?

    init(feature: String, target: TargetSettings) {
      self.feature = feature
      self.target = target
    }

    var items: Int { steps.reduce(0) { $0 + $1.items } }
    /// Items of which some repeat is wrong: what there is to classify.
    var wrongItems: Int { items - steps.reduce(0) { $0 + $1.allRight } }
    var accuracy: Double { steps.reduce(0) { $0 + $1.right } / Double(items) }

    func ceiling(_ irreducible: [String]) -> Ceiling {
      Ceiling(
        items: Double(items), wrong: Double(items) - steps.reduce(0) { $0 + $1.right },
        adjudicated: Double(classification.items), irreducible: Double(classification.items(in: irreducible)))
    }

    var chain: Chain? { Chain(stages.map { ($0.succeeded, $0.spans) }) }

    /// More spans of each stage until the chain's interval leaves the target out, if the rates stay as they are.
    func stageSpansNeeded(_ target: Double) -> Int? {
      guard let chain, chain.bounds.estimate != target else { return nil }
      for factor in (1..<20).map({ 1 << $0 }) {
        let more = Chain(stages.map { ($0.succeeded * factor, $0.spans * factor) })
        if let interval = more?.bounds.interval, !interval.contains(target) {
          return (factor - 1) * (stages.map(\.spans).max() ?? 0)
        }
      }
      return nil
    }

    /// A limit in the currency of the spends; says so when it is in another.
    func comparable(_ limit: Money?, _ judgement: inout Judgement) -> Double? {
      guard let limit, let cost else { return nil }
      guard limit.currency == cost.currency else {
        judgement.reasons.append(
          Finding.Reason(
            "OTHER_CURRENCY", .pass,
            "Releases are paid in \(cost.currency), the target is priced in \(limit.currency): nothing is converted."))
        return nil
      }
      return limit.approximate
    }

    /// Nil without a target, or where money bought nothing.
    var costToTarget: Double? { target.accuracy.flatMap { cost?.cost.to(error: 1 - $0) } }
  }

  /// How many inputs are answered, and how well, above each threshold of confidence.
  struct Selection {
    struct Point {
      let threshold: Double
      let items: Int
      /// Items of which some repeat is wrong.
      let errors: Int
      let coverage: Double
      var accuracy: Double { Share.of(items - errors, items) ?? 0 }
    }

    /// From the highest threshold to the lowest.
    let points: [Point]
    let sequence: FixedSequenceThreshold
    /// How many more items show the target at the first threshold that failed; nil where none do.
    let shortfall: Int?

    init(_ facts: Facts, target: Double, alpha: Double) {
      let count = facts.thresholds.count
      let points = facts.thresholds.enumerated().map { place, threshold -> Point in
        let above = facts.steps.filter { ($0.reached ?? -1) >= count - place }
        let (items, right) = above.reduce((0, 0)) { ($0.0 + $1.items, $0.1 + $1.allRight) }
        return Point(
          threshold: threshold, items: items, errors: items - right, coverage: Double(items) / Double(facts.items))
      }
      self.points = points
      sequence = FixedSequenceThreshold(
        steps: points.map { FixedSequenceThreshold.Step(items: $0.items, errors: $0.errors) }, target: target,
        alpha: alpha)
      if let rejected = sequence.rejected.map({ points[$0] }) {
        shortfall =
          rejected.accuracy > target
          ? MissingTrials.clean(
            failures: Double(rejected.errors), trials: Double(rejected.items), limit: 1 - target, confidence: 1 - alpha)
          : nil
      } else {
        shortfall = FixedSequenceThreshold.fewestItems(target: target, alpha: alpha) - (points.last?.items ?? 0)
      }
    }

    /// The lowest threshold that is shown to reach the target.
    var accepted: Point? { sequence.accepted.map { points[$0] } }
  }
}

import Comparison
import Project
import Records
import Statistics
import Store

extension EvalValidity {
  /// The comparison of baseline and candidate on one metric, as the suite weighs it and as traffic would.
  struct Delta {
    struct Slice {
      let name: String
      var items = 0
      var spans = 0
      var base: Double?
      var candidate: Double?
      var evidence: Evidence?
      /// Holm's, over all slices that were tested.
      var adjusted: Double?
    }

    let metric: MetricSettings
    let result: ComparisonResult
    /// In UTF-8 order: those of the suite and those of traffic.
    let slices: [Slice]
    /// Items without the slice's tag.
    let untagged: Int

    /// - Parameter traffic: spans by slice; nil where no feature is declared.
    init(_ metric: MetricSettings, _ result: ComparisonResult, tag: String, traffic: [String: Int]?) {
      self.metric = metric
      self.result = result
      var found: [String: Slice] = [:]
      for (name, spans) in traffic ?? [:] { found[name] = Slice(name: name, spans: spans) }
      for one in result.slices where one.slice == tag && one.items > 0 {
        found[one.value, default: Slice(name: one.value)].items = one.items
        found[one.value, default: Slice(name: one.value)].base = one.baseMean
        found[one.value, default: Slice(name: one.value)].candidate = one.candidateMean
        found[one.value, default: Slice(name: one.value)].evidence = one.evidence
      }
      var ordered = found.values.orderedByBytes(of: \.name)
      let tested = ordered.indices.filter { ordered[$0].evidence?.pValue != nil }
      let adjusted = Multiplicity.holm(tested.compactMap { ordered[$0].evidence?.pValue })
      for (place, p) in zip(tested, adjusted) { ordered[place].adjusted = p }
      slices = ordered
      untagged = max(0, result.design.items - ordered.reduce(0) { $0 + $1.items })
    }

    var spans: Int { slices.reduce(0) { $0 + $1.spans } }
    private var counts: (suite: [Int], traffic: [Int]) { (slices.map(\.items), slices.map(\.spans)) }
    /// Nil where either side has nothing.
    var distance: Double? { TotalVariation.distance(counts.suite, counts.traffic) }
    var mixTest: TestResult? { GTest.homogeneity(counts.suite, counts.traffic) }

    private func share(_ slice: Slice) -> Double { Double(slice.spans) / Double(max(1, spans)) }

    /// Slices of traffic that the comparison says nothing about.
    var uncovered: [Slice] { slices.filter { $0.spans > 0 && $0.evidence == nil } }
    var uncoveredShare: Double { uncovered.reduce(0) { $0 + share($1) } }
    private var covered: [(weight: Double, slice: Slice, evidence: Evidence)] {
      let mass = 1 - uncoveredShare
      return slices.compactMap { slice in
        guard slice.spans > 0, let evidence = slice.evidence else { return nil }
        return (share(slice) / mass, slice, evidence)
      }
    }

    /// Σ W·d over the covered slices of traffic, by MOVER; nil without traffic or without any covered.
    var weighted: BoundedEstimate? {
      Mover.weightedSum(
        covered.map { one in
          let interval = Interval(low: one.evidence.low, high: one.evidence.high)
          return (one.weight, BoundedEstimate(estimate: one.evidence.estimate, interval: interval))
        })
    }

    /// An arm's score as traffic weighs it.
    func weightedScore(_ arm: KeyPath<Slice, Double?>) -> Double? {
      guard !covered.isEmpty else { return nil }
      return covered.reduce(0) { $0 + $1.weight * ($1.slice[keyPath: arm] ?? 0) }
    }

    /// Items that the uncovered slices lack, at their share of traffic.
    var missingItems: Int {
      uncovered.reduce(0) { sum, slice in
        sum + max(1, Int((share(slice) * Double(result.design.items)).rounded(.up)) - slice.items)
      }
    }

    /// The suite gained, but traffic would not.
    func isMixOnlyGain(alpha: Double) -> Bool {
      guard let evidence = result.evidence, let weighted, let p = evidence.pValue else { return false }
      return evidence.direction == .gain && p <= alpha && weighted.estimate.isAtMost(0)
    }

    /// Slices that are significantly worse when all of them are tested.
    func worse(alpha: Double) -> [Slice] {
      slices.filter { slice in
        guard let adjusted = slice.adjusted, let evidence = slice.evidence else { return false }
        return evidence.direction == .loss && adjusted <= alpha
      }
    }

    /// What decides: the suite's difference, or the traffic-weighted one where the mixes differ too much. The latter has
    /// no p-value: its interval decides.
    func decisive(byTraffic: Bool) -> (evidence: Evidence, outcome: Outcome)? {
      guard var evidence = result.evidence else { return nil }
      guard byTraffic, let weighted else { return (evidence, result.outcome) }
      evidence.estimate = weighted.estimate
      evidence.low = weighted.interval.low
      evidence.high = weighted.interval.high
      let outcome = Outcome(
        estimate: evidence.estimate, low: evidence.low, high: evidence.high, pValue: 0, alpha: result.policy.alpha,
        minEffect: result.policy.minEffect, margin: result.policy.margin)
      return (evidence, outcome)
    }
  }
}

import Project
import Records
import Statistics
import Store

extension EvalCoevolution {
  /// What became of the mix since the launch.
  enum Label: String {
    case stable
    case coEvolved = "co_evolved"
    case naturalDrift = "natural_drift"
    /// Nobody was without the feature, so nobody knows what it did.
    case driftUnattributed = "drift_unattributed"
  }

  /// The mixes of topics at launch, with the feature and without it.
  struct Mix {
    struct Topic {
      let name: String
      let launch: Int
      let treated: Int
      let holdout: Int
      /// Shares of the three mixes.
      var l = 0.0
      var t = 0.0
      var h = 0.0
      /// Items with a result, and the sum of their pass rates.
      var items = 0
      var right = 0.0
      var isCovered = false

      var rate: BoundedEstimate? {
        guard isCovered else { return nil }
        return BoundedEstimate(
          estimate: right / Double(items),
          interval: ProportionInterval.wilson(successes: right, trials: Double(items)))
      }
    }

    /// In UTF-8 order.
    private(set) var topics: [Topic]
    let reference: Reference

    init(_ launch: [String: Int], _ traffic: Traffic, _ results: Results, _ policy: Policy) {
      let names = Set(launch.keys).union(traffic.treated.keys).union(traffic.holdout.keys).orderedByBytes()
      topics = names.map {
        Topic(
          name: $0, launch: launch[$0] ?? 0, treated: traffic.treated[$0] ?? 0, holdout: traffic.holdout[$0] ?? 0)
      }
      reference = traffic.reference
      let totals = (
        topics.reduce(0) { $0 + $1.launch }, topics.reduce(0) { $0 + $1.treated }, topics.reduce(0) { $0 + $1.holdout }
      )
      for place in topics.indices {
        let topic = topics[place]
        topics[place].l = Share.of(topic.launch, totals.0) ?? 0
        topics[place].t = Share.of(topic.treated, totals.1) ?? 0
        topics[place].h = Share.of(topic.holdout, totals.2) ?? 0
        let result = results.topics[topic.name]
        topics[place].items = result?.items ?? 0
        topics[place].right = result?.right ?? 0
        topics[place].isCovered = topics[place].items >= policy.minTrials
      }
    }

    var launch: [Int] { topics.map(\.launch) }
    var treated: [Int] { topics.map(\.treated) }
    var holdout: [Int] { topics.map(\.holdout) }
    var launchTotal: Int { launch.reduce(0, +) }
    var treatedTotal: Int { treated.reduce(0, +) }

    // MARK: Divergences

    var treatedDivergence: Double? { JensenShannon.divergence(launch, treated) }
    var holdoutDivergence: Double? { JensenShannon.divergence(launch, holdout) }
    var treatedFloor: Double? { JensenShannon.floor(launch, treated) }
    var holdoutFloor: Double? { JensenShannon.floor(launch, holdout) }
    var treatedTest: TestResult? { GTest.homogeneity(launch, treated) }
    var holdoutTest: TestResult? { GTest.homogeneity(launch, holdout) }

    /// How much further from the launch the mix is with the feature than without it; nil where nobody is without.
    var induced: BoundedEstimate? {
      JensenShannon.difference(reference: launch, treated: treated, holdout: holdout)
    }

    /// What of the divergence only the feature explains; 0 where there is none.
    var inducedShare: Double? {
      guard let induced, let divergence = treatedDivergence else { return nil }
      return Share.of(induced.estimate, divergence) ?? 0
    }

    /// Spans in all at which sampling alone explains no more than it may; nil where the launch is too few.
    func spansNeeded(_ limit: Double) -> Int? {
      // ⌈(K − 1)/(8 ln 2·limit − (K − 1)/n_L)⌉, with (K − 1)/(8 ln 2) from the floor itself.
      guard let floor = treatedFloor else { return nil }
      let unit = floor / (1 / Double(launchTotal) + 1 / Double(treatedTotal))
      let room = limit - unit / Double(launchTotal)
      return Share.of(unit, room).flatMap { Int(exactly: ($0 - 1e-9).rounded(.up)) }
    }

    func label(_ policy: Policy) -> Label? {
      guard let divergence = treatedDivergence, let test = treatedTest else { return nil }
      if divergence.isAtMost(policy.jsWarn) { return .stable }
      guard reference != .none, let induced, let share = inducedShare else { return .driftUnattributed }
      return Mix.isInduced(divergence, test.pValue, induced, share: share, policy) ? .coEvolved : .naturalDrift
    }

    /// Whether the feature has changed what its users bring: far enough, not by chance, and mostly by itself.
    static func isInduced(
      _ divergence: Double, _ pValue: Double, _ induced: BoundedEstimate, share: Double, _ policy: Policy
    ) -> Bool {
      divergence.isAbove(policy.jsFail) && pValue <= policy.mixAlpha && induced.estimate.isAtLeast(policy.inducedMin)
        && induced.interval.low.isAbove(0) && share.isAtLeast(policy.inducedShare)
    }

    // MARK: Topics

    var covered: [Topic] { topics.filter(\.isCovered) }
    /// Share of today's traffic, and of the launch, in topics that the suite says nothing about.
    var uncoveredTreated: Double { topics.reduce(0) { $0 + ($1.isCovered ? 0 : $1.t) } }
    var uncoveredLaunch: Double { topics.reduce(0) { $0 + ($1.isCovered ? 0 : $1.l) } }

    /// Topics that did not exist at launch, and that the suite does not cover.
    func new(_ policy: Policy) -> [Topic] {
      topics.filter { $0.launch == 0 && !$0.isCovered && $0.t.isAbove(policy.newCluster) }
    }

    /// Topics that users no longer ask about because the feature answers them badly.
    func avoided(_ policy: Policy) -> [Topic] {
      guard reference != .none, let anchor = Scores(self)?.anchor.estimate else { return [] }
      return covered.filter { topic in
        guard let rate = topic.rate, topic.launch > 0 else { return false }
        return (topic.t / topic.l).isBelow(policy.avoidedBelow) && (topic.h / topic.l).isAtLeast(policy.holdoutKept)
          && rate.estimate.isBelow(anchor)
      }
    }

    /// The topic that has grown most since the launch, where the mix has moved.
    var grown: Topic? { topics.least { $0.l - $0.t } }
  }

  /// The suite's score as the launch weighs its topics, and as today's traffic does.
  struct Scores {
    let anchor: BoundedEstimate
    let weighted: BoundedEstimate
    let gap: BoundedEstimate

    /// What is not covered may be all right or all wrong. Nil where nothing is covered.
    init?(_ mix: Mix) {
      func sum(_ weight: (Mix.Topic) -> Double, below: Double, above: Double) -> BoundedEstimate? {
        let terms = mix.covered.compactMap { topic in topic.rate.map { (weight: weight(topic), term: $0) } }
        return Mover.weightedSum(terms).map {
          BoundedEstimate(
            estimate: $0.estimate, interval: Interval(low: $0.interval.low - below, high: $0.interval.high + above))
        }
      }
      let (launch, treated) = (mix.uncoveredLaunch, mix.uncoveredTreated)
      guard let anchor = sum(\.l, below: 0, above: launch), let weighted = sum(\.t, below: 0, above: treated),
        let gap = sum({ $0.l - $0.t }, below: treated, above: launch)
      else { return nil }
      (self.anchor, self.weighted, self.gap) = (anchor, weighted, gap)
    }

    /// The suite is blind: the gap is larger than it may be, whatever is not covered, and not by chance.
    func isBlind(_ policy: Policy) -> Bool {
      gap.estimate.magnitude.isAbove(policy.gap) && (gap.interval.low.isAbove(0) || gap.interval.high.isBelow(0))
    }

    /// Σ share·pass rate over what is covered, of another mix; nil for an empty one.
    static func weighted(_ counts: [String: Int], _ mix: Mix) -> (score: Double, uncovered: Double) {
      let total = counts.values.reduce(0, +)
      var (score, covered) = (0.0, 0.0)
      for topic in mix.covered {
        guard let rate = topic.rate, let share = Share.of(counts[topic.name] ?? 0, total) else { continue }
        score += share * rate.estimate
        covered += share
      }
      return (score, max(0, 1 - covered))
    }
  }

  /// How the suite's items came out, by topic.
  struct Results {
    struct Topic {
      var items = 0
      var right = 0.0
    }

    private(set) var topics: [String: Topic] = [:]
    /// Items without a result or a topic.
    private(set) var unusable = 0

    /// One pass over the suite's trials; repeats of an item are averaged first.
    init(_ arm: SuiteRuns.Arm?, lowerIsBetter: Bool, _ ledger: Snapshot) throws {
      try ledger.forEachPassCount(of: arm?.series ?? [], by: [.trafficCluster], lowerIsBetter: lowerIsBetter) { count in
        guard count.tries > 0, let topic = count.traits[0] else {
          unusable += count.items
          return
        }
        topics[topic, default: Topic()].items += count.items
        topics[topic, default: Topic()].right += Double(count.items) * Double(count.passes) / Double(count.tries)
      }
    }

    var items: Int { topics.values.reduce(0) { $0 + $1.items } }
  }
}

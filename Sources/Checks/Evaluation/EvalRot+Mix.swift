import Project
import Records
import Statistics
import Store

extension EvalRot {
  /// The suite's mix of topics beside that of traffic.
  struct Mix {
    struct Topic {
      let name: String
      /// Live cases; those with a trial, and the sum of their pass rates.
      var cases = 0
      var tried = 0
      var right = 0.0
      var spans = 0
      /// Over the days that retire a case.
      var longSpans = 0
      /// Share of traffic, of spans with a topic.
      var share = 0.0
      var isCovered = false

      /// Wilson; nil without a trial.
      var rate: BoundedEstimate? {
        Share.of(right, Double(tried)).map { share in
          BoundedEstimate(
            estimate: share, interval: ProportionInterval.wilson(successes: right, trials: Double(tried)))
        }
      }

      /// Traffic times what is not known of it.
      var priority: Double { share * (isCovered ? rate?.interval.width ?? 1 : 1) }
    }

    /// Topics in UTF-8 order.
    private(set) var topics: [Topic] = []
    private(set) var unclustered = 0
    let spans: Int
    private let longSpans: Int
    private let places: [String: Int]

    init(_ cases: Cases, feature: String, _ policy: Policy, _ ledger: Snapshot) throws {
      var found: [String: Topic] = [:]
      for one in cases.live {
        guard let name = one.cluster else { continue }
        found[name, default: Topic(name: name)].cases += 1
        guard one.trials > 0 else { continue }
        found[name, default: Topic(name: name)].tried += 1
        found[name, default: Topic(name: name)].right += one.rate
      }
      let first = ledger.asOf.day - Int64(policy.windowDays)
      let firstLong = ledger.asOf.day - Int64(policy.retireDays)
      var unclustered = 0
      try ledger.traffic(feature: feature, days: Int64(max(policy.windowDays, policy.retireDays))) { cell in
        guard let name = cell.trafficCluster else {
          unclustered += cell.day > first ? Int(cell.spans) : 0
          return
        }
        found[name, default: Topic(name: name)].spans += cell.day > first ? Int(cell.spans) : 0
        found[name, default: Topic(name: name)].longSpans += cell.day > firstLong ? Int(cell.spans) : 0
      }
      self.unclustered = unclustered
      topics = found.values.orderedByBytes(of: \.name)
      spans = topics.reduce(0) { $0 + $1.spans }
      longSpans = topics.reduce(0) { $0 + $1.longSpans }
      places = Dictionary(uniqueKeysWithValues: topics.enumerated().map { ($0.element.name, $0.offset) })
      for place in topics.indices {
        topics[place].share = Share.of(topics[place].spans, spans) ?? 0
        topics[place].isCovered = topics[place].tried >= policy.minLive
      }
    }

    /// Share of a topic over the days that retire a case; nil without any traffic.
    func longShare(_ name: String) -> Double? {
      Share.of(places[name].map { topics[$0].longSpans } ?? 0, longSpans)
    }

    var cases: Int { topics.reduce(0) { $0 + $1.cases } }
    private var caseCounts: [Int] { topics.map(\.cases) }
    private var spanCounts: [Int] { topics.map(\.spans) }

    /// Share of traffic in covered topics.
    var coverage: Double { topics.reduce(0) { $0 + ($1.isCovered ? $1.share : 0) } }
    var uncovered: Double { max(0, 1 - coverage) }
    var divergence: Double? { JensenShannon.divergence(caseCounts, spanCounts) }
    var divergenceFloor: Double? { JensenShannon.floor(caseCounts, spanCounts) }
    var test: TestResult? { GTest.homogeneity(caseCounts, spanCounts) }

    /// Σ share·pass rate over covered topics, with MOVER's interval; nil when none is covered.
    var score: BoundedEstimate? {
      Mover.weightedSum(
        topics.compactMap { topic in
          guard topic.isCovered, let rate = topic.rate else { return nil }
          return (topic.share, rate)
        })
    }

    /// How a budget of labels is split over the topics of traffic (Neyman).
    func labels(_ budget: Int) -> [Int]? {
      NeymanAllocation.split(
        total: budget,
        weights: topics.map { topic in
          topic.share * NeymanAllocation.deviation(rate: topic.isCovered ? topic.rate?.estimate : nil)
        })
    }
  }
}

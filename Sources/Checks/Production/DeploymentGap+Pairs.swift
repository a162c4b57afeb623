import Comparison
import Project
import Records
import Statistics
import Store

extension DeploymentGap {
  /// Inputs that were prepared twice, once as for training and once as for serving.
  struct ParityPairs {
    /// One pair's vectors, as far as they have come.
    private struct Halves {
      var train: [Double]?
      var serve: [Double]?
    }

    private(set) var pairs = 0
    private(set) var mismatches = 0
    /// Ids of pairs that differ; a sample when there are many.
    private(set) var differing: [String] = []
    private(set) var unreadable = 0
    private var waiting: [String: Halves] = [:]
    private let tolerance: Double

    /// So many halves may wait for the other.
    private static let mostWaiting = 50_000
    private static let named = 5

    init(tolerance: Double) {
      self.tolerance = tolerance
    }

    /// Halves whose other half never came.
    var single: Int { waiting.count }

    /// Whether two vectors are two: other lengths, or an element that is off by more than the tolerance, relative to the
    /// first where that is above 1. What is no number equals only what is no number.
    static func differ(_ train: [Double], _ serve: [Double], tolerance: Double) -> Bool {
      train.count != serve.count
        || zip(train, serve).contains { first, second in
          if first == second || first.isNaN && second.isNaN { return false }
          let reach = tolerance * max(1, first.magnitude)
          return !reach.isFinite || !(first - second).magnitude.isAtMost(reach)
        }
    }

    /// Adds the attributes of one span: the vector of one path of one pair. A pair that is prepared again is another pair.
    mutating func add(_ attributes: String) {
      guard let values = try? JSONValue(parsing: attributes), let id = values["parity_id"]?.text,
        let path = values["path"]?.text, path == "train" || path == "serve",
        case .array(let elements)? = values["vector"]
      else { return unreadable += 1 }
      let vector = elements.compactMap(ParityPairs.number)
      guard vector.count == elements.count else { return unreadable += 1 }
      var halves = waiting[id] ?? Halves()
      if path == "train" { halves.train = vector } else { halves.serve = vector }
      guard let train = halves.train, let serve = halves.serve else {
        if waiting[id] != nil || waiting.count < ParityPairs.mostWaiting { waiting[id] = halves }
        return
      }
      waiting[id] = nil
      pairs += 1
      guard ParityPairs.differ(train, serve, tolerance: tolerance) else { return }
      mismatches += 1
      if differing.count < ParityPairs.named { differing.append(id) }
    }

    /// JSON has no NaN and no infinity: they come as null or as text.
    private static func number(_ value: JSONValue) -> Double? {
      value == .null ? .nan : value.real ?? value.text.flatMap { Double($0) }
    }
  }

  /// How long requests take.
  struct Latency {
    /// Milliseconds of requests, and of all ended spans, of which one of the two is judged.
    private var roots: [Double] = []
    private var others: [Double] = []

    /// Preparing an input is part of a request.
    mutating func add(_ span: ServedSpan) {
      guard let end = span.endedAt, span.spanKind != "preprocess" else { return }
      let milliseconds = Double(end.nanoseconds - span.startedAt.nanoseconds) / 1e6
      if span.isRoot { roots.append(milliseconds) } else { others.append(milliseconds) }
    }

    /// What nothing called is a request; where everything was called from elsewhere, each span is one.
    var durations: [Double] { (roots.isEmpty ? others : roots).sorted() }
  }

  /// What a model lost when it was shrunk for serving.
  struct Precision {
    let settings: PrecisionSettings
    let suite: String
    var result: ComparisonResult?
    /// Why there is nothing to compare.
    var problem: String?

    /// Reference minus shipped: what was lost.
    var drop: BoundedEstimate? {
      guard let result, !result.reasons.contains(where: \.code.isUnknown), let evidence = result.evidence else {
        return nil
      }
      return BoundedEstimate(
        estimate: -evidence.estimate, interval: Interval(low: evidence.low, high: evidence.high).negated)
    }
  }
}

extension DeploymentGap {
  /// The items of both variants, joined; nil with a reason where they cannot be compared.
  static func precisionTable(
    _ precision: inout Precision, _ suite: SuiteSettings, _ context: CheckContext
  ) throws -> ItemTable? {
    let names = [precision.settings.reference, precision.settings.shipped]
    let runs = SuiteRuns(
      try context.ledger.trialSeries(suite: precision.suite), suite: precision.suite,
      metric: (suite.primaryMetrics.first ?? MetricSettings()).name, version: suite.version, variants: names)
    let arms = names.compactMap(runs.arm).map(\.newestConfiguration)
    guard arms.count == 2 else {
      let absent = names.filter { runs.arm($0) == nil }.joined(separator: " and of ")
      precision.problem = "\(precision.suite) has no trials of \(absent)."
      return nil
    }
    if let text = arms[0].judgedUnlike(arms[1]) {
      precision.problem = text
      return nil
    }
    return try context.items(arms, clusterTag: suite.cluster == "cluster_id" ? nil : suite.cluster)
  }
}

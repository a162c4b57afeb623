import Records
import Statistics
import Store

extension DeploymentGap {
  /// One mix, offline and in production.
  struct Mix {
    let name: String
    let expected: [Int]
    let observed: [Int]

    /// Nil where either side has nothing.
    var drift: MixDrift? { MixDrift(expected: expected, observed: observed) }

    /// Spans in all at which sampling alone no longer explains what warns; nil where the items offline are too few.
    func spansNeeded(_ limit: Double) -> Int? {
      PopulationStabilityIndex.observationsNeeded(
        categories: max(1, expected.indices.count { expected[$0] != 0 || observed[$0] != 0 }),
        expectedTotal: expected.reduce(0, +), limit: limit)
    }
  }

  /// The mix of one feature of the inputs, offline and in production, in the bins that its offline values give.
  struct FeatureMix {
    private enum Bins {
      case numbers(QuantileBins)
      case texts([String: Int])

      var count: Int {
        switch self {
        case .numbers(let bins): bins.count
        case .texts(let places): places.count
        }
      }
    }

    let name: String
    private let bins: Bins
    /// The bins, then values that fit none, then those that are missing.
    private var expected: [Int]
    private var observed: [Int]

    fileprivate init(name: String, values: Values, records: Int) {
      self.name = name
      if values.texts.isEmpty, let bins = QuantileBins(reference: values.numbers.sorted()) {
        self.bins = .numbers(bins)
      } else {
        // Numbers among texts are texts.
        let texts = Set(values.texts.keys).union(values.numbers.map(FeatureMix.text)).orderedByBytes()
        bins = .texts(Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($0.element, $0.offset) }))
      }
      expected = [Int](repeating: 0, count: bins.count + 2)
      observed = expected
      for number in values.numbers { expected[place(.number(number))] += 1 }
      for (text, count) in values.texts { expected[place(.string(text))] += count }
      expected[expected.count - 2] += values.others
      expected[expected.count - 1] += records - expected.reduce(0, +)
    }

    private static func text(_ number: Double) -> String { (try? JSONValue.number(number).canonical()) ?? "\(number)" }

    /// Counts a value of production; nil where the span has none.
    mutating func add(_ value: JSONValue?) { observed[place(value ?? .null)] += 1 }

    private func place(_ value: JSONValue) -> Int {
      if value == .null { return bins.count + 1 }
      switch bins {
      case .numbers(let bins): return value.real.map(bins.place) ?? bins.count
      case .texts(let places):
        return Values.text(value).flatMap { places[$0] } ?? value.real.flatMap { places[FeatureMix.text($0)] }
          ?? bins.count
      }
    }

    var mix: Mix { Mix(name: name, expected: expected, observed: observed) }

    /// What one feature was offline.
    fileprivate struct Values {
      var numbers: [Double] = []
      var texts: [String: Int] = [:]
      /// Values of other texts than the first thousand, and values that are neither.
      var others = 0

      private static let mostTexts = 1_000

      mutating func add(_ value: JSONValue) {
        if let number = value.real {
          numbers.append(number)
        } else if let text = Values.text(value), texts[text] != nil || texts.count < Values.mostTexts {
          texts[text, default: 0] += 1
        } else if value != .null {
          others += 1
        }
      }

      static func text(_ value: JSONValue) -> String? { value.text ?? value.truth.map { $0 ? "true" : "false" } }
    }
  }

  /// The mixes of all features that the offline items have.
  struct FeatureMixes {
    private var features: [FeatureMix] = []
    /// Items offline, and spans, that have features.
    private(set) var items = 0
    private(set) var spans = 0

    /// So many items say what a feature was, and so many features are looked at.
    private static let mostItems = 20_000
    private static let mostFeatures = 200

    /// O(items of the suite), and memory for the values of the newest 20,000 of them.
    init(_ arm: SuiteRuns.Arm?, _ ledger: Snapshot) throws {
      var values: [String: FeatureMix.Values] = [:]
      var seen = 0
      try ledger.forEachItemAttributes(
        of: arm?.series ?? [], having: "features", limit: FeatureMixes.mostItems
      ) { text in
        guard let features = FeatureMixes.features(text) else { return }
        seen += 1
        for feature in features.members
        where values[feature.key] != nil || values.count < FeatureMixes.mostFeatures {
          values[feature.key, default: FeatureMix.Values()].add(feature.value)
        }
      }
      items = seen
      features = values.keys.orderedByBytes().map { name in
        FeatureMix(name: name, values: values[name] ?? FeatureMix.Values(), records: seen)
      }
    }

    /// Counts the features of a span.
    mutating func add(_ attributes: String?) {
      guard let features = attributes.flatMap(FeatureMixes.features) else { return }
      spans += 1
      for place in self.features.indices { self.features[place].add(features[self.features[place].name]) }
    }

    var all: [Mix] { features.map(\.mix) }

    /// The feature whose mix moved most; nil where nothing was seen on either side.
    var largest: (mix: Mix, drift: MixDrift)? {
      all.compactMap { mix in mix.drift.map { (mix: mix, drift: $0) } }.least { -$0.drift.index }
    }

    private static func features(_ attributes: String) -> JSONObject? {
      if case .object(let features)? = (try? JSONValue(parsing: attributes))?["features"] { features } else { nil }
    }
  }
}

extension DeploymentGap {
  /// The mix of the true labels: what was expected offline, and what people say of spans.
  struct LabelMix {
    /// Items offline, and spans, that have a label.
    let items: Int
    let spans: Int
    let mix: Mix

    /// One pass over the suite's trials and one over the labels.
    /// - Parameter traffic: spans by slice, where so many labels were drawn from each slice; nil where they are drawn as
    ///   traffic comes.
    init(
      _ arm: SuiteRuns.Arm?, feature: String, tag: String, traffic: [String: Int]?, _ policy: Policy,
      _ ledger: Snapshot
    ) throws {
      var expected: [String: Int] = [:]
      try ledger.forEachPassCount(of: arm?.series ?? [], by: [.expected]) { count in
        if let label = count.traits[0] { expected[label, default: 0] += count.items }
      }
      var seen: [String: [String: Int]] = [:]
      let since = ledger.asOf.adding(days: -Int64(policy.windowDays))
      try ledger.forEachJudgedSpan(feature: feature, annotation: "label", since: since) { span in
        let slice = traffic == nil ? Slices.whole : span.tags.values[tag]
        if let slice { seen[slice, default: [:]][span.value.text, default: 0] += 1 }
      }
      let observed = LabelMix.weighted(seen, by: traffic)
      let names = Set(expected.keys).union(observed.keys).orderedByBytes()
      items = expected.values.reduce(0, +)
      spans = seen.values.reduce(0) { $0 + $1.values.reduce(0, +) }
      mix = Mix(
        name: "label", expected: names.map { expected[$0] ?? 0 }, observed: names.map { observed[$0] ?? 0 })
    }

    /// Labels as so many labels drawn from traffic would have them: those of a slice by its share of the spans.
    private static func weighted(_ seen: [String: [String: Int]], by traffic: [String: Int]?) -> [String: Int] {
      guard let traffic else { return seen.values.first ?? [:] }
      let labels = seen.values.reduce(0) { $0 + $1.values.reduce(0, +) }
      let spans = seen.keys.reduce(0) { $0 + (traffic[$1] ?? 0) }
      var sums: [String: Double] = [:]
      for slice in seen.keys.sorted() {
        guard let counts = seen[slice], let weight = Share.of(traffic[slice] ?? 0, spans) else { continue }
        let total = Double(counts.values.reduce(0, +))
        for (label, count) in counts { sums[label, default: 0] += weight * Double(count) / total }
      }
      return sums.mapValues { Int(($0 * Double(labels)).rounded()) }
    }

    var drift: MixDrift? { mix.drift }
  }
}

import Project
import Records
import Statistics
import Store

/// What the trials of one arm and the traffic of a feature say about each slice, folded row by row.
struct SliceTally {
  /// A slice with what was counted in it.
  struct Row: Equatable {
    let name: String
    /// Tags of the slice; nil for a slice of an expected label.
    let conditions: [String: String]?
    /// The expected label; nil for a declared slice.
    var label: String?
    let floor: Double
    let isCritical: Bool
    let cost: Double
    let minItems: Int
    var items = 0
    /// An item that was tried several times passes by its share.
    var passes = 0.0
    /// Spans of which this is the first slice that fits, and all that fit.
    var firstSpans: Int64 = 0
    var spans: Int64 = 0
    /// Some tags of items that did not pass, to look them up.
    var failingTags: [Tags] = []

    var rate: Double? { Share.of(passes, Double(items)) }
    var interval: Interval { ProportionInterval.wilson(successes: passes, trials: Double(items)) }

    /// P(Bin(items, floor) ≤ passes); between whole passes by the beta distribution that agrees with it at them.
    ///
    /// Shares of items vary less than passes do: with repeats the probability is too large, never too small.
    var pBelowFloor: Double {
      let fails = Double(items) - passes
      guard fails > 1e-9 else { return 1 }
      return BetaDistribution(alpha: fails, beta: passes + 1).cumulative(1 - floor)
    }
  }

  /// More expected labels than this are answers, not classes.
  static let classLimit = 100
  private static let failingTagLimit = 100

  private(set) var declared: [Row]
  /// By expected label; empty when labels are no slices.
  private(set) var classes: [Row] = []
  /// All items of the arm.
  private(set) var total = Row(
    name: "all", conditions: [:], floor: 0, isCritical: false, cost: 1, minItems: 1)
  private(set) var excluded = 0
  private(set) var used = 0
  private(set) var spans: Int64 = 0
  private(set) var unmatchedSpans: Int64 = 0
  private(set) var discovery = SliceDiscovery()

  private let classFloor: Double?
  private let wholeFloor: Double?
  private var hasTooManyClasses = false
  private var classPlaces: [String: Int] = [:]
  private var last: (text: String, values: [String: String], fits: [Int])?
  private var firstFits = BoundedCache<String, (first: Int?, all: [Int])>(limit: 100_000)

  /// - Parameters:
  ///   - slices: in the order of the file.
  ///   - floor: of the suite, for what has no floor of its own.
  ///   - hasClasses: whether every expected label is a slice, where there is a floor.
  init(slices: [(name: String, settings: SliceSettings)], floor: Double?, hasClasses: Bool) {
    wholeFloor = floor
    let classFloor = hasClasses ? floor : nil
    declared = slices.map { slice in
      Row(
        name: slice.name,
        conditions: Dictionary(slice.settings.conditions.map { ($0.id, $0.value) }, uniquingKeysWith: { $1 }),
        floor: slice.settings.floor, isCritical: slice.settings.isCritical, cost: slice.settings.costOfError,
        minItems: slice.settings.minItems)
    }
    self.classFloor = classFloor
  }

  var needsExpected: Bool { classFloor != nil }

  /// Declared slices first, then the expected labels in order; the suite as a whole where there is neither.
  var rows: [Row] {
    let rows = declared + classes.orderedByBytes(of: \.name)
    guard rows.isEmpty, let wholeFloor, total.items > 0 else { return rows }
    var whole = Row(
      name: "all items", conditions: [:], floor: wholeFloor, isCritical: true, cost: 1, minItems: 1)
    (whole.items, whole.passes, whole.failingTags) = (total.items, total.passes, total.failingTags)
    return [whole]
  }

  /// Takes a row that was counted by tags and, where labels are slices, by the expected label.
  mutating func add(_ count: PassCount) {
    excluded += count.missing
    used += count.tries * count.items
    guard count.tries > 0 else { return }
    let passes = Double(count.passes) / Double(count.tries) * Double(count.items)
    let text = count.traits.first.flatMap(\.self) ?? "{}"
    let tags = tags(text)
    let fails = count.passes < count.tries
    func put(_ row: inout Row) {
      row.items += count.items
      row.passes += passes
      if fails, row.failingTags.count < SliceTally.failingTagLimit, row.failingTags.last?.canonical != text {
        row.failingTags.append(Tags(canonical: text))
      }
    }
    put(&total)
    for place in tags.fits { put(&declared[place]) }
    if let classFloor, let expected = count.traits.dropFirst().first.flatMap(\.self), !hasTooManyClasses {
      let place = classPlaces[expected] ?? classes.count
      if place == classes.count {
        classPlaces[expected] = place
        classes.append(
          Row(
            name: "expected = \"\(expected)\"", conditions: nil, label: expected, floor: classFloor, isCritical: true,
            cost: 1,
            minItems: 1))
      }
      put(&classes[place])
      if classes.count > SliceTally.classLimit {
        hasTooManyClasses = true
        classes = []
      }
    }
    discovery.add(tags: tags.values, items: count.items, errors: Double(count.items) - passes)
  }

  /// Takes traffic: a span counts for coverage in the first slice that it fits, and for shares in all.
  mutating func add(_ cell: TrafficCell) {
    spans += cell.spans
    let fits: (first: Int?, all: [Int])
    if let known = firstFits[cell.tags.canonical] {
      fits = known
    } else {
      let all = fitting(cell.tags.values)
      fits = (all.first, all)
      firstFits.remember(fits, for: cell.tags.canonical)
    }
    if let first = fits.first { declared[first].firstSpans += cell.spans } else { unmatchedSpans += cell.spans }
    for place in fits.all { declared[place].spans += cell.spans }
  }

  private mutating func tags(_ text: String) -> (values: [String: String], fits: [Int]) {
    if let last, last.text == text { return (last.values, last.fits) }
    let values = Tags(canonical: text).values
    let fits = fitting(values)
    last = (text, values, fits)
    return (values, fits)
  }

  private func fitting(_ values: [String: String]) -> [Int] {
    declared.indices.filter { place in
      declared[place].conditions?.allSatisfy { values[$0.key] == $0.value } ?? false
    }
  }

  // MARK: Traffic

  /// Share of traffic in slices with enough items; nil without traffic.
  var coverage: Double? {
    Share.of(covered.reduce(0) { $0 + $1.firstSpans }, spans)
  }

  /// The same, spans weighed by what an error costs there; traffic in no slice weighs 1.
  var riskCoverage: Double? {
    let mass = declared.reduce(Double(unmatchedSpans)) { $0 + Double($1.firstSpans) * $1.cost }
    return Share.of(covered.reduce(0) { $0 + Double($1.firstSpans) * $1.cost }, mass)
  }

  var unmatchedShare: Double? { Share.of(unmatchedSpans, spans) }

  /// Σ share·error·cost / Σ share·cost over slices with traffic and items; nil without such slices.
  var riskWeightedError: BoundedEstimate? {
    let seen = declared.filter { $0.rate != nil }
    let mass = seen.reduce(0) { $0 + Double($1.firstSpans) * $1.cost }
    return Mover.weightedSum(
      seen.compactMap { row in
        guard let rate = row.rate, let weight = Share.of(Double(row.firstSpans) * row.cost, mass) else { return nil }
        let interval = row.interval
        return (
          weight: weight,
          term: BoundedEstimate(
            estimate: 1 - rate, interval: Interval(low: 1 - interval.high, high: 1 - interval.low))
        )
      })
  }

  private var covered: [Row] { declared.filter { $0.items >= $0.minItems } }
}

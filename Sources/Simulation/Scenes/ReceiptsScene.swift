internal import Records
internal import Statistics

/// A reader of photographed receipts: measured on a held-out set before it was deployed, and on labelled spans since.
struct ReceiptsScene: Scene {
  static let suite = "receipts"
  /// How receipts are photographed, how much of each there is offline, and how often the model is right.
  static let photos = ["clean", "blurry"]
  static let offlineShares = [0.8, 0.2]
  static let rates = [0.94, 0.86]
  static let classes = ["meal", "travel", "other"]
  static let classShares = [0.5, 0.3, 0.2]
  /// Milliseconds.
  static let budget = 800.0

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private var number = 0

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
  }

  mutating func records(on day: Int) -> [Record] {
    if day == 63 { return offline(on: day) }
    // Labels are drawn in the two weeks before the quarter ends.
    guard day >= quarter.days - 14 else { return [] }
    var records: [Record] = []
    for index in 0..<plan.items(60) { records += request(on: day, Double(index) / 60) }
    for index in 0..<plan.items(12) { records += prepared(on: day, Double(index) / 12) }
    return records
  }

  // MARK: What is true

  /// Share of blurry photographs in production: on the bar, the mix alone makes the gap that is tolerated, 5 points.
  private var blurry: Double { plan.truth == .onTheBar ? 0.825 : 0.25 }

  /// Right answers lost within slices.
  private var loss: Double { plan.planted == .lostInProduction ? 0.12 : 0 }

  /// Share of answers that are wrong only since the model was shrunk, and that are right only since.
  private var shrunk: (lost: Double, won: Double) {
    if plan.planted == .coarseNumbers { return (0.06, 0.02) }
    return plan.truth == .onTheBar ? (0.02, 0.01) : (0.004, 0.008)
  }

  /// Share of requests over the budget; one in a hundred may be. Not on its bar: with the gap and the precision on theirs,
  /// each of which errs with 2.5 %, the check's error is spent.
  private var slow: Double { plan.planted == .slowTail ? 0.04 : 0.002 }

  /// Share of inputs that are prepared in another way for serving than for training.
  private var skewed: Double { plan.planted == .skewedInputs ? 0.03 : 0 }

  // MARK: Offline

  private mutating func offline(on day: Int) -> [Record] {
    let count = plan.items(1200)
    return (0..<count).flatMap { index -> [Record] in
      let photo = generator.index(of: Self.offlineShares)
      let isRight = generator.chance(Self.rates[photo])
      // The reference errs elsewhere now and then: what is shipped is the model that is measured.
      let reference = isRight ? !generator.chance(shrunk.won / 0.924) : generator.chance(shrunk.lost / 0.076)
      let expected = generator.index(of: Self.classShares)
      let features = features(photo: photo, isMoved: false)
      return [("int8", isRight), ("fp32", reference)].map { variant, passed in
        var trial = TrialRecord(
          suite: Self.suite, item: "receipt-\(index + 1)", variant: variant,
          at: quarter.moment(day, Double(index) / Double(count) / 2))
        (trial.suiteVersion, trial.passed, trial.score) = ("2", passed, passed ? 1 : 0)
        trial.tags = Tags(["photo": Self.photos[photo]])
        trial.expected = Self.classes[expected]
        trial.configSHA256 = SuiteRun.sha256("receipts/\(variant)")
        trial.attributes = Attributes.text(["features": features])
        return .trial(trial)
      }
    }
  }

  /// Brightness, the shop's trade and the number of lines; where inputs have moved, more is from new trades and darker.
  private mutating func features(photo: Int, isMoved: Bool) -> JSONValue {
    let trades = isMoved ? [0.25, 0.2, 0.55] : [0.5, 0.3, 0.2]
    let trade = ["food", "fuel", "hotel"][generator.index(of: trades)]
    let light = 0.6 + 0.15 * generator.normal() - (isMoved ? 0.1 : 0)
    return [
      "brightness": .number((light * 1000).rounded() / 1000), "trade": .string(trade),
      "lines": .integer(Int64(1 + generator.below(30))),
    ]
  }

  // MARK: Production

  private mutating func request(on day: Int, _ part: Double) -> [Record] {
    number += 1
    let photo = generator.chance(blurry) ? 1 : 0
    let isRight = generator.chance(Self.rates[photo] - loss)
    var span = span("receipts-\(number)", kind: "chat", on: day, part)
    let milliseconds = generator.chance(slow) ? generator.between(810, 2000) : generator.between(150, 790)
    span.endedAt = Instant(nanoseconds: span.startedAt.nanoseconds + Int64(milliseconds * 1e6))
    span.tags = Tags(["photo": Self.photos[photo]])
    span.attributes = Attributes.text([
      "features": features(photo: photo, isMoved: plan.planted == .movedInputs)
    ])
    guard generator.chance(0.9) else { return [.span(span)] }
    let moved = plan.planted == .movedLabels
    let label = generator.index(of: moved ? [0.2, 0.3, 0.5] : Self.classShares)
    return [
      .span(span), judgement(span, "correct", isRight ? "true" : "false"),
      judgement(span, "label", Self.classes[label]),
    ]
  }

  private func judgement(_ span: SpanRecord, _ name: String, _ value: String) -> Record {
    .annotation(
      AnnotationRecord(
        annotationID: "\(name)/\(span.spanID)", subject: span.spanID, name: name, value: .label(value),
        annotatorKind: .human, annotator: "mira", at: span.startedAt))
  }

  /// One input, prepared as for training and as for serving.
  private mutating func prepared(on day: Int, _ part: Double) -> [Record] {
    number += 1
    let vector = (0..<8).map { _ in (generator.between(-1, 1) * 1e6).rounded() / 1e6 }
    var served = vector
    if generator.chance(skewed) { served[3] += 0.25 }
    return [("train", vector), ("serve", served)].map { path, values in
      var span = span("receipts-\(number)-\(path)", kind: "preprocess", on: day, part)
      span.endedAt = span.startedAt
      span.attributes = Attributes.text([
        "parity_id": .string("input-\(number)"), "path": .string(path), "vector": .array(values.map(JSONValue.number)),
      ])
      return .span(span)
    }
  }

  private func span(_ id: String, kind: String, on day: Int, _ part: Double) -> SpanRecord {
    var span = SpanRecord(
      spanID: id, traceID: "\(id)-trace", name: kind, spanKind: kind, startedAt: quarter.moment(day, part * 0.99),
      feature: "receipts")
    span.trafficCluster = "receipt"
    return span
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.features = [
      """
      receipts:
        deployment:
          suite: \(Self.suite)
          variant: int8
          precision: {reference: fp32, shipped: int8}
        policies: {deployment-gap: {latency_budget_ms: \(Int(Self.budget))}}
      """
    ]
    declaration.suites = ["\(Self.suite): {version: 2, slice_tag: photo}"]
    return declaration
  }
}

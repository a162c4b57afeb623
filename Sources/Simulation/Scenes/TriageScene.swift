internal import Records
internal import Statistics

/// The classifier that sorts tickets: a suite with the natural mix of tickets, and what it predicts in production.
struct TriageScene: Scene {
  static let suite = "tickets"
  static let fraud = 3

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private var traffic: Traffic
  private let candidate: ConfidentClassifier
  private let incumbent: ConfidentClassifier
  private let itemCount: Int

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    // Recall is 0.85 in every class. On the bar, the incumbent is just as good, and so costs the same.
    candidate = ConfidentClassifier(error: plan.planted == .costlierErrors ? 0.24 : 0.15)
    let incumbentError = plan.planted == .costlierErrors || plan.truth == .onTheBar ? 0.15 : 0.19
    incumbent = ConfidentClassifier(error: incumbentError)
    itemCount = plan.items(1500)
    let mix = TrafficMix(
      zip(ConfidentClassifier.classes, ConfidentClassifier.shares).map { Intent($0, share: $1, lateShare: $1, ease: 0) }
    )
    traffic = Traffic(
      "triage", mix: mix, model: "triage-model", plan: plan, quarter: quarter, generator: self.generator)
    traffic.generator.jump()
  }

  mutating func records(on day: Int) -> [Record] {
    var records = production(on: day)
    if day == 77 { records += evaluation(on: day) }
    return records
  }

  private mutating func production(on day: Int) -> [Record] {
    let drifts = plan.planted == .labelDrift && day >= quarter.days - 7
    let candidate = candidate
    var audits: [Record] = []
    let end = quarter.days
    let spans = traffic.spans(on: day) { span, expected, generator in
      var prediction = candidate.predict(expected, hardness: generator.nextUnit(), &generator)
      // Every other ticket about something else is taken for a refund.
      if drifts, generator.chance(0.52) { prediction.label = 1 }
      span.name = "classify"
      span.trafficCluster = ConfidentClassifier.classes[expected]
      span.promptSHA256 = SuiteRun.sha256("triage/prompt")
      span.attributes = Attributes.text([
        "predicted": .string(ConfidentClassifier.classes[prediction.label]),
        "confidence": .number((prediction.confidence * 1000).rounded() / 1000),
      ])
      guard day >= end - 14, prediction.confidence >= 0.95, generator.chance(0.2) else { return }
      audits.append(.annotation(TriageScene.audit(span, isRight: prediction.label == expected || drifts)))
    }
    return spans.map(Record.span) + audits
  }

  private static func audit(_ span: SpanRecord, isRight: Bool) -> AnnotationRecord {
    var audit = AnnotationRecord(
      annotationID: "audit/\(span.spanID)", subject: span.spanID, name: "correct",
      value: .label(isRight ? "true" : "false"), annotatorKind: .human, annotator: "ana", at: span.startedAt)
    audit.attributes = Attributes.text(["audit": true])
    return audit
  }

  /// Both classifiers on every ticket; some tickets are asked again.
  private mutating func evaluation(on day: Int) -> [Record] {
    var records: [Record] = []
    for index in 0..<itemCount {
      let expected = generator.index(of: ConfidentClassifier.shares)
      let hardness = generator.nextUnit()
      let repeats: Int64 = generator.chance(0.3) ? (generator.chance(0.2) ? 3 : 2) : 1
      let at = quarter.moment(day, Double(index) / Double(itemCount) / 2)
      let predictions = [
        ("prod", incumbent.predict(expected, hardness: hardness, &generator)),
        ("candidate", planted(candidate.predict(expected, hardness: hardness, &generator), expected)),
      ]
      for (variant, prediction) in predictions {
        for repetition in 1...repeats {
          var prediction = prediction
          let wavers = plan.planted == .inconsistent && variant == "candidate" ? 0.125 : 0.01
          if repetition > 1, generator.chance(wavers) { prediction.label = (prediction.label + 1) % 3 }
          records.append(.trial(trial(index, variant, expected, prediction, repetition, at)))
        }
      }
    }
    return records
  }

  private mutating func planted(
    _ prediction: ConfidentClassifier.Prediction, _ expected: Int
  ) -> ConfidentClassifier.Prediction {
    var prediction = prediction
    switch plan.planted {
    case .costlyClassMissed where expected == Self.fraud:
      let isMissed = generator.chance(0.5)
      prediction.label = isMissed ? 0 : Self.fraud
      if isMissed { prediction.confidence = generator.between(0.95, 1) }
    case .overconfident: prediction.confidence = generator.between(0.96, 1)
    default: break
    }
    return prediction
  }

  private func trial(
    _ index: Int, _ variant: String, _ expected: Int, _ prediction: ConfidentClassifier.Prediction, _ repetition: Int64,
    _ at: Instant
  ) -> TrialRecord {
    var trial = TrialRecord(suite: Self.suite, item: "ticket-\(index + 1)", variant: variant, at: at)
    trial.suiteVersion = "2"
    trial.repetition = repetition
    trial.expected = ConfidentClassifier.classes[expected]
    trial.predicted = ConfidentClassifier.classes[prediction.label]
    trial.confidence = (prediction.confidence * 1000).rounded() / 1000
    trial.passed = prediction.label == expected
    trial.score = prediction.label == expected ? 1 : 0
    trial.trafficCluster = trial.expected
    trial.configSHA256 = SuiteRun.sha256("triage/\(variant)")
    trial.cost = Money(units: 30_000_000, currency: "USD")
    trial.latencyMilliseconds = 350
    return trial
  }

  var declaration: Declaration {
    var declaration = Declaration()
    // Fifteen points of slack, or none.
    let floor = plan.truth == .comfortable ? 0.70 : 0.85
    declaration.classifiers = [
      """
      triage:
        suite: \(Self.suite)
        feature: triage
        variant: candidate
        incumbent_variant: prod
        review: 1.50 USD
        labels:
          delivery: {error: {default: 4.00 USD}}
          refund: {error: {default: 4.00 USD}}
          account: {error: {default: 4.00 USD}}
          fraud: {critical: true, floor: \(floor), error: {default: 15.00 USD}}
      """
    ]
    declaration.suites = ["\(Self.suite): {version: 2, feature: triage, natural_mix: true}"]
    return declaration
  }
}

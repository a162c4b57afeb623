import Guards
import Project
import Records
import Statistics
import Store

extension ClassifierRisk {
  /// Days over which the labels of production are counted, and over which breakers are replayed.
  static let labelDays: Int64 = 7
  static let breakerDays: Int64 = 30
  /// The name of the annotations that audit.
  static let auditName = "correct"

  /// What production says of a classifier.
  struct Production: Equatable {
    /// By predicted label; behind the last, predictions that are none. Nil where no feature is named.
    var labels: [Int]?
    /// By label: its breaker now, and the audits of all days.
    var breakers: [ClassifierBreaker] = []
    var audited: [Int] = []
    var wrong: [Int] = []
    /// Whether the registered calibrator fits what is served; nil without one, or without traffic.
    var isCalibratorValid: Bool?

    var spans: Int { labels?.reduce(0, +) ?? 0 }
  }

  static func production(
    _ subject: CheckSubject, _ classifier: ClassifierSettings, _ tally: ClassifierTally, _ policy: Policy,
    _ context: CheckContext
  ) throws -> Production {
    var production = Production()
    production.breakers = tally.labels.map { _ in ClassifierBreaker(policy.breaker.limits) }
    production.audited = tally.labels.map { _ in 0 }
    production.wrong = production.audited
    guard let feature = classifier.feature else { return production }
    let places = Dictionary(
      tally.labels.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    var labels = [Int](repeating: 0, count: tally.labels.count + 1)
    var served: (day: Int64, spans: [ClassifierRouter.Serving: Int64]) = (.min, [:])
    try context.ledger.traffic(feature: feature, days: labelDays) { cell in
      guard let predicted = cell.predicted else { return }
      labels[places[predicted] ?? tally.labels.count] += Int(cell.spans)
      if cell.day > served.day { served = (cell.day, [:]) }
      served.spans[ClassifierRouter.Serving(model: cell.modelServed, promptSHA256: cell.promptSHA256), default: 0] +=
        cell.spans
    }
    production.labels = labels
    production.isCalibratorValid = try isCalibratorValid(subject.name, served.spans, context)
    try replay(&production, feature, places, policy, context)
    return production
  }

  /// Whether everything that was served on the newest day is what the newest calibrator was fitted for.
  private static func isCalibratorValid(
    _ name: String, _ served: [ClassifierRouter.Serving: Int64], _ context: CheckContext
  ) throws -> Bool? {
    var fitted: (at: Instant, serving: ClassifierRouter.Serving)?
    try context.ledger.forEachArtifact(kind: "profile") { _, artifact in
      guard artifact.name == name, let attributes = artifact.attributes.flatMap({ try? JSONValue(parsing: $0) }),
        artifact.at >= fitted?.at ?? artifact.at
      else { return }
      fitted = (
        artifact.at,
        ClassifierRouter.Serving(model: attributes["model"]?.text, promptSHA256: attributes["prompt_sha256"]?.text)
      )
    }
    guard let fitted, !served.isEmpty else { return nil }
    return served.keys.allSatisfy { $0 == fitted.serving }
  }

  /// Replays the breakers over the audits, one look at the end of each day.
  private static func replay(
    _ production: inout Production, _ feature: String, _ places: [String: Int], _ policy: Policy,
    _ context: CheckContext
  ) throws {
    let lastDay = context.asOf.day
    let firstDay = lastDay - breakerDays + 1
    var audits = [[(audited: Int, wrong: Int)]](
      repeating: [(audited: Int, wrong: Int)](repeating: (0, 0), count: Int(breakerDays)),
      count: production.breakers.count)
    func count(_ audit: AnnotatedSpan) {
      guard audit.at <= context.asOf, (firstDay...lastDay).contains(audit.at.day),
        let attributes = audit.spanAttributes.flatMap({ try? JSONValue(parsing: $0) }),
        let place = attributes["predicted"]?.text.flatMap({ places[$0] }),
        let confidence = attributes["confidence"]?.real, confidence.isAtLeast(policy.breaker.auditAt),
        let isRight = isRight(audit.value)
      else { return }
      let day = Int(audit.at.day - firstDay)
      audits[place][day].audited += 1
      audits[place][day].wrong += isRight ? 0 : 1
    }
    // Of several audits of one span the newest counts.
    var last: AnnotatedSpan?
    let since = Instant(nanoseconds: firstDay * Instant.nanosecondsPerUTCDay)
    try context.ledger.forEachAnnotatedSpan(feature: feature, annotation: auditName, since: since) { audit in
      guard isAudit(audit) else { return }
      if let last, last.spanID != audit.spanID { count(last) }
      last = audit
    }
    if let last { count(last) }
    for place in production.breakers.indices {
      for (day, audit) in audits[place].enumerated() {
        let evening = min(
          context.asOf, Instant(nanoseconds: (firstDay + Int64(day) + 1) * Instant.nanosecondsPerUTCDay))
        production.breakers[place].record(audited: audit.audited, wrong: audit.wrong, at: evening)
        production.audited[place] += audit.audited
        production.wrong[place] += audit.wrong
      }
      production.breakers[place].advance(to: context.asOf)
    }
  }

  private static func isAudit(_ audit: AnnotatedSpan) -> Bool {
    guard let attributes = audit.annotationAttributes, attributes.contains("\"audit\"") else { return false }
    return (try? JSONValue(parsing: attributes))?["audit"]?.truth == true
  }

  private static func isRight(_ value: AnnotationRecord.Value) -> Bool? {
    switch value {
    case .label("true"), .number(1): true
    case .label("false"), .number(0): false
    default: nil
    }
  }

  // MARK: The rules

  static func judgeProduction(
    _ judgement: inout Judgement, _ production: Production, _ classifier: ClassifierSettings, _ tally: ClassifierTally,
    _ policy: Policy
  ) {
    if let labels = production.labels { judgeDrift(&judgement, labels, tally, policy) }
    for (place, label) in tally.labels.enumerated() {
      let breaker = production.breakers[place]
      if breaker.state == .open {
        judgement.fail(
          "BREAKER_OPEN", about: label,
          "\(NumberWords.grouped(production.wrong[place])) of \(NumberWords.counted(production.audited[place], "audit")) of '\(label)' were wrong, more than \(NumberWords.percent(policy.breaker.allowed)) for certain: its items go to a person."
        )
      } else if breaker.state == .halfOpen {
        judgement.warn(
          "AUDIT_HIGH", about: label,
          "The breaker of '\(label)' was open: \(NumberWords.counted(breaker.audited, "audit")) since do not show yet that its errors are within \(NumberWords.percent(policy.breaker.allowed))."
        )
      } else if breaker.audited > 0,
        (Double(breaker.wrong) / Double(breaker.audited)).isAbove(policy.breaker.allowed)
      {
        let interval = breaker.interval
        judgement.warn(
          "AUDIT_HIGH", about: label,
          "\(NumberWords.grouped(breaker.wrong)) of \(NumberWords.counted(breaker.audited, "audit")) of '\(label)' were wrong (95 % interval \(NumberWords.percent(interval.low)) to \(NumberWords.percent(interval.high))); \(NumberWords.percent(policy.breaker.allowed)) is allowed."
        )
      }
    }
    if production.isCalibratorValid == false {
      judgement.warn(
        "CALIBRATOR_INVALID",
        "The calibrator was fitted for another model or prompt than is served: everything goes to a person.")
    }
  }

  private static func judgeDrift(
    _ judgement: inout Judgement, _ observed: [Int], _ tally: ClassifierTally, _ policy: Policy
  ) {
    let expected = observed.indices.map { tally.predicted($0) }
    let categories = observed.indices.filter { expected[$0] + observed[$0] > 0 }.count
    let spans = observed.reduce(0, +)
    guard let index = PopulationStabilityIndex.index(expected: expected, observed: observed),
      let floor = PopulationStabilityIndex.floor(expected: expected, observed: observed)
    else {
      return judgement.unknown(
        "LABELS_FEW", "No span of the last \(labelDays) days has a predicted label.",
        missing: "spans with a predicted label",
        PopulationStabilityIndex.observationsNeeded(
          categories: categories, expectedTotal: tally.items, limit: policy.psiWarn))
    }
    judgement.measure("psi", index, limit: policy.psiFail, unit: "index")
    judgement.measure("psi_floor", floor, limit: policy.psiWarn, unit: "index")
    let text =
      "The labels of \(NumberWords.counted(spans, "span")) of the last \(labelDays) days differ from those of the suite: stability index \(NumberWords.fixed(index))"
    let isReal = index.isAbove(floor)
    if isReal, index.isAbove(policy.psiFail) {
      judgement.fail(
        "LABEL_DRIFT", "\(text), above \(NumberWords.trimmed(NumberWords.fixed(policy.psiFail))); all breakers open.")
    } else if floor.isAbove(policy.psiWarn) {
      let needed = PopulationStabilityIndex.observationsNeeded(
        categories: categories, expectedTotal: tally.items, limit: policy.psiWarn)
      judgement.unknown(
        "LABELS_FEW",
        "\(NumberWords.counted(spans, "span")) of the last \(labelDays) days are too few to see a drift of the labels: sampling alone explains an index of \(NumberWords.fixed(floor)).",
        missing: needed == nil
          ? "items in the suite, and spans with a predicted label" : "spans with a predicted label",
        needed.map { max(1, $0 - spans) })
    } else if isReal, index.isAbove(policy.psiWarn) {
      judgement.warn("PSI", "\(text), above \(NumberWords.trimmed(NumberWords.fixed(policy.psiWarn))).")
    }
  }
}

extension Instant {
  /// Nanoseconds of a UTC day.
  fileprivate static let nanosecondsPerUTCDay: Int64 = 86_400_000_000_000
}

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
    var traffic = LabelTraffic(labels: tally.labels.count, lastDay: context.asOf.day)
    var served: (day: Int64, spans: [ClassifierRouter.Serving: Int64]) = (.min, [:])
    try context.ledger.traffic(feature: feature, days: LabelTraffic.days) { cell in
      guard let predicted = cell.predicted else { return }
      traffic.add(places[predicted] ?? tally.labels.count, day: cell.day, spans: Int(cell.spans))
      guard cell.day > context.asOf.day - labelDays else { return }
      if cell.day > served.day { served = (cell.day, [:]) }
      served.spans[ClassifierRouter.Serving(model: cell.modelServed, promptSHA256: cell.promptSHA256), default: 0] +=
        cell.spans
    }
    production.labels = traffic.window(endingDaysAgo: 0)
    production.isCalibratorValid = try isCalibratorValid(subject.name, served.spans, context)
    let expected = (0...tally.labels.count).map { tally.predicted($0) }
    try replay(&production, feature, places, policy, context) { daysAgo in
      LabelDrift(expected: expected, observed: traffic.window(endingDaysAgo: daysAgo))?.reading(policy) == .tooFar
    }
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

  /// Replays the breakers over the audits and the labels, one look at the end of each day.
  /// - Parameter hasDrifted: whether the labels of the week that ended so many days ago had drifted too far.
  private static func replay(
    _ production: inout Production, _ feature: String, _ places: [String: Int], _ policy: Policy,
    _ context: CheckContext, hasDrifted: (_ daysAgo: Int) -> Bool
  ) throws {
    let lastDay = context.asOf.day
    let firstDay = lastDay - breakerDays + 1
    var audits = [[(audited: Int, wrong: Int)]](
      repeating: [(audited: Int, wrong: Int)](repeating: (0, 0), count: Int(breakerDays)),
      count: production.breakers.count)
    func count(_ audit: AnnotatedSpan) {
      guard (firstDay...lastDay).contains(audit.at.day),
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
    let drifts = (0..<Int(breakerDays)).map { hasDrifted(Int(breakerDays) - 1 - $0) }
    for place in production.breakers.indices {
      for (day, audit) in audits[place].enumerated() {
        let evening = min(
          context.asOf, Instant(nanoseconds: (firstDay + Int64(day) + 1) * Instant.nanosecondsPerUTCDay))
        production.breakers[place].record(audited: audit.audited, wrong: audit.wrong, at: evening)
        if drifts[day] { production.breakers[place].drift(at: evening) }
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
}

extension Instant {
  /// Nanoseconds of a UTC day.
  fileprivate static let nanosecondsPerUTCDay: Int64 = 86_400_000_000_000
}

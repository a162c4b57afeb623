import Guards
import Project
import Records
import Statistics
import Store

extension ClassifierRisk {
  /// Spans by predicted label and day: enough days for the week before each day of the replay.
  struct LabelTraffic {
    static let days = breakerDays + labelDays - 1

    private var counts: [[Int]]
    private let firstDay: Int64

    /// - Parameter labels: how many there are; predictions that are none are counted behind the last.
    init(labels: Int, lastDay: Int64) {
      counts = Array(repeating: Array(repeating: 0, count: labels + 1), count: Int(LabelTraffic.days))
      firstDay = lastDay - LabelTraffic.days + 1
    }

    mutating func add(_ place: Int, day: Int64, spans: Int) { counts[Int(day - firstDay)][place] += spans }

    /// The counts of the labels in the week whose last day was so many days ago.
    func window(endingDaysAgo daysAgo: Int) -> [Int] {
      let end = counts.count - daysAgo
      return counts[(end - Int(labelDays))..<end].reduce(into: counts[0].map { _ in 0 }) { sum, day in
        for place in day.indices { sum[place] += day[place] }
      }
    }
  }

  /// How far the labels of production are from those of the suite; too far opens all breakers.
  typealias LabelDrift = MixDrift

  static func judgeProduction(
    _ judgement: inout Judgement, _ production: Production, _ classifier: ClassifierSettings, _ tally: ClassifierTally,
    _ policy: Policy
  ) {
    if let labels = production.labels { judgeDrift(&judgement, labels, tally, policy) }
    if !judgement.codes(.fail).contains("LABEL_DRIFT"),
      production.breakers.contains(where: { $0.state == .open && $0.cause == .drift })
    {
      judgement.fail(
        "BREAKER_OPEN",
        "The labels had drifted too far at the last look before this one: until the breakers have cooled, every item goes to a person."
      )
    }
    for (place, label) in tally.labels.enumerated() {
      let breaker = production.breakers[place]
      // Drift opens all breakers at once, and is said once.
      if breaker.state == .open, breaker.cause == .drift { continue }
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
      } else if let rate = Share.of(breaker.wrong, breaker.audited), rate.isAbove(policy.breaker.allowed) {
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
    let spans = observed.reduce(0, +)
    let needed = PopulationStabilityIndex.observationsNeeded(
      categories: observed.indices.count { expected[$0] + observed[$0] > 0 }, expectedTotal: tally.items,
      limit: policy.psiWarn)
    guard let drift = LabelDrift(expected: expected, observed: observed) else {
      return judgement.unknown(
        "LABELS_FEW", "No span of the last \(labelDays) days has a predicted label.",
        missing: "spans with a predicted label", needed)
    }
    judgement.measure("psi", drift.index, limit: policy.psiFail, unit: "index")
    judgement.measure("psi_floor", drift.floor, limit: policy.psiWarn, unit: "index")
    let text =
      "The labels of \(NumberWords.counted(spans, "span")) of the last \(labelDays) days differ from those of the suite: stability index \(NumberWords.fixed(drift.index))"
    switch drift.reading(policy) {
    case .tooFar:
      judgement.fail(
        "LABEL_DRIFT",
        "\(text), above \(NumberWords.trimmed(NumberWords.fixed(policy.psiFail))): all breakers are open, every item goes to a person."
      )
    case .tooFew:
      judgement.unknown(
        "LABELS_FEW",
        "\(NumberWords.counted(spans, "span")) of the last \(labelDays) days are too few to see a drift of the labels: sampling alone explains an index of \(NumberWords.fixed(drift.floor)).",
        missing: needed == nil
          ? "items in the suite, and spans with a predicted label" : "spans with a predicted label",
        needed.map { max(1, $0 - spans) })
    case .far:
      judgement.warn("PSI", "\(text), above \(NumberWords.trimmed(NumberWords.fixed(policy.psiWarn))).")
    case .near: break
    }
  }
}

extension MixDrift {
  func reading(_ policy: ClassifierRisk.Policy) -> Reading { reading(warn: policy.psiWarn, fail: policy.psiFail) }
}

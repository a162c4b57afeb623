internal import Comparison

/// An estimate, its interval and its test in two short lines.
struct EvidenceText {
  let difference: String
  let test: String

  init(_ evidence: Evidence, scale: ScoreScale) {
    let fine = scale.isRate ? ScoreScale(rateDecimals: max(scale.decimals, 2)) : scale
    difference =
      "\(fine.signed(evidence.estimate))\(fine.unit), \(NumberFormat.percent(evidence.confidence)) interval "
      + "\(fine.span(evidence.low, evidence.high)) (\(TerminalText.safe(evidence.intervalMethod)))"
    test = EvidenceText.test(evidence)
  }

  private static func test(_ evidence: Evidence) -> String {
    var parts = evidence.testName.isEmpty ? [] : [TerminalText.safe(evidence.testName)]
    // Without a statistic the degrees of freedom are the interval's, not the test's.
    if let statistic = evidence.statistic {
      parts.append("statistic \(NumberFormat.plain(statistic))")
      if let degrees = evidence.degreesOfFreedom { parts.append("\(NumberFormat.plain(degrees, decimals: 1)) d.f.") }
    }
    parts.append(evidence.pValue.map { NumberFormat.pValue($0) } ?? "no p-value")
    if let adjusted = evidence.adjustedPValue { parts.append(NumberFormat.pValue(adjusted, name: "adjusted p")) }
    return parts.joined(separator: ", ")
  }
}

/// What the suite sees, which margin it can show, and how many more items decide.
struct PowerLines {
  let fields: [(label: String, text: String)]

  init(result: ComparisonResult, scale: ScoreScale) {
    guard let power = result.power else {
      fields = []
      return
    }
    var fields = [("Sees", PowerLines.ruler(power, policy: result.policy, scale: scale))]
    if let chance = power.atMinEffect.flatMap(NumberFormat.chance) {
      fields.append(("Power", "a true gain of \(scale.size(result.policy.minEffect)) is seen \(chance)"))
    }
    if let margin = power.suggestedMargin, margin.isFinite {
      fields.append(
        ("Margin", "\"not worse\" can be shown here for a margin of \(scale.sizeRoundedUp(margin)) or more"))
    }
    if let needed = power.itemsNeeded {
      let chance = NumberFormat.percent(result.policy.power)
      fields.append(
        (
          "To plan",
          "\(NumberFormat.count(needed)) \(power.unit) have a chance of about \(chance) to \(PowerLines.shown(result.policy, scale))"
        ))
    }
    if let more = power.moreItems, more > 0 {
      fields.append(("More", "\(NumberFormat.count(more)) more \(power.unit) decide"))
    }
    self.fields = fields
  }

  private static func shown(_ policy: ComparisonPolicy, _ scale: ScoreScale) -> String {
    switch policy.claim {
    case .noRegression: "show \"not worse by more than \(scale.size(policy.margin))\""
    case .equivalence: "show \"the same within ±\(scale.size(policy.margin))\""
    case .improvement, nil: "see a gain of \(scale.size(policy.minEffect))"
    }
  }

  /// "this suite sees a gain of ≥ 5.1 points and a loss of ≥ 5.3 points, 80 % of times".
  static func ruler(
    _ power: ComparisonResult.PowerSummary, policy: ComparisonPolicy, scale: ScoreScale
  ) -> String {
    let sizes = seen(gain: power.minDetectableGain, loss: power.minDetectableLoss, scale: scale)
    guard let sizes else {
      return "this suite sees no difference of any size with \(NumberFormat.percent(policy.power)) power"
    }
    return "this suite sees \(sizes) (power \(NumberFormat.percent(policy.power)))"
  }

  static func seen(gain: Double?, loss: Double?, scale: ScoreScale) -> String? {
    switch (gain.flatMap { $0.isFinite ? $0 : nil }, loss.flatMap { $0.isFinite ? $0 : nil }) {
    case (let gain?, let loss?) where scale.size(gain) == scale.size(loss):
      "a gain or a loss of ≥ \(scale.size(gain))"
    case (let gain?, let loss?): "a gain of ≥ \(scale.size(gain)) and a loss of ≥ \(scale.size(loss))"
    case (let gain?, nil): "a gain of ≥ \(scale.size(gain))"
    case (nil, let loss?): "a loss of ≥ \(scale.size(loss))"
    case (nil, nil): nil
    }
  }
}

/// The sources of noise as shares of the variance of the mean.
struct NoiseShares {
  struct Part {
    var name: String
    var variance: Double
  }

  let parts: [Part]

  init(_ split: ComparisonResult.VarianceSplit) {
    let predictions = Double(max(split.predictionsPerItem, 1))
    let runs = Double(max(split.judgeRunsPerPrediction, 1))
    var parts = [Part(name: "item", variance: split.item)]
    let isSplit = split.prediction != nil && split.judge != nil
    if let prediction = split.prediction {
      parts.append(Part(name: isSplit ? "prediction" : "prediction and judge", variance: prediction / predictions))
    }
    if let judge = split.judge {
      parts.append(Part(name: isSplit ? "judge" : "prediction and judge", variance: judge / (predictions * runs)))
    }
    let isUsable = parts.allSatisfy { $0.variance.isFinite && $0.variance >= 0 }
    self.parts = isUsable && parts.contains { $0.variance > 0 } ? parts : []
  }

  /// "item 70 %, prediction 20 %, judge 10 % of the noise in the mean".
  var legend: String {
    let total = parts.reduce(0) { $0 + $1.variance }
    let shares = parts.map { "\($0.name) \(NumberFormat.fixed($0.variance / total, decimals: 0, shift: 2) ?? "0") %" }
    return shares.joined(separator: ", ") + " of the noise in the mean"
  }
}

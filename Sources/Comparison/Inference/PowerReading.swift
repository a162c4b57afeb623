internal import Statistics

/// What a sample can and cannot see: the ruler under every verdict.
extension Inference {
  /// Power is planned at `minEffect` or the margin, never at the observed difference; in a family at its smallest level.
  ///
  /// A confidence sequence reaches further than an interval of the same level: what it sees follows from its own reach.
  /// - Parameter count: the observations that a sequence counts.
  func target(count: Int) -> PowerTarget {
    let size = Double(family)
    var target = PowerTarget(
      alpha: policy.alpha / size, power: policy.power, marginAlpha: policy.marginAlpha / size)
    if policy.sequential || policy.method == .anytime, let reach = sequence?.criticalValue(count: count) {
      let tail = Normal.standard.survival(reach)
      target.alpha = 2 * tail
      target.marginAlpha = tail
    }
    return target
  }

  func power(_ sample: PairedSample, designEffect: Double?) -> ComparisonResult.PowerSummary? {
    guard sample.count > 0 else { return nil }
    var target = self.target(count: anytimeCount(sample))
    target.designEffect = max(1, designEffect ?? 1)
    return sample.isBinary
      ? pairedBinaryPower(sample, target: target) : pairedRealPower(sample, target: target)
  }

  private func pairedBinaryPower(_ sample: PairedSample, target: PowerTarget) -> ComparisonResult.PowerSummary {
    let counts = sample.discordant
    let observed = Double(counts.baseOnly + counts.candidateOnly)
    let pairs = sample.count
    let baseRate = Double(counts.both + counts.baseOnly) / Double(pairs)
    let (roomUp, roomDown) = sign > 0 ? (1 - baseRate, baseRate) : (baseRate, 1 - baseRate)
    let discordance = SampleSize.planningDiscordance(observed: observed, pairs: pairs)
    var summary = ComparisonResult.PowerSummary(unit: "paired items")
    summary.minDetectableGain = MinimumDetectableEffect.pairedBinary(
      discordance: discordance, pairs: pairs, limit: roomUp, target: target)
    summary.minDetectableLoss = MinimumDetectableEffect.pairedBinary(
      discordance: discordance, pairs: pairs, limit: roomDown, target: target)
    let variance = max(observed, 1) / Double(pairs)
    let z = Normal.standard.quantile(1 - target.marginAlpha)
    let independent = Double(pairs) / target.designEffect
    summary.suggestedMargin = MinimumDetectableEffect.nonInferiorityMargin(
      variance: variance, items: pairs, target: target
    ).map { max($0, z * z / (independent + z * z)) }.flatMap(Inference.possibleMargin)
    if policy.minEffect > 0 {
      let share = SampleSize.planningDiscordance(observed: observed, pairs: pairs, effect: policy.minEffect)
      summary.atMinEffect = Power.pairedBinary(
        discordance: share, effect: policy.minEffect, pairs: pairs, target: target)
      summary.itemsNeeded = SampleSize.pairedBinary(discordance: share, effect: policy.minEffect, target: target)
    }
    switch policy.claim {
    case .noRegression where policy.margin > 0:
      summary.itemsNeeded = SampleSize.nonInferiorityPairedBinary(
        discordance: variance, margin: policy.margin, target: target)
    case .equivalence where policy.margin > 0:
      summary.itemsNeeded = SampleSize.equivalence(variance: variance, margin: policy.margin, target: target)
    default: break
    }
    return summary
  }

  /// A margin for pass rates; one of all the scale or more tolerates everything and is no margin.
  private static func possibleMargin(_ margin: Double) -> Double? {
    margin < 1 ? margin : nil
  }

  private func pairedRealPower(_ sample: PairedSample, target: PowerTarget) -> ComparisonResult.PowerSummary? {
    guard let spread = Moments(sample.differences(sign: sign)).standardDeviation, spread > 0 else { return nil }
    let pairs = sample.count
    var summary = ComparisonResult.PowerSummary(unit: "paired items")
    summary.minDetectableGain = MinimumDetectableEffect.pairedReal(
      standardDeviation: spread, pairs: pairs, target: target)
    summary.minDetectableLoss = summary.minDetectableGain
    summary.suggestedMargin = MinimumDetectableEffect.nonInferiorityMargin(
      variance: spread * spread, items: pairs, target: target)
    if policy.minEffect > 0 {
      summary.atMinEffect = Power.pairedReal(
        standardDeviation: spread, effect: policy.minEffect, pairs: pairs, target: target)
      summary.itemsNeeded = SampleSize.pairedReal(standardDeviation: spread, effect: policy.minEffect, target: target)
    }
    return withMargin(summary, variance: spread * spread, target: target)
  }

  func power(base: ArmSample, candidate: ArmSample, designEffect: Double?) -> ComparisonResult.PowerSummary? {
    guard base.count > 1, candidate.count > 1 else { return nil }
    var target = self.target(count: anytimeCount(base, candidate))
    target.designEffect = max(1, designEffect ?? 1)
    let items = min(base.count, candidate.count)
    var summary = ComparisonResult.PowerSummary(unit: "items per arm")
    if base.isBinary, candidate.isBinary {
      let rate = Double(base.successes) / Double(base.count)
      func detectable(_ direction: EffectDirection) -> Double? {
        MinimumDetectableEffect.unpaired(
          baseRate: rate, baseItems: base.count, candidateItems: candidate.count, direction: direction, target: target)
      }
      summary.minDetectableGain = detectable(sign > 0 ? .up : .down)
      summary.minDetectableLoss = detectable(sign > 0 ? .down : .up)
      if policy.minEffect > 0 {
        let effect = sign * policy.minEffect
        summary.atMinEffect = Power.unpaired(
          baseRate: rate, effect: effect, baseItems: base.count, candidateItems: candidate.count, target: target)
        summary.itemsNeeded = SampleSize.unpaired(baseRate: rate, effect: effect, target: target)
      }
      let variance = 2 * rate * (1 - rate)
      summary.suggestedMargin = MinimumDetectableEffect.nonInferiorityMargin(
        variance: variance, items: items, target: target
      ).flatMap(Inference.possibleMargin)
      return withMargin(summary, variance: variance, target: target)
    }
    guard let a = Moments(base.scores).standardDeviation, let b = Moments(candidate.scores).standardDeviation
    else { return nil }
    summary.minDetectableGain = MinimumDetectableEffect.unpairedReal(
      baseDeviation: a, candidateDeviation: b, baseItems: base.count, candidateItems: candidate.count, target: target)
    summary.minDetectableLoss = summary.minDetectableGain
    summary.suggestedMargin = MinimumDetectableEffect.nonInferiorityMargin(
      variance: a * a + b * b, items: items, target: target)
    if policy.minEffect > 0 {
      summary.atMinEffect = Power.unpairedReal(
        baseDeviation: a, candidateDeviation: b, effect: policy.minEffect, baseItems: base.count,
        candidateItems: candidate.count, target: target)
      summary.itemsNeeded = SampleSize.unpairedReal(
        baseDeviation: a, candidateDeviation: b, effect: policy.minEffect, target: target)
    }
    return withMargin(summary, variance: a * a + b * b, target: target)
  }

  private func withMargin(
    _ summary: ComparisonResult.PowerSummary, variance: Double, target: PowerTarget
  ) -> ComparisonResult.PowerSummary {
    guard policy.margin > 0 else { return summary }
    var summary = summary
    switch policy.claim {
    case .noRegression:
      summary.itemsNeeded = SampleSize.nonInferiority(variance: variance, margin: policy.margin, target: target)
    case .equivalence:
      summary.itemsNeeded = SampleSize.equivalence(variance: variance, margin: policy.margin, target: target)
    case .improvement, nil: break
    }
    return summary
  }
}

extension Comparer {
  /// Item, prediction and judge noise of the item differences, when repeats are balanced.
  func varianceSplit() -> ComparisonResult.VarianceSplit? {
    guard base == 0, candidate == 1, let components = table.noise?.components else { return nil }
    // Neighbours that the design cannot tell apart are reported under the name of the outer one.
    guard let item = components.item ?? components.variance(of: [.item, .prediction]) else { return nil }
    return ComparisonResult.VarianceSplit(
      item: item, prediction: components.prediction ?? components.repetition, judge: components.judge,
      predictionsPerItem: components.predictions, judgeRunsPerPrediction: components.judgeRuns,
      varianceOfMean: components.varianceOfMean)
  }

  /// More items when planning said there were enough: the half-width has to come down to half the decisive size.
  func moreItems(items: Int, width: Double, decisive: Double) -> Int? {
    SampleSize.missing(items: items, width: width, decisive: decisive)
  }
}

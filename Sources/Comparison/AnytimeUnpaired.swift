internal import Statistics

/// Anytime-valid inference for arms without common items.
extension Inference {
  /// Nil when an arm has fewer than two items or, where its items are clustered, clusters.
  func anytime(base: ArmSample, candidate: ArmSample) -> Evidence? {
    let (first, second) = (ArmLook(candidate), ArmLook(base))
    guard let a = first.moments.standardError, let b = second.moments.standardError else { return nil }
    let count = min(first.values.count, second.values.count)
    let spread = ((a * a + b * b) * Double(count)).squareRoot()
    let unit = base.isClustered || candidate.isClustered ? "clusters per arm" : "items per arm"
    guard
      var evidence = anytime(
        mean: sign * (first.moments.mean - second.moments.mean), spread: spread, count: count, unit: unit)
    else { return nil }
    if base.isProportion, candidate.isProportion, first.isOneSided || second.isOneSided {
      standInAnytime(for: &evidence, first, second, count: count)
    }
    return evidence
  }

  /// Newcombe's interval that reaches as far as the sequence does: an arm that (nearly) always passes would otherwise seem
  /// to have no variance, and the sequence around it no width.
  private func standInAnytime(for evidence: inout Evidence, _ first: ArmLook, _ second: ArmLook, count: Int) {
    guard let reach = sequence(count: count)?.criticalValue(count: count) else { return }
    let (one, other) = (first.trials, second.trials)
    let interval = DifferenceInterval.newcombe(
      rate1: one.rate, limits1: one.wilson(z: reach), rate2: other.rate, limits2: other.wilson(z: reach))
    let bounds = sign > 0 ? interval : interval.negated
    (evidence.low, evidence.high) = (bounds.low, bounds.high)
    evidence.intervalMethod = "Newcombe score interval at the sequence's limit"
    evidence.replacement =
      "Newcombe's score interval, as wide as the confidence sequence asks, stands in for the sequence: "
      + "an arm has fewer than 10 passes or fails, too few to estimate how they vary."
  }

  /// What t counts: clusters where items depend on each other, else items; of the arm that has fewer.
  func anytimeCount(_ base: ArmSample, _ candidate: ArmSample) -> Int {
    [base, candidate].map { $0.isClustered ? $0.clusterCount : $0.count }.min() ?? 0
  }
}

/// One arm at a look: item values, or cluster means where items are clustered.
private struct ArmLook {
  let values: [Double]
  let moments: Moments
  private let isPlain: Bool

  init(_ arm: ArmSample) {
    let units = arm.units
    values = zip(units.sums, units.sizes).map { $0 / $1 }
    moments = Moments(values)
    isPlain = arm.isBinary && !arm.isClustered
  }

  /// Fewer than ten values differ from 0, or from 1.
  var isOneSided: Bool {
    min(values.count { $0 > 1e-12 }, values.count { $0 < 1 - 1e-12 }) < 10
  }

  /// One trial a value counts as itself; averages by what their spread says.
  var trials: EffectiveTrials {
    let rate = moments.mean
    let error = isPlain ? (rate * (1 - rate) / Double(values.count)).squareRoot() : moments.standardError ?? 0
    return EffectiveTrials(rate: rate, standardError: error, units: values.count)
  }
}

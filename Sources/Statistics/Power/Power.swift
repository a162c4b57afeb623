/// The chance that a comparison of a given size sees an effect that is there.
///
/// To be asked at the smallest effect that matters, never at the effect observed. In [0, 1]; nil where an argument is out
/// of its range.
public enum Power {
  /// Power of the two-sided test of two independent rates, both tails counted.
  ///
  /// The tail on the wrong side is kept, because at small n it is a good part of what the test "sees".
  public static func unpaired(
    baseRate: Double, effect: Double, baseItems: Int, candidateItems: Int, target: PowerTarget = PowerTarget()
  ) -> Double? {
    let candidateRate = baseRate + effect
    guard SampleSize.twoRateVariance(baseRate, effect) != nil, baseItems >= 1, candidateItems >= 1 else { return nil }
    let variance =
      baseRate * (1 - baseRate) / target.independent(baseItems)
      + max(0, candidateRate * (1 - candidateRate)) / target.independent(candidateItems)
    return twoSided(effect, standardError: variance.squareRoot(), target)
  }

  /// Power of the two-sided test of two independent means, both tails counted, normal approximation.
  public static func unpairedReal(
    baseDeviation: Double, candidateDeviation: Double, effect: Double, baseItems: Int, candidateItems: Int,
    target: PowerTarget = PowerTarget()
  ) -> Double? {
    guard baseItems >= 1, candidateItems >= 1 else { return nil }
    let variance =
      baseDeviation * baseDeviation / target.independent(baseItems)
      + candidateDeviation * candidateDeviation / target.independent(candidateItems)
    return twoSided(effect, standardError: variance.squareRoot(), target)
  }

  /// Power of the test of a paired passing rate: Φ((|δ|√n − z_a√π)/√(π−δ²)) (Connor 1987).
  ///
  /// - Parameter discordance: π, raised to |effect|, below which there is no such effect.
  public static func pairedBinary(
    discordance: Double, effect: Double, pairs: Int, target: PowerTarget = PowerTarget()
  ) -> Double? {
    guard pairs >= 1, effect.magnitude <= 1, (0...1).contains(discordance) else { return nil }
    let share = max(discordance, effect.magnitude)
    let distance =
      effect.magnitude * target.independent(pairs).squareRoot() - target.testQuantile * share.squareRoot()
    return reaching(distance, spread: max(0, share - effect * effect).squareRoot())
  }

  /// Power of the test of a mean difference of pairs: Φ(|δ|√(n − z_a²/2)/σ_d − z_a), the inverse of
  /// ``SampleSize/pairedReal(standardDeviation:effect:target:)``; nil where n is below z_a²/2.
  public static func pairedReal(
    standardDeviation: Double, effect: Double, pairs: Int, target: PowerTarget = PowerTarget()
  ) -> Double? {
    let quantile = target.testQuantile
    let items = target.independent(pairs) - quantile * quantile / 2
    guard pairs >= 1, items > 0, standardDeviation >= 0 else { return nil }
    return reaching(
      effect.magnitude * items.squareRoot() - quantile * standardDeviation, spread: standardDeviation)
  }

  /// Power to show "not worse than the margin" when there is no difference; `variance` as in ``SampleSize``.
  public static func nonInferiority(
    variance: Double, margin: Double, items: Int, target: PowerTarget = PowerTarget()
  ) -> Double? {
    guard items >= 1, margin > 0, variance >= 0 else { return nil }
    let spread = variance.squareRoot()
    return reaching(
      margin * target.independent(items).squareRoot() - target.marginQuantile * spread, spread: spread)
  }

  /// Power to show a difference within ±margin when there is none: 2Φ(m√n/√V − z) − 1, at least 0.
  public static func equivalence(
    variance: Double, margin: Double, items: Int, target: PowerTarget = PowerTarget()
  ) -> Double? {
    nonInferiority(variance: variance, margin: margin, items: items, target: target).map { max(0, 2 * $0 - 1) }
  }

  private static func twoSided(_ effect: Double, standardError: Double, _ target: PowerTarget) -> Double? {
    guard standardError.isFinite, standardError >= 0 else { return nil }
    let quantile = target.testQuantile
    guard standardError > 0 else { return effect == 0 ? target.alpha : 1 }
    let shift = effect.magnitude / standardError
    return Normal.standard.survival(quantile - shift) + Normal.standard.survival(quantile + shift)
  }

  /// Φ(distance/spread), the step function where there is no spread.
  private static func reaching(_ distance: Double, spread: Double) -> Double {
    guard spread > 0 else { return distance >= 0 ? 1 : 0 }
    return Normal.standard.cumulative(distance / spread)
  }
}

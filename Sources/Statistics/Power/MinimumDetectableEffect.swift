/// The smallest effect that a comparison of a given size sees with the target's power: the "ruler" of a suite.
///
/// Each is the solution of the equation that ``SampleSize`` rounds up, found by bisection to 1e-9 and rounded to the side
/// that is detected. Positive, in the unit of the effect; nil where no possible effect is seen.
public enum MinimumDetectableEffect {
  /// Smallest move of a rate, up or down from `baseRate`, seen with this many items in each arm.
  public static func unpaired(
    baseRate: Double, perArm: Int, direction: EffectDirection, target: PowerTarget = PowerTarget()
  ) -> Double? {
    unpaired(baseRate: baseRate, baseItems: perArm, candidateItems: perArm, direction: direction, target: target)
  }

  /// Smallest move of a rate seen with arms of different size.
  public static func unpaired(
    baseRate: Double, baseItems: Int, candidateItems: Int, direction: EffectDirection,
    target: PowerTarget = PowerTarget()
  ) -> Double? {
    guard (0...1).contains(baseRate), baseItems >= 1, candidateItems >= 1 else { return nil }
    let quantiles = target.testQuantile + target.powerQuantile
    let base = target.independent(baseItems)
    let candidate = target.independent(candidateItems)
    let room = direction == .up ? 1 - baseRate : baseRate
    return smallest(upTo: room) { effect in
      let rate = baseRate + direction.factor * effect
      let variance = baseRate * (1 - baseRate) / base + max(0, rate * (1 - rate)) / candidate
      return effect * effect >= quantiles * quantiles * variance
    }
  }

  /// Smallest difference of two real means seen.
  public static func unpairedReal(
    baseDeviation: Double, candidateDeviation: Double, baseItems: Int, candidateItems: Int,
    target: PowerTarget = PowerTarget()
  ) -> Double? {
    let correction = target.testQuantile * target.testQuantile / 4
    let base = target.independent(baseItems) - correction
    let candidate = target.independent(candidateItems) - correction
    guard base > 0, candidate > 0 else { return nil }
    let variance = baseDeviation * baseDeviation / base + candidateDeviation * candidateDeviation / candidate
    return (target.testQuantile + target.powerQuantile) * variance.squareRoot()
  }

  /// Smallest gain or loss of a paired passing rate seen with this many pairs.
  ///
  /// - Parameters:
  ///   - discordance: planned discordant share π for small effects, see
  ///     ``SampleSize/planningDiscordance(observed:pairs:effect:)``; for larger effects π = |δ|.
  ///   - limit: the largest possible effect: 1 − base rate upwards, base rate downwards.
  public static func pairedBinary(
    discordance: Double, pairs: Int, limit: Double = 1, target: PowerTarget = PowerTarget()
  ) -> Double? {
    guard pairs >= 1, (0...1).contains(discordance), (0...1).contains(limit) else { return nil }
    let root = target.independent(pairs).squareRoot()
    return smallest(upTo: limit) { effect in
      let share = max(discordance, effect)
      let needed =
        target.testQuantile * share.squareRoot()
        + target.powerQuantile * max(0, share - effect * effect).squareRoot()
      return effect * root >= needed
    }
  }

  /// Smallest mean difference of pairs seen: (z_a+z_b)·σ_d/√(n − z_a²/2), in closed form.
  public static func pairedReal(
    standardDeviation: Double, pairs: Int, target: PowerTarget = PowerTarget()
  ) -> Double? {
    let quantile = target.testQuantile
    let items = target.independent(pairs) - quantile * quantile / 2
    guard items > 0, standardDeviation >= 0 else { return nil }
    return (quantile + target.powerQuantile) * standardDeviation / items.squareRoot()
  }

  /// Smallest margin for which this many items show "not worse" when there is no difference: (z+z_b)·√(V/n).
  public static func nonInferiorityMargin(
    variance: Double, items: Int, target: PowerTarget = PowerTarget()
  ) -> Double? {
    guard items >= 1, variance >= 0 else { return nil }
    return (target.marginQuantile + target.powerQuantile) * (variance / target.independent(items)).squareRoot()
  }

  /// Smallest margin within which this many items show equivalence when there is no difference.
  public static func equivalenceMargin(
    variance: Double, items: Int, target: PowerTarget = PowerTarget()
  ) -> Double? {
    guard items >= 1, variance >= 0 else { return nil }
    return (target.marginQuantile + target.equivalenceQuantile) * (variance / target.independent(items)).squareRoot()
  }

  /// Bisects for the smallest effect in (0, limit] that is detected; nil where not even the limit is.
  ///
  /// Detection grows with the effect: in each equation the variance falls or grows more slowly than δ².
  private static func smallest(upTo limit: Double, detected: (Double) -> Bool) -> Double? {
    guard limit > 0, detected(limit) else { return nil }
    var unseen = 0.0
    var seen = limit
    while seen - unseen > 1e-12 {
      let middle = 0.5 * (unseen + seen)
      if detected(middle) {
        seen = middle
      } else {
        unseen = middle
      }
    }
    return seen
  }
}

/// How many items a comparison needs.
///
/// All plans are made at the effect that one wants to see, never at the effect observed, and none below one item. A
/// result is nil where no number of items is enough (no effect, no margin) or an argument is out of its range.
public enum SampleSize {
  /// Items in each arm to see a rate move from `baseRate` by `effect`: ⌈(z_a+z_b)²(p₁q₁+p₂q₂)/δ²⌉.
  ///
  /// Source: J. Fleiss, B. Levin, M. Paik, "Statistical methods for rates and proportions", 2003, §4.2, unpooled and
  /// without continuity correction.
  public static func unpaired(baseRate: Double, effect: Double, target: PowerTarget = PowerTarget()) -> Int? {
    guard let variance = twoRateVariance(baseRate, effect), effect != 0 else { return nil }
    let quantiles = target.testQuantile + target.powerQuantile
    return target.wholeItems(quantiles * quantiles * variance / (effect * effect))
  }

  /// Items in each arm to see two real means differ by `effect`: ⌈(z_a+z_b)²(σ²_A+σ²_B)/δ² + z_a²/4⌉.
  ///
  /// The second term pays for the t quantile. Source: W. Guenther, "Sample size formulas for normal theory t tests",
  /// The American Statistician 35(4), 1981.
  public static func unpairedReal(
    baseDeviation: Double, candidateDeviation: Double, effect: Double, target: PowerTarget = PowerTarget()
  ) -> Int? {
    guard effect != 0 else { return nil }
    let quantiles = target.testQuantile + target.powerQuantile
    let variance = baseDeviation * baseDeviation + candidateDeviation * candidateDeviation
    let correction = target.testQuantile * target.testQuantile / 4
    return target.wholeItems(quantiles * quantiles * variance / (effect * effect) + correction)
  }

  /// Pairs to see a gain or loss of a passing rate (`need_sup`): ⌈(z_a√π + z_b√(π−δ²))²/δ²⌉.
  ///
  /// Source: R. Connor, "Sample size for testing differences in proportions for the paired-sample design", Biometrics
  /// 43, 1987.
  ///
  /// - Parameters:
  ///   - discordance: planned share π of pairs that only one variant passes, see
  ///     ``planningDiscordance(observed:pairs:effect:)``; raised to |effect|, below which there is no such effect.
  ///   - effect: δ in (−1, 1), not 0.
  public static func pairedBinary(
    discordance: Double, effect: Double, target: PowerTarget = PowerTarget()
  ) -> Int? {
    guard effect != 0, effect.magnitude <= 1, discordance <= 1 else { return nil }
    let share = max(discordance, effect.magnitude)
    let root =
      target.testQuantile * share.squareRoot()
      + target.powerQuantile * max(0, share - effect * effect).squareRoot()
    return target.wholeItems(root * root / (effect * effect))
  }

  /// Pairs to see a mean difference of `effect` when differences have this standard deviation:
  /// ⌈(z_a+z_b)²σ_d²/δ² + z_a²/2⌉, the second term for the t quantile (Guenther 1981).
  public static func pairedReal(
    standardDeviation: Double, effect: Double, target: PowerTarget = PowerTarget()
  ) -> Int? {
    guard effect != 0 else { return nil }
    let ratio = (target.testQuantile + target.powerQuantile) * standardDeviation / effect
    return target.wholeItems(ratio * ratio + target.testQuantile * target.testQuantile / 2)
  }

  /// Items to show "not worse than the margin" when there is no true difference: ⌈(Φ⁻¹(1−margin_alpha)+z_b)²·V/m²⌉.
  ///
  /// - Parameters:
  ///   - variance: V, of the difference of one item: σ_d² of real pairs, the discordant share π of binary pairs
  ///     (see ``nonInferiorityPairedBinary(discordantPairs:pairs:margin:target:)`` for these), 2p(1−p) an arm of rates.
  ///   - margin: m > 0, the loss that is tolerated.
  public static func nonInferiority(variance: Double, margin: Double, target: PowerTarget = PowerTarget()) -> Int? {
    margined(variance, margin, target.marginQuantile + target.powerQuantile, target)
  }

  /// Items to show that the difference lies within ±margin when there is none; `variance` as for non-inferiority.
  ///
  /// Source: S.-C. Chow, J. Shao, H. Wang, "Sample size calculations in clinical research", 2008, §3.2.
  public static func equivalence(variance: Double, margin: Double, target: PowerTarget = PowerTarget()) -> Int? {
    margined(variance, margin, target.marginQuantile + target.equivalenceQuantile, target)
  }

  /// Pairs to show "not worse than the margin" for a passing rate (`need_ni`), from the discordance at hand.
  ///
  /// V = max(b+c, 1)/n, and at least ⌈z²(1−m)/m⌉ pairs, which Tango's interval needs even without one discordant pair.
  public static func nonInferiorityPairedBinary(
    discordantPairs: Double, pairs: Int, margin: Double, target: PowerTarget = PowerTarget()
  ) -> Int? {
    guard pairs >= 1 else { return nil }
    return nonInferiorityPairedBinary(
      discordance: max(discordantPairs, 1) / Double(pairs), margin: margin, target: target)
  }

  /// Pairs to show "not worse than the margin" for a passing rate at a planned discordant share.
  public static func nonInferiorityPairedBinary(
    discordance: Double, margin: Double, target: PowerTarget = PowerTarget()
  ) -> Int? {
    let quantile = target.marginQuantile
    guard let needed = nonInferiority(variance: discordance, margin: margin, target: target),
      let floor = target.wholeItems(quantile * quantile * (1 - margin) / margin)
    else { return nil }
    return max(needed, floor)
  }

  /// The discordant share to plan with: the observed one from 50 pairs on, else 20 %; at least one pair in n, at least
  /// |effect|, at most 1.
  ///
  /// - Parameters:
  ///   - observed: discordant pairs seen, b + c; nil before any.
  ///   - pairs: n, 0 before any.
  public static func planningDiscordance(observed: Double?, pairs: Int, effect: Double = 0) -> Double {
    var share = 0.20
    if let observed, pairs >= 50 {
      share = observed / Double(pairs)
    }
    if pairs >= 1 {
      share = max(share, 1 / Double(pairs))
    }
    return min(1, max(share, effect.magnitude))
  }

  /// Items still missing when the planned number is there and the interval does not decide: ⌈n·(width/M)²⌉ − n, which
  /// brings the half-width down to M/2. At least 0; nil when M = 0.
  ///
  /// - Parameters:
  ///   - items: n, whose interval has this width.
  ///   - width: hi − lo.
  ///   - decisive: M for a claimed improvement, the margin m for the other claims; in the unit of the width.
  public static func missing(items: Int, width: Double, decisive: Double) -> Int? {
    guard decisive > 0 else { return nil }
    let ratio = width / decisive
    let needed = Double(items) * ratio * ratio
    guard needed.isFinite, needed < 0x1p53 else { return nil }
    return max(0, Int((needed - 1e-9).rounded(.up)) - items)
  }

  /// Items still missing to decide: up to the number that was planned for, and beyond it as many as narrow the interval
  /// (`missing(items:width:decisive:)`), at least one. Nil when no number decides.
  ///
  /// - Parameter planned: items that planning asks for; nil where it cannot say.
  public static func shortfall(planned: Int?, items: Int, width: Double, decisive: Double) -> Int? {
    if let planned, planned > items { return planned - items }
    return missing(items: items, width: width, decisive: decisive).map { max(1, $0) }
  }

  private static func margined(
    _ variance: Double, _ margin: Double, _ quantiles: Double, _ target: PowerTarget
  ) -> Int? {
    guard margin > 0, variance >= 0 else { return nil }
    return target.wholeItems(quantiles * quantiles * variance / (margin * margin))
  }

  /// p₁q₁ + p₂q₂; nil where either is no rate.
  static func twoRateVariance(_ baseRate: Double, _ effect: Double) -> Double? {
    let candidateRate = baseRate + effect
    guard (0...1).contains(baseRate), (-1e-12...1 + 1e-12).contains(candidateRate) else { return nil }
    return baseRate * (1 - baseRate) + max(0, candidateRate * (1 - candidateRate))
  }
}

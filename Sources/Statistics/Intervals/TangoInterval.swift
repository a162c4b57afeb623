extension DifferenceInterval {
  /// Tango's score interval of a paired binary difference (c − b)/n: all differences δ that the score test does not
  /// reject. It is the one interval of paired rates in the product, because it keeps its coverage at small n and stays
  /// meaningful when no pair disagrees.
  ///
  /// The limits are searched on [−1, d] and [d, 1] to 1e-10. b = c = 0 gives ±z²/(n + z²).
  /// Source: T. Tango, "Equivalence test and confidence interval for the difference in proportions for the
  /// paired-sample design", Statistics in Medicine 17 (1998). No allocation; about 20 evaluations of a closed form.
  ///
  /// - Parameters:
  ///   - baseOnly: b, the pairs that only the base passes; may be real.
  ///   - candidateOnly: c, the pairs that only the candidate passes; may be real.
  ///   - pairs: n ≥ b + c, all pairs, those included where both pass or both fail; may be real.
  ///   - level: two-sided confidence, in 0..<1.
  public static func tango(
    baseOnly: Double, candidateOnly: Double, pairs: Double, level: Double = 0.95
  ) -> Interval {
    tango(baseOnly: baseOnly, candidateOnly: candidateOnly, pairs: pairs, z: CriticalValue.normal(level: level))
  }

  /// Tango's interval of all δ whose score statistic is at most `z` in absolute value.
  public static func tango(baseOnly: Double, candidateOnly: Double, pairs: Double, z: Double) -> Interval {
    guard pairs > 0 else { return unknown }
    if baseOnly <= 0, candidateOnly <= 0 {
      let reach = z * z / (pairs + z * z)
      return Interval(low: -reach, high: reach)
    }
    let test = PairedScoreTest(losses: max(0, baseOnly), wins: max(0, candidateOnly), pairs: pairs)
    // Swapping the arms mirrors the problem, so that one search serves both limits and the mirror image is exact.
    return Interval(low: -test.swapped.upperLimit(z: z), high: test.upperLimit(z: z))
  }
}

/// The score test of "the difference is δ" on paired binary data, with the nuisance parameter at its maximum likelihood
/// under that hypothesis.
struct PairedScoreTest {
  let losses: Double
  let wins: Double
  let pairs: Double

  var swapped: PairedScoreTest { PairedScoreTest(losses: wins, wins: losses, pairs: pairs) }

  /// n times the variance of the observed difference under δ: 2q + δ(1 − δ), q the constrained estimate of the share of
  /// pairs that only the base passes.
  func variance(under delta: Double) -> Double {
    delta < 0
      ? PairedScoreTest.variance(losses: wins, wins: losses, pairs: pairs, delta: -delta)
      : PairedScoreTest.variance(losses: losses, wins: wins, pairs: pairs, delta: delta)
  }

  /// For δ ≥ 0, where no term of the quadratic cancels if its root is taken on the side of B's sign.
  private static func variance(losses: Double, wins: Double, pairs: Double, delta: Double) -> Double {
    let freedom = delta * (1 - delta)
    let linear = (2 * pairs - wins + losses) * delta - losses - wins
    let root = (linear * linear + 8 * pairs * losses * freedom).squareRoot()
    let share: Double
    if linear < 0 {
      share = (root - linear) / (4 * pairs)
    } else {
      share = linear + root > 0 ? 2 * losses * freedom / (linear + root) : 0
    }
    return 2 * share + freedom
  }

  /// The largest δ that the test at `z` keeps, to 1e-10.
  ///
  /// The gap between estimate and δ grows linearly while its standard error hardly changes, so a secant usually lands
  /// beside the root; whenever it fails to halve the bracket, halving does. That bounds the search at twice the steps of
  /// plain bisection and needs a quarter of them in practice.
  func upperLimit(z: Double) -> Double {
    let net = wins - losses
    var kept = min(max(-1, net / pairs), 1)
    var rejected = 1.0
    var shortfall = excess(at: kept, net: net, z: z)
    var surplus = excess(at: rejected, net: net, z: z)
    while rejected - kept > 1e-10 {
      let width = rejected - kept
      // Never closer to an end than this, so that the other end comes near once the root is found.
      let nudge = min(4e-11, width / 2)
      let secant = kept - shortfall / (surplus - shortfall) * width
      let guess = secant.isFinite ? min(max(kept + nudge, secant), rejected - nudge) : kept + width / 2
      move(&kept, &rejected, &shortfall, &surplus, to: guess, net: net, z: z)
      if rejected - kept > width / 2 {
        move(&kept, &rejected, &shortfall, &surplus, to: (kept + rejected) / 2, net: net, z: z)
      }
    }
    return (kept + rejected) / 2
  }

  /// n(δ − d) − z·(its standard error): s(δ) ≥ −z where this is not positive.
  private func excess(at delta: Double, net: Double, z: Double) -> Double {
    pairs * delta - net - z * (pairs * variance(under: delta)).squareRoot()
  }

  private func move(
    _ kept: inout Double, _ rejected: inout Double, _ shortfall: inout Double, _ surplus: inout Double,
    to delta: Double, net: Double, z: Double
  ) {
    let value = excess(at: delta, net: net, z: z)
    if value <= 0 {
      (kept, shortfall) = (delta, value)
    } else {
      (rejected, surplus) = (delta, value)
    }
  }
}

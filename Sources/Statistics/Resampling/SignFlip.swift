/// The sign-flip permutation test of Σd, two-sided.
///
/// Under the null hypothesis each difference is as likely to have the other sign, independently of the rest; the test
/// asks how often a random choice of signs gives a sum at least as far from zero as the one seen. The units are the
/// items, or, where items share a cluster, the sums of whole clusters: the same function on the cluster sums.
///
/// Source: R. A. Fisher, "The Design of Experiments", 1935, §21; the resampled p-value (1 + #)/(1 + R): B. Phipson,
/// G. Smyth, "Permutation p-values should never be zero", 2010.
public enum SignFlip {
  /// The largest number of differences that ``test(_:exactLimit:resamples:seed:)`` enumerates whatever the limit asked
  /// for: 2⁴⁰ sign vectors, counted from two sorted lists of 2²⁰ sums.
  public static let enumerationCeiling = 40

  /// A sum counts as equal to the observed one within this share of Σ|d|: far above rounding, far below any step that
  /// data can show. Being relative, it makes the p-value independent of the unit of measurement.
  static let slack = 1e-12

  /// Tests Σd = 0 against random signs.
  ///
  /// Zero differences flip to themselves and are left out: they double every count. What remains decides the way.
  /// All |d| equal: the sum depends only on the number of positive signs, so that p is the exact two-sided binomial sign
  /// test (for binary outcomes: McNemar's). At most `exactLimit` of them: every sign vector is counted, the identity
  /// included. Otherwise `resamples` seeded random sign vectors, p = (1 + #)/(1 + R).
  ///
  /// - Parameters:
  ///   - differences: one finite value a unit, in any unit of measurement; their order matters only for which random
  ///     signs they meet. No differences, or only zeros, give p = 1: the one sum there is has been seen.
  ///   - exactLimit: largest number of non-zero differences to enumerate, at most ``enumerationCeiling``.
  ///   - resamples: number of random sign vectors, at least 1.
  ///   - seed: of the random signs. Equal differences in equal order and an equal seed give an equal p.
  /// - Complexity: O(n) closed form; O(2^(n/2)) enumerated; O(n·R/8) table look-ups resampled.
  public static func test(
    _ differences: [Double], exactLimit: Int = 20, resamples: Int = 10_000, seed: UInt64
  ) -> SignFlipResult {
    precondition(resamples >= 1, "a resampled test needs at least one resample")
    let units = differences.filter { $0 != 0 }
    var sum = 0.0
    var total = 0.0
    for difference in units {
      sum += difference
      total += difference.magnitude
    }
    precondition(total.isFinite, "sign-flip differences must be finite")
    let threshold = sum.magnitude - slack * total
    func result(_ pValue: Double, _ method: SignFlipResult.Method) -> SignFlipResult {
      SignFlipResult(statistic: sum, pValue: pValue, method: method)
    }

    if haveOneMagnitude(units) {
      // A sum, not a case: which sign comes next cannot be predicted.
      let positive = units.reduce(0) { $0 &+ ($1 > 0 ? 1 : 0) }
      return result(signTest(positive: positive, negative: units.count - positive), .binomial)
    }
    if units.count <= min(exactLimit, enumerationCeiling) {
      return result(enumerated(units, threshold: threshold), .enumerated)
    }
    guard threshold > 0 else { return result(1, .resampled(resamples: resamples)) }
    let hits = SignFlipResampler.hits(units, threshold: threshold, resamples: resamples, seed: seed)
    return result(Double(1 + hits) / Double(1 + resamples), .resampled(resamples: resamples))
  }

  /// The smallest two-sided p that this many units can show, 2/2^G: with five clusters or fewer, no result is
  /// significant at 0.05.
  public static func smallestPValue(units: Int) -> Double {
    units <= 0 ? 1 : min(1, Double(sign: .plus, exponent: 1 - units, significand: 1))
  }

  /// Whether all magnitudes are one, up to the rounding of the subtraction that made them (0.8 − 0.7 is not 0.3 − 0.2).
  private static func haveOneMagnitude(_ units: [Double]) -> Bool {
    guard let first = units.first?.magnitude else { return true }
    return units.allSatisfy { ($0.magnitude - first).magnitude <= 1e-13 * first }
  }

  /// min(1, 2·P(X ≤ min)), X binomial with probability ½: how a sum of equal steps flips.
  private static func signTest(positive: Int, negative: Int) -> Double {
    guard positive != negative else { return 1 }
    let tail = Binomial(trials: positive + negative, probability: 0.5).cumulative(min(positive, negative))
    return min(1, 2 * tail)
  }
}

/// What a sign-flip test found, and how.
public struct SignFlipResult: Sendable, Equatable {
  /// How the p-value was obtained.
  public enum Method: Sendable, Equatable {
    /// Exact: all magnitudes are equal, so that the sum is a binomial count.
    case binomial
    /// Exact: every sign vector was counted.
    case enumerated
    /// Seeded random sign vectors, p = (1 + #)/(1 + resamples).
    case resampled(resamples: Int)
  }

  /// Σd, in the unit of the differences.
  public let statistic: Double
  /// Two-sided, in (0, 1].
  public let pValue: Double
  public let method: Method

  /// Whether the p-value is free of Monte Carlo error.
  public var isExact: Bool {
    switch method {
    case .binomial, .enumerated: true
    case .resampled: false
    }
  }

  /// The same as the plain result that all tests share.
  public var test: TestResult {
    TestResult(statistic: statistic, pValue: pValue, degreesOfFreedom: nil)
  }
}

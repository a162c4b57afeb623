/// Whether two samples can come from one mix.
public enum GTest {
  /// The likelihood-ratio test of homogeneity, G = 2Σ O·ln(O/E) over both count vectors.
  ///
  /// The degrees of freedom are the categories that either sample has seen, less one; with a single category there is
  /// nothing to tell apart: G = 0, p = 1. nil where either has no counts. Linear in the categories.
  /// Source: R. R. Sokal, F. J. Rohlf, "Biometry", 1995, section 17.4, without correction.
  /// - Parameters: counts ≥ 0 of the same categories in the same order.
  public static func homogeneity(_ first: [Int], _ second: [Int]) -> TestResult? {
    guard let mixes = MixCounts(first, second) else { return nil }
    let total = mixes.firstTotal + mixes.secondTotal
    let (firstShare, secondShare) = (mixes.firstTotal / total, mixes.secondTotal / total)
    var half = 0.0
    for category in 0..<mixes.categories {
      let (x, y) = (mixes.first[category], mixes.second[category])
      // x − E(x) = (x·N₂ − y·N₁)/N, and the opposite for y: Σ(O − E) = 0, so that deviances add up to G/2.
      let difference = mixes.shares(category).difference * firstShare * mixes.secondTotal
      half += SaddlePoint.deviance(observed: x, expected: (x + y) * firstShare, difference: difference)
      half += SaddlePoint.deviance(observed: y, expected: (x + y) * secondShare, difference: -difference)
    }
    let freedom = Double(mixes.categories - 1)
    guard freedom > 0 else { return TestResult(statistic: 0, pValue: 1, degreesOfFreedom: 0) }
    return TestResult(
      statistic: 2 * half, pValue: ChiSquared(degreesOfFreedom: freedom).survival(2 * half), degreesOfFreedom: freedom)
  }
}

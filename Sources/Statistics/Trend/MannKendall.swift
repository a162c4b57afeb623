/// Whether a series tends upwards or downwards, in any shape.
///
/// Source: H. B. Mann, "Nonparametric tests against trend", Econometrica 13 (1945); the variance under ties by
/// M. G. Kendall, "Rank correlation methods", 1975, chapter 4; the normal approximation with continuity correction.
public struct MannKendall: Sendable, Equatable {
  /// S, the pairs of values that rise less those that fall; its sign is the direction.
  public let score: Int
  /// Of S if there is no trend, reduced for ties; 0 where all values are equal.
  public let variance: Double
  /// Z = (S ∓ 1)/√variance and the two-sided normal p; nil where all values are equal and for fewer than two.
  public let test: TestResult?

  /// Complexity: O(n²).
  /// - Parameter values: in the order of time; none is NaN.
  public init(_ values: [Double]) {
    var score = 0
    for i in values.indices {
      for j in values.indices[..<i] {
        score += values[i] > values[j] ? 1 : values[i] < values[j] ? -1 : 0
      }
    }
    let ties = TieGroups.sizes(sorted: values.sorted()).reduce(0) { $0 + MannKendall.spread($1) }
    let variance = (MannKendall.spread(values.count) - ties) / 18
    self.score = score
    self.variance = variance
    guard variance > 0 else {
      test = nil
      return
    }
    let z = Double(score - score.signum()) / variance.squareRoot()
    test = TestResult(statistic: z, pValue: min(1, 2 * Normal.standard.survival(abs(z))))
  }

  /// n(n − 1)(2n + 5).
  private static func spread(_ count: Int) -> Double {
    let n = Double(count)
    return n * (n - 1) * (2 * n + 5)
  }
}

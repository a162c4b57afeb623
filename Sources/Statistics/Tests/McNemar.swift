/// McNemar's test of a paired binary difference. The sign test on wins and losses is the same test.
public enum McNemar {
  /// The exact two-sided p-value, min(1, 2·P(Bin(b + c, ½) ≤ min(b, c))); 1 when no pair disagrees.
  ///
  /// Pairs on which the arms agree carry no information about the difference and do not enter.
  /// Source: Q. McNemar, Psychometrika 12 (1947), with the binomial reference distribution. Exact for millions of pairs.
  /// - Parameters:
  ///   - baseOnly: b ≥ 0, the pairs that only the base passes.
  ///   - candidateOnly: c ≥ 0, the pairs that only the candidate passes.
  public static func exact(baseOnly: Int, candidateOnly: Int) -> TestResult {
    let discordant = baseOnly + candidateOnly
    guard discordant > 0, baseOnly != candidateOnly else { return TestResult(pValue: 1) }
    let tail = Binomial(trials: discordant, probability: 0.5).cumulative(min(baseOnly, candidateOnly))
    return TestResult(pValue: min(1, 2 * tail))
  }
}

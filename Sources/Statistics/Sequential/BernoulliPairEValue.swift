import RealModule

/// Anytime-valid evidence against "a discordant pair is as likely to favour either variant".
///
/// The e-value is the likelihood ratio of the uniform mixture over the share of discordant pairs that favour the
/// candidate: e = 2^(b+c) / ((b+c+1)·C(b+c, b)). Under the null it is a martingale that starts at 1, so that the chance
/// that it ever reaches 1/α is at most α: a look is allowed at any time, and the decision may stop the experiment.
///
/// Source: A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, "Game-theoretic statistics and safe anytime-valid inference",
/// Statistical Science 38(4), 2023; the bound: J. Ville, 1939.
public struct BernoulliPairEValue: Sendable, Equatable {
  /// Pairs that only the baseline passed, at the last look.
  public private(set) var baseOnly = 0
  /// Pairs that only the candidate passed, at the last look.
  public private(set) var candidateOnly = 0
  /// The smallest p of all looks so far, min(1, 1/e): valid at any of them, in [0, 1].
  public private(set) var anytimePValue = 1.0
  /// The natural logarithm of the largest e-value of all looks so far, at least 0.
  private var logMaximum = 0.0

  /// Before any look: e = 1, p = 1.
  public init() {}

  /// After a single look at these counts, both at least 0.
  public init(baseOnly: Int, candidateOnly: Int) {
    look(baseOnly: baseOnly, candidateOnly: candidateOnly)
  }

  /// Looks at the counts accumulated so far; they never fall from one look to the next.
  ///
  /// Looking rarely is allowed and only loses chances to decide.
  public mutating func look(baseOnly: Int, candidateOnly: Int) {
    precondition(
      baseOnly >= self.baseOnly && candidateOnly >= self.candidateOnly, "counts of discordant pairs never fall")
    self.baseOnly = baseOnly
    self.candidateOnly = candidateOnly
    logMaximum = max(logMaximum, logValue)
    anytimePValue = min(1, .exp(-logMaximum))
  }

  /// ln e at the last look. Complexity: O(1).
  public var logValue: Double {
    Self.logValue(baseOnly: baseOnly, candidateOnly: candidateOnly)
  }

  /// e at the last look; beyond the range of a `Double` its greatest finite number.
  public var value: Double {
    min(.exp(logValue), .greatestFiniteMagnitude)
  }

  /// Whether some look so far reached e ≥ family/α: the null is rejected, with the chance of any false rejection in the
  /// family at most α whenever one looks.
  ///
  /// - Parameters:
  ///   - alpha: in (0, 1).
  ///   - family: number of comparisons decided together, at least 1.
  public func decides(alpha: Double, family: Int = 1) -> Bool {
    logMaximum >= .log(Double(max(1, family)) / alpha) - 1e-12
  }

  /// ln e of these counts.
  public static func logValue(baseOnly: Int, candidateOnly: Int) -> Double {
    -.log(Double(baseOnly + candidateOnly + 1)) - logFairProbability(baseOnly, candidateOnly)
  }

  /// ln( C(b+c, b) / 2^(b+c) ), through Stirling's series with its remainder, because the difference of three large
  /// log-factorials loses the digits that matter.
  private static func logFairProbability(_ baseOnly: Int, _ candidateOnly: Int) -> Double {
    let b = Double(min(baseOnly, candidateOnly))
    let c = Double(max(baseOnly, candidateOnly))
    let total = b + c
    guard b > 0 else { return -total * .log(2) }
    let tilt = (c - b) / total
    let deviance = 0.5 * total * ((1 + tilt) * .log(onePlus: tilt) + (1 - tilt) * .log(onePlus: -tilt))
    let remainder = SaddlePoint.stirlingError(total) - SaddlePoint.stirlingError(b) - SaddlePoint.stirlingError(c)
    return 0.5 * .log(total / (2 * .pi * b * c)) - deviance + remainder
  }
}

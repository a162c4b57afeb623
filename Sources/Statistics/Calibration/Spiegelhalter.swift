/// Whether forecasts of yes-or-no outcomes are calibrated: Z is standard normal if every probability is what it claims.
///
/// Z = Σ(y − p)(1 − 2p) / √Σ(1 − 2p)²p(1 − p), positive where probabilities are too extreme (overconfident), negative
/// where they are too close to ½.
/// Forecasts arrive one by one, in constant memory.
/// Source: D. J. Spiegelhalter, "Probabilistic prediction in patient management and clinical trials", Statistics in
/// Medicine 5 (1986).
public struct Spiegelhalter: Sendable, Equatable {
  public private(set) var count = 0
  private var excess = 0.0
  private var variance = 0.0

  public init() {}

  /// Takes `count` forecasts of probability p of something that happened, or did not.
  /// - Precondition: the probability is in 0...1, the count ≥ 0.
  public mutating func add(probability p: Double, happened: Bool, count: Int = 1) {
    requireProbability(p)
    precondition(count >= 0, "a count is not negative")
    let (weight, lean) = (Double(count), 1 - 2 * p)
    self.count += count
    excess += weight * ((happened ? 1 : 0) - p) * lean
    variance += weight * lean * lean * p * (1 - p)
  }

  public mutating func merge(_ other: Spiegelhalter) {
    count += other.count
    excess += other.excess
    variance += other.variance
  }

  /// Z; nil where its variance is 0: without forecasts, and when all are 0, ½ or 1.
  public var statistic: Double? { variance > 0 ? excess / variance.squareRoot() : nil }

  /// The two-sided normal test of calibration; nil for 0/0.
  ///
  /// Where all forecasts are 0, ½ or 1 and a certainty failed, the hypothesis is refuted: p = 0 without a statistic.
  public var test: TestResult? {
    guard let z = statistic else { return excess == 0 ? nil : TestResult(pValue: 0) }
    return TestResult(statistic: z, pValue: min(1, 2 * Normal.standard.survival(abs(z))))
  }
}

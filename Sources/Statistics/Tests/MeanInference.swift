/// An estimated mean or difference of means with what Student's t needs to judge it.
public struct MeanEstimate: Sendable, Equatable {
  public let estimate: Double
  /// ≥ 0; 0 when the values did not vary.
  public let standardError: Double
  /// Of the t distribution that `(estimate − truth) / standardError` is referred to; real for Welch's test.
  public let degreesOfFreedom: Double

  public init(estimate: Double, standardError: Double, degreesOfFreedom: Double) {
    self.estimate = estimate
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// estimate ± t·SE. Without variance the interval is the point.
  public func interval(level: Double = 0.95) -> Interval {
    guard standardError > 0 else { return Interval(point: estimate) }
    let reach = CriticalValue.student(level: level, degreesOfFreedom: degreesOfFreedom)
    return Interval(centre: estimate, halfWidth: reach * standardError)
  }

  /// The t test of "the true value is `null`"; nil without variance, where there is nothing to compare a deviation with.
  public func test(null: Double = 0, alternative: Alternative = .twoSided) -> TestResult? {
    guard standardError > 0 else { return nil }
    let t = (estimate - null) / standardError
    let distribution = StudentT(degreesOfFreedom: degreesOfFreedom)
    let p =
      switch alternative {
      case .twoSided: min(1, 2 * distribution.survival(abs(t)))
      case .less: distribution.survival(-t)
      case .greater: distribution.survival(t)
      }
    return TestResult(statistic: t, pValue: p, degreesOfFreedom: degreesOfFreedom)
  }
}

/// Inference about means of real values: one arm, item differences of two arms, or two independent arms.
public enum MeanInference {
  /// The mean of one sample; nil for fewer than two values. For paired arms the sample is the item differences.
  public static func oneSample(_ sample: Moments) -> MeanEstimate? {
    guard let error = sample.standardError else { return nil }
    return MeanEstimate(
      estimate: sample.mean, standardError: error, degreesOfFreedom: Double(sample.count - 1))
  }

  /// mean(first) − mean(second) of independent samples with unequal variances; nil if either has fewer than two values.
  ///
  /// Degrees of freedom by Welch and Satterthwaite. When only one sample varies they are that sample's own.
  /// Source: B. L. Welch, Biometrika 34 (1947).
  public static func welch(_ first: Moments, _ second: Moments) -> MeanEstimate? {
    guard let firstError = first.standardError, let secondError = second.standardError else { return nil }
    let error = (firstError * firstError + secondError * secondError).squareRoot()
    // Relative to the larger error, so that tiny or huge units neither underflow nor overflow in the fourth power.
    let scale = max(firstError, secondError)
    let (x, y) = scale > 0 ? (firstError / scale, secondError / scale) : (1, 1)
    let (v, w) = (x * x, y * y)
    let freedom = (v + w) * (v + w) / (v * v / Double(first.count - 1) + w * w / Double(second.count - 1))
    return MeanEstimate(
      estimate: first.mean - second.mean, standardError: error, degreesOfFreedom: freedom)
  }
}

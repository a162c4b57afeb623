/// What a significance test found.
public struct TestResult: Sendable, Equatable {
  /// The value of the test statistic; nil for tests that count outcomes instead of standardising one, and where the data
  /// does not vary.
  public let statistic: Double?
  /// The probability, if the null hypothesis holds, of data at least as extreme; in 0...1. A test is significant when it
  /// is at most α.
  public let pValue: Double
  /// The degrees of freedom of the reference distribution, where it has any.
  public let degreesOfFreedom: Double?

  public init(statistic: Double? = nil, pValue: Double, degreesOfFreedom: Double? = nil) {
    self.statistic = statistic
    self.pValue = pValue
    self.degreesOfFreedom = degreesOfFreedom
  }
}

/// Which deviations from the null hypothesis count as extreme.
public enum Alternative: Sendable, CaseIterable {
  case twoSided
  /// Values smaller than the null hypothesis expects.
  case less
  /// Values larger than the null hypothesis expects.
  case greater
}

/// The mean squared error of forecasts of yes-or-no outcomes, in constant memory: 0 for certainties that came true, ¼ for
/// "even odds" every time, 1 for certainties that failed.
///
/// Source: G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950), in
/// its one-category form.
public struct BrierScore: Sendable, Equatable {
  public private(set) var count = 0
  private var sum = 0.0

  public init() {}

  /// - Precondition: the probability is in 0...1, the count ≥ 0.
  public mutating func add(probability p: Double, happened: Bool, count: Int = 1) {
    requireProbability(p)
    precondition(count >= 0, "a count is not negative")
    let error = (happened ? 1 : 0) - p
    self.count += count
    sum += Double(count) * error * error
  }

  public mutating func merge(_ other: BrierScore) {
    count += other.count
    sum += other.sum
  }

  /// In 0...1; nil without forecasts.
  public var mean: Double? { count > 0 ? sum / Double(count) : nil }
}

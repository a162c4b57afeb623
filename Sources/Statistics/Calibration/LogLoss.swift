import RealModule

/// The mean surprise of forecasts of yes-or-no outcomes, −log of the probability given to what happened, in nats; in
/// constant memory.
///
/// Source: I. J. Good, "Rational decisions", JRSS B 14 (1952).
public struct LogLoss: Sendable, Equatable {
  public private(set) var count = 0
  /// Forecasts that called impossible what then happened: one of them makes the mean unbounded.
  public private(set) var impossible = 0
  private var sum = 0.0

  public init() {}

  /// - Precondition: the probability is in 0...1, the count ≥ 0.
  public mutating func add(probability p: Double, happened: Bool, count: Int = 1) {
    requireProbability(p)
    precondition(count >= 0, "a count is not negative")
    self.count += count
    if p == (happened ? 0 : 1) {
      impossible += count
    } else {
      sum -= Double(count) * (happened ? .log(p) : .log(onePlus: -p))
    }
  }

  public mutating func merge(_ other: LogLoss) {
    count += other.count
    impossible += other.impossible
    sum += other.sum
  }

  /// ≥ 0, in nats; nil without forecasts and where it is unbounded.
  public var mean: Double? { count > 0 && impossible == 0 ? sum / Double(count) : nil }
}

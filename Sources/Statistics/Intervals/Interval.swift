/// A closed interval on the real line, in the unit of the estimate that it belongs to.
///
/// A limit is inclusive: a value equal to `low` or `high` lies in the interval.
public struct Interval: Sendable, Equatable {
  public let low: Double
  public let high: Double

  /// - Parameters:
  ///   - low: the lower limit; `-infinity` for a side that the data leaves open.
  ///   - high: the upper limit, not below `low`; `infinity` for a side that the data leaves open.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// The interval of an estimate without any uncertainty.
  public init(point: Double) {
    self.init(low: point, high: point)
  }

  /// The symmetric interval `centre ± halfWidth`.
  public init(centre: Double, halfWidth: Double) {
    self.init(low: centre - halfWidth, high: centre + halfWidth)
  }

  public var width: Double { high - low }

  /// The interval of the same quantity with the arms swapped.
  public var negated: Interval { Interval(low: -high, high: -low) }

  public func contains(_ value: Double) -> Bool {
    low <= value && value <= high
  }
}

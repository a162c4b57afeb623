import RealModule

/// A quantity that falls by the same share for each step of x: ln y ≈ intercept − rate·x, by least squares.
public struct ExponentialDecay: Sendable, Equatable {
  /// b per unit of x; negative where y grows.
  public let rate: Double
  /// ln y at x = 0.
  public let intercept: Double

  /// nil where no two points differ in x.
  /// - Parameters: finite, of equal length; y > 0.
  public init?(x: [Double], y: [Double]) {
    precondition(y.allSatisfy { $0 > 0 }, "only what is positive decays")
    guard let line = LeastSquares(x: x, y: y.map { .log($0) }) else { return nil }
    rate = -line.slope
    intercept = line.intercept
  }

  /// How far x must go for y to fall from one value to another, both > 0; negative where it would have to go back. nil
  /// without any decay.
  public func distance(from start: Double, to end: Double) -> Double? {
    precondition(start > 0 && end > 0, "only what is positive decays")
    guard rate > 0 else { return nil }
    return (Double.log(start) - Double.log(end)) / rate
  }
}

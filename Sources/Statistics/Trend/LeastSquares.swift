/// The straight line with the least sum of squared vertical distances, y ≈ intercept + slope·x.
public struct LeastSquares: Sendable, Equatable {
  /// In units of y per unit of x.
  public let slope: Double
  /// The line at x = 0, in the unit of y.
  public let intercept: Double

  /// nil where no two points differ in x. Two passes, so that a large offset of x costs no digits.
  /// - Parameters: finite, of equal length.
  public init?(x: [Double], y: [Double]) {
    precondition(x.count == y.count, "each x has a y")
    guard let first = x.first, x.contains(where: { $0 != first }) else { return nil }
    let (meanX, meanY) = (Moments(x).mean, Moments(y).mean)
    var (product, squares) = (0.0, 0.0)
    for (a, b) in zip(x, y) {
      product += (a - meanX) * (b - meanY)
      squares += (a - meanX) * (a - meanX)
    }
    guard squares > 0 else { return nil }
    slope = product / squares
    intercept = meanY - slope * meanX
  }

  /// The height of the line at a point.
  public func value(at x: Double) -> Double { intercept + slope * x }
}

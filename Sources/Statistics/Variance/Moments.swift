/// Count, mean and variance of values that arrive one by one, in constant memory.
///
/// Welford's recurrence with the rounding of the mean carried along, so that neither a large common offset (a timestamp,
/// 1e9 with noise of 1) nor an early outlier costs digits, and equal values have a variance of exactly 0.
/// Source: B. P. Welford, Technometrics 4 (1962); merging by T. F. Chan, G. H. Golub, R. J. LeVeque (1979); the exact
/// rounding error of a sum by D. E. Knuth, "The Art of Computer Programming" 2, section 4.2.2.
public struct Moments: Sendable, Equatable {
  public private(set) var count = 0
  /// The mean is `leading` + `trailing`, the second being what rounding took from the first.
  private var leading = 0.0
  private var trailing = 0.0
  /// Σ(x − mean)².
  public private(set) var sumOfSquaredDeviations = 0.0

  public init() {}

  @inlinable
  public init(_ values: some Sequence<Double>) {
    for value in values { add(value) }
  }

  /// The moments of `ones` times 1 and `zeros` times 0, and `minusOnes` times −1: binary scores, or their differences.
  public init(ones: Int, zeros: Int, minusOnes: Int = 0) {
    count = ones + zeros + minusOnes
    guard count > 0 else { return }
    let net = Double(ones - minusOnes)
    leading = net / Double(count)
    sumOfSquaredDeviations = max(0, Double(ones + minusOnes) - net * leading)
  }

  /// 0 when empty; check `count`.
  public var mean: Double { leading + trailing }

  /// The sample variance, with n − 1; nil for fewer than two values.
  public var variance: Double? {
    count < 2 ? nil : sumOfSquaredDeviations / Double(count - 1)
  }

  public var standardDeviation: Double? { variance?.squareRoot() }

  /// s/√n; nil for fewer than two values.
  public var standardError: Double? {
    variance.map { ($0 / Double(count)).squareRoot() }
  }

  /// Takes one more value. Constant time, no allocation.
  public mutating func add(_ value: Double) {
    count += 1
    // Does not depend on the mean, so that the division runs while the mean is still being moved by the last value.
    let share = 1 / Double(count)
    let before = (value - leading) - trailing
    moveMean(by: before * share)
    sumOfSquaredDeviations += before * ((value - leading) - trailing)
  }

  /// Takes all values of another collection, as if they had been added one by one.
  public mutating func merge(_ other: Moments) {
    guard other.count > 0 else { return }
    guard count > 0 else {
      self = other
      return
    }
    let total = Double(count + other.count)
    let distance = other.distance(from: self)
    let share = Double(other.count) / total
    moveMean(by: distance * share)
    sumOfSquaredDeviations += other.sumOfSquaredDeviations + distance * distance * Double(count) * share
    count += other.count
  }

  /// mean − other.mean, with the digits that either mean has lost.
  func distance(from other: Moments) -> Double {
    (leading - other.leading) + (trailing - other.trailing)
  }

  private mutating func moveMean(by step: Double) {
    let moved = leading + step
    let taken = moved - leading
    trailing += (leading - (moved - taken)) + (step - taken)
    leading = moved
  }
}

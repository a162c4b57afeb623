/// Count, mean and variance of values that arrive one by one, in constant memory.
///
/// Values are taken relative to the first one and updated by Welford's recurrence, so that a large common offset (a
/// timestamp, 1e9 with noise of 1) costs no digits and equal values have a variance of exactly 0.
/// Source: B. P. Welford, Technometrics 4 (1962); merging by T. F. Chan, G. H. Golub, R. J. LeVeque (1979).
public struct Moments: Sendable, Equatable {
  public private(set) var count = 0
  private var origin = 0.0
  private var offset = 0.0
  /// Σ(x − mean)².
  public private(set) var sumOfSquaredDeviations = 0.0

  public init() {}

  public init(_ values: some Sequence<Double>) {
    for value in values { add(value) }
  }

  /// The moments of `ones` times 1 and `zeros` times 0, and `minusOnes` times −1: binary scores, or their differences.
  public init(ones: Int, zeros: Int, minusOnes: Int = 0) {
    count = ones + zeros + minusOnes
    guard count > 0 else { return }
    let net = Double(ones - minusOnes)
    offset = net / Double(count)
    sumOfSquaredDeviations = max(0, Double(ones + minusOnes) - net * offset)
  }

  /// 0 when empty; check `count`.
  public var mean: Double { origin + offset }

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
    if count == 0 { origin = value }
    count += 1
    let shifted = value - origin
    let before = shifted - offset
    offset += before / Double(count)
    sumOfSquaredDeviations += before * (shifted - offset)
  }

  /// Takes all values of another collection, as if they had been added one by one.
  public mutating func merge(_ other: Moments) {
    guard other.count > 0 else { return }
    guard count > 0 else {
      self = other
      return
    }
    let total = Double(count + other.count)
    let distance = (other.origin - origin) + (other.offset - offset)
    let share = Double(other.count) / total
    offset += distance * share
    sumOfSquaredDeviations += other.sumOfSquaredDeviations + distance * distance * Double(count) * share
    count += other.count
  }
}

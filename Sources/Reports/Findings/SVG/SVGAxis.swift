/// A stretch of numbers laid out over pixels, with round numbers as ticks.
struct SVGAxis {
  private let low: Double
  private let high: Double
  private let from: Double
  private let to: Double

  /// - Parameters:
  ///   - values: what must be on it; what is not finite is left out.
  ///   - from: the pixel of the low end.
  ///   - to: the pixel of the high end; below `from` for an axis that points up.
  init(holding values: [Double], from: Double, to: Double) {
    let finite = values.filter(\.isFinite)
    let least = finite.min() ?? 0
    let most = finite.max() ?? 1
    let air = max((most / 2 - least / 2) * 0.08, max(abs(least), abs(most)) * 1e-9, 1e-300)
    // Shares do not reach beyond 0 and 1, and a count not below 0.
    low = least >= 0 && least < 2 * air ? min(0, least) : max(least - air, -.greatestFiniteMagnitude)
    high = most <= 1 && most > 1 - 2 * air && least >= 0 ? 1 : min(most + air, .greatestFiniteMagnitude)
    self.from = from
    self.to = to
  }

  init(_ range: CurveRange, from: Double, to: Double) {
    low = range.low
    high = range.high
    self.from = from
    self.to = to
  }

  /// The pixel of a value; the nearest end for one outside.
  func place(_ value: Double) -> Double {
    guard !value.isNaN else { return from }
    if value <= low { return from }
    if value >= high { return to }
    let share = (value / 2 - low / 2) / (high / 2 - low / 2)
    return from + (to - from) * (share.isFinite ? share : 0)
  }

  func holds(_ value: Double) -> Bool { value >= low && value <= high }

  /// About five round numbers: 1, 2 or 5 times a power of ten apart.
  var ticks: [Double] {
    let span = high - low
    guard span.isFinite, span > 0 else { return [low, high].filter(\.isFinite) }
    let raw = span / 5
    guard raw > 0, raw.isNormal else { return [low, high] }
    var power = 1.0
    while power * 10 <= raw { power *= 10 }
    while power > raw { power /= 10 }
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
    let first = (low / step).rounded(.up)
    return (0..<12).map { (first + Double($0)) * step }.filter { $0.isFinite && $0 <= high }
  }
}

internal import Comparison

/// How the scores of one comparison are written: rates in per cent and points, real scores in their own unit.
///
/// The decimals of a real score follow from the width of the interval, so that its ends show three telling digits.
struct ScoreScale {
  let isRate: Bool
  let decimals: Int
  /// Real scores so small or so large that fixed decimals would hide them.
  let isScientific: Bool

  init(rateDecimals: Int) {
    isRate = true
    decimals = rateDecimals
    isScientific = false
  }

  /// - Parameters:
  ///   - resolution: the half width of an interval, or whatever size has to be told from zero.
  ///   - largest: the largest magnitude that will be written.
  init(resolution: Double, largest: Double) {
    isRate = false
    let size = resolution.isFinite && resolution > 0 ? resolution : largest / 100
    let needed = ScoreScale.decimals(showing: size)
    isScientific = (size > 0 && needed > 8) || largest >= 1e12
    decimals = min(max(needed, 0), 8)
  }

  /// The scale on which every number of `result` can be read.
  init(_ result: ComparisonResult) {
    let values = ScoreScale.values(of: result)
    if result.isBinary {
      self.init(rateDecimals: ScoreScale.rateDecimals(for: values))
    } else {
      let half = result.evidence.map { ($0.high - $0.low) / 2 } ?? 0
      let finite = half.isFinite && half > 0 ? half : abs(result.evidence?.estimate ?? 0)
      let means = [result.base.mean, result.candidate.mean].compactMap { $0 }
      self.init(resolution: finite, largest: (values + means).map(abs).filter(\.isFinite).max() ?? 1)
    }
  }

  /// An arm's mean: "71.2 %", "1,234.5".
  func mean(_ value: Double?) -> String {
    guard let value else { return "–" }
    guard isRate else { return number(value, .negativeOnly) }
    return (NumberFormat.fixed(value, decimals: decimals, shift: 2) ?? "unknown") + " %"
  }

  /// An end of an arm's interval, without the unit.
  func bound(_ value: Double?) -> String {
    guard let value else { return "–" }
    return number(value, .negativeOnly)
  }

  /// A difference without its unit: "+5.2", "−0.013", "unbounded".
  func signed(_ value: Double) -> String { number(value, .always) }

  /// A size with its unit: "5.2 points", "54.3".
  func size(_ value: Double) -> String { number(value, .never) + unit }

  /// A size with its unit, never shown smaller than it is.
  func sizeRoundedUp(_ value: Double) -> String {
    guard value.isFinite, !isScientific else { return size(value) }
    let step = ScoreScale.power(of: 10, isRate ? -(decimals + 2) : -decimals)
    let shown = (value.magnitude / step).rounded() * step
    return size(shown + 1e-9 < value.magnitude ? shown + step : value)
  }

  /// Behind a difference: " points" for rates, nothing for scores in their own unit.
  var unit: String { isRate ? " points" : "" }

  /// "+1.1 to +9.4".
  func span(_ low: Double, _ high: Double) -> String { "\(signed(low)) to \(signed(high))" }

  private func number(_ value: Double, _ sign: NumberFormat.Sign) -> String {
    if value.isInfinite { return "unbounded" }
    if isScientific { return NumberFormat.scientific(value, sign: sign) ?? "unknown" }
    return NumberFormat.fixed(value, decimals: decimals, shift: isRate ? 2 : 0, sign: sign)
      ?? NumberFormat.scientific(value, sign: sign) ?? "unknown"
  }

  /// One decimal of a point, more only where a difference would otherwise look like none.
  static func rateDecimals(for values: [Double]) -> Int {
    let smallest = values.map(abs).filter { $0.isFinite && $0 > 1e-7 }.min() ?? 1
    if smallest >= 0.0005 { return 1 }
    return smallest >= 0.00005 ? 2 : 4
  }

  private static func values(of result: ComparisonResult) -> [Double] {
    var values = [result.policy.minEffect, result.policy.margin]
    if let evidence = result.evidence { values += [evidence.estimate, evidence.low, evidence.high] }
    return values
  }

  /// Decimals that show three digits of `size`: 0.045 → 4, 50 → 1, 500 → 0.
  private static func decimals(showing size: Double) -> Int {
    guard size > 0, size.isFinite else { return 4 }
    var decimals = 2
    var scaled = size
    while scaled < 1, decimals < 40 {
      scaled *= 10
      decimals += 1
    }
    while scaled >= 10, decimals > 0 {
      scaled /= 10
      decimals -= 1
    }
    return decimals
  }

  static func power(of base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= base }
    return exponent < 0 ? 1 / result : result
  }
}

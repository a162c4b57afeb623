internal import Records

/// Numbers of a unit as people read them: shares in per cent, differences of shares in points, at most 4 decimals.
///
/// Never NaN: what is not a number is "not computed", what is infinite "unbounded", and what is not zero is not
/// rounded to it.
struct QuantityText {
  private enum Kind {
    case share, points, identifier, probability
    case plain(unit: String)
  }

  private let kind: Kind

  init(unit: String) {
    switch unit {
    case "share": kind = .share
    case "points": kind = .points
    case "seed": kind = .identifier
    case "p", "probability": kind = .probability
    case "ratio", "number", "score", "index", "confidence", "z", "": kind = .plain(unit: "")
    default: kind = .plain(unit: TerminalText.safe(unit))
    }
  }

  init(_ unit: Figure.Unit) { self.init(unit: unit.rawValue) }

  var isShare: Bool { if case .share = kind { true } else { false } }

  /// With the unit: `37.5 %`, `+4 points`, `2,300 items`.
  func text(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return "not computed" }
    guard value.isFinite else { return "unbounded" }
    switch kind {
    case .share: return bare(value) + " %"
    case .points: return bare(value) + (value.magnitude == 0.01 ? " point" : " points")
    case .identifier, .probability: return bare(value)
    case .plain(let unit): return unit.isEmpty ? bare(value) : "\(bare(value)) \(unit)"
    }
  }

  /// Without the unit: `37.5`, `+4`, `2,300`.
  func bare(_ value: Double) -> String {
    guard !value.isNaN else { return "not computed" }
    guard value.isFinite else { return value < 0 ? "−∞" : "∞" }
    switch kind {
    case .share: return rounded(value, decimals: 2, shift: 2)
    case .points: return rounded(value, decimals: 2, shift: 2, sign: .always)
    case .identifier: return NumberFormat.fixed(value, decimals: 0, grouping: false) ?? "\(value)"
    case .probability: return NumberFormat.trimmed(NumberFormat.pCell(value) ?? rounded(value, decimals: 4))
    case .plain: return rounded(value, decimals: 4)
    }
  }

  /// `32.9 to 42.34`, `at least 32.9` where there is one end only; nil without any.
  func range(_ low: Double?, _ high: Double?) -> String? {
    switch (low.flatMap { $0.isNaN ? nil : $0 }, high.flatMap { $0.isNaN ? nil : $0 }) {
    case (let low?, let high?): "\(end(low)) to \(end(high))"
    case (let low?, nil): low.isInfinite ? nil : "at least \(bare(low))"
    case (nil, let high?): high.isInfinite ? nil : "at most \(bare(high))"
    case (nil, nil): nil
    }
  }

  private func end(_ value: Double) -> String { value.isInfinite ? "unbounded" : bare(value) }

  private func rounded(
    _ value: Double, decimals: Int, shift: Int = 0, sign: NumberFormat.Sign = .negativeOnly
  ) -> String {
    guard let text = NumberFormat.fixed(value, decimals: decimals, shift: shift, sign: sign) else {
      return scientific(value, shift: shift, sign: sign)
    }
    let isZero = !text.contains { $0.isNumber && $0 != "0" }
    if isZero, value != 0 { return scientific(value, shift: shift, sign: sign) }
    return NumberFormat.trimmed(text)
  }

  /// A number too large or too small for decimals; the point is moved only where that does not overflow.
  private func scientific(_ value: Double, shift: Int, sign: NumberFormat.Sign) -> String {
    let moved = value * (shift == 2 ? 100 : 1)
    return NumberFormat.scientific(moved.isFinite ? moved : value, sign: sign) ?? "unbounded"
  }
}

import Records

/// Reads an amount of money from the digits that were written, never through a floating-point number.
enum MoneyText {
  /// The amount in 10⁻¹² parts: `-?digits(.digits)?([eE][+-]?digits)?`, with digits beyond the twelfth decimal rounded half
  /// to even, since programs that add up floating-point prices write noise there. Nil for anything else, and beyond the
  /// range of `Money`.
  /// - Parameter decimals: of the parts that are counted; 12 are those of `Money`.
  static func units(_ text: UnsafeRawBufferPointer, decimals: Int = 12) -> Int128? {
    guard let decimal = Decimal(text) else { return nil }
    // Units are digits · 10^(exponent + decimals).
    let shift = decimal.exponent + decimals
    var units = decimal.digits
    if shift >= 0 {
      if units == 0 { return 0 }
      guard shift <= 38 else { return nil }
      for _ in 0..<shift {
        let (next, overflow) = units.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        units = next
      }
    } else {
      units = rounded(units, droppingDigits: -shift)
    }
    return decimal.isNegative ? -units : units
  }

  private static func rounded(_ value: Int128, droppingDigits count: Int) -> Int128 {
    guard count <= 38 else { return 0 }
    var divisor: Int128 = 1
    for _ in 0..<count {
      let (next, overflow) = divisor.multipliedReportingOverflow(by: 10)
      if overflow { return 0 }
      divisor = next
    }
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    let half = divisor / 2
    return rest > half || rest == half && quotient & 1 == 1 ? quotient + 1 : quotient
  }

  /// A number as it was written.
  private struct Decimal {
    var isNegative = false
    var digits: Int128 = 0
    var exponent = 0

    init?(_ text: UnsafeRawBufferPointer) {
      var index = 0
      if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
        isNegative = first == UInt8(ascii: "-")
        index = 1
      }
      var hasPoint = false
      var count = 0
      while index < text.count {
        let digit = text[index] &- UInt8(ascii: "0")
        if digit < 10 {
          count += 1
          // Beyond 36 significant digits nothing can reach the twelfth decimal of an amount in range.
          if digits < 1_000_000_000_000_000_000_000_000_000_000_000_000 {
            digits = digits * 10 + Int128(digit)
            if hasPoint { exponent -= 1 }
          } else if !hasPoint {
            exponent += 1
          }
        } else if text[index] == UInt8(ascii: "."), !hasPoint, count > 0 {
          hasPoint = true
        } else {
          break
        }
        index += 1
      }
      guard count > 0, text[index - 1] != UInt8(ascii: ".") else { return nil }
      if index < text.count {
        guard text[index] | 0x20 == UInt8(ascii: "e"), let power = Decimal.power(text, from: index + 1) else {
          return nil
        }
        exponent += power
      }
    }

    private static func power(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
      var index = start
      var isNegative = false
      if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
        isNegative = text[index] == UInt8(ascii: "-")
        index += 1
      }
      guard index < text.count else { return nil }
      var value = 0
      while index < text.count {
        let digit = text[index] &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        value = min(value * 10 + Int(digit), 1 << 20)
        index += 1
      }
      return isNegative ? -value : value
    }
  }
}

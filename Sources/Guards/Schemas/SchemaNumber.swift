internal import Records

/// Numbers of JSON by the decimal digits that they are written with.
enum SchemaNumber {
  /// 0.0625 is 625 and −4. The last digit of the amount is not 0, unless it is nothing.
  private struct Decimal {
    var amount: UInt64
    var exponent: Int

    /// Nil for what is no number, or has more digits than fit.
    init?(_ value: JSONValue) {
      switch value {
      case .integer(let whole): (amount, exponent) = (whole.magnitude, 0)
      case .number(let real):
        // The shortest digits that mean this number: those that were written, of any that has up to 15.
        let parts = "\(real.magnitude)".split(separator: "e")
        guard let digits = parts.first, let power = parts.count > 1 ? Int(parts[1]) : 0 else { return nil }
        let fraction = digits.split(separator: ".")
        guard let amount = UInt64(fraction.joined()) else { return nil }
        (self.amount, exponent) = (amount, power - (fraction.count > 1 ? fraction[1].utf8.count : 0))
      default: return nil
      }
      while amount > 0, amount % 10 == 0 { (amount, exponent) = (amount / 10, exponent + 1) }
    }
  }

  /// Whether it may have been written with more digits than are kept.
  static func isRough(_ value: JSONValue) -> Bool {
    if case .number(let real) = value { real.magnitude >= 9_007_199_254_740_992 } else { false }
  }

  /// Below 0, 0 or above 0 as the left one is less, equal or more; nil where one of them is no number. Exact for what is kept; and where
  /// digits were lost it may say 0 of what differs, but never the contrary of what was written.
  static func order(_ left: JSONValue, _ right: JSONValue) -> Int? {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): (left > right ? 1 : 0) - (left < right ? 1 : 0)
    case (.number(let left), .number(let right)): (left > right ? 1 : 0) - (left < right ? 1 : 0)
    case (.integer(let left), .number(let right)): order(left, right)
    case (.number(let left), .integer(let right)): -order(right, left)
    default: nil
    }
  }

  private static func order(_ whole: Int64, _ real: Double) -> Int {
    // −2⁶³ is a `Double`, and so is what follows the largest one.
    guard real < 0x1p63 else { return -1 }
    guard real >= -0x1p63 else { return 1 }
    let part = Int64(real.rounded(.towardZero))
    guard whole == part else { return whole < part ? -1 : 1 }
    let rest = real - real.rounded(.towardZero)
    return (rest < 0 ? 1 : 0) - (rest > 0 ? 1 : 0)
  }

  /// Whether a number is a whole multiple of another.
  static func divides(_ divisor: JSONValue, _ value: JSONValue) -> JSONSchema.Verdict {
    guard !isRough(divisor), !isRough(value), (divisor.real ?? 0) > 0, let by = Decimal(divisor),
      let of = Decimal(value)
    else { return .unknown }
    guard of.amount > 0 else { return .holds }
    let shift = of.exponent - by.exponent
    // What does not end in 0 is no multiple of what does.
    guard shift >= 0 else { return .broken }
    // amount · 10^shift mod divisor.
    var rest = of.amount % by.amount
    var (power, base, left) = (UInt64(1) % by.amount, 10 % by.amount, shift)
    func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
      let (high, low) = left.multipliedFullWidth(by: right)
      return by.amount.dividingFullWidth((high, low)).remainder
    }
    while left > 0 {
      if left & 1 == 1 { power = product(power, base) }
      (base, left) = (product(base, base), left >> 1)
    }
    rest = product(rest, power)
    return JSONSchema.Verdict(rest == 0)
  }
}

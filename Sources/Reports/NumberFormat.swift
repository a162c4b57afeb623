internal import Glibc

/// Numbers as people read them: a fixed count of decimals, correctly rounded, with thousands separators.
///
/// Rounding works on the exact binary value (half to even, as IEEE 754 asks), so that 0.285 is never first multiplied by
/// 100 and rounded twice. Nothing here prints NaN or infinity: such a value has no digits, and the caller says a word.
enum NumberFormat {
  enum Sign {
    /// A minus where the value is below zero.
    case negativeOnly
    /// A plus or a minus; nothing before zero.
    case always
    /// The size alone.
    case never
  }

  /// The typographic minus; text for terminals without Unicode replaces it later.
  static let minus = "−"

  /// `value` with `decimals` digits behind the point, after moving the point `shift` places to the right (2: per cent).
  ///
  /// Nil when the value is not finite or has more than 18 digits before the point. Never "−0.0".
  static func fixed(
    _ value: Double, decimals: Int, shift: Int = 0, sign: Sign = .negativeOnly, grouping: Bool = true
  ) -> String? {
    guard value.isFinite, value.magnitude < 1e18 else { return nil }
    let digits = roundedDigits(value.magnitude, decimals: decimals + shift)
    let pointed = place(digits, decimals: decimals, grouping: grouping)
    let isZero = digits.allSatisfy { $0 == 0 }
    return (isZero ? "" : mark(value < 0, sign)) + pointed
  }

  /// Three significant digits and a power of ten, for values too small or too large for a column: "1.23e-9".
  ///
  /// Nil when the value is not finite.
  static func scientific(_ value: Double, sign: Sign = .negativeOnly) -> String? {
    guard value.isFinite else { return nil }
    guard value != 0 else { return "0" }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    guard let digits = fixed(mantissa, decimals: 2) else { return nil }
    if digits == "10.00" { return mark(value < 0, sign) + "1.00e\(exponent + 1)" }
    return mark(value < 0, sign) + digits + "e\(exponent)"
  }

  /// A count with thousands separators: "2,300".
  static func count(_ value: Int) -> String {
    let text = group(String(value.magnitude))
    return value < 0 ? minus + text : text
  }

  /// The shortest decimal that reads back as the same number, in ASCII and without an idle ".0"; nil if not finite.
  static func shortest(_ value: Double) -> String? {
    guard value.isFinite else { return nil }
    guard value != 0 else { return "0" }
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// The shortest decimal of at most fifteen digits, all that a floating-point number is sure of; nil if not finite.
  static func significant(_ value: Double) -> String? {
    guard value.isFinite else { return nil }
    return withVaList([value]) { list in
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { text in
        guard let start = text.baseAddress, vsnprintf(start, text.count, "%.15g", list) > 0 else { return nil }
        return Double(String(cString: start)).flatMap(shortest)
      }
    }
  }

  /// A share as a percentage with at most two decimals and no idle zeros: 0.95 → "95 %".
  static func percent(_ share: Double) -> String {
    guard let text = fixed(share, decimals: 2, shift: 2) else { return "unknown" }
    return trimmed(text) + " %"
  }

  /// How often something happens, in whole per cent: "61 % of the time"; nil when the share is not finite.
  static func chance(_ share: Double) -> String? {
    guard let text = fixed(share, decimals: 0, shift: 2) else { return nil }
    if share > 0.99, share < 1 { return "over 99 % of the time" }
    return (share > 0 && text == "0" ? "under 1 %" : "\(text) %") + " of the time"
  }

  /// At most `decimals` digits behind the point, idle zeros dropped: 0.0500 → "0.05".
  static func plain(_ value: Double, decimals: Int = 4) -> String {
    guard let text = fixed(value, decimals: decimals) else { return scientific(value) ?? "unknown" }
    return trimmed(text)
  }

  /// "p = 0.0032", or "p < 0.0001" where four decimals show nothing.
  static func pValue(_ value: Double, name: String = "p") -> String {
    guard let text = fixed(value, decimals: 4) else { return "\(name) unknown" }
    return text == "0.0000" ? "\(name) < 0.0001" : "\(name) = \(text)"
  }

  /// A p-value in a column that is headed so: "0.0032", or "<0.0001".
  static func pCell(_ value: Double) -> String? {
    fixed(value, decimals: 4).map { $0 == "0.0000" ? "<0.0001" : $0 }
  }

  private static func mark(_ isNegative: Bool, _ sign: Sign) -> String {
    switch sign {
    case .never: ""
    case .negativeOnly: isNegative ? minus : ""
    case .always: isNegative ? minus : "+"
    }
  }

  /// Without idle zeros behind the point: "0.0500" → "0.05".
  static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var kept = Substring(text)
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept)
  }

  private static func place(_ digits: [UInt8], decimals: Int, grouping: Bool) -> String {
    var padded = digits
    while padded.count < decimals + 1 { padded.insert(0, at: 0) }
    while padded.count > decimals + 1, padded[0] == 0 { padded.removeFirst() }
    let text = padded.map(String.init).joined()
    let whole = String(text.dropLast(decimals))
    let grouped = grouping ? group(whole) : whole
    return decimals == 0 ? grouped : grouped + "." + text.suffix(decimals)
  }

  private static func group(_ digits: String) -> String {
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// The decimal digits of round(magnitude · 10^decimals), half to even, from the exact binary fraction.
  private static func roundedDigits(_ magnitude: Double, decimals: Int) -> [UInt8] {
    let whole = magnitude.rounded(.towardZero)
    var digits = String(UInt64(whole)).utf8.map { $0 - 48 }
    var fraction = BinaryFraction(magnitude - whole)
    for _ in 0..<decimals { digits.append(fraction.nextDigit()) }
    let half = fraction.comparedToHalf()
    let isOdd = (digits.last ?? 0) % 2 == 1
    if half > 0 || (half == 0 && isOdd) { increment(&digits) }
    return digits
  }

  private static func increment(_ digits: inout [UInt8]) {
    for place in digits.indices.reversed() {
      if digits[place] < 9 {
        digits[place] += 1
        return
      }
      digits[place] = 0
    }
    digits.insert(1, at: 0)
  }
}

/// A fraction 0 ≤ f < 1 with all its bits, from which decimal digits are drawn without rounding.
///
/// A double's fraction has up to 1,074 bits; they stand in 32-bit limbs, most significant first.
private struct BinaryFraction {
  private var limbs: [UInt32] = []

  init(_ value: Double) {
    var rest = value
    while rest > 0, limbs.count < 34 {
      // Scaling by a power of two and removing the whole part are both exact.
      rest *= 4_294_967_296
      let limb = rest.rounded(.towardZero)
      limbs.append(UInt32(limb))
      rest -= limb
    }
  }

  mutating func nextDigit() -> UInt8 {
    var carry: UInt64 = 0
    for place in limbs.indices.reversed() {
      let product = UInt64(limbs[place]) * 10 + carry
      limbs[place] = UInt32(truncatingIfNeeded: product)
      carry = product >> 32
    }
    return UInt8(carry)
  }

  /// −1, 0 or 1: below, at, above one half.
  func comparedToHalf() -> Int {
    guard let first = limbs.first else { return -1 }
    if first != 0x8000_0000 { return first < 0x8000_0000 ? -1 : 1 }
    return limbs.dropFirst().contains { $0 != 0 } ? 1 : 0
  }
}

import Records

/// Numbers as sentences have them: the true minus sign, thousands grouped, shares in per cent.
enum NumberWords {
  private static let minus = "−"

  /// 1234567 as "1,234,567".
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? minus : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// "1 item", "2,400 items".
  static func counted(_ number: Int, _ noun: String) -> String { "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")" }

  /// With so many decimals, rounded half away from zero, trailing zeros kept: "0.0500"; "unbounded" for what has no end.
  static func fixed(_ value: Double, _ decimals: Int = 4) -> String {
    guard value.isFinite, value.magnitude < 1e12, (0...9).contains(decimals) else {
      return value.isNaN ? "?" : value.isInfinite ? "unbounded" : "\(value)"
    }
    let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
    let scaled = Int64((value.magnitude * scale).rounded())
    let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
    let sign = value < 0 && scaled != 0 ? minus : ""
    guard decimals > 0 else { return sign + grouped(Int(whole)) }
    let fraction = String(rest)
    return sign + grouped(Int(whole)) + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  /// A share in per cent: 0.0412 as "4.12 %", without trailing zeros; at most two decimals.
  static func percent(_ share: Double) -> String { trimmed(fixed(share * 100, 2)) + " %" }

  /// "0.8200" as "0.82", "3.00" as "3".
  static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}

extension NumberWords {
  /// "95.04 % (94.18 to 95.94)".
  static func percent(_ share: Double, _ low: Double, _ high: Double) -> String {
    "\(percent(share)) (\(trimmed(fixed(low * 100, 2))) to \(trimmed(fixed(high * 100, 2))))"
  }

  /// 0.034 as "+3.4 points".
  static func points(_ difference: Double) -> String { signed(fixed(100 * difference, 1)) + " points" }

  /// "+7.2 points (+5.0 to +9.5)".
  static func points(_ difference: Double, _ low: Double, _ high: Double) -> String {
    "\(points(difference)) (\(signed(fixed(100 * low, 1))) to \(signed(fixed(100 * high, 1))))"
  }

  /// 0.034 as "3.4 points", for sizes.
  static func size(points size: Double) -> String { fixed(100 * size, 1) + " points" }

  /// At most four decimals, idle zeros left out; very small values as Swift writes them.
  static func plain(_ value: Double) -> String {
    value != 0 && value.magnitude < 5e-5 ? "\(value)" : trimmed(fixed(value))
  }

  /// A number's text with a plus where it is above zero.
  static func signed(_ text: String) -> String {
    let isPositive = text.first?.isNumber == true && text.contains { ("1"..."9").contains($0) }
    return isPositive ? "+" + text : text
  }

  /// "p 0.0032", "p below 0.0001".
  static func p(_ value: Double) -> String { value < 5e-5 ? "p below 0.0001" : "p " + fixed(value) }

  /// The same under a heading that says what it is.
  static func bareP(_ value: Double) -> String { value < 5e-5 ? "< 0.0001" : fixed(value) }

  /// "a, b, c and 4 more".
  static func list(_ names: [String], limit: Int = 5) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }
}

extension Instant {
  /// As people read it: without parts of a second.
  var toTheSecond: Instant {
    let rest = nanoseconds % 1_000_000_000
    return Instant(nanoseconds: nanoseconds - rest)
  }
}

/// Numbers as sentences say them.
enum Phrase {
  /// With so many decimals, rounded half up; "unbounded" for what has no end.
  static func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "unbounded" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let whole = (value.magnitude * scale + 1e-7).rounded()
    var digits = String(Int64(whole.magnitude < 9e18 ? whole : 9e18))
    digits = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
    let sign = value < 0 && whole != 0 ? "−" : ""
    let integer = grouped(Int(digits.dropLast(places)) ?? 0)
    return places == 0 ? sign + integer : "\(sign)\(integer).\(digits.suffix(places))"
  }

  /// 0.9504 as "95.0 %".
  static func percent(_ share: Double) -> String { decimal(share * 100, 1) + " %" }

  /// "95.0 % (94.2 to 95.9)".
  static func percent(_ share: Double, _ low: Double, _ high: Double) -> String {
    "\(percent(share)) (\(decimal(low * 100, 1)) to \(decimal(high * 100, 1)))"
  }

  /// 0.072 as "+7.2 points (+5.0 to +9.5)".
  static func points(_ difference: Double, _ low: Double, _ high: Double) -> String {
    "\(points(difference)) (\(signed(low)) to \(signed(high)))"
  }

  /// 0.072 as "+7.2 points".
  static func points(_ difference: Double) -> String { signed(difference) + " points" }

  private static func signed(_ difference: Double) -> String {
    (difference > 0 ? "+" : "") + decimal(difference * 100, 1)
  }

  /// "1 item", "2,000 items".
  static func count(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// 1234567 as "1,234,567".
  static func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var position = digits.count - 3
    while position > (number < 0 ? 1 : 0) {
      digits.insert(",", at: position)
      position -= 3
    }
    return String(digits)
  }
}

/// Shares, differences and numbers as headlines say them: to one decimal of a per cent, with intervals.
enum Phrase {
  /// With so many decimals and a true minus sign; "unbounded" for what has no end.
  static func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return "unbounded" }
    let text = NumberWords.fixed(value, places)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  /// 0.9504 as "95.0 %".
  static func percent(_ share: Double) -> String { decimal(share * 100, 1) + " %" }

  /// "95.0 % (94.2 to 95.9)".
  static func percent(_ share: Double, _ low: Double, _ high: Double) -> String {
    "\(percent(share)) (\(decimal(low * 100, 1)) to \(decimal(high * 100, 1)))"
  }

  /// "+7.2 points (+5.0 to +9.5)".
  static func points(_ difference: Double, _ low: Double, _ high: Double) -> String {
    "\(points(difference)) (\(signed(low)) to \(signed(high)))"
  }

  /// 0.072 as "+7.2 points".
  static func points(_ difference: Double) -> String { signed(difference) + " points" }

  private static func signed(_ difference: Double) -> String {
    (difference > 0 ? "+" : "") + decimal(difference * 100, 1)
  }
}

/// Numbers and lists as sentences say them.
enum Wording {
  /// 0.8234 as "82.3 %".
  static func share(_ value: Double) -> String { "\(fixed(100 * value, 1)) %" }

  /// 0.034 as "+3.4 points".
  static func points(_ value: Double) -> String { "\(signed(100 * value, 1)) points" }

  /// 0.034 as "3.4 points", for sizes.
  static func size(points value: Double) -> String { "\(fixed(100 * value, 1)) points" }

  /// At most four decimals, idle zeros left out; very large and very small values as Swift writes them.
  static func number(_ value: Double) -> String {
    guard value.magnitude < 1e12, value == 0 || value.magnitude >= 5e-5 else { return "\(value)" }
    var text = fixed(value, 4)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// "p 0.0032", "p below 0.0001".
  static func p(_ value: Double) -> String { value < 0.00005 ? "p below 0.0001" : "p \(fixed(value, 4))" }

  /// 2400 as "2,400".
  static func count(_ value: Int) -> String {
    var text = String(value.magnitude)
    var position = text.utf8.count - 3
    while position > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: position))
      position -= 3
    }
    return value < 0 ? "-" + text : text
  }

  /// "1 item", "2,400 items".
  static func counted(_ value: Int, _ noun: String) -> String { "\(count(value)) \(noun)\(value == 1 ? "" : "s")" }

  /// "a, b, c and 4 more".
  static func list(_ names: [String], limit: Int = 5) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }

  /// A level of 0.95 as "95 %", of 0.98333 as "98.3 %".
  static func level(_ value: Double) -> String {
    let whole = (100 * value).rounded()
    return abs(whole - 100 * value) < 0.05 ? "\(Int(whole)) %" : share(value)
  }

  /// So many decimals, correctly rounded up to the last place of a double; "unbounded" where there is no number.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "unbounded" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    var digits = String(Int(scaled))
    while digits.utf8.count <= decimals { digits = "0" + digits }
    let text = decimals == 0 ? digits : digits.dropLast(decimals) + "." + digits.suffix(decimals)
    return (value < 0 && scaled > 0 ? "-" : "") + text
  }

  static func signed(_ value: Double, _ decimals: Int) -> String {
    let text = fixed(value, decimals)
    return text.hasPrefix("-") || !value.isFinite ? text : "+" + text
  }
}

extension JSONValue {
  /// The canonical text of RFC 8785 (JSON Canonicalization Scheme): no spaces, keys sorted by their UTF-16 code units,
  /// numbers as ECMAScript prints them. Equal documents have equal texts, so that the text can be hashed.
  ///
  /// Throws for a number that is not finite, and for an integer beyond ±(2⁵³ − 1), which readers that follow the RFC
  /// would change: write such numbers as text. Depth is limited by the stack only.
  public func canonical() throws(Unrepresentable) -> String {
    var text = ""
    try append(to: &text, canonical: true, indent: nil)
    return text
  }

  /// Readable text, members in their order, indented by two spaces; for files that people read.
  ///
  /// Throws for a number that is not finite.
  public func rendered() throws(Unrepresentable) -> String {
    var text = ""
    try append(to: &text, canonical: false, indent: 0)
    return text
  }

  /// One line without spaces, members in their order; for JSON lines.
  ///
  /// Throws for a number that is not finite.
  public func line() throws(Unrepresentable) -> String {
    var text = ""
    try append(to: &text, canonical: false, indent: nil)
    return text
  }

  private func append(to text: inout String, canonical: Bool, indent: Int?) throws(Unrepresentable) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let value):
      guard let digits = JSONValue.ecmaScript(value) else {
        throw Unrepresentable(description: "\(value) is no JSON number")
      }
      text += digits
    case .integer(let value):
      guard !canonical || value.magnitude < 1 << 53 else {
        throw Unrepresentable(description: "\(value) is beyond the integers that JSON readers keep exact")
      }
      text += String(value)
    case .string(let value): JSONValue.append(quoted: value, to: &text)
    case .array(let elements):
      try append(list: elements, "[", "]", to: &text, indent) { (element, text, indent) throws(Unrepresentable) in
        try element.append(to: &text, canonical: canonical, indent: indent)
      }
    case .object(let object):
      let members = canonical ? object.members.sorted(by: JSONValue.precedes) : object.members
      try append(list: members, "{", "}", to: &text, indent) { (member, text, indent) throws(Unrepresentable) in
        JSONValue.append(quoted: member.key, to: &text)
        text += indent == nil ? ":" : ": "
        try member.value.append(to: &text, canonical: canonical, indent: indent)
      }
    }
  }

  private func append<Element>(
    list: [Element], _ open: String, _ close: String, to text: inout String, _ indent: Int?,
    each: (Element, inout String, Int?) throws(Unrepresentable) -> Void
  ) throws(Unrepresentable) {
    text += open
    for (place, element) in list.enumerated() {
      if place > 0 { text += "," }
      if let indent { text += "\n" + String(repeating: " ", count: indent + 2) }
      try each(element, &text, indent.map { $0 + 2 })
    }
    if let indent, !list.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
    text += close
  }

  private static func precedes(_ left: JSONObject.Member, _ right: JSONObject.Member) -> Bool {
    left.key.utf16.lexicographicallyPrecedes(right.key.utf16)
  }

  /// A text in quotes; escaped is only what must be, in the shortest form that JSON has.
  private static func append(quoted value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\u{8}": text += "\\b"
      case "\t": text += "\\t"
      case "\n": text += "\\n"
      case "\u{C}": text += "\\f"
      case "\r": text += "\\r"
      case "\u{0}"..<" ":
        text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  /// A number as `Number::toString` of ECMAScript prints it (ECMA-262, 6.1.6.1.20); nil when it is not finite.
  ///
  /// The digits are Swift's, which are also the shortest that read back as the same number and the nearest of those.
  static func ecmaScript(_ value: Double) -> String? {
    guard value.isFinite else { return nil }
    if value == 0 { return "0" }
    // Here the standard library writes the same digits in the same way; whole numbers it ends with ".0".
    if value.magnitude >= 1e-4, value.magnitude < 1e15, value != value.rounded() { return value.description }
    let parts = value.magnitude.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    var digits = Array((mantissa[0] + (mantissa.count == 2 ? mantissa[1] : "")).utf8)
    // The value is 0.digits · 10^point.
    var point = mantissa[0].utf8.count + exponent
    while digits.first == 0x30 {
      digits.removeFirst()
      point -= 1
    }
    while digits.last == 0x30 { digits.removeLast() }
    return (value < 0 ? "-" : "") + placed(digits, point)
  }

  private static func placed(_ digits: [UInt8], _ point: Int) -> String {
    func text(_ digits: some Collection<UInt8>) -> String { String(decoding: digits, as: UTF8.self) }
    func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
    switch point {
    case digits.count...max(21, digits.count) where point <= 21: return text(digits) + zeros(point - digits.count)
    case 1..<22: return text(digits[..<point]) + "." + text(digits[point...])
    case -5..<1: return "0." + zeros(-point) + text(digits)
    default:
      let exponent = point - 1
      let fraction = digits.count > 1 ? "." + text(digits[1...]) : ""
      return text(digits[..<1]) + fraction + "e" + (exponent < 0 ? "-" : "+") + String(exponent.magnitude)
    }
  }
}

/// A JSON document whose keys keep the order they are written in.
///
/// Numbers take the shortest form that reads back as the same double (RFC 8259 grammar); NaN and infinity become null.
enum JSONValue {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  static func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
  static func integer(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
  static func string(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  /// The document, two spaces an indentation, ending in a line break; small arrays and objects of plain values stand
  /// on one line. Linear in the size of the document.
  func document() -> String {
    var text = ""
    write(to: &text, depth: 0)
    text.append("\n")
    return text
  }

  private func write(to text: inout String, depth: Int) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += NumberFormat.shortest(value) ?? "null"
    case .string(let value): JSONValue.quote(value, to: &text)
    case .array(let values): writeList(values.map { (nil, $0) }, brackets: ("[", "]"), to: &text, depth: depth)
    case .object(let pairs): writeList(pairs.map { ($0.key, $0.value) }, brackets: ("{", "}"), to: &text, depth: depth)
    }
  }

  private func writeList(
    _ members: [(key: String?, value: JSONValue)], brackets: (String, String), to text: inout String, depth: Int
  ) {
    text += brackets.0
    let isShort = depth > 0 && members.count <= 8 && members.allSatisfy { $0.value.isPlain }
    for (place, member) in members.enumerated() {
      if place > 0 { text += isShort ? ", " : "," }
      if !isShort { text += "\n" + String(repeating: "  ", count: depth + 1) }
      if let key = member.key {
        JSONValue.quote(key, to: &text)
        text += ": "
      }
      member.value.write(to: &text, depth: depth + 1)
    }
    if !isShort, !members.isEmpty { text += "\n" + String(repeating: "  ", count: depth) }
    text += brackets.1
  }

  private var isPlain: Bool {
    switch self {
    case .array(let values): values.isEmpty
    case .object(let pairs): pairs.isEmpty
    default: true
    }
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      // U+2028 and U+2029 end a line in older JavaScript, so that a document pasted into a script would break.
      case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

import Records

/// What a model was sent, as one text in the order in which providers put it together: tools, instructions, messages.
///
/// What a provider puts between them is not known here; it is part of the gap.
enum PromptText {
  /// - Parameter parts: recorded JSON; nil where nothing was recorded.
  static func joined(_ parts: [JSONValue?]) -> String {
    parts.compactMap { $0.map(words) }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// The words of a message, of a list of them, or of a part; what has no words stays JSON.
  static func words(_ value: JSONValue) -> String {
    switch value {
    case .null: return ""
    case .string(let text): return text
    case .array(let values): return values.map(words).filter { !$0.isEmpty }.joined(separator: "\n")
    case .object(let object):
      // OpenTelemetry has parts, most providers have content, and a part of text has text.
      let known = ["instructions", "messages", "prompt", "content", "parts", "text"].compactMap { object[$0] }
      let calls = object["tool_calls"].map { [$0] } ?? []
      guard !known.isEmpty || !calls.isEmpty else { return (try? value.canonical()) ?? "" }
      return (known.map(words) + calls.map { (try? $0.canonical()) ?? "" }).filter { !$0.isEmpty }
        .joined(separator: "\n")
    case .bool, .number, .integer: return (try? value.canonical()) ?? ""
    }
  }

  /// What stays of a template when its places for values (`{{name}}`) are taken out, and the names of those, each with the
  /// length of what precedes it.
  static func template(_ text: String) -> (fixed: String, places: [(name: String, before: Int)]) {
    var fixed = ""
    var places: [(String, Int)] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
      fixed += rest[..<open.lowerBound]
      let name = rest[open.upperBound..<close.lowerBound].filter { !$0.isWhitespace }
      places.append((name.lowercased(), fixed.utf8.count))
      rest = rest[close.upperBound...]
    }
    return (fixed + rest, places)
  }
}

/// Two renders of a prompt, cut into what they begin with alike, what differs, and what they end with alike.
struct RenderPair {
  let first: String
  let second: String
  /// Bytes of the beginning and of the end that are equal, each at a boundary of characters; they do not overlap.
  let before: Int
  let behind: Int

  init(_ first: String, _ second: String) {
    self.first = first
    self.second = second
    let (one, other) = (Array(first.utf8), Array(second.utf8))
    let most = min(one.count, other.count)
    func isInside(_ bytes: [UInt8], _ place: Int) -> Bool { place < bytes.count && bytes[place] & 0xC0 == 0x80 }
    // No text begins inside of a character.
    var before = zip(one, other).prefix { $0 == $1 }.count
    while isInside(one, before) || isInside(other, before) { before -= 1 }
    var behind = zip(one.reversed(), other.reversed()).prefix(most - before).prefix { $0 == $1 }.count
    while isInside(one, one.count - behind) { behind -= 1 }
    self.before = before
    self.behind = behind
  }

  /// The end that both have.
  var ending: String { String(decoding: second.utf8.suffix(behind), as: UTF8.self) }

  /// What differs in one of them, with the words in which it begins and ends.
  func difference(in text: String) -> String {
    let bytes = Array(text.utf8)
    var start = before
    while start > 0, bytes[start - 1] > 0x20 { start -= 1 }
    var end = bytes.count - behind
    while end < bytes.count, bytes[end] > 0x20 { end += 1 }
    return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
  }
}

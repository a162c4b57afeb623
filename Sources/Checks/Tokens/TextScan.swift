import Records

/// What can be seen in a text without knowing its language. All scans are linear in the text.
enum TextScan {
  // MARK: JSON

  /// The objects and lists in a text that are JSON, from outside and in their order, each as it is written.
  ///
  /// - Parameter limit: no more are looked for after so many.
  static func jsonBlocks(_ text: String, limit: Int = 16) -> [(text: String, value: JSONValue)] {
    let bytes = Array(text.utf8)
    var blocks: [(String, JSONValue)] = []
    var place = 0
    while place < bytes.count, blocks.count < limit {
      guard bytes[place] == UInt8(ascii: "{") || bytes[place] == UInt8(ascii: "[") else {
        place += 1
        continue
      }
      // Without an end there is none for what lies within either.
      guard let end = blockEnd(bytes, from: place) else { break }
      if let value = try? JSONValue(parsing: bytes[place..<end]), isStructure(value) {
        blocks.append((String(decoding: bytes[place..<end], as: UTF8.self), value))
        place = end
      } else {
        // `{see [1]}` is no JSON, and what it holds may be; its brackets are looked at at most once more for each depth.
        place += 1
        if end - place > deepest { place = end }
      }
    }
    return blocks
  }

  /// `[1]` is a reference more often than data.
  private static func isStructure(_ value: JSONValue) -> Bool {
    switch value {
    case .object(let object): !object.members.isEmpty
    case .array(let elements): elements.contains { if case .object = $0 { true } else { false } } || elements.count > 3
    default: false
    }
  }

  /// Longer texts in brackets that are no JSON are not looked into.
  private static let deepest = 256

  private static func blockEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    var depth = 0
    var place = start
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return place + 1 }
      case UInt8(ascii: "\""):
        guard let end = stringEnd(bytes, from: place) else { return nil }
        place = end
        continue
      default: break
      }
      place += 1
    }
    return nil
  }

  private static func stringEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    var place = start + 1
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\"") { return place + 1 }
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  /// Whether two blocks say the same in another order: of their keys, or of the elements of a list.
  static func isReordered(_ one: (text: String, value: JSONValue), _ other: (text: String, value: JSONValue)) -> Bool {
    guard one.text != other.text, let left = try? one.value.canonical(), let right = try? other.value.canonical() else {
      return false
    }
    if left == right { return keyOrder(one.value) != keyOrder(other.value) }
    guard case .array(let first) = one.value, case .array(let second) = other.value, first.count == second.count else {
      return false
    }
    func sorted(_ values: [JSONValue]) -> [String] { values.map { (try? $0.canonical()) ?? "" }.sorted() }
    return sorted(first) == sorted(second)
  }

  private static func keyOrder(_ value: JSONValue) -> [String] {
    switch value {
    case .object(let object): object.members.flatMap { [$0.key] + keyOrder($0.value) }
    case .array(let values): values.flatMap(keyOrder)
    default: []
    }
  }

  // MARK: Characters

  /// Whether a text is not in Unicode's normal form C, or holds characters that nobody sees: U+00A0, U+FEFF, and U+200B to
  /// U+200D but for joiners within an emoji or beside a letter of a script that joins.
  static func hasUnseenCharacters(_ text: String) -> Bool {
    var previous: Unicode.Scalar?
    var joinsEmoji = false
    for scalar in text.unicodeScalars {
      if joinsEmoji, !isEmoji(scalar) { return true }
      joinsEmoji = false
      switch scalar.value {
      case 0xA0, 0xFEFF: return true
      case 0x200B...0x200D:
        // After a letter that joins, whatever follows; within an emoji, between two of its parts.
        guard let before = previous, isJoiningScript(before) || isEmoji(before) else { return true }
        joinsEmoji = isEmoji(before)
      default: break
      }
      previous = scalar
    }
    return joinsEmoji || !text.identifier.unicodeScalars.elementsEqual(text.unicodeScalars)
  }

  /// Digits are emoji too, in Unicode's terms.
  private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == 0xFE0F || !scalar.isASCII && scalar.properties.isEmoji
  }

  /// Arabic and its neighbours, the Indic scripts and those of south-east Asia.
  private static func isJoiningScript(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0600...0x08FF, 0x0900...0x0DFF, 0x0E00...0x109F, 0x1780...0x18AF, 0xFB50...0xFDFF, 0xFE70...0xFEFC: true
    default: false
    }
  }

  /// Whether a run of more than so many characters of Base64 or hexadecimal digits is in a text.
  static func hasEncodedRun(_ text: String, longerThan most: Int = 200) -> Bool {
    var (length, letters, digits) = (0, 0, 0)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): letters += 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): break
      default:
        (length, letters, digits) = (0, 0, 0)
        continue
      }
      length += 1
      if length > most, letters > 0, digits > 0 { return true }
    }
    return false
  }

  // MARK: What changes from call to call

  /// Whether a text holds a date, a time of day or a UUID.
  static func hasVolatileText(_ text: String) -> Bool {
    // Digits as 0, so that shapes can be compared; of a UUID, letters of hexadecimal digits too.
    let shape = text.utf8.map { (0x30...0x39).contains($0) ? UInt8(ascii: "0") : $0 }
    if ["0000-00-00", "00:00", "0000/00/00", "00.00.0000"].contains(where: { contains(shape, Array($0.utf8)) }) {
      return true
    }
    let hexadecimal = text.utf8.map { byte -> UInt8 in
      let isHexadecimal =
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
      return isHexadecimal ? UInt8(ascii: "0") : byte
    }
    return contains(hexadecimal, Array("00000000-0000-0000-0000-000000000000".utf8))
  }

  private static func contains(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    guard text.count >= pattern.count else { return false }
    return (0...(text.count - pattern.count)).contains { start in
      text[start] == pattern[0] && text[start..<(start + pattern.count)].elementsEqual(pattern)
    }
  }

  /// Names of template places whose values are new in every call.
  static func isVolatile(place name: String) -> Bool {
    let words = name.split { !$0.isLetter && !$0.isNumber }
    let volatile: Set<Substring> = [
      "now", "date", "time", "today", "timestamp", "datetime", "uuid", "user", "username", "name", "id", "nonce",
      "session", "request",
    ]
    return words.contains(where: volatile.contains)
  }
}

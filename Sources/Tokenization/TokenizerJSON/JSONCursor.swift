internal import Records

/// Reads the two parts of a `tokenizer.json` that are large, and finds the others.
///
/// `JSONValue` would do, but for two things: it takes keys for equal that differ only in how characters are composed,
/// which are two tokens, and it builds a value for each of half a million of entries.
struct JSONCursor {
  /// Why the text is no JSON here.
  struct Malformed: Error {
    let offset: Int
    let problem: String
  }

  private let bytes: [UInt8]
  private(set) var place: Int

  init(_ bytes: [UInt8], at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  func wrong(_ problem: String) -> Malformed { Malformed(offset: place, problem: problem) }

  /// The next byte that is no white space; nil at the end.
  mutating func peek() -> UInt8? {
    while place < bytes.count {
      let byte = bytes[place]
      guard byte == .blank || byte == .lineFeed || byte == .carriageReturn || byte == 0x09 else { return byte }
      place += 1
    }
    return nil
  }

  /// Steps over a character, which must be there.
  mutating func expect(_ character: Unicode.Scalar) throws(Malformed) {
    guard let byte = peek(), UInt32(byte) == character.value else { throw wrong("expected '\(character)'") }
    place += 1
  }

  /// Reads an array or an object: calls `element` at the start of each element or key.
  mutating func forEach(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ element: (inout JSONCursor) throws(Malformed) -> Void
  ) throws(Malformed) {
    try expect(open)
    if let byte = peek(), UInt32(byte) == close.value {
      place += 1
      return
    }
    while true {
      try element(&self)
      guard let byte = peek() else { throw wrong("expected ',' or '\(close)', found the end") }
      place += 1
      if UInt32(byte) == close.value { return }
      guard byte == UInt8(ascii: ",") else {
        place -= 1
        throw wrong("expected ',' or '\(close)'")
      }
    }
  }

  /// A key and the colon behind it.
  mutating func key() throws(Malformed) -> [UInt8] {
    let key = try string()
    try expect(":")
    return key
  }

  /// A string as UTF-8.
  mutating func string() throws(Malformed) -> [UInt8] {
    guard peek() == UInt8(ascii: "\"") else { throw wrong("expected a string") }
    let start = place
    place += 1
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      if bytes[place] == UInt8(ascii: "\\") { return try escaped(from: start) }
      guard bytes[place] >= 0x20 else { throw wrong("a control character in a string must be escaped") }
      place += 1
    }
    guard place < bytes.count else { throw wrong("expected '\"' at the end of a string, found the end") }
    place += 1
    return Array(bytes[start + 1..<place - 1])
  }

  /// A string with escapes: found here, read as any other.
  private mutating func escaped(from start: Int) throws(Malformed) -> [UInt8] {
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard place < bytes.count else {
      place = bytes.count
      throw wrong("expected '\"' at the end of a string, found the end")
    }
    place += 1
    do {
      guard case .string(let text) = try JSONValue(parsing: bytes[start..<place]) else { return [] }
      return Array(text.utf8)
    } catch {
      throw Malformed(offset: start + error.offset, problem: error.problem)
    }
  }

  /// A whole number from 0 to the highest token id.
  mutating func tokenID() throws(Malformed) -> TokenID {
    _ = peek()
    let digits = bytes[place...].prefix { (0x30...0x39).contains($0) }
    guard digits.count <= 10, let id = TokenID(String(decoding: digits, as: UTF8.self)) else {
      throw wrong("expected a whole number from 0 to \(TokenID.max)")
    }
    place += digits.count
    return id
  }

  /// Steps over a value and returns where it lies. Only its brackets and strings are looked at: whoever needs the value
  /// reads it, and then all of it is checked.
  mutating func skipValue() throws(Malformed) -> Range<Int> {
    guard let first = peek() else { throw wrong("expected a value, found the end") }
    let start = place
    var depth = 0
    if first == UInt8(ascii: "\"") {
      _ = try string()
      return start..<place
    }
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        _ = try string()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return start..<place }
        depth -= 1
        if depth == 0 {
          place += 1
          return start..<place
        }
      case UInt8(ascii: ",") where depth == 0: return start..<place
      default: break
      }
      place += 1
    }
    throw wrong("expected the end of a value, found the end")
  }

  /// A part of the document as a value.
  func value(_ range: Range<Int>) throws(Malformed) -> JSONValue {
    do {
      return try JSONValue(parsing: bytes[range])
    } catch {
      throw Malformed(offset: range.lowerBound + error.offset, problem: error.problem)
    }
  }
}

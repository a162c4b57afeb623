public import Records

/// Where a string lies between its quotes.
struct StringSpan {
  let start: UnsafePointer<UInt8>
  let count: Int
  let hasEscapes: Bool
}

extension JSONReader {
  /// Reads a string.
  ///
  /// The text lies in the input, or, if it has escapes, in the reader's arena until `recycleTexts()`.
  @inline(__always)
  public mutating func readString() throws -> BorrowedText {
    let span = try scanString()
    if span.hasEscapes { return try unescape(span) }
    return BorrowedText(UnsafeRawBufferPointer(start: span.start, count: span.count))
  }

  /// Passes over a string, checking it: eight bytes a step while they are plain ASCII.
  @inline(__always)
  mutating func scanString() throws -> StringSpan {
    skipWhitespace()
    guard cursor < end, cursor.pointee == UInt8(ascii: "\"") else { throw unexpected("a string") }
    let first = cursor + 1
    var position = first
    var hasEscapes = false
    while true {
      position = JSONReader.skipPlain(position, end)
      guard position < end else { throw unterminated(first - 1) }
      let byte = position.pointee
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        position = try scanEscape(position)
      } else if byte >= 0x80 {
        guard let next = UTF8Check.skipNonASCII(position, end) else { throw notUTF8(position) }
        position = next
      } else {
        throw controlCharacter(position)
      }
    }
    cursor = position + 1
    return StringSpan(start: first, count: position - first, hasEscapes: hasEscapes)
  }

  /// The first byte at or after `position` that is a quote, a backslash, a control character or not ASCII.
  @inline(__always)
  static func skipPlain(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var position = start
    while end - position >= 8 {
      let found = special(load(position))
      if found != 0 { return position + found.trailingZeroBitCount / 8 }
      position += 8
      // Long texts: four words a turn.
      while end - position >= 32 {
        let any =
          special(load(position)) | special(load(position + 8)) | special(load(position + 16))
          | special(load(position + 24))
        if any != 0 { break }
        position += 32
      }
    }
    while position < end {
      let byte = position.pointee
      if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return position }
      position += 1
    }
    return position
  }

  @inline(__always)
  static func load(_ position: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
  }

  /// The high bit of each byte that is not plain. A borrow can only flag bytes after the first true one.
  @inline(__always)
  static func special(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = (word ^ 0x2222_2222_2222_2222) &- ones
    let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- ones
    let control = word &- 0x2020_2020_2020_2020
    return (quote | backslash | control | word) & 0x8080_8080_8080_8080
  }

  /// Checks the grammar of one escape and returns what follows it.
  @inline(never)
  private func scanEscape(_ position: UnsafePointer<UInt8>) throws -> UnsafePointer<UInt8> {
    guard end - position >= 2 else { throw fault("unterminated escape", at: position) }
    switch position[1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return position + 2
    case UInt8(ascii: "u"):
      guard hexadecimal(position + 2) != nil else {
        throw error(
          at: position, problem: "'\\u' is not followed by four hexadecimal digits",
          remedy: "Write '\\\\u' for a backslash")
      }
      return position + 6
    default:
      throw error(at: position, problem: "invalid escape in a string", remedy: "Write '\\\\' for a backslash")
    }
  }

  /// The value of four hexadecimal digits.
  private func hexadecimal(_ position: UnsafePointer<UInt8>) -> UInt32? {
    guard end - position >= 4 else { return nil }
    var value: UInt32 = 0
    for index in 0..<4 {
      let byte = position[index]
      let letter = (byte | 0x20) &- UInt8(ascii: "a")
      if byte &- UInt8(ascii: "0") < 10 {
        value = value << 4 | UInt32(byte &- UInt8(ascii: "0"))
      } else if letter < 6 {
        value = value << 4 | UInt32(letter + 10)
      } else {
        return nil
      }
    }
    return value
  }

  /// Copies a string whose escapes were checked into the arena, with its escapes undone.
  @inline(never)
  private func unescape(_ span: StringSpan) throws -> BorrowedText {
    // An escape is never shorter than what it stands for.
    let output = arena.allocate(span.count)
    var written = 0
    var position = span.start
    let limit = span.start + span.count
    while position < limit {
      let byte = position.pointee
      if byte != UInt8(ascii: "\\") {
        output[written] = byte
        written += 1
        position += 1
        continue
      }
      switch position[1] {
      case UInt8(ascii: "b"): output[written] = 0x08
      case UInt8(ascii: "f"): output[written] = 0x0C
      case UInt8(ascii: "n"): output[written] = 0x0A
      case UInt8(ascii: "r"): output[written] = 0x0D
      case UInt8(ascii: "t"): output[written] = 0x09
      case UInt8(ascii: "u"):
        let (scalar, length) = try unicodeEscape(position, limit)
        for unit in Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter {
          output[written] = unit
          written += 1
        }
        position += length
        continue
      default: output[written] = position[1]
      }
      written += 1
      position += 2
    }
    return BorrowedText(UnsafeRawBufferPointer(start: output, count: written))
  }

  /// The scalar of a `\uXXXX` escape or of a surrogate pair of them, and the bytes it takes.
  private func unicodeEscape(
    _ position: UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>
  ) throws -> (scalar: Unicode.Scalar, length: Int) {
    let unit = hexadecimal(position + 2) ?? 0
    if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
    if unit < 0xDC00, limit - position >= 12, position[6] == UInt8(ascii: "\\"), position[7] == UInt8(ascii: "u"),
      let low = hexadecimal(position + 8), low >= 0xDC00, low <= 0xDFFF,
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    {
      return (scalar, 12)
    }
    throw error(
      at: position, problem: "an escaped surrogate has no partner, so the text is not Unicode",
      remedy: "Write the file with a JSON library that escapes whole characters")
  }
}

/// A piece of an SQL text, as far as dialects tell pieces apart.
struct SQLToken {
  enum Kind {
    case space
    /// A keyword, or a name without quotation marks.
    case word
    case number
    /// `?1`
    case placeholder
    /// `'…'`
    case text
    /// `x'…'`
    case blob
    /// `"…"`
    case quotedName
    /// Anything else, one character.
    case symbol
  }

  let kind: Kind
  var text: String
  /// Of a word, in capitals.
  let keyword: String

  init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
    keyword = kind == .word ? text.uppercased() : ""
  }

  func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

  /// O(length).
  static func tokens(of sql: String) -> [SQLToken] {
    let bytes = Array(sql.utf8)
    var tokens: [SQLToken] = []
    var start = 0
    while start < bytes.count {
      let (kind, end) = next(bytes, start)
      tokens.append(SQLToken(kind, String(decoding: bytes[start..<end], as: UTF8.self)))
      start = end
    }
    return tokens
  }

  private static func next(_ bytes: [UInt8], _ start: Int) -> (Kind, end: Int) {
    func end(from: Int, while belongs: (UInt8) -> Bool) -> Int {
      var end = from
      while end < bytes.count, belongs(bytes[end]) { end += 1 }
      return end
    }
    let second = start + 1 < bytes.count ? bytes[start + 1] : 0
    switch bytes[start] {
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      return (.space, end(from: start) { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D })
    case UInt8(ascii: "?"): return (.placeholder, end(from: start + 1, while: isDigit))
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      return (bytes[start] == UInt8(ascii: "'") ? .text : .quotedName, closing(bytes, start))
    case UInt8(ascii: "x"), UInt8(ascii: "X"):
      if second == UInt8(ascii: "'") { return (.blob, closing(bytes, start + 1)) }
      return (.word, end(from: start, while: isName))
    case let first where isDigit(first):
      return (.number, end(from: start) { isDigit($0) || $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") })
    case let first where isName(first): return (.word, end(from: start, while: isName))
    default: return (.symbol, start + 1)
    }
  }

  /// Where a quotation ends; a quotation mark in it is doubled.
  private static func closing(_ bytes: [UInt8], _ start: Int) -> Int {
    var place = start + 1
    while place < bytes.count {
      if bytes[place] == bytes[start] {
        if place + 1 < bytes.count, bytes[place + 1] == bytes[start] { place += 1 } else { return place + 1 }
      }
      place += 1
    }
    return bytes.count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private static func isName(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}

extension [SQLToken] {
  var sql: String { map(\.text).joined() }

  /// Without the spaces at both ends.
  var trimmed: [SQLToken] {
    guard let first = firstIndex(where: { $0.kind != .space }), let last = lastIndex(where: { $0.kind != .space })
    else { return [] }
    return Array(self[first...last])
  }

  /// The first keywords, spaces left out.
  func begins(with keywords: String...) -> Bool {
    lazy.filter { $0.kind != .space }.prefix(keywords.count).map(\.keyword).elementsEqual(keywords)
  }

  /// The parts between commas that no parentheses enclose.
  var list: [[SQLToken]] {
    var (parts, depth): ([[SQLToken]], Int) = ([[]], 0)
    for token in self {
      if token.isSymbol("(") { depth += 1 }
      if token.isSymbol(")") { depth -= 1 }
      if depth == 0, token.isSymbol(",") { parts.append([]) } else { parts[parts.count - 1].append(token) }
    }
    return parts
  }

  /// The first parenthesis and the one that closes it.
  var parentheses: ClosedRange<Int>? {
    guard let open = firstIndex(where: { $0.isSymbol("(") }) else { return nil }
    var depth = 0
    for place in open..<count {
      if self[place].isSymbol("(") { depth += 1 }
      if self[place].isSymbol(")") { depth -= 1 }
      if depth == 0 { return open...place }
    }
    return nil
  }
}

import Records

/// What a score written as text is worth.
enum ScoreText {
  enum Meaning: Equatable {
    case value(Double)
    case missing
    /// `P`: partial credit where scores are C, I, P, N, but a pass where they are P and F.
    case letterP
    /// `C`, `I`: the letters that make `P` partial credit.
    case gradeLetter(Double)
    /// `F`: the letter that makes `P` a pass.
    case letterF
    case unknown
  }

  /// Words in lower case and what they are worth.
  private static let words: [(StaticString, Double)] = [
    ("true", 1), ("false", 0), ("pass", 1), ("fail", 0), ("passed", 1), ("failed", 0), ("yes", 1), ("no", 0),
    ("correct", 1), ("incorrect", 0), ("right", 1), ("wrong", 0), ("success", 1), ("failure", 0), ("t", 1), ("y", 1),
    ("n", 0), ("resolved", 1), ("unresolved", 0), ("succeeded", 1),
  ]

  private static let missingWords: [StaticString] = [
    "na", "n/a", "nan", "null", "none", "missing", "-", "<na>", "inf", "-inf",
  ]

  static func isMissing(_ text: UnsafeRawBufferPointer) -> Bool {
    text.isEmpty || missingWords.contains { equalsFolded(text, $0) } || text.allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// Whether a JSON number is one of Python's words for what is no number.
  static func isNotANumber(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let last = text.last else { return true }
    return last == UInt8(ascii: "y") || last == UInt8(ascii: "N")
  }

  /// Reads a score. Numbers are decimal, with a point; words are taken in any case.
  static func meaning(of text: UnsafeRawBufferPointer) -> Meaning {
    if let first = text.first,
      first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10 || first == UInt8(ascii: "."),
      let value = number(text)
    {
      return .value(value)
    }
    let trimmed = trim(text)
    if trimmed.count == 1 {
      switch trimmed[0] {
      case UInt8(ascii: "C"): return .gradeLetter(1)
      case UInt8(ascii: "I"): return .gradeLetter(0)
      case UInt8(ascii: "P"): return .letterP
      case UInt8(ascii: "F"): return .letterF
      default: break
      }
    }
    for (word, value) in words where equalsFolded(trimmed, word) { return .value(value) }
    if isMissing(trimmed) { return .missing }
    if let value = number(trimmed) { return .value(value) }
    return .unknown
  }

  private static func trim(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var rest = text[...]
    while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
    while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
    return UnsafeRawBufferPointer(rebasing: rest)
  }

  private static func equalsFolded(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    guard text.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<text.count {
      let byte = text[index]
      let folded = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
      if folded != word.utf8Start[index] { return false }
    }
    return true
  }

  /// A decimal number such as `-0.5`, `+1`, `.25`, `1e-3`; nil when the text is anything else or too large for a double.
  static func number(_ text: UnsafeRawBufferPointer) -> Double? {
    var index = 0
    var isNegative = false
    if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      isNegative = first == UInt8(ascii: "-")
      index = 1
    }
    var digits: UInt64? = 0
    var exponent = 0
    var digitCount = 0
    var isFraction = false
    while index < text.count {
      let byte = text[index]
      let digit = byte &- UInt8(ascii: "0")
      if digit < 10 {
        if let value = digits { digits = value < 900_000_000_000_000_000 ? value * 10 + UInt64(digit) : nil }
        digitCount += 1
        if isFraction { exponent -= 1 }
      } else if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else {
        break
      }
      index += 1
    }
    guard digitCount > 0 else { return nil }
    if index < text.count {
      guard text[index] | 0x20 == UInt8(ascii: "e"), let power = integer(text, from: index + 1) else { return nil }
      exponent += power
    }
    if let value = DecimalNumber.exact(digits: digits, exponent: exponent, isNegative: isNegative) { return value }
    let value = DecimalNumber.nearest(to: text)
    return value.isFinite ? value : nil
  }

  /// A signed integer that takes the rest of the text, clamped far beyond what a double's exponent can be.
  private static func integer(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var index = start
    var isNegative = false
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    guard index < text.count else { return nil }
    var value = 0
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = min(value * 10 + Int(digit), 1 << 32)
      index += 1
    }
    return isNegative ? -value : value
  }
}

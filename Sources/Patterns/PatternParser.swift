/// Reads a pattern from left to right.
struct PatternParser {
  private let bytes: [UInt8]
  private var place = 0
  private var depth = 0
  /// Repeats are written out: together they may not become more than this.
  private static let mostRepeats = 256
  private static let deepest = 32
  static let longest = 1_024

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  mutating func parse() throws(Pattern.Fault) -> PatternNode {
    guard bytes.count <= PatternParser.longest else { throw fault("is longer than \(PatternParser.longest) bytes") }
    let node = try alternatives()
    guard place == bytes.count else { throw fault("has a ')' without its '('") }
    return node
  }

  private func fault(_ problem: String) -> Pattern.Fault { Pattern.Fault(offset: place, problem: problem) }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard place + count <= bytes.count else { return false }
    for index in 0..<count where bytes[place + index] != text.utf8Start[index] { return false }
    place += count
    return true
  }

  private mutating func alternatives() throws(Pattern.Fault) -> PatternNode {
    var choices = [try sequence()]
    while take("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .alternatives(choices)
  }

  private mutating func sequence() throws(Pattern.Fault) -> PatternNode {
    var parts: [PatternNode] = []
    while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      let atom = try atom()
      parts.append(try repeats(of: atom))
    }
    return .sequence(parts)
  }

  private mutating func repeats(of atom: PatternNode) throws(Pattern.Fault) -> PatternNode {
    var bounds: (least: Int, most: Int?)?
    if take("?") {
      bounds = (0, 1)
    } else if take("*") {
      bounds = (0, nil)
    } else if take("+") {
      bounds = (1, nil)
    } else if next == UInt8(ascii: "{") {
      bounds = try braces()
    }
    guard let bounds else { return atom }
    switch atom {
    case .start, .end, .wordBoundary, .look: throw fault("repeats something that has no length")
    default: break
    }
    // A lazy repeat finds the same names; a possessive one may not.
    _ = take("?")
    if let byte = next, "+*{".utf8.contains(byte) { throw fault("repeats a repeat") }
    return .repeated(atom, least: bounds.least, most: bounds.most)
  }

  private mutating func braces() throws(Pattern.Fault) -> (Int, Int?) {
    place += 1
    guard let least = number() else { throw fault("expects a number after '{'") }
    var most: Int? = least
    if take(",") { most = number() }
    guard take("}") else { throw fault("expects a '}'") }
    guard least <= most ?? least, max(least, most ?? 0) <= PatternParser.mostRepeats else {
      throw fault("repeats more often than \(PatternParser.mostRepeats) times, or less than it begins with")
    }
    return (least, most)
  }

  private mutating func number() -> Int? {
    let first = place
    var value = 0
    while let byte = next, ByteSet.digits.contains(byte), value < 100_000 {
      value = value * 10 + Int(byte - 0x30)
      place += 1
    }
    return place > first ? value : nil
  }

  private mutating func atom() throws(Pattern.Fault) -> PatternNode {
    guard let byte = next else { throw fault("ends too early") }
    switch byte {
    case UInt8(ascii: "("): return try group()
    case UInt8(ascii: "["): return .bytes(try set())
    case UInt8(ascii: "\\"): return try escape()
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
      throw fault("repeats nothing")
    default: break
    }
    place += 1
    switch byte {
    case UInt8(ascii: "."): return .bytes(.any)
    case UInt8(ascii: "^"): return .start
    case UInt8(ascii: "$"): return .end
    default: return .bytes(ByteSet(byte))
    }
  }

  private mutating func group() throws(Pattern.Fault) -> PatternNode {
    guard depth < PatternParser.deepest else { throw fault("nests deeper than \(PatternParser.deepest)") }
    depth += 1
    defer { depth -= 1 }
    let isAhead = take("(?=")
    let isNegative = !isAhead && take("(?!")
    if !isAhead, !isNegative, !take("(?:") {
      place += 1
      if next == UInt8(ascii: "?") { throw fault("has a group of a kind that is not read") }
    }
    let inside = try alternatives()
    guard take(")") else { throw fault("has a '(' without its ')'") }
    // Each look costs another run at every place: looks within looks would multiply.
    if isAhead || isNegative, inside.looks { throw fault("looks ahead while it looks ahead") }
    return isAhead || isNegative ? .look(inside, isNegative: isNegative) : inside
  }

  private mutating func escape() throws(Pattern.Fault) -> PatternNode {
    if take("\\b") { return .wordBoundary(true) }
    if take("\\B") { return .wordBoundary(false) }
    return .bytes(try escapedSet())
  }

  private mutating func escapedSet() throws(Pattern.Fault) -> ByteSet {
    place += 1
    guard let byte = next else { throw fault("ends in a '\\'") }
    let set: ByteSet
    switch byte {
    case UInt8(ascii: "d"): set = .digits
    case UInt8(ascii: "D"): set = ByteSet.digits.inverted
    case UInt8(ascii: "w"): set = .word
    case UInt8(ascii: "W"): set = ByteSet.word.inverted
    case UInt8(ascii: "s"): set = .space
    case UInt8(ascii: "S"): set = ByteSet.space.inverted
    case let byte where ByteSet.word.contains(byte) || byte >= 0x80:
      throw fault("has an escape that is not read")
    default: set = ByteSet(byte)
    }
    place += 1
    return set
  }

  private mutating func set() throws(Pattern.Fault) -> ByteSet {
    place += 1
    let isInverted = take("^")
    var set = ByteSet()
    var isFirst = true
    while let byte = next, byte != UInt8(ascii: "]") || isFirst {
      isFirst = false
      if byte == UInt8(ascii: "\\") {
        set = set.union(try escapedSet())
        continue
      }
      guard byte < 0x80 else { throw fault("has a letter beyond ASCII in a class") }
      place += 1
      // A '-' at the end of a class is itself.
      guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "-"), bytes[place + 1] != UInt8(ascii: "]") else {
        set.insert(byte...byte)
        continue
      }
      let last = bytes[place + 1]
      guard last >= byte, last < 0x80, last != UInt8(ascii: "\\") else { throw fault("has a range that is none") }
      set.insert(byte...last)
      place += 2
    }
    guard take("]") else { throw fault("has a '[' without its ']'") }
    return isInverted ? set.inverted : set
  }
}

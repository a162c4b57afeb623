extension JSONValue {
  /// Why a text is not JSON.
  public struct Malformed: Error, Hashable, CustomStringConvertible {
    /// Bytes of UTF-8 before the place where reading stopped.
    public let offset: Int
    /// What is wrong, in lower case, without a full stop.
    public let problem: String
    /// Whether other readers may take it: a repeated key, too many levels, too large a number, half a surrogate. What comes after
    /// it was not read.
    public var isDisputed = false
    public var description: String { "byte \(offset): \(problem)" }
  }

  /// How deep arrays and objects may be nested.
  public static let deepestNesting = 128

  /// Reads one document, strictly by RFC 8259: nothing but white space around it, no byte order mark, no repeated
  /// keys, no lone surrogates, no numbers beyond the range of a `Double`, at most 128 levels.
  ///
  /// O(n) in the length of the text.
  public init(parsing text: String) throws(Malformed) {
    var text = text
    self = try text.withUTF8(JSONParser.document).get()
  }

  /// Reads one document from bytes, which must be UTF-8.
  public init(parsing bytes: some Sequence<UInt8>) throws(Malformed) {
    let bytes = Array(bytes)
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw Malformed(offset: JSONParser.validPrefix(bytes), problem: "invalid UTF-8")
    }
    self = try bytes.withUnsafeBufferPointer(JSONParser.document).get()
  }
}

/// Reads JSON from front to back. The bytes are valid UTF-8, and stay where they are while it reads them.
private struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  static func document(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONValue.Malformed> {
    var parser = JSONParser(bytes: bytes)
    return Result { () throws(JSONValue.Malformed) in try parser.document() }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  static func validPrefix(_ bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var source = bytes.makeIterator()
    var valid = 0
    while case .scalarValue(let scalar) = decoder.decode(&source) { valid += UTF8.width(scalar) }
    return valid
  }

  private mutating func document() throws(JSONValue.Malformed) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard place == bytes.count else { throw wrong("expected the end of the text after the value") }
    return value
  }

  private func wrong(
    _ problem: String, at offset: Int? = nil, isDisputed: Bool = false
  ) -> JSONValue.Malformed {
    JSONValue.Malformed(offset: offset ?? place, problem: problem, isDisputed: isDisputed)
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard let byte = next, UInt32(byte) == character.value else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
    skipSpace()
    guard depth <= JSONValue.deepestNesting else {
      throw wrong("nested deeper than \(JSONValue.deepestNesting) levels", isDisputed: true)
    }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), .some(0x30...0x39): return try number()
    default:
      if word("null") { return .null }
      if word("true") { return .bool(true) }
      if word("false") { return .bool(false) }
      throw wrong(next == nil ? "expected a value, found the end" : "expected a value")
    }
  }

  private mutating func word(_ word: StaticString) -> Bool {
    word.withUTF8Buffer { letters in
      guard bytes[place...].starts(with: letters) else { return false }
      place += letters.count
      return true
    }
  }

  private mutating func array(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
    place += 1
    skipSpace()
    if skip("]") { return .array([]) }
    var elements: [JSONValue] = []
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if skip("]") { return .array(elements) }
      guard skip(",") else { throw wrong("expected ',' or ']'") }
    }
  }

  private mutating func object(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
    place += 1
    skipSpace()
    if skip("}") { return .object(JSONObject()) }
    var members: [JSONObject.Member] = []
    members.reserveCapacity(JSONParser.usualKeys)
    // Few keys are compared faster than they are hashed.
    var seen: Set<String> = []
    while true {
      skipSpace()
      let start = place
      guard next == UInt8(ascii: "\"") else { throw wrong("expected a key in quotes") }
      let key = try string()
      let isNew: Bool
      if members.count < JSONParser.comparedKeys {
        isNew = !members.contains { $0.key == key }
      } else {
        if seen.isEmpty { seen = Set(members.map(\.key)) }
        isNew = seen.insert(key).inserted
      }
      guard isNew else { throw wrong("the key \"\(key)\" is repeated", at: start, isDisputed: true) }
      skipSpace()
      guard skip(":") else { throw wrong("expected ':' after a key") }
      members.append(JSONObject.Member(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      if skip("}") { return .object(JSONObject(unique: members)) }
      guard skip(",") else { throw wrong("expected ',' or '}'") }
    }
  }

  private static let comparedKeys = 16
  /// Room for so many from the start, so that most objects are not moved while they grow.
  private static let usualKeys = 6

  private mutating func number() throws(JSONValue.Malformed) -> JSONValue {
    let start = place
    _ = skip("-")
    let first = place
    guard skipDigits() else { throw wrong("expected a digit") }
    if bytes[first] == 0x30, place > first + 1 { throw wrong("a number may not begin with 0", at: first) }
    var isInteger = true
    if skip(".") {
      isInteger = false
      guard skipDigits() else { throw wrong("expected a digit after the point") }
    }
    if skip("e") || skip("E") {
      isInteger = false
      if !skip("+") { _ = skip("-") }
      guard skipDigits() else { throw wrong("expected a digit in the exponent") }
    }
    if isInteger, let value = JSONParser.integer(bytes[start..<place]) { return .integer(value) }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw wrong("the number is too large", at: start, isDisputed: true)
    }
    return .number(value)
  }

  /// The number that digits are, after a sign or none; nil for -0, which is none of the integers, and beyond 64 bits.
  private static func integer(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
    let isNegative = digits.first == UInt8(ascii: "-")
    var value: Int64 = 0
    for digit in digits.dropFirst(isNegative ? 1 : 0) {
      let (tens, overflows) = value.multipliedReportingOverflow(by: 10)
      let unit = Int64(digit - 0x30)
      let (sum, exceeds) = isNegative ? tens.subtractingReportingOverflow(unit) : tens.addingReportingOverflow(unit)
      guard !overflows, !exceeds else { return nil }
      value = sum
    }
    return isNegative && value == 0 ? nil : value
  }

  private mutating func skipDigits() -> Bool {
    let start = place
    while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
    return place > start
  }

  private mutating func string() throws(JSONValue.Malformed) -> String {
    place += 1
    // What was read between escapes is taken over at once; most strings have none.
    var start = place
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        let rest = UnsafeBufferPointer(rebasing: bytes[start..<place])
        place += 1
        return text.isEmpty ? String(decoding: rest, as: UTF8.self) : String(decoding: text + rest, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text.append(contentsOf: bytes[start..<place])
        try text.append(contentsOf: escape())
        start = place
      case 0..<0x20: throw wrong("a control character in a string must be escaped")
      default: place += 1
      }
    }
    throw wrong("expected '\"' at the end of a string, found the end")
  }

  private mutating func escape() throws(JSONValue.Malformed) -> [UInt8] {
    let start = place
    place += 1
    guard let byte = next else { throw wrong("expected an escape, found the end") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "u"):
      var code = try codeUnit()
      if (0xD800..<0xDC00).contains(code), skip("\\"), skip("u") {
        let low = try codeUnit()
        guard (0xDC00..<0xE000).contains(low) else {
          throw wrong("a surrogate without its pair", at: start, isDisputed: true)
        }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw wrong("a surrogate without its pair", at: start, isDisputed: true)
      }
      return Array(String(Character(scalar)).utf8)
    default: throw wrong("unknown escape", at: start)
    }
  }

  private mutating func codeUnit() throws(JSONValue.Malformed) -> UInt32 {
    guard place + 4 <= bytes.count else { throw wrong("expected four hexadecimal digits") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[place])).hexDigitValue else {
        throw wrong("expected four hexadecimal digits")
      }
      code = code << 4 + UInt32(digit)
      place += 1
    }
    return code
  }
}

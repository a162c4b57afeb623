import Records

/// What fields mean: each getter gives nil for an absent or null field and throws, with the place, for one of another kind.
struct RecordValues<Key: RecordKey> {
  let fields: RecordFields<Key>
  private var texts: [LastString]
  private var documents: [RecentValues<String>]
  private var tags = RecentValues<Tags>()
  private var instants: [RecentValues<Instant>]

  init(_ fields: RecordFields<Key>) {
    self.fields = fields
    texts = Array(repeating: LastString(), count: Key.allCases.count)
    documents = Array(repeating: RecentValues(), count: Key.allCases.count)
    instants = Array(repeating: RecentValues(), count: Key.allCases.count)
  }

  // MARK: Texts

  /// A text; a number or a truth value counts as it is written.
  mutating func text(_ key: Key) throws -> String? {
    guard let field = fields[key] else { return nil }
    switch field.kind {
    case .string, .number, .boolean: return texts[key.rawValue].string(of: field.text)
    default: throw fields.wrong(key, "a text")
    }
  }

  /// A text that the record must have.
  mutating func required(_ key: Key) throws -> String {
    guard let text = try text(key) else { throw fields.missing(key) }
    if text.isEmpty { throw fields.wrong(key, "a text that is not empty") }
    return text
  }

  /// A text that identifies: an empty one is none.
  mutating func name(_ key: Key) throws -> String? {
    guard let text = try text(key) else { return nil }
    if text.isEmpty { throw fields.wrong(key, "a text that is not empty, or leave the key out") }
    return text
  }

  mutating func choice(_ key: Key, of choices: Set<String>) throws -> String {
    let text = try required(key)
    if choices.contains(text) { return text }
    let listing = choices.sorted().joined(separator: ", ")
    let nearest = NearestName.nearest(to: text, in: choices.sorted()).map { " (do you mean '\($0)'?)" } ?? ""
    throw fields.wrong(key, "one of \(listing)\(nearest)")
  }

  /// 64 hexadecimal digits, given in lower case.
  mutating func sha256(_ key: Key) throws -> String? {
    guard let text = try text(key) else { return nil }
    guard text.utf8.count == 64, text.utf8.allSatisfy({ $0.isHexadecimalDigit }) else {
      throw fields.wrong(key, "the 64 hexadecimal digits of a SHA-256")
    }
    return text.lowercased()
  }

  /// 64 hexadecimal digits, given in lower case, or whatever a source has in their place.
  mutating func digestOrName(_ key: Key) throws -> String? {
    guard let text = try name(key) else { return nil }
    return text.utf8.count == 64 && text.utf8.allSatisfy { $0.isHexadecimalDigit } ? text.lowercased() : text
  }

  // MARK: Numbers

  /// A number; `NaN` is a missing one.
  func real(_ key: Key) throws -> Double? {
    guard let field = fields[key] else { return nil }
    guard field.kind == .number else { throw fields.wrong(key, "a number") }
    if ScoreText.isNotANumber(field.text.bytes) { return nil }
    guard let value = ScoreText.number(field.text.bytes) else { throw fields.wrong(key, "a number that fits a double") }
    return value
  }

  func share(_ key: Key) throws -> Double? {
    guard let value = try real(key) else { return nil }
    guard (0...1).contains(value) else { throw fields.wrong(key, "a share from 0 to 1") }
    return value
  }

  /// A duration or another amount that is never negative.
  func amount(_ key: Key) throws -> Double? {
    guard let value = try real(key) else { return nil }
    guard value >= 0 else { throw fields.wrong(key, "a number that is not negative") }
    return value
  }

  /// A whole number that is not negative; `12.0` is one too.
  func count(_ key: Key) throws -> Int64? {
    guard let field = fields[key] else { return nil }
    guard field.kind == .number, let value = NumberText.whole(field.text.bytes), value >= 0 else {
      throw fields.wrong(key, "a whole number, 0 or more")
    }
    return value
  }

  /// A whole number.
  func integer(_ key: Key) throws -> Int64? {
    guard let field = fields[key] else { return nil }
    guard field.kind == .number, let value = NumberText.whole(field.text.bytes) else {
      throw fields.wrong(key, "a whole number")
    }
    return value
  }

  func flag(_ key: Key) throws -> Bool? {
    guard let field = fields[key] else { return nil }
    guard field.kind == .boolean else { throw fields.wrong(key, "true or false") }
    return field.text.equals("true")
  }

  /// US dollars, from the digits as they are written.
  func dollars(_ key: Key) throws -> Money? {
    try money(key, "an amount in US dollars such as \"0.0025\"").flatMap { Money(units: $0, currency: "USD") }
  }

  /// An amount of money in 10⁻¹² of its currency, from the digits as they are written.
  func money(_ key: Key, _ expected: String = "an amount such as \"0.0025\"") throws -> Int128? {
    guard let field = fields[key] else { return nil }
    guard field.kind == .string || field.kind == .number, let units = MoneyText.units(field.text.bytes) else {
      throw fields.wrong(key, expected)
    }
    return units
  }

  // MARK: Times

  /// RFC 3339, or whole nanoseconds since 1970.
  mutating func time(_ key: Key) throws -> Instant? {
    guard let field = fields[key] else { return nil }
    let fields = self.fields
    return try instants[key.rawValue].value(of: field.text) { text in
      switch field.kind {
      case .string:
        if let instant = Instant(text.string) { return instant }
      case .number:
        if let nanoseconds = NumberText.whole(text.bytes) { return Instant(nanoseconds: nanoseconds) }
      default: break
      }
      throw fields.wrong(key, "a time such as \"2026-03-01T12:00:00Z\", or whole nanoseconds since 1970")
    }
  }

  // MARK: Documents

  mutating func tags(_ key: Key) throws -> Tags {
    guard let field = fields[key] else { return Tags() }
    let fields = self.fields
    guard field.kind == .object else { throw fields.wrong(key, "an object of texts") }
    return try tags.value(of: field.text) { text in
      guard case .object(let object) = try fields.parsed(key, text) else { return Tags() }
      return Tags(
        try object.members.map { member in
          guard let value = member.value.text else {
            throw fields.wrong(
              inside: key, text, "the tag '\(member.key)' is no text", "Write its value in double quotes")
          }
          return (member.key, value)
        })
    }
  }

  /// The canonical text of an object; nil for an empty one too.
  mutating func object(_ key: Key) throws -> String? {
    guard let field = fields[key] else { return nil }
    guard field.kind == .object else { throw fields.wrong(key, "an object") }
    let text = try canonical(key, field.text)
    return text == "{}" ? nil : text
  }

  /// The canonical text of a list.
  mutating func list(_ key: Key) throws -> String? {
    guard let field = fields[key] else { return nil }
    guard field.kind == .array else { throw fields.wrong(key, "a list") }
    return try canonical(key, field.text)
  }

  /// The canonical text of any value.
  mutating func document(_ key: Key) throws -> String? {
    guard let field = fields[key] else { return nil }
    switch field.kind {
    case .object, .array: return try canonical(key, field.text)
    default:
      guard let text = try text(key) else { return nil }
      // Texts, truth values and numbers are texts here, as they are in all other fields.
      return try? JSONValue.string(text).canonical()
    }
  }

  /// A list of objects or texts, as values.
  func elements(_ key: Key) throws -> [JSONValue] {
    guard let field = fields[key] else { return [] }
    guard field.kind == .array else { throw fields.wrong(key, "a list") }
    return try fields.parsed(key, field.text).elements
  }

  func texts(_ key: Key) throws -> [String] {
    try elements(key).map { element in
      guard let text = element.text else { throw fields.wrong(key, "a list of texts") }
      return text
    }
  }

  private mutating func canonical(_ key: Key, _ text: BorrowedText) throws -> String {
    let fields = self.fields
    return try documents[key.rawValue].value(of: text) { text in
      let value = try fields.parsed(key, text)
      do throws(JSONValue.Unrepresentable) { return try value.canonical() } catch {
        throw fields.wrong(inside: key, text, error.description, "Write such numbers as text")
      }
    }
  }
}

extension RecordFields {
  /// The value of an object or a list.
  fileprivate func parsed(_ key: Key, _ text: BorrowedText) throws -> JSONValue {
    do throws(JSONValue.Malformed) { return try JSONValue(parsing: text.bytes) } catch {
      let place = BorrowedText(UnsafeRawBufferPointer(rebasing: text.bytes[min(error.offset, text.bytes.count)...]))
      throw wrong(inside: key, place, error.problem, "See RFC 8259; write NaN as null")
    }
  }

  fileprivate func wrong(inside key: Key, _ place: BorrowedText, _ problem: String, _ remedy: String) -> IntakeError {
    input.error(at: place, orAtOffset: offset, problem: "in '\(name(key))', \(problem)", remedy: remedy)
  }
}

/// Whole numbers from text.
enum NumberText {
  /// The value of `12`, `-3`, `12.0` or `1e3`; nil when it is not whole or does not fit.
  static func whole(_ text: UnsafeRawBufferPointer) -> Int64? {
    var value: Int64 = 0
    var index = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < text.count else { return nil }
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return ScoreText.number(text).flatMap { Int64(exactly: $0) } }
      let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (next, overflow) = tenfold.subtractingReportingOverflow(Int64(digit))
      if tooLarge || overflow { return nil }
      value = next
      index += 1
    }
    // Counted downwards, since the least number has no positive counterpart.
    if isNegative { return value }
    return value == .min ? nil : -value
  }
}

extension UInt8 {
  fileprivate var isHexadecimalDigit: Bool {
    self &- UInt8(ascii: "0") < 10 || (self | 0x20) &- UInt8(ascii: "a") < 6
  }
}

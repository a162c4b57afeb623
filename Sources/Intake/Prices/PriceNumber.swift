import Pricing
import Records

/// Reads a price from the digits that were written.
enum PriceNumber {
  /// What a number in a table is the price of.
  enum Per: Int {
    case one = 18
    case thousand = 15
    case million = 12

    var words: String {
      switch self {
      case .one: "one"
      case .thousand: "a thousand"
      case .million: "a million"
      }
    }
  }

  /// A number, also in quotes; nil for `null`.
  /// - Throws: `IntakeError` for anything else, for a price below 0, and above a million for one.
  static func read(_ reader: inout JSONReader, _ key: String, per: Per) throws -> UnitPrice? {
    let kind = try reader.peek()
    let offset = reader.offset
    let text: BorrowedText
    switch kind {
    case .null:
      try reader.readNull()
      return nil
    case .number: text = try reader.readNumberText()
    case .string: text = try reader.readString()
    default:
      throw reader.error(
        atOffset: offset, problem: "\(key) must be a price, found \(name(kind))", remedy: "Write a number of dollars")
    }
    guard let units = MoneyText.units(text.bytes, decimals: per.rawValue) else {
      throw reader.error(
        atOffset: offset, problem: "\(key) must be a price, found '\(text.string.prefix(40))'",
        remedy: "Write a number of dollars for \(per.words)")
    }
    guard let price = UnitPrice(unitsPerMillion: units) else {
      throw reader.error(
        atOffset: offset, problem: "\(key) is no price: \(text.string.prefix(40)) dollars for \(per.words)",
        remedy: units < 0 ? "A price is not negative" : "Check for how many tokens it is meant")
    }
    return price
  }

  /// A whole number of tokens.
  static func readTokens(_ reader: inout JSONReader, _ key: String) throws -> Int64 {
    let kind = try reader.peek()
    let offset = reader.offset
    guard kind == .number, let tokens = ValueTape.plainInteger(try reader.readNumberText().bytes), tokens >= 0 else {
      throw reader.error(atOffset: offset, problem: "\(key) must be a whole number of tokens, not negative")
    }
    return tokens
  }

  static func name(_ kind: JSONReader.Kind) -> String {
    switch kind {
    case .object: "an object"
    case .array: "a list"
    case .string: "a text"
    case .number: "a number"
    case .boolean: "true or false"
    case .null: "null"
    case .end: "end of file"
    }
  }
}

extension JSONReader {
  /// A text that a table must have.
  mutating func requireText(_ key: String) throws -> String {
    let kind = try peek()
    guard kind == .string else {
      throw error(atOffset: offset, problem: "\(key) must be a text, found \(PriceNumber.name(kind))")
    }
    let offset = offset
    let text = try readString().string
    if text.isEmpty { throw error(atOffset: offset, problem: "\(key) is empty") }
    return text
  }

  /// Steps into an object that a table must have.
  mutating func requireObject(_ key: String) throws {
    let kind = try peek()
    guard kind == .object else {
      throw error(atOffset: offset, problem: "\(key) must be an object, found \(PriceNumber.name(kind))")
    }
    try enterObject()
  }

  /// Steps into a list that a table must have.
  mutating func requireArray(_ key: String) throws {
    let kind = try peek()
    guard kind == .array else {
      throw error(atOffset: offset, problem: "\(key) must be a list, found \(PriceNumber.name(kind))")
    }
    try enterArray()
  }
}

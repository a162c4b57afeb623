import Records

extension JSONReader {
  /// Reads what identifies or groups: a string, a number as it is written, `true` or `false`; nil for `null`.
  ///
  /// - Throws: `IntakeError` naming `what` for an object or an array, which have no single spelling.
  mutating func readLabel(_ what: @autoclosure () -> String) throws -> BorrowedText? {
    switch try peek() {
    case .string: return try readString()
    case .number: return try readNumberToken().text
    case .boolean:
      let word: StaticString = try readBool() ? "true" : "false"
      return BorrowedText(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    case .null:
      try readNull()
      return nil
    case .object, .array:
      throw error(
        atOffset: offset, problem: "\(what()) is \(try peek() == .object ? "an object" : "a list")",
        remedy: "Name a field that holds a text, a number or a boolean")
    case .end: throw error(atOffset: offset, problem: "expected \(what()), found end of file")
    }
  }

  /// Reads a string as an owned copy; nil, and skipped, if the value is anything else.
  mutating func readStringIfAny() throws -> String? {
    guard try peek() == .string else {
      try skipValue()
      return nil
    }
    return try readString().string
  }

  /// Reads a number; nil, and skipped, if the value is anything else.
  mutating func readNumberIfAny() throws -> Double? {
    guard try peek() == .number else {
      try skipValue()
      return nil
    }
    return try readNumber()
  }

  /// Steps into an object; false, and skipped, if the value is anything else.
  mutating func enterObjectIfAny() throws -> Bool {
    guard try peek() == .object else {
      try skipValue()
      return false
    }
    try enterObject()
    return true
  }

  /// Steps into an array; false, and skipped, if the value is anything else.
  mutating func enterArrayIfAny() throws -> Bool {
    guard try peek() == .array else {
      try skipValue()
      return false
    }
    try enterArray()
    return true
  }
}

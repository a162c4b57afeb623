public import Records

extension JSONReader {
  /// An error at a byte offset of the input, such as an `offset` that was kept before a value was read.
  @inline(never)
  public func error(atOffset offset: Int, problem: String, remedy: String? = nil) -> IntakeError {
    let position = TextPosition(of: offset, in: UnsafeRawBufferPointer(start: start, count: end - start))
    return IntakeError(file: name, line: position.line, column: position.column, problem: problem, remedy: remedy)
  }

  func error(at position: UnsafePointer<UInt8>, problem: String, remedy: String? = nil) -> IntakeError {
    error(atOffset: position - start, problem: problem, remedy: remedy)
  }

  /// An error at a text that was borrowed from this reader's input; at the cursor if it had escapes.
  public func error(at text: BorrowedText, problem: String, remedy: String? = nil) -> IntakeError {
    guard let base = text.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), base >= start, base <= end else {
      return error(at: cursor, problem: problem, remedy: remedy)
    }
    return error(at: base, problem: problem, remedy: remedy)
  }

  @inline(never)
  func unexpected(_ expected: StaticString) -> IntakeError {
    error(at: cursor, problem: "expected \(expected), found \(found(cursor))", remedy: remedy(cursor))
  }

  @inline(never)
  func fault(_ problem: StaticString) -> IntakeError {
    error(at: cursor, problem: "\(problem), found \(found(cursor))", remedy: remedy(cursor))
  }

  @inline(never)
  func fault(_ problem: StaticString, at position: UnsafePointer<UInt8>) -> IntakeError {
    error(at: position, problem: "\(problem)", remedy: remedy(end))
  }

  private func remedy(_ position: UnsafePointer<UInt8>) -> String? {
    position == end ? "The file is cut off: write or copy it again" : nil
  }

  /// A byte as a person would name it.
  private func found(_ position: UnsafePointer<UInt8>) -> String {
    guard position < end else { return "end of file" }
    let byte = position.pointee
    if byte == 0x0A || byte == 0x0D { return "end of line" }
    if byte > 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
    let length = byte < 0x80 ? 0 : UTF8Check.sequenceLength(position, end)
    if length > 0 {
      return "'\(String(decoding: UnsafeRawBufferPointer(start: position, count: length), as: UTF8.self))'"
    }
    let digits = String(byte, radix: 16, uppercase: true)
    return "byte 0x\(digits.count < 2 ? "0" : "")\(digits)"
  }

  @inline(never)
  func tooDeep() -> IntakeError {
    error(at: cursor, problem: "nested deeper than \(JSONReader.maximumDepth) levels")
  }

  @inline(never)
  func trailingComma() -> IntakeError {
    error(at: cursor, problem: "a comma is followed by the end of its list", remedy: "Remove the comma")
  }

  @inline(never)
  func unterminated(_ quote: UnsafePointer<UInt8>) -> IntakeError {
    error(
      at: quote, problem: "a string has no end, found end of file",
      remedy: "The file is cut off: write or copy it again")
  }

  @inline(never)
  func controlCharacter(_ position: UnsafePointer<UInt8>) -> IntakeError {
    error(
      at: position, problem: "an unescaped control character in a string: \(found(position))",
      remedy: "Write it as an escape such as '\\n', or close the string before it")
  }

  @inline(never)
  func notUTF8(_ position: UnsafePointer<UInt8>) -> IntakeError {
    error(at: position, problem: "not UTF-8: \(found(position))", remedy: "Convert the file to UTF-8")
  }

  @inline(never)
  func leadingZero(_ position: UnsafePointer<UInt8>) -> IntakeError {
    error(at: position, problem: "a number starts with a zero", remedy: "Remove the zero, or quote an identifier")
  }

  @inline(never)
  func tooLarge(_ text: BorrowedText) -> IntakeError {
    error(at: text, problem: "the number \(text.string.prefix(40)) is too large for a double")
  }
}

import Records

/// A whole input as text, to say where in it something is wrong.
struct InputText {
  let name: String
  let bytes: UnsafeRawBufferPointer

  func error(atOffset offset: Int, problem: String, remedy: String? = nil) -> IntakeError {
    let position = TextPosition(of: offset, in: bytes)
    return IntakeError(file: name, line: position.line, column: position.column, problem: problem, remedy: remedy)
  }

  /// An error at a text that lies in the input; at `fallback` if it was unescaped into memory of its own.
  func error(at text: BorrowedText, orAtOffset fallback: Int, problem: String, remedy: String? = nil) -> IntakeError {
    var offset = fallback
    if let place = text.bytes.baseAddress, let base = bytes.baseAddress, place >= base, place <= base + bytes.count {
      offset = place - base
    }
    return error(atOffset: offset, problem: problem, remedy: remedy)
  }
}

import Records

/// Words that evaluation tools write instead of a number.
enum ScoreWord {
  /// The value of a word; nil for any other word.
  ///
  /// Inspect's own conversion (`inspect_ai.scorer.value_to_float`): C, I, P and N are correct, incorrect, partially
  /// correct and no answer; yes, no, true and false in any case; and numbers written as text.
  static func value(_ text: BorrowedText) -> Double? {
    let bytes = text.bytes
    if bytes.count == 1 {
      switch bytes[0] {
      case UInt8(ascii: "C"): return 1
      case UInt8(ascii: "I"), UInt8(ascii: "N"): return 0
      case UInt8(ascii: "P"): return 0.5
      default: break
      }
    }
    if isWord(bytes, "yes") || isWord(bytes, "true") { return 1 }
    if isWord(bytes, "no") || isWord(bytes, "false") { return 0 }
    guard let first = bytes.first, bytes.count <= 64, first &- UInt8(ascii: "0") < 10 || first == UInt8(ascii: "-")
    else { return nil }
    var reader = JSONReader(bytes: bytes, name: "")
    guard let number = try? reader.readNumber(), reader.isAtEnd else { return nil }
    return number
  }

  /// Whether the bytes are `word`, which is in lower case, in any case.
  private static func isWord(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for index in bytes.indices where bytes[index] | 0x20 != word.utf8Start[index] { return false }
    return true
  }
}

import Records

/// What a text was last made into: neighbouring rows mostly share their suite, their tags, their time, so that comparing
/// bytes saves making a value of them anew.
struct LastValue<Value> {
  private var bytes: [UInt8] = []
  private var value: Value?

  @inline(__always)
  mutating func value(of text: BorrowedText, _ make: (BorrowedText) throws -> Value) rethrows -> Value {
    if let value, bytes.withUnsafeBytes({ text.equals($0) }) { return value }
    let made = try make(text)
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: text.bytes)
    value = made
    return made
  }
}

extension LastValue<String> {
  /// The text as a string that is shared while it stays the same.
  @inline(__always)
  mutating func string(of text: BorrowedText) -> String {
    // As long a text is kept in the string itself and costs no allocation.
    if text.bytes.count <= 15 { return text.string }
    return value(of: text) { $0.string }
  }
}

// The tables of Unicode normalisation are in the standard library, but only Foundation has a public name for them.
@_spi(_Unicode) import Swift

/// The text in Unicode's normal form C: ids that look the same are the same.
func normalized(_ text: String) -> String {
  text.utf8.allSatisfy { $0 < 0x80 } ? text : String(String.UnicodeScalarView(text._nfc))
}

extension String {
  /// The text with another beginning, when it has the given one.
  func replacingPrefix(_ prefix: String, with replacement: String) -> String {
    hasPrefix(prefix) ? replacement + dropFirst(prefix.count) : self
  }
}

enum UTF8Prefix {
  /// How many bytes there are before the first that is not UTF-8.
  static func length(_ bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var source = bytes.makeIterator()
    var length = 0
    while case .scalarValue(let scalar) = decoder.decode(&source) { length += UTF8.width(scalar) }
    return length
  }
}

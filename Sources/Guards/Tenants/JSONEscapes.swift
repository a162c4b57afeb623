/// Undoes the escapes of JSON's strings in a text that comes in pieces. Source: RFC 8259, section 7.
///
/// What is no escape stays as it is; half a pair of surrogates becomes U+FFFD. O(bytes).
struct JSONEscapes: Sendable {
  static let backslash = UInt8(ascii: "\\")
  private static let short: [UInt8: UInt8] = [
    UInt8(ascii: "\""): UInt8(ascii: "\""), backslash: backslash, UInt8(ascii: "/"): UInt8(ascii: "/"),
    UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
  ]

  /// The beginning of an escape, at the end of what came.
  private var held: [UInt8] = []

  /// The next piece without escapes; one that is not yet whole comes with a later piece.
  mutating func undo(_ piece: String) -> String {
    let bytes = held + Array(piece.utf8)
    held = []
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      guard bytes[place] == JSONEscapes.backslash else {
        text.append(bytes[place])
        place += 1
        continue
      }
      guard let (meant, length) = JSONEscapes.escape(bytes[place...]) else {
        held = Array(bytes[place...])
        break
      }
      text += meant
      place += length
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// What an escape at the beginning means, and how many bytes it takes; nil where that depends on what comes.
  private static func escape(_ bytes: ArraySlice<UInt8>) -> (meant: [UInt8], length: Int)? {
    guard let letter = bytes.dropFirst().first else { return nil }
    if let byte = short[letter] { return ([byte], 2) }
    guard letter == UInt8(ascii: "u") else { return ([backslash], 1) }
    guard let digits = hexadecimal(bytes.dropFirst(2)) else { return nil }
    guard let unit = digits else { return ([backslash], 1) }
    guard UTF16.isLeadSurrogate(unit) else { return (scalar([unit]), 6) }
    let rest = bytes.dropFirst(6)
    for (place, wanted) in [backslash, UInt8(ascii: "u")].enumerated() {
      guard let byte = rest.dropFirst(place).first else { return nil }
      guard byte == wanted else { return (scalar([unit]), 6) }
    }
    guard let digits = hexadecimal(rest.dropFirst(2)) else { return nil }
    guard let second = digits, UTF16.isTrailSurrogate(second) else { return (scalar([unit]), 6) }
    return (scalar([unit, second]), 12)
  }

  /// The number that four hexadecimal digits are; within, nil where they are none; nil where they are not all there yet.
  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> UInt16?? {
    var number: UInt16 = 0
    for byte in bytes.prefix(4) {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return .some(nil) }
      number = number << 4 | UInt16(digit)
    }
    return bytes.count < 4 ? nil : .some(number)
  }

  private static func scalar(_ units: [UInt16]) -> [UInt8] { Array(String(decoding: units, as: UTF16.self).utf8) }
}

import Records

/// Base 64 (RFC 4648): written in the standard alphabet with padding, read in both alphabets with or without padding.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The bytes, in the arena of a tape; nil if the text is not base 64.
  static func decode(_ text: BorrowedText, _ tape: ValueTape) -> BorrowedText? {
    var count = text.bytes.count
    while count > 0, text.bytes[count - 1] == UInt8(ascii: "=") { count -= 1 }
    guard count % 4 != 1, text.bytes.count - count <= 2 else { return nil }
    let output = tape.arena.allocate(count * 3 / 4 + 1)
    var written = 0
    var bits: UInt32 = 0
    var held = 0
    for byte in text.bytes[..<count] {
      guard let digit = digit(byte) else { return nil }
      bits = bits << 6 | digit
      held += 6
      if held >= 8 {
        held -= 8
        output[written] = UInt8(truncatingIfNeeded: bits >> UInt32(held))
        written += 1
      }
    }
    return BorrowedText(UnsafeRawBufferPointer(start: output, count: written))
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a") + 26)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0") + 52)
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }

  /// Calls the body with each character of the text of some bytes.
  static func encode(_ bytes: UnsafeRawBufferPointer, _ body: (UInt8) -> Void) {
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let word =
        UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[index + 2]) : 0)
      for place in 0..<4 {
        body(place <= left ? alphabet[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
      index += 3
    }
  }
}

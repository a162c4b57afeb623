/// The characters that stand for bytes in byte-level vocabularies: printable ones for themselves, the others for the
/// next from U+0100 on.
///
/// Source: Radford and others, the released code of GPT-2 (2019), `bytes_to_unicode`.
enum ByteAlphabet {
  /// The byte of each character below U+0144; nil for those that stand for none.
  private static let bytes: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x144)
    var next = 0x100
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: bytes[Int(byte)] = byte
      default:
        bytes[next] = byte
        next += 1
      }
    }
    return bytes
  }()

  /// The bytes that a token's text stands for; nil if a character stands for none.
  static func decoded(_ text: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      var scalar = Int(text[place])
      if scalar >= 0x80 {
        guard scalar & 0xE0 == 0xC0, place + 1 < text.count else { return nil }
        scalar = (scalar & 0x1F) << 6 | Int(text[place + 1] & 0x3F)
        place += 1
      }
      guard scalar < bytes.count, let byte = bytes[scalar] else { return nil }
      result.append(byte)
      place += 1
    }
    return result
  }
}

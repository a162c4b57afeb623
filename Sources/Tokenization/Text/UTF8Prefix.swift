/// How much of some bytes is UTF-8.
enum UTF8Prefix {
  /// Bytes up to the first one that does not belong to a well-formed sequence (Unicode, table 3-7). O(n), eight bytes
  /// of ASCII at a time.
  static func length(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    let raw = UnsafeRawPointer(base)
    let count = bytes.count
    var place = 0
    while place < count {
      let byte = base[place]
      if byte < 0x80 {
        place += 1
        while place + 8 <= count,
          raw.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          place += 8
        }
        continue
      }
      guard let width = width(base + place, available: count - place) else { return place }
      place += width
    }
    return count
  }

  /// The bytes of the well-formed sequence that starts here; nil when there is none.
  @inline(__always)
  static func width(_ bytes: UnsafePointer<UInt8>, available: Int) -> Int? {
    let lead = bytes[0]
    func follows(_ place: Int) -> Bool { place < available && bytes[place] & 0xC0 == 0x80 }
    switch lead {
    case 0..<0x80: return 1
    case 0xC2..<0xE0: return follows(1) ? 2 : nil
    case 0xE0..<0xF0:
      guard follows(1), follows(2) else { return nil }
      // Overlong forms and surrogates.
      if lead == 0xE0, bytes[1] < 0xA0 { return nil }
      if lead == 0xED, bytes[1] > 0x9F { return nil }
      return 3
    case 0xF0..<0xF5:
      guard follows(1), follows(2), follows(3) else { return nil }
      // Overlong forms and what lies beyond U+10FFFF.
      if lead == 0xF0, bytes[1] < 0x90 { return nil }
      if lead == 0xF4, bytes[1] > 0x8F { return nil }
      return 4
    default: return nil
    }
  }
}

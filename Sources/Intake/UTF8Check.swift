/// Validity of UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Check {
  /// Passes over non-ASCII characters; nil if one is malformed or cut off. Stops at the first ASCII byte.
  @inline(__always)
  static func skipNonASCII(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var position = start
    while position < end, position.pointee >= 0x80 {
      let length = sequenceLength(position, end)
      if length == 0 { return nil }
      position += length
    }
    return position
  }

  /// Length of the multi-byte character at `position`, 0 if it is malformed.
  @inline(__always)
  static func sequenceLength(_ position: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    let available = end - position
    let lead = position.pointee
    if lead < 0xE0 {
      guard lead >= 0xC2, available >= 2, isContinuation(position[1]) else { return 0 }
      return 2
    }
    if lead < 0xF0 {
      guard available >= 3, isContinuation(position[1]), isContinuation(position[2]) else { return 0 }
      if lead == 0xE0, position[1] < 0xA0 { return 0 }
      if lead == 0xED, position[1] >= 0xA0 { return 0 }
      return 3
    }
    guard lead <= 0xF4, available >= 4, isContinuation(position[1]), isContinuation(position[2]),
      isContinuation(position[3])
    else { return 0 }
    if lead == 0xF0, position[1] < 0x90 { return 0 }
    if lead == 0xF4, position[1] >= 0x90 { return 0 }
    return 4
  }

  @inline(__always)
  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  /// The first byte that is not part of a well-formed character, nil if all is well-formed. O(count).
  static func firstFault(in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    let end = base + bytes.count
    var position = base
    while position < end {
      while end - position >= 8, JSONReader.load(position) & 0x8080_8080_8080_8080 == 0 { position += 8 }
      guard position < end else { break }
      if position.pointee < 0x80 {
        position += 1
        continue
      }
      let length = sequenceLength(position, end)
      if length == 0 { return position - base }
      position += length
    }
    return nil
  }
}

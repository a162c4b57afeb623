@_spi(_Unicode) internal import Swift

extension String {
  /// The text as an identifier: in Unicode's normal form C, in which identifiers compare. O(count).
  ///
  /// Two programs may spell `é` as one scalar or as two; an item is the same item in both.
  public var identifier: String {
    var text = self
    let isASCII = text.withUTF8 { String.isASCII(UnsafeRawBufferPointer($0)) }
    if isASCII { return self }
    // The standard library's own normaliser: Foundation's would link 40 MB of ICU for this one line.
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: _nfc)
    return String(scalars)
  }

  private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset + 8 <= bytes.count {
      if bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
      offset += 8
    }
    while offset < bytes.count {
      if bytes[offset] & 0x80 != 0 { return false }
      offset += 1
    }
    return true
  }
}

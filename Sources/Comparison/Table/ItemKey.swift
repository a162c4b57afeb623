internal import CXXHash
internal import Records
@_spi(_Unicode) internal import Swift

/// A 128-bit hash that stands for an identifier: two rows belong to the same item exactly if their keys are equal.
///
/// XXH3 at 128 bits: among 2⁴⁰ identifiers two collide with probability below 2⁻⁴⁸. Identifiers compare as NFC UTF-8
/// (conventions, "Time, money, identifiers"), so text that is not ASCII is normalised before it is hashed.
struct ItemKey: Equatable, Hashable {
  var high: UInt64
  var low: UInt64

  /// Key of an identifier; `parent` (a suite, an item) makes equal texts under different parents differ.
  init(_ text: BorrowedText, parent: UInt64 = 0) {
    let hash =
      ItemKey.isASCII(text.bytes)
      ? tally_xxh3_128(text.bytes.baseAddress, text.bytes.count, parent)
      : ItemKey.normalised(text, parent: parent)
    self.high = hash.high
    self.low = hash.low
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

  // The standard library's own normaliser: Foundation's would link 40 MB of ICU for this one line.
  private static func normalised(_ text: BorrowedText, parent: UInt64) -> tally_hash128 {
    var bytes: [UInt8] = []
    for scalar in text.string._nfc {
      bytes.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }
    return bytes.withUnsafeBytes { tally_xxh3_128($0.baseAddress, $0.count, parent) }
  }
}

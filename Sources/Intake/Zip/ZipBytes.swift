/// Bounds-checked little-endian reads over the bytes of an archive.
///
/// Every offset in an archive is attacker-controlled, so no read here trusts its caller.
struct ZipBytes {
  let raw: UnsafeRawBufferPointer

  var count: Int { raw.count }

  /// Whether `length` bytes lie at `offset`.
  func holds(_ length: Int, at offset: Int) -> Bool {
    offset >= 0 && length >= 0 && length <= raw.count && offset <= raw.count - length
  }

  func uint16(at offset: Int, of what: @autoclosure () -> String) throws(ZipFailure) -> Int {
    guard holds(2, at: offset) else { throw .truncated(what: what()) }
    return Int(UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  func uint32(at offset: Int, of what: @autoclosure () -> String) throws(ZipFailure) -> UInt32 {
    guard holds(4, at: offset) else { throw .truncated(what: what()) }
    return UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// A 64-bit size or offset; one that no file can have is damage.
  func size64(at offset: Int, of what: @autoclosure () -> String) throws(ZipFailure) -> Int {
    guard holds(8, at: offset) else { throw .truncated(what: what()) }
    let value = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    guard let size = Int(exactly: value), size <= Int.max / 4 else {
      throw .damaged(what: "\(what()) records a size that no file has")
    }
    return size
  }

  /// Whether a four-byte signature stands at `offset`; false outside the file.
  func hasSignature(_ signature: UInt32, at offset: Int) -> Bool {
    holds(4, at: offset)
      && UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) == signature
  }

  func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeRawBufferPointer(rebasing: raw[range]), as: UTF8.self)
  }
}

/// Signatures of the format (APPNOTE 6.3.10, sections 4.3.7–4.3.16).
enum ZipSignature {
  static let localHeader: UInt32 = 0x0403_4B50
  static let dataDescriptor: UInt32 = 0x0807_4B50
  static let directoryEntry: UInt32 = 0x0201_4B50
  static let endOfDirectory: UInt32 = 0x0605_4B50
  static let endOfDirectory64: UInt32 = 0x0606_4B50
  static let locator64: UInt32 = 0x0706_4B50
}

internal import Crypto

/// The SHA-256 (FIPS 180-4) of some bytes, as four big-endian words.
public struct SHA256Digest: Sendable, Hashable, CustomStringConvertible {
  public let words: (UInt64, UInt64, UInt64, UInt64)

  /// Hashes bytes: O(count).
  public init(of bytes: UnsafeRawBufferPointer) {
    var hash = SHA256()
    hash.update(bufferPointer: bytes)
    self.init(hash.finalize())
  }

  public init(of bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
  }

  /// Hashes the UTF-8 of a text.
  public init(of text: String) {
    var text = text
    self = text.withUTF8 { SHA256Digest(of: UnsafeRawBufferPointer($0)) }
  }

  /// 32 bytes that are a digest already.
  public init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 32 else { return nil }
    words = SHA256Digest.words(of: bytes)
  }

  public init?(bytes: [UInt8]) {
    guard let digest = bytes.withUnsafeBytes({ SHA256Digest(bytes: $0) }) else { return nil }
    self = digest
  }

  /// 64 hexadecimal digits of either case.
  public init?(hexadecimal text: String) {
    guard text.utf8.count == 64 else { return nil }
    var bytes: [UInt8] = []
    var half: UInt8?
    for digit in text.utf8 {
      guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
      if let high = half {
        bytes.append(high << 4 | UInt8(value))
        half = nil
      } else {
        half = UInt8(value)
      }
    }
    self.init(bytes: bytes)
  }

  fileprivate init(_ digest: SHA256.Digest) {
    words = digest.withUnsafeBytes { SHA256Digest.words(of: $0) }
  }

  /// The 32 bytes of a digest.
  init(words bytes: UnsafeRawBufferPointer) { words = SHA256Digest.words(of: bytes) }

  private static func words(of bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
    func word(_ index: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }
    return (word(0), word(1), word(2), word(3))
  }

  public var bytes: [UInt8] { withBytes { Array($0) } }

  /// Lends the 32 bytes.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let bigEndian = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    return try withUnsafeBytes(of: bigEndian, body)
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }

  public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool { left.words == right.words }

  public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// A SHA-256 over bytes that come in pieces.
public struct SHA256Stream: Sendable {
  private var hash = SHA256()

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  public mutating func update(_ digest: SHA256Digest) { digest.withBytes { update($0) } }

  /// Eight bytes, little-endian.
  public mutating func update(_ value: Int64) { withUnsafeBytes(of: value.littleEndian) { update($0) } }

  /// The digest of what was given so far; more may follow.
  public func digest() -> SHA256Digest { SHA256Digest(hash.finalize()) }
}

/// The name of a record: 48 bits of event time in milliseconds, then 80 bits of the SHA-256 of what it states.
///
/// Ids sort by event time, and an equal resend has the same id, so that delivering twice stores once. Printed as a
/// ULID (26 characters of Crockford's base 32), whose layout it shares.
public struct RecordID: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameters:
  ///   - milliseconds: event time since 1970, UTC; clamped to 0…2⁴⁸−1.
  ///   - digest: of the record.
  public init(milliseconds: Int64, digest: SHA256Digest) {
    let time = UInt64(min(max(milliseconds, 0), 0xFFFF_FFFF_FFFF))
    high = time << 16 | digest.words.0.bigEndianHigh16
    low = digest.words.0 << 16 | digest.words.1 >> 48
  }

  /// 16 bytes, big-endian: bytes sort as ids do.
  public init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else { return nil }
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  public init?(bytes: [UInt8]) {
    guard let id = bytes.withUnsafeBytes({ RecordID(bytes: $0) }) else { return nil }
    self = id
  }

  /// Reads a ULID; lower case and the look-alikes I, L and O are accepted, as its specification says.
  public init?(_ text: String) {
    guard text.utf8.count == 26 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for byte in text.utf8 {
      guard high >> 59 == 0, let digit = RecordID.value(of: byte) else { return nil }
      high = high << 5 | low >> 59
      low = low << 5 | UInt64(digit)
    }
    self.init(high: high, low: low)
  }

  public var bytes: [UInt8] { withBytes { Array($0) } }

  /// Lends the 16 bytes.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }

  /// Event time in milliseconds since 1970.
  public var milliseconds: Int64 { Int64(high >> 16) }

  /// The 80 bits of the digest: equal for equal statements, whenever they were made.
  public func statesTheSame(as other: RecordID) -> Bool {
    low == other.low && UInt16(truncatingIfNeeded: high) == UInt16(truncatingIfNeeded: other.high)
  }

  public static func < (left: RecordID, right: RecordID) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }

  public var description: String {
    var text = ""
    for position in 0..<26 {
      let shift = 125 - 5 * position
      let digit: UInt64
      if shift >= 64 {
        digit = high >> UInt64(shift - 64)
      } else if shift > 59 {
        digit = high << UInt64(64 - shift) | low >> UInt64(shift)
      } else {
        digit = low >> UInt64(shift)
      }
      text.append(RecordID.alphabet[Int(digit & 31)])
    }
    return text
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  private static func value(of byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "o"), UInt8(ascii: "O"): return 0
    case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "l"), UInt8(ascii: "L"): return 1
    default:
      let character = Character(Unicode.Scalar(byte >= 97 && byte <= 122 ? byte - 32 : byte))
      return alphabet.firstIndex(of: character)
    }
  }
}

extension UInt64 {
  fileprivate var bigEndianHigh16: UInt64 { self >> 48 }
}

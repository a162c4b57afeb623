/// The bytes of a record that are hashed: every field in a fixed order, each with its type and length, so that no two
/// different records have equal bytes.
///
/// A tag byte a field: 0 absent, 1 integer (8 bytes little-endian), 2 real (its 8 bits patterns; −0 as 0), 3 text and
/// 4 bytes (length in 4 bytes, then the bytes). The order of fields is part of the format: fields are only ever added at
/// the end, and an absent last field adds nothing, so that old records keep their digest.
public struct CanonicalBytes {
  public private(set) var bytes: [UInt8] = []
  private var end = 0

  public init(kind: RecordKind) {
    bytes.reserveCapacity(256)
    reset(kind: kind)
  }

  /// Starts the next record in the same memory.
  public mutating func reset(kind: RecordKind) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(UInt8(truncatingIfNeeded: kind.rawValue))
    end = bytes.count
  }

  public mutating func append(_ value: Int64?) {
    guard let value else { return bytes.append(0) }
    bytes.append(1)
    append(word: UInt64(bitPattern: value))
    end = bytes.count
  }

  public mutating func append(_ value: Int?) { append(value.map(Int64.init)) }

  public mutating func append(_ value: Bool?) { append(value.map { $0 ? Int64(1) : 0 }) }

  public mutating func append(_ value: Double?) {
    guard let value else { return bytes.append(0) }
    bytes.append(2)
    append(word: value == 0 ? 0 : value.bitPattern)
    end = bytes.count
  }

  public mutating func append(_ value: String?) {
    guard var value else { return bytes.append(0) }
    value.withUTF8 { append(tag: 3, UnsafeRawBufferPointer($0)) }
  }

  public mutating func append(_ value: [UInt8]?) {
    guard let value else { return bytes.append(0) }
    value.withUnsafeBytes { append(tag: 4, $0) }
  }

  /// The digest of the fields so far, without absent ones at the end.
  public var digest: SHA256Digest {
    bytes.withUnsafeBytes { SHA256Digest(of: UnsafeRawBufferPointer(rebasing: $0[..<end])) }
  }

  private mutating func append(tag: UInt8, _ content: UnsafeRawBufferPointer) {
    bytes.append(tag)
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: content.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: content)
    end = bytes.count
  }

  private mutating func append(word: UInt64) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

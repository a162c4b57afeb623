/// The bytes of a record that are hashed: every field in a fixed order, each with its type and length, so that no two
/// different records have equal bytes.
///
/// A tag byte a field: 0 absent, 1 integer (8 bytes little-endian), 2 real (its 8 bytes; −0 as 0), 3 text and 4 bytes
/// (length in 4 bytes, then the bytes: less than 4 GiB). The order of fields is part of the format: fields are only ever
/// added at the end, and an absent last field adds nothing, so that old records keep their digest.
public final class CanonicalBytes {
  private var memory: UnsafeMutableRawPointer
  private var capacity = 512
  private var count = 0
  /// Where the last field ends that is there.
  private var end = 0

  public init(kind: RecordKind) {
    memory = .allocate(byteCount: capacity, alignment: 8)
    reset(kind: kind)
  }

  deinit { memory.deallocate() }

  /// Starts the next record in the same memory.
  public func reset(kind: RecordKind) { reset(domain: UInt8(truncatingIfNeeded: kind.rawValue)) }

  /// Starts something that is no record; `domain` is no kind's number.
  public func reset(domain: UInt8) {
    count = 1
    end = 1
    memory.storeBytes(of: domain, as: UInt8.self)
  }

  public func append(_ value: Int64?) {
    guard let value else { return appendAbsent() }
    append(tag: 1, word: UInt64(bitPattern: value))
  }

  public func append(_ value: Double?) {
    guard let value else { return appendAbsent() }
    append(tag: 2, word: value == 0 ? 0 : value.bitPattern)
  }

  public func append(_ value: String?) {
    guard var value else { return appendAbsent() }
    value.withUTF8 { append(text: UnsafeRawBufferPointer($0)) }
  }

  /// The UTF-8 of a text.
  public func append(text: UnsafeRawBufferPointer) { append(tag: 3, text) }

  public func append(_ value: [UInt8]?) {
    guard let value else { return appendAbsent() }
    value.withUnsafeBytes { append(bytes: $0) }
  }

  public func append(bytes: UnsafeRawBufferPointer) { append(tag: 4, bytes) }

  public func append(_ digest: SHA256Digest) { digest.withBytes { append(bytes: $0) } }

  public func appendAbsent() {
    reserve(1)
    memory.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  /// The bytes so far, without absent fields at the end. Valid until the next field.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: end) }

  /// The digest of `bytes`: O(count).
  public var digest: SHA256Digest { SHA256Digest(of: bytes) }

  private func append(tag: UInt8, word: UInt64) {
    reserve(9)
    memory.storeBytes(of: tag, toByteOffset: count, as: UInt8.self)
    memory.storeBytes(of: word.littleEndian, toByteOffset: count + 1, as: UInt64.self)
    count += 9
    end = count
  }

  private func append(tag: UInt8, _ content: UnsafeRawBufferPointer) {
    reserve(5 + content.count)
    memory.storeBytes(of: tag, toByteOffset: count, as: UInt8.self)
    let length = UInt32(truncatingIfNeeded: content.count)
    memory.storeBytes(of: length.littleEndian, toByteOffset: count + 1, as: UInt32.self)
    if let start = content.baseAddress { (memory + count + 5).copyMemory(from: start, byteCount: content.count) }
    count += 5 + content.count
    end = count
  }

  private func reserve(_ more: Int) {
    guard count + more > capacity else { return }
    capacity = max(capacity * 2, count + more)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
    larger.copyMemory(from: memory, byteCount: count)
    memory.deallocate()
    memory = larger
  }
}

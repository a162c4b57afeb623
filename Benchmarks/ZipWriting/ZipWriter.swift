import CCompression

/// Writes small zip archives, honest or not, for tests and fuzzing.
///
/// Only what the archives of evaluation tools need, and every lie that a reader must see through.
public struct ZipWriter {
  /// How an entry's bytes are kept.
  public enum Method: UInt16, CaseIterable, Sendable {
    case stored = 0
    case deflate = 8
    case zstd = 93
  }

  /// What is written about an entry; everything not set is true.
  public struct Claims {
    public var checksum: UInt32?
    public var size: Int?
    public var compressedSize: Int?
    public var method: UInt16?
    public var flags: UInt16 = 0
    /// The name in the local header.
    public var localName: [UInt8]?
    /// Sizes and checksum follow the data, and the local header holds zeros.
    public var hasDescriptor = false
    /// Sizes and offset stand in a zip64 extra field.
    public var isZip64 = false
    /// Where the directory says that the local header is.
    public var headerOffset: Int?

    public init() {}
  }

  fileprivate struct Record {
    var name: [UInt8]
    var method: UInt16
    var checksum: UInt32
    var size: Int
    var compressedSize: Int
    var headerOffset: Int
    var claims: Claims
  }

  /// What has been written so far: local headers and data, no directory.
  public private(set) var bytes: [UInt8] = []
  private var records: [Record] = []

  public init() {}

  /// Appends an entry.
  /// - Parameter frames: how many zstd frames the data is split into.
  public mutating func add(
    _ name: [UInt8], _ data: [UInt8], _ method: Method = .deflate, frames: Int = 1, claims: Claims = Claims()
  ) {
    let compressed: [UInt8]
    switch method {
    case .stored: compressed = data
    case .deflate: compressed = Self.deflated(data)
    case .zstd: compressed = Self.zstdFrames(data, frames)
    }
    append(name, compressed, size: data.count, checksum: Self.checksum(data), method.rawValue, claims)
  }

  /// Appends an entry under a name in ASCII or UTF-8.
  public mutating func add(
    _ name: String, _ data: String, _ method: Method = .deflate, frames: Int = 1, claims: Claims = Claims()
  ) {
    add(Array(name.utf8), Array(data.utf8), method, frames: frames, claims: claims)
  }

  /// Appends bytes that are compressed already, or pretend to be.
  public mutating func append(
    _ name: [UInt8], _ compressed: [UInt8], size: Int, checksum: UInt32, _ method: UInt16, _ claims: Claims = Claims()
  ) {
    let record = Record(
      name: name, method: claims.method ?? method, checksum: claims.checksum ?? checksum, size: claims.size ?? size,
      compressedSize: claims.compressedSize ?? compressed.count, headerOffset: claims.headerOffset ?? bytes.count,
      claims: claims)
    appendLocalHeader(record)
    bytes += compressed
    if claims.hasDescriptor {
      bytes.append32(0x0807_4B50)
      bytes.append32(record.checksum)
      bytes.append32(UInt32(truncatingIfNeeded: record.compressedSize))
      bytes.append32(UInt32(truncatingIfNeeded: record.size))
    }
    records.append(record)
  }

  /// Lets the directory list an earlier entry once more, under another name: what bombs do.
  public mutating func alias(_ index: Int, as name: String) {
    var record = records[index]
    record.name = Array(name.utf8)
    records.append(record)
  }

  /// The archive with its directory.
  /// - Parameter isZip64: the end record defers to a zip64 end record.
  public func finished(isZip64: Bool = false, comment: [UInt8] = [], prefix: [UInt8] = []) -> [UInt8] {
    var archive = prefix + bytes
    let start = bytes.count
    for record in records { archive.appendDirectoryEntry(record) }
    let size = archive.count - prefix.count - start
    if isZip64 {
      let record = archive.count
      archive.append32(0x0606_4B50)
      archive.append64(44)
      archive.append16(45)
      archive.append16(45)
      archive.append32(0)
      archive.append32(0)
      archive.append64(records.count)
      archive.append64(records.count)
      archive.append64(size)
      archive.append64(start)
      archive.append32(0x0706_4B50)
      archive.append32(0)
      archive.append64(record)
      archive.append32(1)
    }
    archive.append32(0x0605_4B50)
    archive.append32(0)
    let count = isZip64 ? 0xFFFF : UInt16(truncatingIfNeeded: records.count)
    archive.append16(count)
    archive.append16(count)
    archive.append32(isZip64 ? 0xFFFF_FFFF : UInt32(truncatingIfNeeded: size))
    archive.append32(isZip64 ? 0xFFFF_FFFF : UInt32(truncatingIfNeeded: start))
    archive.append16(UInt16(truncatingIfNeeded: comment.count))
    return archive + comment
  }

  private mutating func appendLocalHeader(_ record: Record) {
    let claims = record.claims
    let name = claims.localName ?? record.name
    let isOpen = claims.hasDescriptor
    bytes.append32(0x0403_4B50)
    bytes.append16(45)
    bytes.append16(claims.flags | (isOpen ? 8 : 0))
    bytes.append16(record.method)
    bytes.append32(0)
    bytes.append32(isOpen ? 0 : record.checksum)
    let mark: UInt32 = 0xFFFF_FFFF
    bytes.append32(isOpen ? 0 : claims.isZip64 ? mark : UInt32(truncatingIfNeeded: record.compressedSize))
    bytes.append32(isOpen ? 0 : claims.isZip64 ? mark : UInt32(truncatingIfNeeded: record.size))
    bytes.append16(UInt16(truncatingIfNeeded: name.count))
    bytes.append16(claims.isZip64 && !isOpen ? 20 : 0)
    bytes += name
    if claims.isZip64, !isOpen {
      bytes.append16(1)
      bytes.append16(16)
      bytes.append64(record.size)
      bytes.append64(record.compressedSize)
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append16(_ value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  fileprivate mutating func append32(_ value: UInt32) {
    append16(UInt16(truncatingIfNeeded: value))
    append16(UInt16(truncatingIfNeeded: value >> 16))
  }

  fileprivate mutating func append64(_ value: Int) {
    append32(UInt32(truncatingIfNeeded: value))
    append32(UInt32(truncatingIfNeeded: value >> 32))
  }
}

extension [UInt8] {
  fileprivate mutating func appendDirectoryEntry(_ record: ZipWriter.Record) {
    let isZip64 = record.claims.isZip64
    append32(0x0201_4B50)
    append16(45)
    append16(45)
    append16(record.claims.flags | (record.claims.hasDescriptor ? 8 : 0))
    append16(record.method)
    append32(0)
    append32(record.checksum)
    append32(isZip64 ? 0xFFFF_FFFF : UInt32(truncatingIfNeeded: record.compressedSize))
    append32(isZip64 ? 0xFFFF_FFFF : UInt32(truncatingIfNeeded: record.size))
    append16(UInt16(truncatingIfNeeded: record.name.count))
    append16(isZip64 ? 28 : 0)
    append16(0)
    append16(0)
    append16(0)
    append32(0)
    append32(isZip64 ? 0xFFFF_FFFF : UInt32(truncatingIfNeeded: record.headerOffset))
    self += record.name
    if isZip64 {
      append16(1)
      append16(24)
      append64(record.size)
      append64(record.compressedSize)
      append64(record.headerOffset)
    }
  }
}

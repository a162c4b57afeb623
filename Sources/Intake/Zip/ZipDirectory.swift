/// The central directory of an archive (APPNOTE 6.3.10, sections 4.3.12–4.3.16), zip64 included.
struct ZipDirectory {
  private(set) var entries: [ZipEntry] = []
  private let bytes: ZipBytes
  /// What precedes the archive in the file: offsets count from the archive's own first byte.
  private var prefix = 0

  /// Reads the directory, or returns nil where the file has none, as a crashed or truncated log.
  ///
  /// - Complexity: O(entries · log entries), plus a look at the last 64 KiB of the file.
  init?(_ bytes: ZipBytes) throws(ZipFailure) {
    guard let end = Self.endRecord(in: bytes) else { return nil }
    self.bytes = bytes
    var location = try Self.location(endRecord: end, in: bytes)
    if try location.isDeferredToZip64(bytes) {
      location = try Self.location64(endRecord: end, in: bytes)
    }
    guard location.size <= location.end, location.offset <= location.end - location.size else {
      throw .truncated(what: "its directory lies outside the file")
    }
    prefix = location.end - location.size - location.offset
    try readEntries(location)
    try boundEntries(directoryStart: location.end - location.size)
  }

  /// Where the directory lies; `end` is the offset of the record that ends it.
  private struct Location {
    var count: Int
    var size: Int
    var offset: Int
    var end: Int

    /// Whether a field holds the mark that its value stands in the zip64 record, and that record exists.
    func isDeferredToZip64(_ bytes: ZipBytes) throws(ZipFailure) -> Bool {
      let isMarked = count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF
      return isMarked && bytes.hasSignature(ZipSignature.locator64, at: end - 20)
    }
  }

  /// The end-of-directory record: the last one whose comment ends exactly with the file.
  private static func endRecord(in bytes: ZipBytes) -> Int? {
    guard bytes.count >= 22 else { return nil }
    let first = max(0, bytes.count - 22 - 0xFFFF)
    var offset = bytes.count - 22
    while offset >= first {
      if bytes.hasSignature(ZipSignature.endOfDirectory, at: offset),
        let comment = try? bytes.uint16(at: offset + 20, of: ""), offset + 22 + comment == bytes.count
      {
        return offset
      }
      offset -= 1
    }
    return nil
  }

  private static func location(endRecord end: Int, in bytes: ZipBytes) throws(ZipFailure) -> Location {
    let what = "its end record"
    let disk = try bytes.uint16(at: end + 4, of: what)
    let count = try bytes.uint16(at: end + 10, of: what)
    let size = Int(try bytes.uint32(at: end + 12, of: what))
    let offset = Int(try bytes.uint32(at: end + 16, of: what))
    guard disk == 0 || disk == 0xFFFF else { throw .multipleVolumes }
    return Location(count: count, size: size, offset: offset, end: end)
  }

  private static func location64(endRecord end: Int, in bytes: ZipBytes) throws(ZipFailure) -> Location {
    let what = "its zip64 end record"
    let record = try bytes.size64(at: end - 20 + 8, of: what)
    guard bytes.hasSignature(ZipSignature.endOfDirectory64, at: record) else {
      throw .damaged(what: "its zip64 end record is not where its locator says")
    }
    let count = try bytes.size64(at: record + 32, of: what)
    let size = try bytes.size64(at: record + 40, of: what)
    let offset = try bytes.size64(at: record + 48, of: what)
    return Location(count: count, size: size, offset: offset, end: record)
  }

  private mutating func readEntries(_ location: Location) throws(ZipFailure) {
    let start = location.end - location.size
    // 46 bytes are the least that an entry takes: a larger count is a lie, and would reserve memory for it.
    guard location.count <= location.size / 46 else { throw .truncated(what: "its directory") }
    entries.reserveCapacity(location.count)
    var offset = start
    for _ in 0..<location.count {
      guard bytes.hasSignature(ZipSignature.directoryEntry, at: offset), offset + 46 <= location.end else {
        throw .damaged(what: "its directory ends early")
      }
      offset = try readEntry(at: offset, directoryEnd: location.end)
    }
  }

  /// Reads the entry at `offset` and returns the offset behind it.
  private mutating func readEntry(at offset: Int, directoryEnd: Int) throws(ZipFailure) -> Int {
    let what = "an entry of its directory"
    let flags = try bytes.uint16(at: offset + 8, of: what)
    let nameLength = try bytes.uint16(at: offset + 28, of: what)
    let extraLength = try bytes.uint16(at: offset + 30, of: what)
    let commentLength = try bytes.uint16(at: offset + 32, of: what)
    let nameStart = offset + 46
    let end = nameStart + nameLength + extraLength + commentLength
    guard end <= directoryEnd else { throw .truncated(what: what) }
    var entry = ZipEntry(
      name: nameStart..<nameStart + nameLength,
      method: try bytes.uint16(at: offset + 10, of: what),
      isEncrypted: flags & 1 != 0,
      checksum: try bytes.uint32(at: offset + 16, of: what),
      compressedSize: Int(try bytes.uint32(at: offset + 20, of: what)),
      size: Int(try bytes.uint32(at: offset + 24, of: what)),
      headerOffset: Int(try bytes.uint32(at: offset + 42, of: what)),
      bound: 0)
    let extra = nameStart + nameLength
    try ZipExtraField(bytes: bytes, range: extra..<extra + extraLength).resolve(&entry)
    entry.headerOffset += prefix
    entries.append(entry)
    return end
  }

  /// Gives every entry the first byte it must not touch, and refuses entries that cannot lie side by side.
  ///
  /// A bomb lets thousands of entries share one compressed kernel (D. Fifield, *A better zip bomb*, 2019). The bound
  /// costs no look at the local headers, which are spread over the whole file.
  private mutating func boundEntries(directoryStart: Int) throws(ZipFailure) {
    let order = entries.indices.sorted { entries[$0].headerOffset < entries[$1].headerOffset }
    var bound = directoryStart
    for index in order.reversed() {
      let entry = entries[index]
      let least = 30 + entry.name.count
      guard entry.headerOffset <= bound, bound - entry.headerOffset >= least,
        entry.compressedSize <= bound - entry.headerOffset - least
      else {
        throw bound == directoryStart
          ? .truncated(what: "an entry lies behind its directory") : .overlapping(bytes.text(entry.name))
      }
      entries[index].bound = bound
      bound = entry.headerOffset
    }
  }
}

/// The extra fields of an entry; only zip64's (0x0001) is of interest.
struct ZipExtraField {
  let bytes: ZipBytes
  let range: Range<Int>

  /// Replaces the fields of `entry` that hold the 32-bit mark by their 64-bit values, in the format's order.
  func resolve(_ entry: inout ZipEntry) throws(ZipFailure) {
    let mark = 0xFFFF_FFFF
    guard entry.size == mark || entry.compressedSize == mark || entry.headerOffset == mark else { return }
    let what = "an extra field"
    var offset = range.lowerBound
    while offset + 4 <= range.upperBound {
      let tag = try bytes.uint16(at: offset, of: what)
      let end = offset + 4 + (try bytes.uint16(at: offset + 2, of: what))
      guard end <= range.upperBound else { throw .damaged(what: what) }
      if tag == 1 {
        var field = offset + 4
        func next() throws(ZipFailure) -> Int {
          guard field + 8 <= end else { throw .damaged(what: what) }
          defer { field += 8 }
          return try bytes.size64(at: field, of: what)
        }
        if entry.size == mark { entry.size = try next() }
        if entry.compressedSize == mark { entry.compressedSize = try next() }
        if entry.headerOffset == mark { entry.headerOffset = try next() }
        return
      }
      offset = end
    }
  }
}

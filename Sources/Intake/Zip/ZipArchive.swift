import CCompression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A zip archive that lies in memory, read by name.
///
/// Written for evaluation logs: entries stored, deflated or compressed with zstd in one or more frames; zip64; names
/// that occur several times (a log's header is replaced by appending a newer one: the last wins); and archives whose
/// directory was never written because the run crashed. Nothing is ever unpacked to disk.
///
/// The bytes must outlive the archive. Not thread-safe: one inflated entry is valid at a time.
final class ZipArchive {
  /// The entries by ascending name (UTF-8 bytes), the last of each name only.
  let entries: [ZipEntry]
  /// Entries found although the directory is missing, and pieces that could not be saved; nil for a whole archive.
  let salvage: ZipSalvage.Report?
  private let bytes: ZipBytes
  private let inflater: Inflater

  /// Reads the directory of `raw`, or scans for entries where there is none.
  ///
  /// - Throws: `ZipFailure`: a damaged directory, unsafe names, overlapping entries; not the entries' own faults,
  ///   which `contents(of:)` finds.
  /// - Complexity: O(entries · log entries) with a directory; without one, O(size of the file).
  init(_ raw: UnsafeRawBufferPointer, limits: ZipLimits = ZipLimits()) throws(ZipFailure) {
    let bytes = ZipBytes(raw: raw)
    let inflater = Inflater(limits: limits, archiveSize: raw.count)
    var found: [ZipEntry]
    if let directory = try ZipDirectory(bytes) {
      found = directory.entries
      salvage = nil
    } else {
      var scan = ZipSalvage(bytes, inflater)
      try scan.run()
      found = scan.entries
      salvage = scan.report
    }
    try Self.sortKeepingLast(&found, in: bytes)
    for entry in found { try Self.checkName(entry, in: bytes) }
    self.bytes = bytes
    self.inflater = inflater
    entries = found
  }

  /// The bytes of an entry's name.
  func name(of entry: ZipEntry) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes.raw[entry.name])
  }

  /// The entry of that name, by binary search.
  func entry(named name: String) -> ZipEntry? {
    var name = name
    return name.withUTF8 { wanted in
      let wanted = UnsafeRawBufferPointer(wanted)
      var low = 0
      var high = entries.count
      while low < high {
        let middle = (low + high) / 2
        let order = compareBytes(self.name(of: entries[middle]), wanted)
        if order == 0 { return entries[middle] }
        if order < 0 { low = middle + 1 } else { high = middle }
      }
      return nil
    }
  }

  /// The inflated bytes of an entry, checked against its CRC-32; valid until the next call.
  ///
  /// - Throws: `ZipFailure` naming the entry.
  func contents(of entry: ZipEntry) throws(ZipFailure) -> UnsafeRawBufferPointer {
    let name = { [bytes] in bytes.text(entry.name) }
    if entry.isEncrypted { throw .encrypted(name()) }
    let compressed = try compressedBytes(of: entry)
    let inflated: UnsafeRawBufferPointer
    if entry.method == 0 {
      guard entry.size == entry.compressedSize else { throw .sizeMismatch(name()) }
      inflated = compressed
    } else {
      let request = Inflater.Request(name: name, method: entry.method, declaredSize: entry.size)
      inflated = try inflater.inflate(compressed, request).bytes
    }
    guard checksum(inflated) == entry.checksum else { throw .checksumMismatch(name()) }
    return inflated
  }

  private func compressedBytes(of entry: ZipEntry) throws(ZipFailure) -> UnsafeRawBufferPointer {
    let header = entry.headerOffset
    guard bytes.hasSignature(ZipSignature.localHeader, at: header) else {
      throw .damaged(what: "the entry \"\(bytes.text(entry.name))\" is not where the directory says")
    }
    let what = "a local header"
    let nameLength = try bytes.uint16(at: header + 26, of: what)
    let extraLength = try bytes.uint16(at: header + 28, of: what)
    let start = header + 30 + nameLength + extraLength
    guard bytes.holds(nameLength, at: header + 30) else { throw .truncated(what: what) }
    let localName = UnsafeRawBufferPointer(rebasing: bytes.raw[header + 30..<header + 30 + nameLength])
    guard compareBytes(localName, name(of: entry)) == 0 else {
      throw .damaged(what: "the entry \"\(bytes.text(entry.name))\" has another name in its local header")
    }
    guard start <= entry.bound, entry.compressedSize <= entry.bound - start else {
      throw .overlapping(bytes.text(entry.name))
    }
    return UnsafeRawBufferPointer(rebasing: bytes.raw[start..<start + entry.compressedSize])
  }

  /// Sorts by name and keeps the last entry, in file order of the directory, of each name.
  private static func sortKeepingLast(_ entries: inout [ZipEntry], in bytes: ZipBytes) throws(ZipFailure) {
    let names = entries.map { UnsafeRawBufferPointer(rebasing: bytes.raw[$0.name]) }
    let order = entries.indices.sorted { first, second in
      let order = compareBytes(names[first], names[second])
      return order == 0 ? first < second : order < 0
    }
    var kept: [ZipEntry] = []
    kept.reserveCapacity(order.count)
    for (position, index) in order.enumerated() {
      if position + 1 < order.count, compareBytes(names[index], names[order[position + 1]]) == 0 { continue }
      kept.append(entries[index])
    }
    entries = kept
  }

  /// Refuses names that would leave the directory they are unpacked in.
  ///
  /// Nothing is unpacked here, but such a name never comes from an evaluation tool: the archive is not what it claims.
  private static func checkName(_ entry: ZipEntry, in bytes: ZipBytes) throws(ZipFailure) {
    let name = bytes.raw[entry.name]
    let slash = UInt8(ascii: "/")
    let backslash = UInt8(ascii: "\\")
    let isSeparator = { (byte: UInt8) in byte == slash || byte == backslash }
    var isSafe = !name.contains(0)
    if let first = name.first, isSeparator(first) { isSafe = false }
    if name.count > 2, name[name.startIndex + 1] == UInt8(ascii: ":"), isSeparator(name[name.startIndex + 2]) {
      isSafe = false
    }
    // `..` as a whole component: count the dots since the last separator.
    var dots = 0
    var length = 0
    for byte in name {
      if isSeparator(byte) {
        if length == 2, dots == 2 { isSafe = false }
        (dots, length) = (0, 0)
      } else {
        length += 1
        if byte == UInt8(ascii: ".") { dots += 1 }
      }
    }
    if length == 2, dots == 2 { isSafe = false }
    if !isSafe { throw .unsafeName(bytes.text(entry.name)) }
  }
}

/// Negative, zero or positive as `memcmp`, with a shorter prefix first.
func compareBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
  let common = min(left.count, right.count)
  if common > 0, let first = left.baseAddress, let second = right.baseAddress {
    let order = memcmp(first, second, common)
    if order != 0 { return Int(order) }
  }
  return left.count - right.count
}

/// The CRC-32 that zip uses.
func checksum(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
  UInt32(
    truncatingIfNeeded: crc32_z(uLong(previous), bytes.baseAddress?.assumingMemoryBound(to: Bytef.self), bytes.count))
}

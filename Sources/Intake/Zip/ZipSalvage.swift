#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Finds whole entries in an archive whose directory is missing.
///
/// A log that is written while its run goes on has no directory before the end, and a copy that was cut off has lost it.
/// Every entry that is complete is kept; what is cut off or damaged is counted and left.
struct ZipSalvage {
  /// What the scan found.
  struct Report: Equatable {
    /// Whole entries, of any name.
    var entries = 0
    /// Entries that begin but are cut off or damaged.
    var lost = 0
  }

  private(set) var entries: [ZipEntry] = []
  private(set) var report = Report()
  private let bytes: ZipBytes
  private let inflater: Inflater
  /// Bytes spent on entries that proved damaged, read or inflated. Hostile headers can each claim the rest of the file, and
  /// that rest may inflate a thousandfold before it breaks: without a ceiling the scan would be quadratic.
  private var wasted = 0
  private let wasteLimit: Int

  init(_ bytes: ZipBytes, _ inflater: Inflater) {
    self.bytes = bytes
    self.inflater = inflater
    wasteLimit = (64 << 20) + 4 * min(bytes.count, Int.max / 8)
  }

  /// Scans the whole file.
  ///
  /// - Throws: `.notAnArchive` without a single local header; `.damaged` where damage is so dense that going on would
  ///   be futile.
  mutating func run() throws(ZipFailure) {
    var offset = nextHeader(from: 0)
    guard offset != nil else { throw .notAnArchive }
    while let header = offset {
      let before = inflater.work
      if let (entry, end) = wholeEntry(at: header) {
        entries.append(entry)
        report.entries += 1
        offset = nextHeader(from: end)
      } else {
        report.lost += 1
        wasted += inflater.work - before
        guard wasted <= wasteLimit else { throw .damaged(what: "it has no directory and too many broken entries") }
        offset = nextHeader(from: header + 4)
      }
    }
  }

  /// The next local header at or behind `offset`.
  private func nextHeader(from offset: Int) -> Int? {
    var position = offset
    while bytes.holds(4, at: position), let base = bytes.raw.baseAddress {
      guard let hit = memchr(base + position, 0x50, bytes.count - position - 3) else { return nil }
      position = UnsafeRawPointer(hit) - base
      if bytes.hasSignature(ZipSignature.localHeader, at: position) { return position }
      position += 1
    }
    return nil
  }

  /// The entry whose local header stands at `header`, and the offset behind its data; nil unless it is whole.
  private mutating func wholeEntry(at header: Int) -> (ZipEntry, end: Int)? {
    guard bytes.holds(30, at: header), let fields = try? localFields(at: header) else { return nil }
    var (entry, start, hasDescriptor) = fields
    guard bytes.holds(0, at: start) else { return nil }
    if hasDescriptor, entry.compressedSize == 0 {
      guard let end = resolveDescriptor(&entry, dataStart: start) else { return nil }
      return (entry, end)
    }
    guard bytes.holds(entry.compressedSize, at: start) else { return nil }
    entry.bound = start + entry.compressedSize
    return (entry, entry.bound)
  }

  private func localFields(at header: Int) throws(ZipFailure) -> (ZipEntry, start: Int, hasDescriptor: Bool) {
    let what = "a local header"
    let flags = try bytes.uint16(at: header + 6, of: what)
    let nameLength = try bytes.uint16(at: header + 26, of: what)
    let extraLength = try bytes.uint16(at: header + 28, of: what)
    let start = header + 30 + nameLength + extraLength
    guard bytes.holds(nameLength + extraLength, at: header + 30) else { throw .truncated(what: what) }
    var entry = ZipEntry(
      name: header + 30..<header + 30 + nameLength,
      method: try bytes.uint16(at: header + 8, of: what),
      isEncrypted: flags & 1 != 0,
      checksum: try bytes.uint32(at: header + 14, of: what),
      compressedSize: Int(try bytes.uint32(at: header + 18, of: what)),
      size: Int(try bytes.uint32(at: header + 22, of: what)),
      headerOffset: header,
      bound: 0)
    let extra = header + 30 + nameLength
    try ZipExtraField(bytes: bytes, range: extra..<extra + extraLength).resolve(&entry)
    return (entry, start, flags & 8 != 0)
  }

  /// Finds the end of data whose length was not known when its header was written, and takes size and checksum from the
  /// descriptor behind it.
  private mutating func resolveDescriptor(_ entry: inout ZipEntry, dataStart: Int) -> Int? {
    let rest = UnsafeRawBufferPointer(rebasing: bytes.raw[dataStart...])
    // The end of stored data can only be guessed at; no writer of logs stores what it streams.
    guard entry.method != 0 else { return nil }
    let request = Inflater.Request(name: { "an entry" }, method: entry.method, declaredSize: nil)
    guard let (inflated, consumed) = try? inflater.inflate(rest, request) else {
      wasted += rest.count
      return nil
    }
    entry.compressedSize = consumed
    entry.size = inflated.count
    entry.bound = dataStart + consumed
    let hasSignature = bytes.hasSignature(ZipSignature.dataDescriptor, at: entry.bound)
    let descriptor = entry.bound + (hasSignature ? 4 : 0)
    guard let recorded = try? bytes.uint32(at: descriptor, of: ""), recorded == checksum(inflated) else { return nil }
    entry.checksum = recorded
    return descriptor + 4
  }
}

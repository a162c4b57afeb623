import SeededRandom
import Intake
import ZipWriting

/// Changes archives from within: texts of entries are changed before they are packed, so that checksums hold and the
/// readers behind the zip reader are reached; now and then the archive lies about an entry.
struct ArchiveMutator {
  private let archives: [[ArchiveEntries.Entry]]
  private let mutator: Mutator

  /// - Throws: when a file of the corpus is no whole archive.
  init(corpus: [[UInt8]]) throws {
    archives = try corpus.map { bytes in try bytes.withUnsafeBytes { try ArchiveEntries.unpack($0) } }
    mutator = Mutator(corpus: archives.flatMap { $0.map(\.content) }.filter { !$0.isEmpty })
  }

  func make(_ random: inout SplitMix) -> [UInt8] {
    let entries = archives[random.below(archives.count)]
    var writer = ZipWriter()
    let chosen = random.below(entries.count)
    let lies = random.once(in: 6)
    for (index, entry) in entries.enumerated() where !random.once(in: 40) {
      var name = entry.name
      var content = entry.content
      if index == chosen || random.once(in: 8) { mutator.mutate(&content, &random) }
      if random.once(in: 60) { mutator.mutate(&name, &random) }
      var claims = ZipWriter.Claims()
      if lies, random.once(in: 3) { lie(&claims, &random) }
      // Mostly stored: packing costs more than reading.
      let method = random.once(in: 12) ? ZipWriter.Method.allCases[random.below(3)] : .stored
      writer.add(name, content, method, frames: 1 + random.below(3), claims: claims)
      if random.once(in: 50) { writer.add(name, content, .stored) }
    }
    return random.once(in: 10) ? writer.bytes : writer.finished(isZip64: random.once(in: 20))
  }

  private func lie(_ claims: inout ZipWriter.Claims, _ random: inout SplitMix) {
    let sizes = [0, 1, 31, 4_096, 1 << 20, 0xFFFF_FFFF, 1 << 40, Int.max / 8, random.below(100_000)]
    switch random.below(9) {
    case 0: claims.size = sizes[random.below(sizes.count)]
    case 1: claims.compressedSize = sizes[random.below(sizes.count)]
    case 2: claims.checksum = UInt32(truncatingIfNeeded: random.next())
    case 3: claims.method = UInt16(random.below(100))
    case 4: claims.flags = UInt16(truncatingIfNeeded: random.next())
    case 5: claims.hasDescriptor = true
    case 6: claims.headerOffset = random.below(10_000)
    case 7: claims.localName = Array("other".utf8)
    default: break
    }
    claims.isZip64 = random.once(in: 3)
  }
}

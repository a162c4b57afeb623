/// The entries of an archive, unpacked: for the harness that changes them and packs them again.
package enum ArchiveEntries {
  /// One entry.
  package struct Entry {
    package let name: [UInt8]
    package let content: [UInt8]
    /// Compression method: 0 stored, 8 deflate, 93 zstd.
    package let method: Int
  }

  /// Unpacks all entries, in the order of the file.
  /// - Throws: what makes the archive, or one of its entries, unreadable.
  package static func unpack(_ bytes: UnsafeRawBufferPointer) throws -> [Entry] {
    let archive = try ZipArchive(bytes)
    return try archive.entries.sorted { $0.headerOffset < $1.headerOffset }.map { entry in
      Entry(name: Array(archive.name(of: entry)), content: Array(try archive.contents(of: entry)), method: entry.method)
    }
  }
}

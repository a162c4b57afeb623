/// One entry of an archive, as its directory (or, in a salvaged archive, its local header) describes it.
struct ZipEntry {
  /// Where the name lies in the archive.
  var name: Range<Int>
  /// Compression method: 0 stored, 8 deflate, 93 zstd.
  var method: Int
  /// General-purpose bit 0.
  var isEncrypted: Bool
  /// CRC-32 of the inflated bytes.
  var checksum: UInt32
  /// Bytes in the archive.
  var compressedSize: Int
  /// Bytes when inflated.
  var size: Int
  /// Where the local header begins.
  var headerOffset: Int
  /// The first byte that belongs to something else: the entry's data must end before it.
  var bound: Int
}

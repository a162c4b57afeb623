/// How much an archive may expand. Sizes are bytes.
///
/// The defaults stand two orders of magnitude above the evaluation logs seen so far (deflate 3–15 : 1, zstd 8–20 : 1,
/// the largest single entry 90 MB) and far below what hurts a machine.
struct ZipLimits {
  /// One entry inflated.
  var entrySize = 512 << 20
  /// Inflated to compressed size of one entry, once it is larger than `ratioFloor`.
  var ratio = 1_000
  /// Entries up to this size are never refused for their ratio: a short log of repeated text compresses extremely well.
  var ratioFloor = 32 << 20
  /// All entries that are read from an archive of `size` bytes, together.
  func total(archiveSize size: Int) -> Int {
    let (product, overflow) = size.multipliedReportingOverflow(by: 200)
    return overflow ? Int.max : max(product, 1 << 30)
  }
}

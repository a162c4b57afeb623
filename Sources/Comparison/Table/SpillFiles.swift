internal import Glibc

/// Entries that no longer fit in memory, in unlinked temporary files by the first bits of their key.
///
/// A partition holds whole items, and the partitions in order hold the keys in order, so that joining them one after the
/// other gives the same table as joining everything at once.
final class SpillFiles {
  static let partitionBits = 6
  private var files: [Int32] = []
  private var sizes: [Int] = []

  init() throws(SpillError) {
    for _ in 0..<(1 << SpillFiles.partitionBits) {
      files.append(try SpillFiles.temporaryFile())
      sizes.append(0)
    }
  }

  deinit {
    for file in files { close(file) }
  }

  var partitions: Int { files.count }

  /// Moves every entry of `chunks` to its partition.
  func write(_ chunks: borrowing EntryChunks) throws {
    var buffers = [[UInt8]](repeating: [], count: files.count)
    try chunks.forEachChunk { bytes in
      var offset = 0
      while offset < bytes.count {
        let entry = bytes.load(fromByteOffset: offset, as: TrialEntry.self)
        let stride = EntryChunks.stride(labelLength: Int(entry.labelLength))
        let partition = Int(entry.key.high >> (64 - UInt64(SpillFiles.partitionBits)))
        buffers[partition].append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + stride]))
        if buffers[partition].count >= 1 << 18 { try flush(&buffers[partition], to: partition) }
        offset += stride
      }
    }
    for partition in buffers.indices { try flush(&buffers[partition], to: partition) }
  }

  /// The bytes of one partition, mapped for the duration of `body`.
  func withPartition<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    guard sizes[index] > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    guard let address = mmap(nil, sizes[index], PROT_READ, MAP_PRIVATE, files[index], 0), address != MAP_FAILED else {
      throw SpillError(operation: "map", code: errno)
    }
    defer { munmap(address, sizes[index]) }
    return try body(UnsafeRawBufferPointer(start: address, count: sizes[index]))
  }

  private func flush(_ buffer: inout [UInt8], to partition: Int) throws(SpillError) {
    var offset = 0
    while offset < buffer.count {
      let written = buffer.withUnsafeBytes { bytes in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        return Glibc.write(files[partition], rest.baseAddress, rest.count)
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw SpillError(operation: "write", code: errno)
      }
      offset += written
    }
    sizes[partition] += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  private static func temporaryFile() throws(SpillError) -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/tally-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw SpillError(operation: "create a file in \(folder)", code: errno) }
    unlink(template)
    return file
  }
}

/// The temporary files could not be used.
public struct SpillError: Error, CustomStringConvertible {
  public let operation: String
  public let code: Int32

  public var description: String {
    """
    cannot \(operation) for a comparison too large for memory: \(String(cString: strerror(code))). \
    Free some space, or set TMPDIR to a folder that has it.
    """
  }
}

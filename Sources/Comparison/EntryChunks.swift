internal import Glibc

/// Entries and their labels, packed one behind the other in chunks of 1 MiB: growing never copies what is there.
///
/// Chunks are mapped, not allocated: once a chunk was freed, the allocator would serve the next from its heap, which it
/// keeps, and a join that spilled would hold 128 MB that nobody uses.
struct EntryChunks: ~Copyable {
  static let chunkBytes = 1 << 20
  /// Longer labels are cut: they are for people to recognise an item, not to identify it.
  static let labelLimit = 240

  private var chunks: [UnsafeMutableRawPointer] = []
  private var used: [Int] = []
  private(set) var count = 0

  deinit {
    for chunk in chunks { munmap(chunk, EntryChunks.chunkBytes) }
  }

  /// Appends an entry; `label` is cut at a scalar boundary if it is too long. Amortised O(1).
  mutating func append(_ entry: TrialEntry, label: UnsafeRawBufferPointer) throws(SpillError) {
    let length = EntryChunks.cut(label)
    let stride = EntryChunks.stride(labelLength: length)
    if chunks.isEmpty || used[used.count - 1] + stride > EntryChunks.chunkBytes {
      chunks.append(try EntryChunks.mapChunk())
      used.append(0)
    }
    let target = chunks[chunks.count - 1] + used[used.count - 1]
    var packed = entry
    packed.labelLength = UInt16(length)
    target.storeBytes(of: packed, as: TrialEntry.self)
    if let source = label.baseAddress, length > 0 {
      (target + MemoryLayout<TrialEntry>.size).copyMemory(from: source, byteCount: length)
    }
    used[used.count - 1] += stride
    count += 1
  }

  /// The bytes of every chunk, for spilling and for joining. Valid until the next change.
  func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    for (chunk, length) in zip(chunks, used) {
      try body(UnsafeRawBufferPointer(start: chunk, count: length))
    }
  }

  /// Memory that the chunks take.
  var bytes: Int { chunks.count * EntryChunks.chunkBytes }

  mutating func removeAll() {
    for chunk in chunks { munmap(chunk, EntryChunks.chunkBytes) }
    chunks.removeAll(keepingCapacity: true)
    used.removeAll(keepingCapacity: true)
    count = 0
  }

  /// Bytes of an entry with a label of this length, padded to eight.
  static func stride(labelLength: Int) -> Int {
    (MemoryLayout<TrialEntry>.size + labelLength + 7) & ~7
  }

  private static func mapChunk() throws(SpillError) -> UnsafeMutableRawPointer {
    let chunk = mmap(nil, chunkBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let chunk, chunk != MAP_FAILED else { throw SpillError(operation: "find memory", code: errno) }
    return chunk
  }

  private static func cut(_ label: UnsafeRawBufferPointer) -> Int {
    guard label.count > labelLimit else { return label.count }
    var length = labelLimit
    while length > 0, label[length] & 0xC0 == 0x80 { length -= 1 }
    return length
  }
}

/// Memory for texts that cannot be borrowed from the input because they are written with escapes.
///
/// A class, so that a reader copied to look ahead shares it instead of freeing it twice.
final class TextArena {
  private var blocks: [(start: UnsafeMutableRawPointer, count: Int)] = []
  private var used = 0

  private static let blockSize = 1 << 14

  var isEmpty: Bool { used == 0 && blocks.count < 2 }

  deinit {
    for block in blocks { block.start.deallocate() }
  }

  /// Room for `count` bytes that stays valid until `removeAll`.
  func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if blocks.isEmpty || blocks[blocks.count - 1].count - used < count {
      let size = max(count, Self.blockSize)
      blocks.append((.allocate(byteCount: size, alignment: 1), size))
      used = 0
    }
    let block = blocks[blocks.count - 1]
    defer { used += count }
    return (block.start + used).assumingMemoryBound(to: UInt8.self)
  }

  /// Forgets all texts and keeps one block for the next ones, unless it is unusually large.
  func removeAll() {
    while let last = blocks.last, blocks.count > 1 || last.count > 1 << 20 {
      last.start.deallocate()
      blocks.removeLast()
    }
    used = 0
  }
}

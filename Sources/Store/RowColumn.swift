/// One column of a batch: eight bytes a row, and for texts and blobs their bytes end to end.
///
/// Memory by hand, because every value of every record passes through here several times: arrays would check for shared
/// storage, overlapping access and bounds at each of them.
@usableFromInline
struct RowColumn {
  @usableFromInline let kind: RowBatch.ColumnKind
  @usableFromInline private(set) var present: UnsafeMutablePointer<Bool>
  /// An integer, the bits of a real, or where the row's bytes end.
  @usableFromInline private(set) var words: UnsafeMutablePointer<Int64>
  @usableFromInline private(set) var bytes: UnsafeMutableRawPointer
  private(set) var byteCount = 0
  private var byteCapacity: Int
  private var rowCapacity: Int

  /// A column that once held a very long text does not keep its room.
  private static let keptBytes = 1 << 20

  init(kind: RowBatch.ColumnKind) {
    self.kind = kind
    rowCapacity = 16
    byteCapacity = kind.hasBytes ? 256 : 0
    present = .allocate(capacity: rowCapacity)
    words = .allocate(capacity: rowCapacity)
    bytes = .allocate(byteCount: byteCapacity, alignment: 8)
  }

  func deallocate() {
    present.deallocate()
    words.deallocate()
    bytes.deallocate()
  }

  mutating func removeAll() {
    byteCount = 0
    guard byteCapacity > RowColumn.keptBytes else { return }
    bytes.deallocate()
    byteCapacity = RowColumn.keptBytes
    bytes = .allocate(byteCount: byteCapacity, alignment: 8)
  }

  mutating func put(_ row: Int, word: Int64?) {
    if row == rowCapacity { growRows() }
    present[row] = word != nil
    words[row] = word ?? 0
  }

  mutating func put(_ row: Int, bytes more: UnsafeRawBufferPointer?) {
    if row == rowCapacity { growRows() }
    present[row] = more != nil
    if let more, let start = more.baseAddress {
      if byteCount + more.count > byteCapacity { growBytes(more.count) }
      (bytes + byteCount).copyMemory(from: start, byteCount: more.count)
      byteCount += more.count
    }
    words[row] = Int64(byteCount)
  }

  /// Forgets the bytes of a row and of those after it.
  mutating func truncate(_ row: Int) { byteCount = start(row) }

  @usableFromInline func start(_ row: Int) -> Int { row == 0 ? 0 : Int(words[row - 1]) }

  private mutating func growRows() {
    let (oldPresent, oldWords, count) = (present, words, rowCapacity)
    rowCapacity *= 2
    present = .allocate(capacity: rowCapacity)
    words = .allocate(capacity: rowCapacity)
    present.update(from: oldPresent, count: count)
    words.update(from: oldWords, count: count)
    oldPresent.deallocate()
    oldWords.deallocate()
  }

  private mutating func growBytes(_ more: Int) {
    let old = bytes
    byteCapacity = max(byteCapacity * 2, byteCount + more)
    bytes = .allocate(byteCount: byteCapacity, alignment: 8)
    bytes.copyMemory(from: old, byteCount: byteCount)
    old.deallocate()
  }
}

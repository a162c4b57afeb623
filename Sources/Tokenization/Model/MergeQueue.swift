/// Byte-pair encoding by definition: joins the pair of the highest priority, the leftmost of equals, until none is left.
///
/// O(n log n) through a heap of candidate pairs, for any merges at all. It is what the others are derived from and
/// tested against, and encodes with vocabularies that `BacktrackingEncoder` cannot serve.
struct MergeQueue {
  private var symbols: [Int] = []
  private var previous: [Int] = []
  private var next: [Int] = []
  /// Priority, then place: the leftmost of equals is the least. What became stale is recognised when it is taken out.
  private var heap: [UInt64] = []

  /// Joins symbols and leaves the tokens in `symbols`.
  ///
  /// - Parameter merge: the priority of joining two symbols (less is earlier) and the result; nil when they stay two.
  /// - Parameter joining: is told every join, in order.
  mutating func encode(
    _ symbols: inout [Int], merge: (_ left: Int, _ right: Int) -> (priority: Int, joined: Int)?,
    joining: (_ left: Int, _ right: Int) -> Void = { _, _ in }
  ) {
    let count = symbols.count
    guard count > 1 else { return }
    self.symbols = symbols
    previous = Array(-1..<count - 1)
    next = Array(1...count)
    heap.removeAll(keepingCapacity: true)
    for place in 0..<count - 1 { consider(place, merge) }
    // Priorities of pairs are fixed, so a heap that is made at once is as good as one that grew.
    for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
    while let top = popLeast() {
      let place = Int(top & 0xFFFF_FFFF)
      let right = next[place]
      guard self.symbols[place] >= 0, right < count,
        let (priority, joined) = merge(self.symbols[place], self.symbols[right]), priority == Int(top >> 32)
      else { continue }
      joining(self.symbols[place], self.symbols[right])
      self.symbols[place] = joined
      self.symbols[right] = -1
      next[place] = next[right]
      if next[place] < count { previous[next[place]] = place }
      if next[place] < count, consider(place, merge) { rise(heap.count - 1) }
      if previous[place] >= 0, consider(previous[place], merge) { rise(heap.count - 1) }
    }
    symbols.removeAll(keepingCapacity: true)
    var place = 0
    while place < count {
      symbols.append(self.symbols[place])
      place = next[place]
    }
  }

  /// Adds the pair that begins at a place at the heap's end, if it may be joined.
  @discardableResult
  private mutating func consider(_ place: Int, _ merge: (Int, Int) -> (priority: Int, joined: Int)?) -> Bool {
    guard let (priority, _) = merge(symbols[place], symbols[next[place]]) else { return false }
    heap.append(UInt64(priority) << 32 | UInt64(place))
    return true
  }

  private mutating func popLeast() -> UInt64? {
    guard let least = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink(0)
    }
    return least
  }

  private mutating func rise(_ start: Int) {
    var place = start
    while place > 0, heap[place] < heap[(place - 1) / 2] {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func sink(_ start: Int) {
    var place = start
    while true {
      var child = 2 * place + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < heap[place] else { return }
      heap.swapAt(place, child)
      place = child
    }
  }
}

/// Byte-pair encoding through a heap, for vocabularies in which some token is joined from one that comes after it, which
/// `BacktrackingEncoder` cannot serve. O(n log n).
struct QueueEncoder: ~Copyable, Sendable {
  private let pairs: PairTable

  init(pairs: consuming PairTable) {
    self.pairs = pairs
  }

  /// Joins first symbols.
  func encode(_ symbols: inout [Int]) {
    var queue = MergeQueue()
    queue.encode(&symbols) { left, right in pairs[left, right].map { ($0, $0) } }
  }
}

/// How many tokens short pieces have, for the pieces met last. A fixed number of slots; a piece displaces another of the
/// same slot.
struct PieceCache: ~Copyable {
  private struct Slot: BitwiseCopyable {
    var key: PieceKey
    var count: UInt32
  }

  /// 16,384 slots of 24 bytes: what the second-level cache of a small core holds.
  private static let bits = 14
  private let slots = FixedArray<Slot>(repeating: Slot(key: .absent, count: 0), count: 1 << PieceCache.bits)

  /// The slot of a piece.
  @inline(__always)
  func slot(of key: PieceKey) -> Int {
    Int(truncatingIfNeeded: key.hash >> 40) & (1 << PieceCache.bits - 1)
  }

  /// The count that a slot has for a piece; nil when it holds another.
  @inline(__always)
  func count(at slot: Int, of key: PieceKey) -> Int? {
    let held = slots[slot]
    return held.key == key ? Int(held.count) : nil
  }

  /// Keeps a count in the piece's slot.
  @inline(__always)
  func keep(_ count: Int, of key: PieceKey, at slot: Int) {
    slots[slot] = Slot(key: key, count: UInt32(truncatingIfNeeded: count))
  }
}

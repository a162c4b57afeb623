/// The tokens that a short piece may become as a whole.
struct PieceIndex: ~Copyable, Sendable {
  private struct Slot: BitwiseCopyable {
    var key: PieceKey
    var token: UInt32
  }

  private let slots: FixedArray<Slot>
  private let mask: Int

  /// Room for a number of pieces.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = FixedArray(repeating: Slot(key: .absent, token: 0), count: size)
    mask = size - 1
  }

  /// Adds a piece of 1…15 bytes that is not there yet; only while a model is built.
  func insert(_ piece: ArraySlice<UInt8>, token: UInt32) {
    let key = piece.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { PieceKey($0, count: bytes.count, readable: bytes.count) } ?? .absent
    }
    var place = Int(truncatingIfNeeded: key.hash >> 32) & mask
    while slots[place].key != .absent { place = (place + 1) & mask }
    slots[place] = Slot(key: key, token: token)
  }

  /// The token of a piece. O(1) expected.
  @inline(__always) subscript(key: PieceKey) -> UInt32? {
    var place = Int(truncatingIfNeeded: key.hash >> 32) & mask
    while true {
      let slot = slots[place]
      if slot.key == key { return slot.token }
      if slot.key == .absent { return nil }
      place = (place + 1) & mask
    }
  }
}

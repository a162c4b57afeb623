/// Which two neighbouring tokens become which token: open addressing, eight bytes a slot.
///
/// Tokens are numbered here by the order of merging, so that the number of the result is also its priority.
struct PairTable: ~Copyable, Sendable {
  /// Tokens that a table can number: three numbers share one word.
  static let mostTokens = 1 << 21 - 1
  private static let absent = UInt64.max

  private let slots: FixedArray<UInt64>
  private let mask: Int

  /// Room for a number of pairs.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 3 { size *= 2 }
    slots = FixedArray(repeating: PairTable.absent, count: size)
    mask = size - 1
  }

  @inline(__always) private func home(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
  }

  /// Adds a pair that is not there yet; only while a model is built.
  func insert(_ left: Int, _ right: Int, joined: Int) {
    let key = UInt64(left) << 21 | UInt64(right)
    var place = home(key)
    while slots[place] != PairTable.absent { place = (place + 1) & mask }
    slots[place] = key << 21 | UInt64(joined)
  }

  /// The token that two neighbours become; nil when they stay two. O(1) expected.
  @inline(__always) subscript(left: Int, right: Int) -> Int? {
    let key = UInt64(truncatingIfNeeded: left) << 21 | UInt64(truncatingIfNeeded: right)
    var place = home(key)
    while true {
      let slot = slots[place]
      if slot >> 21 == key { return Int(truncatingIfNeeded: slot & 0x1F_FFFF) }
      if slot == PairTable.absent { return nil }
      place = (place + 1) & mask
    }
  }
}

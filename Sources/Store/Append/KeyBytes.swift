internal import Glibc
import Records

/// What names the thing that a record speaks of: 4 bytes that keep neighbours together, then 12 of the SHA-256 of the
/// fields that identify it. Two integers, which databases compare faster than bytes.
struct NaturalKey: Hashable, Comparable {
  let high: UInt64
  let low: UInt64

  /// What neighbours share.
  var place: UInt32 { UInt32(truncatingIfNeeded: high >> 32) }

  static func < (left: NaturalKey, right: NaturalKey) -> Bool {
    left.high == right.high
      ? Int64(bitPattern: left.low) < Int64(bitPattern: right.low)
      : Int64(bitPattern: left.high) < Int64(bitPattern: right.high)
  }
}

extension RowBatch {
  /// Two columns.
  func append(_ key: NaturalKey) {
    append(Int64(bitPattern: key.high))
    append(Int64(bitPattern: key.low))
  }
}

/// A natural key in the making.
///
/// Keys of one series (or of one moment) lie side by side in the index, so that appending touches few of its pages
/// however large the ledger is.
struct KeyBytes {
  private let fields = CanonicalBytes(kind: .trial)
  private var place: UInt32 = 0
  /// The shared fields of the record before, and their place.
  private var lastShared: [UInt8] = []
  private var lastPlace: UInt32 = 0

  mutating func reset(kind: RecordKind) {
    fields.reset(kind: kind)
    place = 0
  }

  mutating func append(_ value: String?) { fields.append(value?.identifier) }
  mutating func append(_ value: Int64?) { fields.append(value) }

  /// Neighbours in time are neighbours in the index: by second, to the year 2106. Only for times that never change.
  mutating func placeBy(_ time: Instant) {
    place = UInt32(min(max(time.nanoseconds / 1_000_000_000, 0), Int64(UInt32.max)))
  }

  /// What was appended so far is what neighbours share.
  mutating func placeByFields() {
    let shared = fields.bytes
    if !KeyBytes.areEqual(shared, lastShared) {
      lastShared = Array(shared)
      lastPlace = UInt32(truncatingIfNeeded: fields.digest.words.0 >> 32)
    }
    place = lastPlace
  }

  private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: [UInt8]) -> Bool {
    right.withUnsafeBytes { right in
      guard left.count == right.count, let first = left.baseAddress, let second = right.baseAddress else {
        return false
      }
      return memcmp(first, second, left.count) == 0
    }
  }

  var key: NaturalKey {
    let words = fields.digest.words
    return NaturalKey(high: UInt64(place) << 32 | words.0 >> 32, low: words.0 << 32 | words.1 >> 32)
  }
}

/// The keys of one batch, to find one that occurs twice. Keys are hashes already: their low bits choose the slot.
struct KeySet {
  private static let slotCount = 4 * RowBatch.capacity
  /// Index of a key plus one; 0 is empty. At most a quarter is taken.
  private var slots = [UInt16](repeating: 0, count: slotCount)

  func contains(_ key: NaturalKey, in keys: [NaturalKey]) -> Bool {
    var slot = Int(truncatingIfNeeded: key.low) & (KeySet.slotCount - 1)
    while slots[slot] != 0 {
      if keys[Int(slots[slot]) - 1] == key { return true }
      slot = (slot + 1) & (KeySet.slotCount - 1)
    }
    return false
  }

  /// Adds the last of the keys.
  mutating func insertLast(of keys: [NaturalKey]) {
    var slot = Int(truncatingIfNeeded: keys[keys.count - 1].low) & (KeySet.slotCount - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (KeySet.slotCount - 1) }
    slots[slot] = UInt16(keys.count)
  }

  mutating func removeAll() {
    for slot in slots.indices { slots[slot] = 0 }
  }
}

import CXXHash
import Records

/// Finds the group of a key: one hash and one comparison.
struct AttributeIndex {
  /// A key's group and its place in it.
  struct Entry {
    let key: StaticString
    let group: Int
    let rank: Int
  }

  static let shared = AttributeIndex()

  private var entries: [Entry] = []
  /// Numbers of entries plus one, by hash; 0 is empty.
  private var table: [UInt16]
  private let mask: Int
  private var reserved: [StaticString] = AttributeTable.reservedTags

  private init() {
    for (group, rules) in AttributeTable.groups.enumerated() {
      for (rank, key) in rules.keys.enumerated() { entries.append(Entry(key: key, group: group, rank: rank)) }
    }
    var size = 64
    while size < entries.count * 3 { size *= 2 }
    mask = size - 1
    table = Array(repeating: 0, count: size)
    for (number, entry) in entries.enumerated() {
      var place = AttributeIndex.hash(BorrowedText(entry.key)) & mask
      while table[place] != 0 { place = (place + 1) & mask }
      table[place] = UInt16(number + 1)
    }
  }

  @inline(__always)
  private static func hash(_ key: BorrowedText) -> Int {
    Int(truncatingIfNeeded: tally_xxh3_128(key.bytes.baseAddress, key.bytes.count, 0).low)
  }

  /// Calls the body with each entry of the key: mostly none or one; `llm.model_name` has two.
  @inline(__always)
  func forEach(_ key: BorrowedText, _ body: (Entry) -> Void) {
    var place = AttributeIndex.hash(key) & mask
    while table[place] != 0 {
      let entry = entries[Int(table[place]) - 1]
      if key.equals(entry.key) { body(entry) }
      place = (place + 1) & mask
    }
  }

  /// What a key of a flattened list or map is part of, and how long the common beginning is.
  func flat(_ key: BorrowedText) -> (target: FlatTarget, length: Int)? {
    for (prefix, target, _) in AttributeTable.prefixes where key.hasPrefix(prefix) {
      return (target, prefix.utf8CodeUnitCount)
    }
    return nil
  }

  /// Whether a name is that of a tag that checks read.
  func isReservedTag(_ name: BorrowedText) -> Bool { reserved.contains { name.equals($0) } }
}

/// The identifiers of items by item number, for people to recognise them: texts packed one behind the other.
///
/// A label costs its bytes and 16 more, and no allocation of its own: most are never shown.
public struct ItemLabels: Equatable, Sendable {
  private var items: [Int] = []
  /// Where each label ends; it starts where the one before it ends.
  private var ends: [Int] = []
  private var bytes: [UInt8] = []

  /// How many items have a label.
  public var count: Int { items.count }

  /// The label of an item, nil where none was kept. O(log n).
  public subscript(item: Int) -> String? {
    var low = 0
    var high = items.count
    while low < high {
      let middle = (low + high) / 2
      if items[middle] < item { low = middle + 1 } else { high = middle }
    }
    guard low < items.count, items[low] == item else { return nil }
    return text(low)
  }

  /// Labels an item whose number is larger than those labelled before. Amortised O(bytes).
  mutating func append(_ label: UnsafeRawBufferPointer, item: Int) {
    items.append(item)
    bytes.append(contentsOf: label)
    ends.append(bytes.count)
  }

  /// The item with the label at a position in the order of the items.
  func item(_ position: Int) -> Int { items[position] }

  /// The label at a position in the order of the items.
  func text(_ position: Int) -> String { String(decoding: bytes[range(position)], as: UTF8.self) }

  /// Sorts positions by a key, the largest first, equal keys by the UTF-8 bytes of their labels, the smallest first.
  func sorted(_ positions: [Int], byDescending key: (Int) -> Double) -> [Int] {
    var ranked = positions.map { Ranked(key: key($0), range: range($0), position: $0) }
    bytes.withUnsafeBufferPointer { bytes in
      ranked.sort { first, second in
        if first.key != second.key { return first.key > second.key }
        return ItemLabels.precedes(bytes, first.range, second.range)
      }
    }
    return ranked.map(\.position)
  }

  private func range(_ position: Int) -> Range<Int> {
    (position == 0 ? 0 : ends[position - 1])..<ends[position]
  }

  private static func precedes(
    _ bytes: UnsafeBufferPointer<UInt8>, _ first: Range<Int>, _ second: Range<Int>
  ) -> Bool {
    let common = min(first.count, second.count)
    var offset = 0
    while offset + 8 <= common {
      let (a, b) = (word(bytes, first.lowerBound + offset), word(bytes, second.lowerBound + offset))
      if a != b { return a < b }
      offset += 8
    }
    while offset < common {
      let (a, b) = (bytes[first.lowerBound + offset], bytes[second.lowerBound + offset])
      if a != b { return a < b }
      offset += 1
    }
    return first.count < second.count
  }

  /// Eight bytes as a number that compares as they do.
  private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int) -> UInt64 {
    UInt64(bigEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// What sorting looks at: no reference, so that moving it counts none.
  private struct Ranked {
    let key: Double
    let range: Range<Int>
    let position: Int
  }
}

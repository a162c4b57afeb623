import Store

extension Sequence {
  /// The elements by their keys, smallest first; of equal keys the one that came first comes first. O(n log n).
  func ordered<Key: Comparable>(by key: (Element) throws -> Key) rethrows -> [Element] {
    let elements = Array(self)
    let keys: [Key] = try elements.map(key)
    let places: [Int] = elements.indices.sorted { (left: Int, right: Int) -> Bool in
      if keys[left] == keys[right] { return left < right }
      return keys[left] < keys[right]
    }
    return places.map { elements[$0] }
  }

  /// The element with the smallest key, the first of several; nil without elements. O(n).
  func least<Key: Comparable>(by key: (Element) throws -> Key) rethrows -> Element? {
    var best: (key: Key, element: Element)?
    for element in self {
      let key = try key(element)
      if let known = best, known.key <= key { continue }
      best = (key, element)
    }
    return best?.element
  }

  /// The element with the largest key, the first of several; nil without elements. O(n).
  func greatest<Key: Comparable>(by key: (Element) throws -> Key) rethrows -> Element? {
    var best: (key: Key, element: Element)?
    for element in self {
      let key = try key(element)
      if let known = best, known.key >= key { continue }
      best = (key, element)
    }
    return best?.element
  }
}

/// Whether the left of the first pair that differs is smaller; nil where neither does. For sorts that are too hot for
/// `ordered(by:)`.
@inline(__always)
func isSmaller<Key: Comparable>(_ first: (left: Key, right: Key), then second: (left: Key, right: Key)) -> Bool? {
  if first.left != first.right { return first.left < first.right }
  return second.left == second.right ? nil : second.left < second.right
}

extension Sequence {
  /// By the UTF-8 bytes of their names, as everywhere where ties are broken by name; of equal names the one that came first comes
  /// first. O(n log n).
  func orderedByBytes(of name: (Element) -> String) -> [Element] { ordered { UTF8Name(text: name($0)) } }
}

private struct UTF8Name: Comparable {
  let text: String

  static func < (left: UTF8Name, right: UTF8Name) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }
  static func == (left: UTF8Name, right: UTF8Name) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
}

extension Sequence where Element: StringProtocol {
  /// By UTF-8 bytes, as everywhere where ties are broken by name.
  func orderedByBytes() -> [Element] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

extension WindowTrace {
  /// Its spans by their starts, those of one instant by their ids: the order in which they came must not show.
  var ordered: [WindowSpan] {
    // As most come.
    if zip(spans, spans.dropFirst()).allSatisfy({ $0.startedAt < $1.startedAt }) { return spans }
    return spans.orderedByBytes(of: \.spanID).ordered(by: \.startedAt)
  }
}

/// The first so many of what is inserted: enough to count and to show, however much there is.
struct BoundedSet<Element: Hashable> {
  private let limit: Int
  private var elements: Set<Element> = []

  init(limit: Int) { self.limit = limit }

  var count: Int { elements.count }

  mutating func insert(_ element: Element) {
    if elements.count < limit { elements.insert(element) }
  }
}

/// Remembers answers, and forgets all of them when there are too many.
struct BoundedCache<Key: Hashable, Value> {
  private let limit: Int
  private var values: [Key: Value] = [:]

  init(limit: Int) { self.limit = limit }

  subscript(key: Key) -> Value? { values[key] }

  mutating func remember(_ value: Value, for key: Key) {
    if values.count >= limit { values.removeAll(keepingCapacity: true) }
    values[key] = value
  }
}

/// The first so many of what is appended.
struct BoundedList<Element> {
  private let limit: Int
  private(set) var elements: [Element] = []

  init(limit: Int) { self.limit = limit }

  var isFull: Bool { elements.count >= limit }

  /// - Returns: whether there was room.
  @discardableResult
  mutating func append(_ element: Element) -> Bool {
    guard !isFull else { return false }
    elements.append(element)
    return true
  }
}

/// The first so many keys, with their values.
struct BoundedMap<Key: Hashable, Value> {
  private let limit: Int
  private var values: [Key: Value] = [:]

  init(limit: Int) { self.limit = limit }

  subscript(key: Key) -> Value? { values[key] }

  mutating func remember(_ value: Value, for key: Key) {
    if values.count < limit || values[key] != nil { values[key] = value }
  }
}

/// The so many elements with the largest keys, in the order of those; of equal keys, those that came last.
struct LargestFew<Element, Key: Comparable> {
  private let limit: Int
  private let key: @Sendable (Element) -> Key
  private(set) var elements: [Element] = []

  init(limit: Int, by key: @escaping @Sendable (Element) -> Key) {
    (self.limit, self.key) = (limit, key)
  }

  mutating func insert(_ element: Element) {
    // Most of what comes is smaller than all that are kept.
    if elements.count == limit, let least = elements.first, key(element) < key(least) { return }
    elements = Array((elements + [element]).ordered(by: key).suffix(limit))
  }
}

/// So many entries by a number, the newest: whoever is pushed out came first.
struct RecentEntries<Value> {
  private var values: [UInt64: Value] = [:]
  private var order: [UInt64] = []
  /// Those before it are gone.
  private var first = 0
  private let most: Int

  /// - Parameter most: ≥ 1.
  init(most: Int) { self.most = most }

  var count: Int { values.count }

  /// Nil takes an entry out; its place is used up all the same, so that it should not come back often.
  subscript(number: UInt64) -> Value? {
    get { values[number] }
    set {
      guard let newValue else { return values[number] = nil }
      if values.updateValue(newValue, forKey: number) == nil {
        order.append(number)
        prune()
      }
    }
  }

  private mutating func prune() {
    while values.count > most, first < order.count {
      values[order[first]] = nil
      first += 1
    }
    // Now and then, so that moving costs O(1) an entry.
    guard first > 1_024, first * 2 > order.count else { return }
    order.removeFirst(first)
    first = 0
  }
}

internal import Records

/// The newest calls that judges have judged, by when they began. O(log n) a word to find its place; what is moved there is short,
/// since words come about in the order of calls.
struct JudgedWindow: Sendable, Hashable {
  private struct Call: Hashable {
    let id: UInt64
    let at: Instant
    var isBad: Bool
  }

  /// In the order in which they began.
  private var entries: [Call] = []
  /// When each began.
  private var begins: [UInt64: Instant] = [:]
  private(set) var bad = 0

  var calls: Int { entries.count }

  /// Says something of a call, in place of what was said of it. Beyond so many, those that began first are left out.
  mutating func set(_ id: UInt64, at: Instant, isBad: Bool, most: Int) {
    if let known = begins[id] {
      // When a call began is said once; whoever delivers it again with another time changes nothing.
      let place = place(known, id)
      if entries[place].isBad != isBad { bad += isBad ? 1 : -1 }
      entries[place].isBad = isBad
      return
    }
    begins[id] = at
    entries.insert(Call(id: id, at: at, isBad: isBad), at: place(at, id))
    if isBad { bad += 1 }
    if entries.count > most { drop(entries.count - most) }
  }

  /// Leaves out what is as old as the window, or older.
  mutating func prune(to now: Instant, _ window: Duration) {
    let old = entries.prefix { $0.at.duration(to: now) >= window }.count
    if old > 0 { drop(old) }
  }

  private mutating func drop(_ count: Int) {
    for call in entries[..<count] {
      begins[call.id] = nil
      if call.isBad { bad -= 1 }
    }
    entries.removeFirst(count)
  }

  /// Where a call is, or would be.
  private func place(_ at: Instant, _ id: UInt64) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      let call = entries[middle]
      if (call.at, call.id) < (at, id) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

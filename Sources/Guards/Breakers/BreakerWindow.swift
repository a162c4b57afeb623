internal import Records

/// The newest calls: how many there were, and how many failed. O(1) a call, and at most so many are kept.
struct BreakerWindow: Sendable {
  private struct Entry: Hashable {
    let at: Instant
    let hasFailed: Bool
  }

  private var entries: [Entry] = []
  /// Those before it are gone.
  private var first = 0
  private(set) var failed = 0
  private var run = 0

  var calls: Int { entries.count - first }
  /// The newest calls that all failed.
  var streak: Int { min(run, calls) }

  mutating func append(hasFailed: Bool, at now: Instant, most: Int) {
    entries.append(Entry(at: now, hasFailed: hasFailed))
    if hasFailed { failed += 1 }
    run = hasFailed ? run + 1 : 0
    if calls > most { drop() }
  }

  /// Leaves out what is older than the window, half-open: what is as old as the window is gone.
  mutating func prune(to now: Instant, _ window: Duration) {
    while first < entries.count, entries[first].at.duration(to: now) >= window { drop() }
  }

  private mutating func drop() {
    if entries[first].hasFailed { failed -= 1 }
    first += 1
    // Now and then, so that moving costs O(1) a call.
    guard first > 64, first * 2 > entries.count else { return }
    entries.removeFirst(first)
    first = 0
  }
}

extension BreakerWindow: Hashable {
  static func == (left: BreakerWindow, right: BreakerWindow) -> Bool {
    left.streak == right.streak && left.entries[left.first...] == right.entries[right.first...]
  }

  func hash(into hasher: inout Hasher) { hasher.combine(entries[first...]) }
}

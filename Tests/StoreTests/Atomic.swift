import Synchronization

/// A number that several threads may read and set.
final class Atomic: Sendable {
  private let stored: Mutex<Int64>

  init(_ value: Int64) {
    stored = Mutex(value)
  }

  var value: Int64 {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }

  /// Adds one and gives the sum.
  func increment() -> Int64 {
    stored.withLock {
      $0 += 1
      return $0
    }
  }
}

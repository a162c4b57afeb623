internal import Records
internal import Synchronization

/// What breakers have let in of calls that other gateways make, until somebody says here how they ended.
///
/// One of whom nobody says so is given back when it expires: a probe that nobody ends would keep all others out. Whoever says it at
/// another server does not end it here.
final class DecisionPassages: Sendable {
  /// What let the call in: its breaker, and the limits of its tenant.
  struct Held {
    var passage: CallPassage?
    var pass: TenantPass?
  }

  private struct State {
    var passages: [String: (held: Held, expiry: Instant)] = [:]
    var hasAlarm = false
  }

  private let most: Int
  private let clock: @Sendable () -> Instant
  private let state = Mutex(State())

  /// - Parameter most: that are kept; beyond, those that expire first are given back.
  init(most: Int = 65_536, clock: @escaping @Sendable () -> Instant) {
    self.most = most
    self.clock = clock
  }

  var count: Int { state.withLock { $0.passages.count } }

  func keep(_ held: Held, _ id: String, until expiry: Instant) {
    let (given, wakes) = state.withLock { state -> (Held?, Bool) in
      var given: Held?
      if state.passages.count >= most, let first = state.passages.min(by: { $0.value.expiry < $1.value.expiry }) {
        given = state.passages.removeValue(forKey: first.key)?.held
      }
      state.passages[id] = (held, expiry)
      defer { state.hasAlarm = true }
      return (given, !state.hasAlarm)
    }
    // Whoever is let go tells its breaker, and not under the lock.
    withExtendedLifetime(given) {}
    if wakes { watch() }
  }

  func take(_ id: String) -> Held? { state.withLock { $0.passages.removeValue(forKey: id)?.held } }

  /// Gives back those that have expired.
  /// - Returns: when the next one does; nil where there is none.
  @discardableResult
  func sweep() -> Instant? {
    let now = clock()
    let (late, next) = state.withLock { state -> ([Held], Instant?) in
      let late = state.passages.filter { $0.value.expiry <= now }
      for id in late.keys { state.passages[id] = nil }
      let next = state.passages.values.map(\.expiry).min()
      if next == nil { state.hasAlarm = false }
      return (late.values.map(\.held), next)
    }
    withExtendedLifetime(late) {}
    return next
  }

  private func watch() {
    let clock = clock
    Task { [weak self] in
      while let next = self?.sweep() {
        // A clock that stands, or is put forward, is looked at again all the same.
        let pause = min(max(clock().duration(to: next), .milliseconds(50)), .seconds(5))
        try? await Task.sleep(for: pause)
      }
    }
  }
}

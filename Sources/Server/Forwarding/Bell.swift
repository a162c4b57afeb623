internal import Synchronization

/// Wakes the one who waits for it; rung while nobody waits, it wakes whoever waits next.
final class Bell: Sendable {
  private struct State {
    var hasRung = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func ring() {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      if state.waiter == nil { state.hasRung = true }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Returns when it rings or the time is over. One waits at a time.
  func wait(atMost duration: Duration) async {
    let alarm = Task {
      // Cancelled when it rang before.
      guard (try? await Task.sleep(for: duration)) != nil else { return }
      ring()
    }
    await withCheckedContinuation { continuation in
      let hasRung = state.withLock { state in
        defer { state.hasRung = false }
        if !state.hasRung { state.waiter = continuation }
        return state.hasRung
      }
      if hasRung { continuation.resume() }
    }
    alarm.cancel()
  }
}

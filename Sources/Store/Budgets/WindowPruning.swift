internal import Records
internal import Synchronization

/// When this process last looked for windows of runs that nobody asks for any more: callers choose what their runs are called, so
/// that a busy budget of them leaves a window behind with every call, and looking for old ones at each would cost more than they do.
final class WindowPruning: Sendable {
  private let looks = Mutex<[String: Instant]>([:])

  /// From one look to the next.
  static let interval = Duration.seconds(3_600)

  /// Whether it is time to look for those of a budget; whoever is told so does.
  func isDue(_ budget: String, at now: Instant) -> Bool {
    looks.withLock { looks in
      // A clock that was set back looks at once.
      if let last = looks[budget], last <= now, last.duration(to: now) < WindowPruning.interval { return false }
      looks[budget] = now
      return true
    }
  }
}

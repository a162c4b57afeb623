import ArgumentParser
import Records

/// A beginning as people write it on a command line: how long ago, or a date or a time.
enum Since: Sendable {
  case ago(Duration)
  case at(Instant)

  static func parse(_ text: String) throws -> Since {
    if let duration = DurationText.parse(text) { return .ago(duration) }
    if let instant = Instant(text) { return .at(instant) }
    throw ValidationError("'\(text)' is no duration and no date: write 24h, 7d, 2026-03-01 or 2026-03-01T12:00:00Z.")
  }

  func instant(now: Instant) -> Instant? {
    switch self {
    case .ago(let duration): now.advanced(by: .zero - duration)
    case .at(let instant): instant
    }
  }

  /// Refuses a window in which nothing can lie: an empty answer would look as if nothing had happened.
  static func checkWindow(_ since: Since?, until: Since?, now: Instant = SystemClock.now()) throws {
    guard let since, let until, let begin = since.instant(now: now), let end = until.instant(now: now), end <= begin
    else { return }
    var remedy = ""
    if case (.ago, .ago) = (since, until) {
      remedy = " Both say how long ago, so that the longer one goes with --since: --since 2h --until 1h."
    }
    throw ValidationError(
      "The window is empty: --until (\(end)) is not after --since (\(begin)), and nothing can lie between them.\(remedy)"
    )
  }
}

/// A moment of the past, as people write it on a command line.
enum PastMoment {
  /// - Throws: `ValidationError` when it is no time, or has not come yet: what nobody can know is not the past.
  static func parse(_ text: String) throws -> Instant {
    guard let instant = Instant(text) else {
      throw ValidationError("'\(text)' is no date and no time: write 2026-03-01 or 2026-03-01T12:00:00Z.")
    }
    guard instant <= SystemClock.now() else { throw ValidationError("\(text) has not come yet.") }
    return instant
  }
}

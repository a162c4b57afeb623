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
}

public import Records

/// When something is done again and again. Times that were missed count as one.
public enum ScheduleRule: Sendable, Hashable {
  /// At once, and then at this distance.
  case every(Duration)
  /// At this minute of each day, in UTC.
  case daily(minute: Int)

  private static let day: Int64 = 86_400_000_000_000

  /// The newest time at which it was to be done; nil when it has been done since.
  /// - Parameter last: the time for which it was last done, or from which on it is looked after. One to come, of a clock that
  ///   was set back, counts as now.
  public func due(after last: Instant, now: Instant) -> Instant? {
    let last = min(last, now)
    switch self {
    case .every(let distance):
      let step = ScheduleRule.nanoseconds(distance)
      let times = (now.nanoseconds - last.nanoseconds) / step
      return times > 0 ? Instant(nanoseconds: last.nanoseconds + times * step) : nil
    case .daily:
      guard let next = next(after: last), next <= now else { return nil }
      let days = (now.nanoseconds - next.nanoseconds) / ScheduleRule.day
      return Instant(nanoseconds: next.nanoseconds + days * ScheduleRule.day)
    }
  }

  /// The first time after another; nil beyond all times.
  public func next(after last: Instant) -> Instant? {
    switch self {
    case .every(let distance): return last.advanced(by: distance)
    case .daily(let minute):
      let offset = Int64(minute) * 60_000_000_000
      let day = (last.nanoseconds - offset).quotientRoundedDown(by: ScheduleRule.day) + 1
      let (start, isFar) = day.multipliedReportingOverflow(by: ScheduleRule.day)
      return isFar ? nil : Instant(nanoseconds: 0).advanced(by: .nanoseconds(start) + .nanoseconds(offset))
    }
  }

  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return max(1, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}

extension Int64 {
  fileprivate func quotientRoundedDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

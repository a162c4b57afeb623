public import Records

/// How long a budget lasts before it begins anew: calendar hours, days and months in UTC.
public enum BudgetPeriod: String, Sendable, CaseIterable {
  case hour, day, month

  /// When the window began that holds at an instant, and when the next one begins.
  public func window(at instant: Instant) -> (start: Instant, end: Instant) {
    switch self {
    case .month: return (instant.monthStart, instant.nextMonthStart)
    case .hour, .day:
      let length: Int64 = self == .hour ? 3_600_000_000_000 : 86_400_000_000_000
      let rest = ((instant.nanoseconds % length) + length) % length
      let (start, isEarly) = instant.nanoseconds.subtractingReportingOverflow(rest)
      let (end, isLate) = start.addingReportingOverflow(length)
      return (
        Instant(nanoseconds: isEarly ? instant.nanoseconds : start), Instant(nanoseconds: isLate ? .max : end)
      )
    }
  }
}

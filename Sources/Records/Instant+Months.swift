extension Instant {
  /// The beginning of this instant's calendar month in UTC; the instant itself where the range begins within the month.
  public var monthStart: Instant {
    let date = Instant.date(ofDay: day)
    return Instant.start(ofDay: day - date.day + 1) ?? self
  }

  /// The beginning of the month after this instant's; the end of time where there is none.
  public var nextMonthStart: Instant {
    let date = Instant.date(ofDay: day)
    let (year, month) = date.month == 12 ? (date.year + 1, 1) : (date.year, date.month + 1)
    return Instant.start(ofDay: Instant.day(year: year, month: month, day: 1)) ?? Instant(nanoseconds: .max)
  }

  /// The beginning of a day, so many days after 1970-01-01; nil outside the range.
  public static func start(ofDay day: Int64) -> Instant? {
    let (nanoseconds, overflow) = day.multipliedReportingOverflow(by: secondsPerDay * nanosecondsPerSecond)
    return overflow ? nil : Instant(nanoseconds: nanoseconds)
  }

  /// Year and month in UTC, such as `2026-03`.
  public var monthText: String { String(dateText.prefix(dateText.utf8.count - 3)) }
}

extension Instant {
  /// Whole milliseconds since 1970, rounded down.
  public var milliseconds: Int64 { Instant.floored(nanoseconds, 1_000_000).quotient }

  /// So many days of 24 hours later, earlier when negative; the end of time when there is no such instant.
  public func adding(days: Int64) -> Instant {
    advanced(by: .seconds(days * Instant.secondsPerDay))
      ?? Instant(nanoseconds: days < 0 ? .min : .max)
  }

  /// Days of 24 hours from this instant to another, with their fraction.
  public func days(to other: Instant) -> Double {
    (Double(other.nanoseconds) - Double(nanoseconds)) / Double(Instant.secondsPerDay * Instant.nanosecondsPerSecond)
  }
}

public import Records

/// The time of a world: thirteen weeks, in days from 0.
public struct Quarter: Sendable, Hashable {
  /// The first moment of day 0.
  public let start: Instant
  public let days = 91

  /// The quarter from Monday, 6 July 2026 on.
  public init() {
    // 2026-07-06T00:00:00Z.
    start = Instant(nanoseconds: 1_783_296_000_000_000_000)
  }

  /// The quarter that ended when the day of an instant began, in UTC.
  public init(before now: Instant) {
    let today = Instant(nanoseconds: 0).adding(days: now.day)
    start = today.adding(days: -91)
  }

  /// The beginning of a day; days before the quarter are negative.
  public func date(_ day: Int) -> Instant { start.adding(days: Int64(day)) }

  /// A moment of a day; 0 ≤ part < 1 of it has passed.
  public func moment(_ day: Int, _ part: Double) -> Instant {
    Instant(nanoseconds: date(day).nanoseconds + Int64(part * 86_400) * 1_000_000_000)
  }

  /// The moment at which the quarter is over.
  public var end: Instant { date(days) }
}

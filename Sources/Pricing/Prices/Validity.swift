public import Records

/// When a price holds: from an instant on, until before another, perhaps only at some hours of the day.
public struct Validity: Sendable, Hashable {
  /// The first instant; nil for always.
  public var from: Instant?
  /// The first instant after it; nil for ever.
  public var to: Instant?
  /// Nil for all hours.
  public var hours: DailyHours?

  public static let always = Validity()

  public init(from: Instant? = nil, to: Instant? = nil, hours: DailyHours? = nil) {
    self.from = from
    self.to = to
    self.hours = hours
  }

  /// Half-open: the first instant is in, the last is not.
  public func contains(_ instant: Instant) -> Bool {
    if let from, instant < from { return false }
    if let to, instant >= to { return false }
    return hours?.contains(instant) ?? true
  }
}

/// Hours of every day in UTC, half-open; from 22:00 to 06:00 passes midnight. DeepSeek sold its nights cheaper.
public struct DailyHours: Sendable, Hashable {
  /// Seconds of the day, in 0..<86400.
  public let start: Int64
  public let end: Int64

  /// Nil for seconds that a day does not have.
  public init?(start: Int64, end: Int64) {
    guard (0..<86_400).contains(start), (0..<86_400).contains(end) else { return nil }
    self.start = start
    self.end = end
  }

  public func contains(_ instant: Instant) -> Bool {
    let day: Int64 = 86_400_000_000_000
    let rest = instant.nanoseconds % day
    let ofDay = rest < 0 ? rest + day : rest
    // Compared in nanoseconds: the instant before the end is in.
    let (first, last) = (start * 1_000_000_000, end * 1_000_000_000)
    return first <= last ? ofDay >= first && ofDay < last : ofDay >= first || ofDay < last
  }
}

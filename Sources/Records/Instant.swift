/// A point in time: whole nanoseconds since 1970-01-01T00:00:00Z, without leap seconds (as POSIX counts).
///
/// The range is 1677-09-21 to 2262-04-11. Written and read as RFC 3339.
public struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds since the epoch; negative before it.
  public let nanoseconds: Int64

  /// The instant so many nanoseconds after the epoch.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  static let nanosecondsPerSecond: Int64 = 1_000_000_000
  static let secondsPerDay: Int64 = 86_400

  /// Reads `2026-03-01T12:00:00Z`, `2026-03-01T12:00:00.123456789+02:00` or a date alone, `2026-03-01`, which is the
  /// day's beginning in UTC.
  ///
  /// Nil for a date that does not exist, for more than nine decimals, outside the range, and for a local time without
  /// an offset. A leap second (`23:59:60` in UTC) is the next day's first second.
  public init?(_ text: some StringProtocol) {
    var reader = Reader(bytes: Array(text.utf8))
    guard let instant = reader.read() else { return nil }
    self = instant
  }

  public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The instant this long after (or, negative, before); nil when it leaves the range. Parts of a nanosecond are dropped.
  public func advanced(by duration: Duration) -> Instant? {
    let (seconds, attoseconds) = duration.components
    let (whole, tooLong) = seconds.multipliedReportingOverflow(by: Instant.nanosecondsPerSecond)
    let (step, stillTooLong) = whole.addingReportingOverflow(attoseconds / Instant.nanosecondsPerSecond)
    let (sum, outside) = nanoseconds.addingReportingOverflow(step)
    return tooLong || stillTooLong || outside ? nil : Instant(nanoseconds: sum)
  }

  /// How long after this the other is; negative when it is before.
  public func duration(to other: Instant) -> Duration {
    .nanoseconds(other.nanoseconds) - .nanoseconds(nanoseconds)
  }

  /// The beginning of this instant's day in UTC, in whole days since the epoch; negative before it.
  public var day: Int64 { Instant.floored(nanoseconds, Instant.secondsPerDay * Instant.nanosecondsPerSecond).quotient }

  static func floored(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  /// Year, month and day of the date (proleptic Gregorian) so many days after 1970-01-01.
  static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days: eras of 400 years from March.
    let (era, dayOfEra) = floored(day + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  /// Days from 1970-01-01 to a date; the inverse of `date(ofDay:)`.
  static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
    let (era, yearOfEra) = floored(month <= 2 ? year - 1 : year, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension Instant: CustomStringConvertible {
  /// `2026-03-01T12:00:00Z`, with as many decimals of the second as are needed. Reading it gives the same instant.
  public var description: String {
    let (second, fraction) = Instant.floored(nanoseconds, Instant.nanosecondsPerSecond)
    let (_, ofDay) = Instant.floored(second, Instant.secondsPerDay)
    var text = "\(dateText)T\(padded(ofDay / 3600, 2)):\(padded(ofDay / 60 % 60, 2)):\(padded(ofDay % 60, 2))"
    if fraction > 0 {
      var decimals = padded(fraction, 9)
      while decimals.last == "0" { decimals.removeLast() }
      text += ".\(decimals)"
    }
    return text + "Z"
  }

  /// The date in UTC, such as `2026-03-01`.
  public var dateText: String {
    let date = Instant.date(ofDay: day)
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Instant {
  /// Reads RFC 3339 from front to back.
  private struct Reader {
    let bytes: [UInt8]
    var place = 0

    mutating func read() -> Instant? {
      guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2),
        (1...12).contains(month), day >= 1
      else { return nil }
      let days = Instant.day(year: year, month: month, day: day)
      // A day that the month does not have comes back as one of the next month.
      guard Instant.date(ofDay: days) == (year, month, day) else { return nil }
      if place == bytes.count { return instant(second: days * Instant.secondsPerDay, fraction: 0) }
      guard skip("T") || skip("t"), let hour = digits(2), skip(":"), let minute = digits(2), skip(":"),
        let second = digits(2), hour < 24, minute < 60, second <= 60, let fraction = fraction(),
        let offset = offset(), place == bytes.count
      else { return nil }
      let total = days * Instant.secondsPerDay + hour * 3600 + minute * 60 + second - offset
      if second == 60, total % Instant.secondsPerDay != 0 { return nil }
      return instant(second: total, fraction: fraction)
    }

    private func instant(second: Int64, fraction: Int64) -> Instant? {
      // Multiplied in a wider type: the first and the last second of the range are not whole.
      Int64(exactly: Int128(second) * Int128(Instant.nanosecondsPerSecond) + Int128(fraction))
        .map(Instant.init(nanoseconds:))
    }

    private mutating func digits(_ count: Int) -> Int64? {
      guard place + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[place..<place + count] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      place += count
      return value
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard place < bytes.count, UInt32(bytes[place]) == character.value else { return false }
      place += 1
      return true
    }

    /// Nanoseconds after the point; 0 when there is none.
    private mutating func fraction() -> Int64? {
      guard skip(".") else { return 0 }
      var value: Int64 = 0
      var count = 0
      while let digit = digits(1) {
        value = value * 10 + digit
        count += 1
        if count > 9 { return nil }
      }
      guard count > 0 else { return nil }
      for _ in count..<9 { value *= 10 }
      return value
    }

    /// Seconds east of UTC.
    private mutating func offset() -> Int64? {
      if skip("Z") || skip("z") { return 0 }
      let east = skip("+")
      guard east || skip("-"), let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24, minutes < 60
      else { return nil }
      return (east ? 1 : -1) * (hours * 3600 + minutes * 60)
    }
  }
}

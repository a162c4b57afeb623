public import Records

/// So much a minute, and as much at once after a minute of silence: a token bucket.
///
/// It begins full and fills evenly, to its rate and no further. What is taken is an estimate; when the truth is known the difference is
/// taken too, or given back, so that a bucket may owe, and is closed until that is paid. In any time t, estimates of at most
/// rate · (1 + t) pass.
///
/// Source: J. Turner, "New directions in communications", IEEE Communications Magazine 24 (1986); RFC 2697 for the form with a burst.
/// Exact: it counts in units of 1/(60·10⁹), by which it fills evenly with every nanosecond. A value without a clock; a clock that is
/// set back fills nothing, and closes nothing for longer.
public struct RateBucket: Sendable, Hashable {
  public enum Answer: Sendable, Hashable {
    /// So much was taken: never more than the whole bucket.
    case granted(Int64)
    /// Nothing was taken. So much is left, and then it would have been granted, if nobody takes any before.
    case refused(left: Int64, until: Instant)
  }

  private static let minute: Int128 = 60_000_000_000

  /// A minute, and at once.
  public let rate: Int64
  private var level: Int128
  private var filledAt: Instant

  /// A full one.
  /// - Parameter rate: at least 1.
  public init(rate: Int64, at now: Instant) {
    self.rate = max(1, rate)
    level = Int128(self.rate) * RateBucket.minute
    filledAt = now
  }

  private var capacity: Int128 { Int128(rate) * RateBucket.minute }

  /// What is left, rounded down; below zero what is owed.
  public mutating func left(at now: Instant) -> Int64 {
    fill(to: now)
    let (whole, rest) = level.quotientAndRemainder(dividingBy: RateBucket.minute)
    return Int64(clamping: rest < 0 ? whole - 1 : whole)
  }

  /// Takes an estimate, if it is there. More than the whole bucket passes when that is full, and empties it.
  public mutating func take(_ amount: Int64, at now: Instant) -> Answer {
    let answer = ask(amount, at: now)
    if case .granted(let taken) = answer { level -= Int128(taken) * RateBucket.minute }
    return answer
  }

  /// What `take` would answer.
  public mutating func ask(_ amount: Int64, at now: Instant) -> Answer {
    let left = left(at: now)
    let amount = min(max(0, amount), rate)
    let missing = Int128(amount) * RateBucket.minute - level
    guard missing > 0 else { return .granted(amount) }
    let wait = (missing + Int128(rate) - 1) / Int128(rate)
    return .refused(left: left, until: now.advanced(by: .nanoseconds(Int64(clamping: wait))) ?? now)
  }

  /// Takes an estimate, also where it is not there: the bucket owes it, and is closed until that is paid.
  /// - Returns: what was taken: never more than the whole bucket.
  public mutating func force(_ amount: Int64, at now: Instant) -> Int64 {
    fill(to: now)
    let amount = min(max(0, amount), rate)
    level -= Int128(amount) * RateBucket.minute
    return amount
  }

  /// Takes the truth in place of an estimate.
  /// - Parameter taken: what `take` granted.
  public mutating func settle(_ taken: Int64, actual: Int64, at now: Instant) {
    fill(to: now)
    level = min(capacity, level + (Int128(taken) - Int128(max(0, actual))) * RateBucket.minute)
  }

  private mutating func fill(to now: Instant) {
    // A clock that was set back counts from where it is now.
    let passed = max(0, Int128(now.nanoseconds) - Int128(filledAt.nanoseconds))
    level = min(capacity, level + passed * Int128(rate))
    filledAt = now
  }
}

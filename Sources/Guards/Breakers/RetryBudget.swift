public import Records

/// How many calls may be asked a second time: a share of all calls in the last seconds, and a few in any case.
///
/// When a provider fails altogether, each of its calls wants a second one elsewhere; without a bound that doubles the load just
/// when there is least room for it, and the second provider falls as well.
///
/// Source: Finagle's `RetryBudget` (twitter/finagle, finagle-core: 20 % of the requests within ten seconds, and ten a second in any case);
/// Envoy has the same as `retry_budget` of its circuit breakers (20 % of what is under way, at least 3). A value without a clock.
public struct RetryBudget: Sendable, Hashable {
  /// The calls of one second.
  private struct Second: Hashable {
    let number: Int64
    var calls = 0
    var retries = 0
  }

  /// Seconds that count.
  public static let seconds: Int64 = 10

  /// Of the calls within those seconds.
  public let share: Double
  /// Retries within those seconds that are let go in any case.
  public let floor: Int
  private var newest: [Second] = []

  /// - Parameter share: in 0…1; 0 leaves the floor alone.
  public init(share: Double = 0.2, floor: Int = 10) {
    self.share = share
    self.floor = floor
  }

  /// Notes a call that is asked for the first time.
  public mutating func note(at now: Instant) {
    let place = second(now)
    newest[place].calls += 1
  }

  /// Takes a retry out of the budget.
  /// - Returns: whether there was one left.
  public mutating func take(at now: Instant) -> Bool {
    let place = second(now)
    let retries = newest.reduce(0) { $0 + $1.retries }
    let calls = newest.reduce(0) { $0 + $1.calls }
    guard retries < max(floor, Int(share * Double(calls))) else { return false }
    newest[place].retries += 1
    return true
  }

  /// Where the calls of this second are; those that are too old are dropped.
  private mutating func second(_ now: Instant) -> Int {
    let number = now.nanoseconds / 1_000_000_000
    // After a clock was set back, what is ahead of it counts no more.
    newest.removeAll { $0.number <= number - RetryBudget.seconds || $0.number > number }
    if let place = newest.firstIndex(where: { $0.number == number }) { return place }
    newest.append(Second(number: number))
    return newest.count - 1
  }
}

public import Records
internal import Statistics

/// How a failure budget stands.
///
/// A budget is spent, and burns, only when that is shown: the lower bound of an anytime-valid sequence (`BettingLowerBound`) for what
/// calls weigh on average is above what is tolerated. With few calls nothing is shown, and one failure of ten calls is none of 2 %.
///
/// | state | what is known | becomes |
/// |---|---|---|
/// | fine, burning | the calls of the period are shown to weigh more than `rate` | spent |
/// | fine | a pair of windows burns | burning |
/// | burning | no pair burns | fine |
/// | spent | the calls of the period weigh `rate` at most, or there are none | burning, where a pair burns; fine |
/// | spent | anything else | spent, though what showed it has grown weaker |
///
/// A pair burns when the calls of the long window are shown to weigh more than `burn` · `rate`, and those of the short one do: the
/// short one only says whether it goes on, so that a burn that is over is over at once; what is shown, the long one shows.
///
/// What recovers a budget is that its window moves on, or that many calls succeed. A value without I/O and without a clock.
public struct FailureMeter: Sendable, Hashable {
  public enum State: String, Sendable, CaseIterable {
    case fine, burning, spent
  }

  /// How a window stands.
  public struct Reading: Sendable, Equatable {
    public let calls: Int
    /// Calls by what was the worst of each.
    public let failures: [FailureKind: Int]
    /// What calls weigh on average; nil where there are none.
    public let mean: Double?
    /// What they are shown to weigh at least.
    public let low: Double
  }

  private struct Pair: Sendable, Hashable {
    var long: FailureWindow
    var short: FailureWindow
  }

  public private(set) var state = State.fine
  /// When it took its state; nil for the first one.
  public private(set) var since: Instant?
  private var whole: FailureWindow
  private var pairs: [Pair]

  /// Products of shares and counts: what their last digits add does not count.
  private static let slack = 1e-9

  public init(_ rule: FailureRule) {
    whole = FailureWindow(rule.period)
    pairs = rule.burns.map { Pair(long: FailureWindow($0.long), short: FailureWindow($0.short)) }
  }

  // MARK: Calls

  /// A call has ended. O(pairs).
  /// - Parameters:
  ///   - kind: what was the worst of it.
  ///   - instant: when it began, not after now.
  public mutating func add(_ kind: FailureKind?, at instant: Instant) { count(kind, 1, instant) }

  /// Something else was the worst of a call than was thought.
  public mutating func change(_ old: FailureKind?, to new: FailureKind?, at instant: Instant) {
    count(old, -1, instant)
    count(new, 1, instant)
  }

  /// A call was none.
  public mutating func remove(_ kind: FailureKind?, at instant: Instant) { count(kind, -1, instant) }

  private mutating func count(_ kind: FailureKind?, _ count: Int, _ instant: Instant) {
    whole.add(kind, count, at: instant)
    for index in pairs.indices {
      pairs[index].long.add(kind, count, at: instant)
      pairs[index].short.add(kind, count, at: instant)
    }
  }

  // MARK: Time

  /// Looks at what is known now. As often as one likes: what is shown holds at all looks. O(pairs).
  public mutating func look(_ rule: FailureRule, at now: Instant) {
    whole.prune(to: now)
    for index in pairs.indices {
      pairs[index].long.prune(to: now)
      pairs[index].short.prune(to: now)
    }
    let next = next(rule, now)
    guard next != state else { return }
    state = next
    since = now
  }

  private func next(_ rule: FailureRule, _ now: Instant) -> State {
    let bound = whole.sum(at: now).bound(rule.weights)
    if state == .spent ? bound.mean > rule.rate + FailureMeter.slack : isShown(bound, above: rule.rate, rule) {
      return .spent
    }
    return zip(rule.burns, pairs).contains { isBurning($0, $1, rule, now) } ? .burning : .fine
  }

  private func isBurning(_ burn: FailureRule.Burn, _ pair: Pair, _ rule: FailureRule, _ now: Instant) -> Bool {
    let limit = burn.rate * rule.rate
    return pair.short.sum(at: now).bound(rule.weights).mean > limit + FailureMeter.slack
      && isShown(pair.long.sum(at: now).bound(rule.weights), above: limit, rule)
  }

  private func isShown(_ bound: BettingLowerBound, above limit: Double, _ rule: FailureRule) -> Bool {
    bound.mean > limit && bound.shows(meanAbove: limit, alpha: FailureMeter.alpha(rule))
  }

  /// The chance that is left to each of the windows that begin within the length of one.
  private static func alpha(_ rule: FailureRule) -> Double { (1 - rule.confidence) / Double(FailureWindow.parts) }

  // MARK: Readings

  public func reading(_ rule: FailureRule, at now: Instant) -> Reading {
    FailureMeter.reading(whole.sum(at: now), rule)
  }

  /// Since when calls count, now.
  public func begin(at now: Instant) -> Instant { whole.begin(at: now) }

  /// The windows of a pair, and whether it burns.
  public func burn(_ index: Int, _ rule: FailureRule, at now: Instant) -> (long: Reading, short: Reading, burns: Bool) {
    let pair = pairs[index]
    return (
      FailureMeter.reading(pair.long.sum(at: now), rule), FailureMeter.reading(pair.short.sum(at: now), rule),
      isBurning(rule.burns[index], pair, rule, now)
    )
  }

  private static func reading(_ counts: FailureCounts, _ rule: FailureRule) -> Reading {
    let bound = counts.bound(rule.weights)
    var failures: [FailureKind: Int] = [:]
    for kind in FailureKind.allCases where counts[kind] > 0 { failures[kind] = counts[kind] }
    return Reading(
      calls: bound.count, failures: failures, mean: bound.count > 0 ? bound.mean : nil,
      low: bound.lowerBound(alpha: alpha(rule)))
  }

  /// When it is spent no more if nothing more fails: then enough of what has failed is forgotten. Nil while it is not spent.
  public func recovery(_ rule: FailureRule, at now: Instant) -> Instant? {
    guard state == .spent else { return nil }
    return whole.moment(at: now) { $0.bound(rule.weights).mean <= rule.rate + FailureMeter.slack }
  }
}

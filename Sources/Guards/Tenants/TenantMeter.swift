public import Records

/// What one tenant has left: of tokens and calls a minute, and of calls at once.
///
/// A call is let in when all of them have room for it, and takes of all or of none. Whoever is let in ends once.
public struct TenantMeter: Sendable, Hashable {
  /// What a call took.
  public struct Grant: Sendable, Hashable {
    /// Tokens that are counted for it until it says what it used.
    public let tokens: Int64
  }

  public struct Refusal: Sendable, Hashable {
    public let limit: TenantRule.Limit
    /// Below zero where earlier calls used more than was thought.
    public let left: Int64
    /// When it would pass; nil where that depends on the end of another call.
    public let until: Instant?
  }

  public enum Answer: Sendable, Hashable {
    case granted(Grant)
    case refused(Refusal)
  }

  private var tokens: RateBucket?
  private var calls: RateBucket?
  public private(set) var underWay = 0

  public init(_ rule: TenantRule, at now: Instant) {
    tokens = rule.tokensPerMinute.map { RateBucket(rate: $0, at: now) }
    calls = rule.callsPerMinute.map { RateBucket(rate: $0, at: now) }
  }

  /// Asks to make a call. O(1).
  /// - Parameter estimate: tokens that it will use, as far as one can tell before.
  public mutating func admit(_ estimate: Int64, _ rule: TenantRule, at now: Instant) -> Answer {
    if let most = rule.concurrency, underWay >= most {
      return .refused(Refusal(limit: .concurrency, left: 0, until: nil))
    }
    if case .refused(let left, let until)? = calls?.ask(1, at: now) {
      return .refused(Refusal(limit: .calls, left: left, until: until))
    }
    var granted: Int64 = 0
    switch tokens?.take(estimate, at: now) {
    case .refused(let left, let until)?: return .refused(Refusal(limit: .tokens, left: left, until: until))
    case .granted(let taken)?: granted = taken
    case nil: break
    }
    _ = calls?.take(1, at: now)
    underWay += 1
    return .granted(Grant(tokens: granted))
  }

  /// Lets a call in whatever is left. It counts as every other: what is owed of it, others of the tenant wait for. O(1).
  public mutating func force(_ estimate: Int64, at now: Instant) -> Grant {
    _ = calls?.force(1, at: now)
    underWay += 1
    return Grant(tokens: tokens?.force(estimate, at: now) ?? 0)
  }

  /// A call that was let in has ended.
  /// - Parameter actual: tokens that it used; nil where nobody knows, and the estimate stands.
  public mutating func end(_ grant: Grant, actual: Int64?, at now: Instant) {
    underWay -= 1
    if let actual { tokens?.settle(grant.tokens, actual: actual, at: now) }
  }

  /// A call that was let in is not made after all: it counts as none.
  public mutating func abandon(_ grant: Grant, at now: Instant) {
    end(grant, actual: 0, at: now)
    calls?.settle(1, actual: 0, at: now)
  }

  /// What is left; nil where there is no limit.
  public mutating func left(of limit: TenantRule.Limit, _ rule: TenantRule, at now: Instant) -> Int64? {
    switch limit {
    case .tokens: tokens?.left(at: now)
    case .calls: calls?.left(at: now)
    case .concurrency: rule.concurrency.map { Int64($0 - underWay) }
    }
  }
}

import Guards
import Records
import SeededRandom
import Testing

/// Buckets, and what a tenant has left of several.
@Suite struct TenantMeterTests {
  private static func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

  /// A bucket that is asked within an expectation.
  private final class Pail {
    private var bucket: RateBucket
    init(_ bucket: RateBucket) { self.bucket = bucket }
    func left(at now: Instant) -> Int64 { bucket.left(at: now) }
    func take(_ amount: Int64, at now: Instant) -> RateBucket.Answer { bucket.take(amount, at: now) }
    func ask(_ amount: Int64, at now: Instant) -> RateBucket.Answer { bucket.ask(amount, at: now) }
    func settle(_ taken: Int64, actual: Int64, at now: Instant) { bucket.settle(taken, actual: actual, at: now) }
  }

  /// What happens to a bucket of 60 a minute, one line after the other.
  @Test func theTableOfTransitions() {
    let bucket = Pail(RateBucket(rate: 60, at: Self.at(0)))
    #expect(bucket.left(at: Self.at(0)) == 60)
    #expect(bucket.take(60, at: Self.at(0)) == .granted(60))
    #expect(bucket.take(1, at: Self.at(0)) == .refused(left: 0, until: Self.at(1)))
    #expect(bucket.take(1, at: Self.at(0.999_999_999)) == .refused(left: 0, until: Self.at(1)))
    #expect(bucket.take(1, at: Self.at(1)) == .granted(1))
    #expect(bucket.take(10, at: Self.at(6)) == .refused(left: 5, until: Self.at(11)))
    // Nothing is free of charge, and nothing passes when something is owed.
    bucket.settle(1, actual: 16, at: Self.at(6))
    #expect(bucket.left(at: Self.at(6)) == -10)
    #expect(bucket.take(0, at: Self.at(15.9)) == .refused(left: -1, until: Self.at(16)))
    #expect(bucket.take(0, at: Self.at(16)) == .granted(0))
    // What was too much comes back, and no more than fits.
    #expect(bucket.take(30, at: Self.at(46)) == .granted(30))
    bucket.settle(30, actual: 5, at: Self.at(46))
    #expect(bucket.left(at: Self.at(46)) == 25)
    #expect(bucket.left(at: Self.at(1_000)) == 60)
    bucket.settle(50, actual: 0, at: Self.at(1_000))
    #expect(bucket.left(at: Self.at(1_000)) == 60)
    // More than all of it passes when it is full, and empties it.
    #expect(bucket.take(1_000, at: Self.at(1_000)) == .granted(60))
    #expect(bucket.take(1_000, at: Self.at(1_059)) == .refused(left: 59, until: Self.at(1_060)))
    // A clock that is set back fills nothing, and counts on from there.
    #expect(bucket.left(at: Self.at(10)) == 59 && bucket.left(at: Self.at(11)) == 60)
  }

  /// What is forced is owed: nobody passes until it is paid, and what it really used takes the place of it.
  @Test func whatIsForcedIsOwed() {
    var rule = TenantRule()
    (rule.tokensPerMinute, rule.callsPerMinute, rule.concurrency) = (60, 2, 1)
    var meter = TenantMeter(rule, at: Self.at(0))
    func left(_ limit: TenantRule.Limit) -> Int64? {
      var meter = meter
      return meter.left(of: limit, rule, at: Self.at(0))
    }
    func admit(at now: Instant) -> TenantMeter.Answer {
      var meter = meter
      return meter.admit(0, rule, at: now)
    }
    let first = meter.force(50, at: Self.at(0))
    #expect(first.tokens == 50 && left(.tokens) == 10 && left(.calls) == 1 && left(.concurrency) == 0)
    // More than all of it takes all of it.
    let second = meter.force(1_000, at: Self.at(0))
    let third = meter.force(-1, at: Self.at(0))
    #expect(second.tokens == 60 && third.tokens == 0)
    #expect(left(.tokens) == -50 && left(.calls) == -1 && left(.concurrency) == -2 && meter.underWay == 3)
    for grant in [first, second] { meter.end(grant, actual: 20, at: Self.at(0)) }
    #expect(left(.tokens) == 20 && meter.underWay == 1)
    guard case .refused(let refusal) = admit(at: Self.at(1_000)) else {
      Issue.record("one is under way")
      return
    }
    #expect(refusal.limit == .concurrency)
    meter.abandon(third, at: Self.at(0))
    // Two calls a minute: the one that was abandoned never was.
    #expect(meter.underWay == 0 && left(.calls) == 0)
    guard case .refused(let last) = admit(at: Self.at(29.999_999_999)) else {
      Issue.record("it is not paid")
      return
    }
    #expect(last.limit == .calls && last.until == Self.at(30))
    guard case .granted = admit(at: Self.at(30)) else {
      Issue.record("it is paid")
      return
    }
  }

  /// In the steady state 120 a minute at a rate of 100 leave 20 refused, evenly; the first minute, after a silence, has twice as much.
  @Test func theWorkedExample() {
    let bucket = Pail(RateBucket(rate: 100_000, at: Self.at(0)))
    #expect(bucket.take(100_000, at: Self.at(0)) == .granted(100_000))
    var refused = 0
    for call in 1...1_200 {
      if case .refused = bucket.take(100, at: Self.at(Double(call) * 0.05)) { refused += 100 }
    }
    #expect(refused == 20_000)
  }

  /// No way leads to more than rate · (1 + minutes) within any time, and what is refused did not fit. All states of small buckets.
  @Test(arguments: 1...4)
  func noWayLeadsBeyondTheRate(_ rate: Int64) {
    struct State: Hashable {
      var bucket: RateBucket
      var second: Int
      var granted: Int64
    }
    var seen: Set<State> = []
    var waiting = [State(bucket: RateBucket(rate: rate, at: Self.at(0)), second: 0, granted: 0)]
    while let state = waiting.popLast() {
      guard state.second < 120, seen.insert(state).inserted else { continue }
      for amount in 0...rate {
        var next = state
        if case .granted(let taken) = next.bucket.take(amount, at: Self.at(Double(state.second))) {
          #expect(taken == amount)
          next.granted += taken
          #expect(next.granted * 60 <= rate * Int64(60 + state.second))
        } else {
          let left = next.bucket.left(at: Self.at(Double(state.second)))
          #expect(left < amount)
        }
        next.second += 15
        waiting.append(next)
      }
    }
    #expect(seen.count > 10)
  }

  @Test func whatIsRefusedPassesAtTheTimeThatWasSaidAndNotBefore() {
    var random = SplitMix(seed: 5)
    for _ in 0..<5_000 {
      let rate = Int64.random(in: 1...1_000_000, using: &random)
      let start = Int64.random(in: 0...1_000_000_000_000, using: &random)
      let bucket = Pail(RateBucket(rate: rate, at: Instant(nanoseconds: start)))
      _ = bucket.take(Int64.random(in: 0...rate, using: &random), at: Instant(nanoseconds: start))
      bucket.settle(0, actual: Int64.random(in: 0...rate * 2, using: &random), at: Instant(nanoseconds: start))
      let amount = Int64.random(in: 0...rate * 2, using: &random)
      guard case .refused(_, let until) = bucket.ask(amount, at: Instant(nanoseconds: start)) else { continue }
      let before = bucket.ask(amount, at: Instant(nanoseconds: until.nanoseconds - 1))
      #expect(before == .refused(left: bucket.left(at: Instant(nanoseconds: until.nanoseconds - 1)), until: until))
      #expect(bucket.ask(amount, at: until) == .granted(min(amount, rate)))
    }
  }

  @Test func allLimitsOrNone() {
    var rule = TenantRule()
    (rule.tokensPerMinute, rule.callsPerMinute, rule.concurrency) = (100, 3, 2)
    var meter = TenantMeter(rule, at: Self.at(0))
    func left() -> [Int64?] {
      var meter = meter
      return TenantRule.Limit.allCases.map { meter.left(of: $0, rule, at: Self.at(0)) }
    }
    func admit(_ tokens: Int64, _ seconds: Double = 0) -> TenantMeter.Grant? {
      if case .granted(let grant) = meter.admit(tokens, rule, at: Self.at(seconds)) { grant } else { nil }
    }
    func refusal(_ tokens: Int64) -> TenantMeter.Refusal? {
      if case .refused(let refusal) = meter.admit(tokens, rule, at: Self.at(0)) { refusal } else { nil }
    }
    let first = admit(60)
    #expect(first?.tokens == 60 && left() == [40, 2, 1])
    #expect(refusal(41)?.limit == .tokens && left() == [40, 2, 1])
    let second = admit(40)
    #expect(left() == [0, 1, 0])
    #expect(refusal(0)?.limit == .concurrency && refusal(0)?.until == nil)
    // What was not made counts as none; what nobody knows the truth of counts as was thought.
    if let first { meter.abandon(first, at: Self.at(0)) }
    #expect(left() == [60, 2, 1])
    if let second { meter.end(second, actual: nil, at: Self.at(0)) }
    #expect(left() == [60, 2, 2])
    for _ in 0..<2 { if let grant = admit(1) { meter.end(grant, actual: 31, at: Self.at(0)) } }
    #expect(left() == [-2, 0, 2])
    #expect(refusal(1)?.limit == .calls && refusal(1)?.until == Self.at(20))
    // Without limits everything passes.
    var free = TenantMeter(TenantRule(), at: Self.at(0))
    for _ in 0..<1_000 {
      guard case .granted(let grant) = free.admit(1_000_000, TenantRule(), at: Self.at(0)) else {
        Issue.record("refused")
        return
      }
      #expect(grant.tokens == 0)
    }
    #expect(free.underWay == 1_000)
  }
}

import Guards
import Records
import Testing

/// Each limit, from both sides.
@Suite struct BreakerLimitTests {
  private static func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

  /// Calls that end one after the other, as long as they are let in.
  private static func run(
    _ breaker: inout Breaker, _ outcomes: [BreakerOutcome], _ rule: BreakerRule = BreakerRule(), from start: Double = 0,
    step: Double = 0
  ) {
    for (number, outcome) in outcomes.enumerated() {
      let now = at(start + Double(number) * step)
      guard case .passed(let pass) = breaker.admit(rule, at: now) else { return }
      breaker.report(pass, outcome, rule, at: now)
    }
  }

  private static func failures(_ count: Int, _ fault: BreakerFault = .overloaded) -> [BreakerOutcome] {
    Array(repeating: .failed(fault), count: count)
  }

  @Test func theFifthFailureInARowOpens() {
    var four = Breaker()
    BreakerLimitTests.run(&four, BreakerLimitTests.failures(4))
    #expect(four.state == .closed && four.streak == 4)
    var interrupted = Breaker()
    BreakerLimitTests.run(
      &interrupted, BreakerLimitTests.failures(4) + [.succeeded] + BreakerLimitTests.failures(4))
    // Eight of nine are not judged by their rate: a tenth is wanted.
    #expect(interrupted.state == .closed && interrupted.streak == 4)
    var five = Breaker()
    BreakerLimitTests.run(&five, BreakerLimitTests.failures(5))
    #expect(five.state == .open && five.cause == .consecutive(5, .overloaded))
  }

  /// Of ten calls, five failures are no proof of more than one in four (0.0781), six are (0.0197).
  @Test func theRateIsShownAndNotGuessed() {
    let rule = BreakerRule()
    #expect(!rule.isShown(failed: 5, of: 10) && rule.isShown(failed: 6, of: 10))
    #expect(!rule.isShown(failed: 6, of: 9) && !rule.isShown(failed: 0, of: 10))
    for (failed, opens) in [(5, false), (6, true)] {
      var breaker = Breaker()
      let mixed: [BreakerOutcome] =
        failed == 5
        ? [.succeeded, .failed(.empty), .succeeded, .failed(.empty), .succeeded, .failed(.empty), .succeeded]
          + [.failed(.empty), .succeeded, .failed(.empty)]
        : [.failed(.empty), .failed(.empty), .succeeded, .failed(.empty), .succeeded, .failed(.empty), .succeeded]
          + [.failed(.empty), .succeeded, .failed(.empty)]
      BreakerLimitTests.run(&breaker, mixed)
      #expect((breaker.state == .open) == opens)
      if opens { #expect(breaker.cause == .rate(failed: 6, calls: 10, .empty)) }
    }
  }

  @Test func callsThatSayNothingCountForNothing() {
    var breaker = Breaker()
    BreakerLimitTests.run(&breaker, Array(repeating: .uncounted, count: 50))
    #expect(breaker.calls == 0 && breaker.state == .closed)
    BreakerLimitTests.run(
      &breaker,
      BreakerLimitTests.failures(4) + Array(repeating: .uncounted, count: 50) + BreakerLimitTests.failures(1))
    #expect(breaker.state == .open)
  }

  /// A failure that is as old as the window counts no more.
  @Test func theWindowIsHalfOpen() {
    for (last, opens) in [(299.999, true), (300, false)] {
      var breaker = Breaker()
      BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(1) + BreakerLimitTests.failures(3))
      BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(1), from: last)
      #expect((breaker.state == .open) == opens)
    }
  }

  @Test func itIsOpenForThirtySecondsAndTwiceAsLongEachTime() {
    let rule = BreakerRule()
    var breaker = Breaker()
    BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(5))
    var start = 0.0
    for time in [30.0, 60, 120, 240, 480, 600, 600] {
      #expect(breaker.until == BreakerLimitTests.at(start + time))
      let early = breaker.admit(rule, at: BreakerLimitTests.at(start + time - 0.001))
      #expect(early == .refused(until: BreakerLimitTests.at(start + time)))
      start += time
      BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(1, .transport), from: start)
      #expect(breaker.state == .open && breaker.cause == .probe(.transport))
    }
    // Once it was closed, it begins with thirty seconds again.
    start += 600
    BreakerLimitTests.run(&breaker, Array(repeating: .succeeded, count: 3), from: start)
    #expect(breaker.state == .closed && breaker.cause == nil && breaker.calls == 0)
    BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(5), from: start)
    #expect(breaker.until == BreakerLimitTests.at(start + 30))
  }

  /// Three probes pass and no fourth; two that succeed close nothing; one that says nothing gives its place to another.
  @Test func probes() {
    let rule = BreakerRule()
    var breaker = Breaker()
    BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(5))
    let now = BreakerLimitTests.at(30)
    func pass(_ breaker: inout Breaker) -> Breaker.Pass? {
      if case .passed(let pass) = breaker.admit(rule, at: now) { pass } else { nil }
    }
    let probes = (0..<3).compactMap { _ in pass(&breaker) }
    #expect(probes.count == 3 && probes.allSatisfy(\.isProbe))
    let refused = breaker.admit(rule, at: now)
    #expect(refused == .refused(until: BreakerLimitTests.at(31)))
    breaker.report(probes[0], .uncounted, rule, at: now)
    let (fourth, fifth) = (pass(&breaker), pass(&breaker))
    #expect(fourth != nil && fifth == nil)
    for probe in [probes[1], probes[2]] { breaker.report(probe, .succeeded, rule, at: now) }
    let sixth = pass(&breaker)
    #expect(breaker.state == .halfOpen && sixth == nil)
    if let fourth { breaker.report(fourth, .succeeded, rule, at: now) }
    #expect(breaker.state == .closed)
  }

  /// Calls that began before it opened say nothing of what came after.
  @Test func callsOfAnotherEraSayNothing() {
    let rule = BreakerRule()
    var breaker = Breaker()
    guard case .passed(let early) = breaker.admit(rule, at: BreakerLimitTests.at(0)) else {
      Issue.record("a new breaker lets everybody in")
      return
    }
    BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(5))
    breaker.report(early, .succeeded, rule, at: BreakerLimitTests.at(1))
    #expect(breaker.state == .open)
    let now = BreakerLimitTests.at(30)
    _ = breaker.admit(rule, at: now)
    breaker.report(early, .failed(.transport), rule, at: now)
    #expect(breaker.state == .halfOpen)
  }

  /// What a provider asks for is believed of a quota, adds to the time of anything else, and never lasts for ever.
  @Test(
    arguments: [
      (.quota, nil, 30), (.quota, 7, 7), (.quota, 0, 1), (.quota, 86_400, 600), (.overloaded, 7, 30),
      (.overloaded, 31, 31), (.overloaded, 601, 600), (.overloaded, 600, 600),
    ] as [(BreakerFault, Int?, Double)])
  func whatTheProviderAsksFor(_ fault: BreakerFault, _ asked: Int?, _ lasts: Double) {
    var rule = BreakerRule()
    rule.consecutive = 1
    var breaker = Breaker()
    breaker.report(.first, .failed(fault), asked: asked.map { .seconds($0) }, rule, at: BreakerLimitTests.at(0))
    #expect(breaker.state == .open && breaker.until == BreakerLimitTests.at(lasts))
  }

  @Test func aQuotaFaultOpensAtOnce() {
    var breaker = Breaker()
    BreakerLimitTests.run(&breaker, Array(repeating: .succeeded, count: 900) + [.failed(.quota)])
    #expect(breaker.state == .open && breaker.cause == .quota)
  }

  // MARK: People

  private static func hold(_ position: BreakerHold.Position, from: Double, to: Double) -> BreakerHold {
    BreakerHold(position, reason: "the provider moves", actor: "noor", at: at(from), expiresAt: at(to))
  }

  @Test func aHoldLastsUntilItsEndAndNotLonger() {
    let rule = BreakerRule()
    var breaker = Breaker()
    breaker.hold(BreakerLimitTests.hold(.open, from: 0, to: 60), rule, at: BreakerLimitTests.at(0))
    #expect(breaker.cause == .held(reason: "the provider moves"))
    let held = breaker.admit(rule, at: BreakerLimitTests.at(59.999))
    #expect(held == .refused(until: BreakerLimitTests.at(60)))
    // Then it is tried.
    BreakerLimitTests.run(&breaker, [.succeeded], from: 60)
    #expect(breaker.state == .halfOpen && breaker.hold == nil)

    breaker = Breaker()
    breaker.hold(BreakerLimitTests.hold(.closed, from: 0, to: 60), rule, at: BreakerLimitTests.at(0))
    BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(20) + [.failed(.quota)])
    #expect(breaker.state == .closed && breaker.failed == 21)
    // What failed while it was held does not open it afterwards.
    BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(4), from: 60)
    #expect(breaker.state == .closed && breaker.hold == nil)
    BreakerLimitTests.run(&breaker, BreakerLimitTests.failures(1), from: 60)
    #expect(breaker.state == .open)
    // A hold ends when it is taken back, too; one that is over is none.
    breaker.hold(BreakerLimitTests.hold(.closed, from: 60, to: 90), rule, at: BreakerLimitTests.at(61))
    #expect(breaker.state == .closed)
    breaker.hold(nil, rule, at: BreakerLimitTests.at(62))
    #expect(breaker.state == .closed && breaker.hold == nil)
    breaker.hold(BreakerLimitTests.hold(.open, from: 0, to: 62), rule, at: BreakerLimitTests.at(62))
    #expect(breaker.state == .closed && breaker.hold == nil)
  }
}

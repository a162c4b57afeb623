import Foundation
import Guards
import Records
import SeededRandom
import Testing

/// States of a failure budget, and what leads from one to the other.
@Suite struct FailureMeterTests {
  private static func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

  /// 0.05 in 800 s, of which a part is 100 s; a pair of 80 s and 8 s that burns at twice as much.
  private static var rule: FailureRule {
    var rule = FailureRule("support", .feature("support"), rate: 0.05, period: .seconds(800))
    rule.burns = [.init(long: .seconds(80), short: .seconds(8), rate: 2)]
    return rule
  }

  /// A meter that is asked within an expectation.
  private final class Meter {
    var rule: FailureRule
    private(set) var meter: FailureMeter
    init(_ rule: FailureRule = FailureMeterTests.rule) { (self.rule, meter) = (rule, FailureMeter(rule)) }

    func add(_ kind: FailureKind?, _ count: Int = 1, at seconds: Double) {
      for _ in 0..<count { meter.add(kind, at: FailureMeterTests.at(seconds)) }
    }
    func change(_ old: FailureKind?, _ new: FailureKind?, at seconds: Double) {
      meter.change(old, to: new, at: FailureMeterTests.at(seconds))
    }
    func state(at seconds: Double) -> FailureMeter.State {
      meter.look(rule, at: FailureMeterTests.at(seconds))
      return meter.state
    }
    func calls(at seconds: Double) -> Int { meter.reading(rule, at: FailureMeterTests.at(seconds)).calls }
    func recovery(at seconds: Double) -> Instant? { meter.recovery(rule, at: FailureMeterTests.at(seconds)) }
  }

  @Test func theTableOfTransitions() {
    let meter = Meter()
    #expect(meter.state(at: 0) == .fine && meter.meter.since == nil)
    // Two failures in a row show that more than 0.1 fail, and not that more than 0.05 do over a period that began fine.
    meter.add(nil, 200, at: 10)
    #expect(meter.state(at: 10) == .fine)
    meter.add(.error, 5, at: 210)
    #expect(meter.state(at: 210) == .burning && meter.meter.since == Self.at(210))
    // It goes on no more: nothing failed in the short window.
    meter.add(nil, at: 230)
    #expect(meter.state(at: 230) == .fine && meter.meter.since == Self.at(230))
    meter.add(.error, 30, at: 300)
    #expect(meter.state(at: 300) == .spent)
    // What showed it grows weaker, and it stays spent while more than 0.05 is so.
    meter.add(nil, 460, at: 301)
    #expect(meter.state(at: 301) == .spent && meter.calls(at: 301) == 696)
    meter.add(nil, 4, at: 302)
    #expect(meter.state(at: 302) == .fine && meter.calls(at: 302) == 700)
    // It is 35 of 700 now, which is 0.05; one more is too much, and shows nothing.
    meter.add(.error, at: 303)
    #expect(meter.state(at: 303) == .fine)
  }

  @Test func aSpentBudgetRecoversAsItsWindowMovesOn() {
    let meter = Meter()
    meter.add(.error, 4, at: 50)
    #expect(meter.state(at: 60) == .spent)
    meter.add(nil, 10, at: 150)
    #expect(meter.state(at: 150) == .spent)
    // The part from 0 to 100 is forgotten at 800.
    #expect(meter.recovery(at: 150) == Self.at(800) && meter.recovery(at: 799) == Self.at(800))
    #expect(meter.state(at: 799.999_999_999) == .spent && meter.calls(at: 799) == 14)
    #expect(meter.state(at: 800) == .fine && meter.calls(at: 800) == 10 && meter.recovery(at: 800) == nil)
    #expect(meter.state(at: 900) == .fine && meter.calls(at: 900) == 0)
    // Without a call it is spent until nothing is left of it.
    let silent = Meter()
    silent.add(.error, 5, at: 50)
    #expect(silent.state(at: 60) == .spent && silent.recovery(at: 60) == Self.at(800))
    // Spent, it may still burn when it recovers.
    let again = Meter()
    again.add(.error, 40, at: 50)
    #expect(again.state(at: 60) == .spent)
    again.add(nil, 100, at: 700)
    again.add(.error, 10, at: 795)
    again.add(nil, 300, at: 700)
    #expect(again.state(at: 799) == .spent && again.state(at: 800) == .burning)
  }

  /// The long window shows it; the short one must have more than the limit, and not just as much.
  @Test func whatHasEndedBurnsNoMore() {
    let meter = Meter()
    meter.rule.rate = 0.05
    meter.add(nil, 1_000, at: 0)
    meter.add(.error, 40, at: 780)
    meter.add(nil, 9, at: 790)
    meter.add(.error, at: 790)
    func burns(_ seconds: Double) -> Bool { meter.meter.burn(0, meter.rule, at: Self.at(seconds)).burns }
    #expect(!burns(790))
    meter.add(.error, at: 790)
    #expect(burns(790) && meter.state(at: 790) == .burning)
    // Its eight parts are of a second: what began at 790 is in the short window for as many.
    #expect(burns(797.999) && !burns(798) && meter.state(at: 798) == .fine)
    let windows = meter.meter.burn(0, meter.rule, at: Self.at(798))
    #expect(windows.long.calls == 51 && windows.short.calls == 0 && windows.short.mean == nil && windows.long.low > 0.1)
  }

  @Test func aClockThatIsSetBackIsFollowed() {
    let meter = Meter()
    meter.add(.error, 4, at: 750)
    #expect(meter.state(at: 760) == .spent)
    // A clock that was ahead forgot it all; nothing is spent by that, and new calls count at once.
    #expect(meter.state(at: 1_000_000) == .fine)
    meter.change(.error, nil, at: 750)
    #expect(meter.state(at: 770) == .fine && meter.calls(at: 770) == 1)
    meter.add(.error, 6, at: 770)
    #expect(meter.state(at: 770) == .spent)
  }

  @Test func theWorstOfACallCounts() {
    var weights = FailureRule.Weights()
    #expect(FailureKind.allCases.map { weights[$0] } == [1, 1, 1, 1, 1])
    (weights[.unintended], weights[.empty], weights[.refused]) = (5, 0, 0.5)
    #expect(weights.worst(of: [.error, .unintended, .refused]) == .unintended)
    #expect(weights.worst(of: [.empty]) == nil && weights.worst(of: []) == nil)
    #expect(weights.worst(of: [.refused, .empty]) == .refused)
    // Of equals the first.
    #expect(weights.worst(of: [.judgedBad, .error]) == .error)
    let meter = Meter()
    meter.rule.weights = weights
    meter.add(nil, 96, at: 1)
    meter.add(.unintended, at: 1)
    meter.add(.error, 2, at: 1)
    meter.add(.refused, at: 1)
    let reading = meter.meter.reading(meter.rule, at: Self.at(2))
    #expect(reading.calls == 100 && reading.failures == [.unintended: 1, .error: 2, .refused: 1])
    #expect(abs((reading.mean ?? 0) - 0.075) < 1e-12 && reading.low > 0 && reading.low < 0.075)
    // Somebody takes it back.
    meter.change(.unintended, .refused, at: 1)
    #expect(abs((meter.meter.reading(meter.rule, at: Self.at(2)).mean ?? 0) - 0.03) < 1e-12)
    #expect(Meter().meter.reading(Meter().rule, at: Self.at(2)).mean == nil)
  }

  /// A share of 0.1 of ten calls is more than 0.02, and shows nothing: at low traffic a budget that only counts is spent by one error.
  @Test func fewCallsShowNothing() {
    for calls in 0...200 {
      let meter = Meter()
      meter.rule.rate = 0.02
      meter.add(.error, at: 0.5)
      meter.add(nil, calls, at: 0.5)
      #expect(meter.state(at: 1) == .fine, "1 of \(calls + 1)")
    }
    // Two in a row do not, three do.
    let two = Meter()
    two.rule.rate = 0.02
    two.add(.error, 2, at: 0)
    #expect(two.state(at: 0) == .fine)
    two.add(.error, at: 0)
    #expect(two.state(at: 0) == .spent)
  }

  // MARK: All small states

  /// What there is to know, and how it stands by the table, recomputed from a list.
  private struct Reference: Hashable {
    var calls: [Call] = []
    var state = FailureMeter.State.fine

    struct Call: Hashable {
      var quarter: Int
      var hasFailed: Bool
    }

    private func window(_ parts: Int, _ now: Int) -> [Bool] {
      // A part is so many quarters of a second; eight count.
      let last = now / parts
      return calls.filter { $0.quarter / parts <= last && $0.quarter / parts > last - 8 }.map(\.hasFailed)
    }

    private static func mean(_ window: [Bool]) -> Double {
      window.isEmpty ? 0 : Double(window.filter(\.self).count) / Double(window.count)
    }

    private static func isShown(_ window: [Bool], above limit: Double) -> Bool {
      var wealth = 0.0
      for exponent in 1...28 {
        let part: Double = exp2(-Double(exponent) / 2)
        var product: Double = 1 / 28
        for hasFailed in window { product *= hasFailed ? 1 - part + part / limit : 1 - part }
        wealth += product
      }
      return mean(window) > limit && wealth >= 16 * (1 - 1e-12)
    }

    mutating func look(_ now: Int) {
      let whole = window(4, now)
      let stays = state == .spent ? Self.mean(whole) > 0.25 + 1e-9 : Self.isShown(whole, above: 0.25)
      let burns = Self.mean(window(1, now)) > 0.15 + 1e-9 && Self.isShown(window(2, now), above: 0.15)
      state = stays ? .spent : burns ? .burning : .fine
    }
  }

  /// Whatever happens in so many steps (a call that succeeds, one that fails, a second and a half that pass), the meter says what the
  /// table says.
  @Test func everySmallState() {
    var rule = FailureRule("small", .agent("bot"), rate: 0.25, period: .seconds(8))
    // Half the chance, an eighth for each window: evidence of 16.
    (rule.confidence, rule.burns) = (0.5, [.init(long: .seconds(4), short: .seconds(2), rate: 0.6)])
    struct State: Hashable {
      var meter: FailureMeter
      var reference = Reference()
      var quarter = 0
    }
    var frontier: Set<State> = [State(meter: FailureMeter(rule))]
    var (seen, transitions): (Int, Set<[FailureMeter.State]>) = (0, [])
    for _ in 0..<11 {
      var following: Set<State> = []
      for state in frontier {
        for step in 0..<3 {
          var next = state
          if step == 2 { next.quarter += 6 }
          let now = Self.at(Double(next.quarter) / 4)
          if step < 2 {
            next.meter.add(step == 1 ? .error : nil, at: now)
            next.reference.calls.append(.init(quarter: next.quarter, hasFailed: step == 1))
            next.reference.calls.sort { ($0.quarter, $0.hasFailed ? 1 : 0) < ($1.quarter, $1.hasFailed ? 1 : 0) }
          }
          next.meter.look(rule, at: now)
          next.reference.look(next.quarter)
          guard next.meter.state == next.reference.state else {
            Issue.record("\(next.meter.state) and not \(next.reference.state): \(next.reference.calls)")
            return
          }
          transitions.insert([state.meter.state, next.meter.state])
          following.insert(next)
        }
      }
      seen += following.count
      frontier = following
    }
    #expect(seen > 5_000)
    for transition in [[FailureMeter.State.fine, .burning], [.burning, .spent], [.burning, .fine], [.spent, .fine]] {
      #expect(transitions.contains(transition), "\(transition)")
    }
  }
}

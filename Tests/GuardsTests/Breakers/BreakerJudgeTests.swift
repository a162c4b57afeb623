import Guards
import Records
import SeededRandom
import Testing

/// What judges say of calls, and what becomes of breakers.
@Suite struct BreakerJudgeTests {
  private static func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

  /// Judges so many calls, one a second, of which the last ones are bad.
  private static func judge(
    _ breaker: inout Breaker, _ calls: Int, bad: Int, _ rule: BreakerRule = BreakerRule(), from start: Double = 0
  ) {
    for number in 0..<calls {
      let now = at(start + Double(number))
      breaker.judge(UInt64(number), began: now, isBad: number >= calls - bad, rule, at: now)
    }
  }

  /// Of ten judged calls, eight bad ones are no proof of more than one in two (0.0547), nine are (0.0107).
  @Test func theRateIsShownAndNotGuessed() {
    let rule = BreakerRule()
    #expect(!rule.isShown(bad: 8, ofJudged: 10) && rule.isShown(bad: 9, ofJudged: 10))
    #expect(!rule.isShown(bad: 9, ofJudged: 9) && !rule.isShown(bad: 0, ofJudged: 10))
    var eight = Breaker()
    BreakerJudgeTests.judge(&eight, 10, bad: 8)
    #expect(eight.state == .closed && eight.judged == 10 && eight.judgedBad == 8)
    var nine = Breaker()
    BreakerJudgeTests.judge(&nine, 10, bad: 9)
    #expect(nine.state == .open && nine.cause == .judged(bad: 9, calls: 10))
    #expect(nine.until == BreakerJudgeTests.at(9 + 30) && nine.cause?.fault == .judged)
    #expect(nine.judged == 0 && nine.judgedBad == 0)
    var strict = BreakerRule()
    strict.judgedRate = 0.05
    var three = Breaker()
    BreakerJudgeTests.judge(&three, 10, bad: 3, strict)
    #expect(three.state == .open && three.cause == .judged(bad: 3, calls: 10))
    // Words and calls are counted apart.
    #expect(eight.calls == 0 && eight.failed == 0)
  }

  /// Whoever corrects himself replaces what he said, and a call counts once.
  @Test func aCallCountsOnceByTheLastWord() {
    let rule = BreakerRule()
    var breaker = Breaker()
    BreakerJudgeTests.judge(&breaker, 10, bad: 8)
    let now = BreakerJudgeTests.at(10)
    for _ in 0..<50 { breaker.judge(9, began: BreakerJudgeTests.at(9), isBad: true, rule, at: now) }
    #expect(breaker.judged == 10 && breaker.judgedBad == 8)
    breaker.judge(9, began: BreakerJudgeTests.at(9), isBad: false, rule, at: now)
    #expect(breaker.judged == 10 && breaker.judgedBad == 7)
    for id in [0, 1] as [UInt64] {
      breaker.judge(id, began: BreakerJudgeTests.at(Double(id)), isBad: true, rule, at: now)
    }
    #expect(breaker.state == .open && breaker.cause == .judged(bad: 9, calls: 10))
  }

  /// A breaker that has just closed is not opened by what began before, nor at the same moment.
  @Test func whatBeganBeforeSaysNothing() {
    let rule = BreakerRule()
    var breaker = Breaker()
    BreakerJudgeTests.judge(&breaker, 10, bad: 10)
    #expect(breaker.state == .open)
    // Open and half-open, words say nothing.
    for second in [20.0, 39] {
      for id in 20..<60 as Range<UInt64> {
        breaker.judge(id, began: BreakerJudgeTests.at(second), isBad: true, rule, at: BreakerJudgeTests.at(second))
      }
    }
    #expect(breaker.state == .halfOpen && breaker.judged == 0)
    let closing = BreakerJudgeTests.at(40)
    for _ in 0..<rule.probes {
      guard case .passed(let pass) = breaker.admit(rule, at: closing) else {
        Issue.record("a probe passes")
        return
      }
      breaker.report(pass, .succeeded, rule, at: closing)
    }
    #expect(breaker.state == .closed)
    let later = BreakerJudgeTests.at(100)
    for id in 100..<140 as Range<UInt64> {
      breaker.judge(id, began: BreakerJudgeTests.at(Double(id % 40) + 1), isBad: true, rule, at: later)
    }
    #expect(breaker.state == .closed && breaker.judged == 0)
    for id in 200..<210 as Range<UInt64> {
      let began = Instant(nanoseconds: closing.nanoseconds + 1)
      breaker.judge(id, began: began, isBad: true, rule, at: later)
    }
    #expect(breaker.state == .open)
  }

  /// What is as old as the window counts no more, and only the newest calls count.
  @Test func theWindowIsHalfOpenAndBounded() {
    var rule = BreakerRule()
    for (now, opens) in [(3_599.999, true), (3_600, false)] {
      var breaker = Breaker()
      for id in 0..<10 as Range<UInt64> {
        breaker.judge(id, began: BreakerJudgeTests.at(0), isBad: true, rule, at: BreakerJudgeTests.at(now))
      }
      #expect((breaker.state == .open) == opens)
    }
    (rule.mostCalls, rule.minCalls) = (5, .max)
    var breaker = Breaker()
    for id in 0..<20 as Range<UInt64> {
      breaker.judge(id, began: BreakerJudgeTests.at(Double(id)), isBad: id < 16, rule, at: BreakerJudgeTests.at(20))
    }
    #expect(breaker.judged == 5 && breaker.judgedBad == 1)
    // A clock that is ahead begins now.
    breaker.judge(90, began: BreakerJudgeTests.at(900), isBad: true, rule, at: BreakerJudgeTests.at(20))
    breaker.advance(to: BreakerJudgeTests.at(20 + 3_600), rule)
    #expect(breaker.judged == 0)
  }

  @Test func whoHoldsItIsHeard() {
    let rule = BreakerRule()
    var breaker = Breaker()
    let hold = BreakerHold(
      .closed, reason: "the judge is broken", actor: "noor", at: BreakerJudgeTests.at(0),
      expiresAt: BreakerJudgeTests.at(600))
    breaker.hold(hold, rule, at: BreakerJudgeTests.at(0))
    BreakerJudgeTests.judge(&breaker, 50, bad: 50, from: 1)
    #expect(breaker.state == .closed && breaker.judgedBad == 50)
    // What was said meanwhile does not open it afterwards.
    breaker.advance(to: BreakerJudgeTests.at(600), rule)
    BreakerJudgeTests.judge(&breaker, 9, bad: 9, from: 601)
    #expect(breaker.state == .closed && breaker.judgedBad == 9)
    BreakerJudgeTests.judge(&breaker, 10, bad: 10, from: 611)
    #expect(breaker.state == .open)
  }

  // MARK: All states

  private struct Scene: Hashable {
    var breaker = Breaker()
    var now = Instant(nanoseconds: 0)
    var open: Breaker.Pass?
  }

  private static let small: BreakerRule = {
    var rule = BreakerRule()
    (rule.window, rule.mostCalls, rule.minCalls) = (.seconds(2), 3, 2)
    (rule.openRate, rule.judgedRate, rule.confidence, rule.consecutive) = (0.2, 0.2, 0.85, 2)
    (rule.openTime, rule.mostOpenTime, rule.probes, rule.judgedWindow) = (.seconds(1), .seconds(2), 1, .seconds(3))
    return rule
  }()

  private static func after(_ scene: Scene) -> [Scene] {
    let rule = small
    var next: [Scene] = []
    var later = scene
    later.now = Instant(nanoseconds: scene.now.nanoseconds + 1_000_000_000)
    later.breaker.advance(to: later.now, rule)
    next.append(later)
    if let pass = scene.open {
      for outcome in [.succeeded, .failed(.schema), .uncounted] as [BreakerOutcome] {
        var ended = scene
        ended.open = nil
        ended.breaker.report(pass, outcome, rule, at: ended.now)
        next.append(ended)
      }
    } else {
      var asked = scene
      if case .passed(let pass) = asked.breaker.admit(rule, at: asked.now) { asked.open = pass }
      next.append(asked)
    }
    for id in 0..<2 as Range<UInt64> {
      for ago in 0..<4 as Range<Int64> {
        for isBad in [true, false] {
          var judged = scene
          let began = Instant(nanoseconds: scene.now.nanoseconds - ago * 1_000_000_000)
          judged.breaker.judge(id, began: began, isBad: isBad, rule, at: scene.now)
          var waited = scene.breaker
          waited.advance(to: scene.now, rule)
          let isOld = scene.breaker.since.map { began <= $0 } ?? false
          // What says nothing changes nothing; and nobody but a judge who calls something bad opens it.
          if waited.state != .closed || isOld || ago > 2 { #expect(judged.breaker == waited) }
          if judged.breaker.era != waited.era {
            #expect(isBad && judged.breaker.cause == .judged(bad: 2, calls: 2))
          }
          next.append(judged)
        }
      }
    }
    return next
  }

  @Test func everyWayIsLegalAndEveryStateHasAWayOut() {
    let legal: [Breaker.State: Set<Breaker.State>] = [
      .closed: [.closed, .open], .open: [.open, .halfOpen], .halfOpen: [.halfOpen, .open, .closed],
    ]
    let rule = BreakerJudgeTests.small
    var seen: Set<Scene> = [Scene()]
    var edge = [Scene()]
    var words: Set<String> = []
    for _ in 0..<8 {
      var next: [Scene] = []
      for scene in edge {
        for after in BreakerJudgeTests.after(scene) {
          #expect(legal[scene.breaker.state]?.contains(after.breaker.state) == true)
          #expect(after.breaker.era - scene.breaker.era == (after.breaker.state == scene.breaker.state ? 0 : 1))
          #expect((after.breaker.state == .closed) == (after.breaker.cause == nil))
          #expect(after.breaker.judgedBad <= after.breaker.judged && after.breaker.judged <= 2)
          if seen.insert(after).inserted { next.append(after) }
        }
      }
      edge = next
    }
    for scene in seen {
      words.insert(scene.breaker.cause?.word ?? scene.breaker.state.rawValue)
      var scene = scene
      if let pass = scene.open { scene.breaker.report(pass, .uncounted, rule, at: scene.now) }
      scene.now = Instant(nanoseconds: scene.now.nanoseconds + 2_000_000_000)
      guard case .passed(let pass) = scene.breaker.admit(rule, at: scene.now) else {
        Issue.record("nobody is let in: \(scene)")
        return
      }
      scene.breaker.report(pass, .succeeded, rule, at: scene.now)
      #expect(scene.breaker.state == .closed)
    }
    #expect(
      words == ["closed", "judged", "rate", "consecutive", "probe"] || words == ["closed", "judged", "rate", "probe"])
    #expect(seen.count > 3_000, "\(seen.count)")
  }

  /// The counts are those of the last words on the calls that count, counted anew from all that was said.
  @Test func theCountsAreWhatTheySay() {
    var random = SplitMix(seed: 90_210)
    for _ in 0..<150 {
      var rule = BreakerRule()
      rule.judgedWindow = .seconds(1 + random.below(30))
      rule.mostCalls = 1 + random.below(40)
      rule.minCalls = .max
      var breaker = Breaker()
      var said: [UInt64: (began: Instant, isBad: Bool)] = [:]
      var begins: [UInt64: Instant] = [:]
      var now = Instant(nanoseconds: 0)
      for _ in 0..<300 {
        now = Instant(nanoseconds: now.nanoseconds + Int64(random.below(400_000_000)))
        if random.once(in: 60) {
          // A person closes it and goes: it begins anew.
          let hold = BreakerHold(
            .closed, reason: "a test", actor: "noor", at: now, expiresAt: Instant(nanoseconds: .max))
          breaker.hold(hold, rule, at: now)
          breaker.hold(nil, rule, at: now)
          said = [:]
        }
        let id = UInt64(random.below(60))
        let began =
          begins[id] ?? Instant(nanoseconds: max(0, now.nanoseconds - Int64(random.below(12_000_000_000))))
        begins[id] = began
        let isBad = random.chance(0.5)
        breaker.judge(id, began: began, isBad: isBad, rule, at: now)
        if breaker.since.map({ began > $0 }) ?? true, began.duration(to: now) < rule.judgedWindow {
          said[id] = (began, isBad)
        }
        let counted = said.filter { $0.value.began.duration(to: now) < rule.judgedWindow }
          .sorted { ($0.value.began, $0.key) < ($1.value.began, $1.key) }.suffix(rule.mostCalls)
        #expect(breaker.judged == counted.count && breaker.judgedBad == counted.count { $0.value.isBad })
        said = said.filter { entry in counted.contains { $0.key == entry.key } }
      }
    }
  }
}

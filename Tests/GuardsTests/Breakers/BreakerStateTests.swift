import Guards
import Records
import SeededRandom
import Testing

/// Every state that a small breaker can be in, by every way there.
@Suite struct BreakerStateTests {
  /// A breaker, the time, and the calls that were let in and have not ended.
  private struct Scene: Hashable {
    var breaker = Breaker()
    var now = Instant(nanoseconds: 0)
    var open: [Call] = []
  }

  private struct Call: Hashable {
    let pass: Breaker.Pass
    let era: Int
  }

  static let small: BreakerRule = {
    var rule = BreakerRule()
    (rule.window, rule.mostCalls, rule.minCalls) = (.seconds(3), 4, 3)
    (rule.openRate, rule.confidence, rule.consecutive) = (0.2, 0.85, 3)
    (rule.openTime, rule.mostOpenTime, rule.probes) = (.seconds(1), .seconds(2), 2)
    return rule
  }()

  private static let outcomes: [BreakerOutcome] = [
    .succeeded, .failed(.overloaded), .failed(.quota), .uncounted,
  ]

  private static func after(_ scene: Scene, _ rule: BreakerRule) -> [Scene] {
    var next: [Scene] = []
    var later = scene
    later.now = Instant(nanoseconds: scene.now.nanoseconds + 1_000_000_000)
    later.breaker.advance(to: later.now, rule)
    next.append(later)
    if scene.open.count < 3 {
      var asked = scene
      switch asked.breaker.admit(rule, at: asked.now) {
      case .passed(let pass):
        #expect(scene.breaker.state == .closed || pass.isProbe)
        asked.open.append(Call(pass: pass, era: asked.breaker.era))
      case .refused(let until): #expect(asked.breaker.state != .closed && until > asked.now)
      }
      next.append(asked)
    }
    for place in scene.open.indices {
      for outcome in outcomes {
        var ended = scene
        ended.breaker.report(ended.open.remove(at: place).pass, outcome, rule, at: ended.now)
        next.append(ended)
      }
    }
    return next
  }

  /// What may become of what, within one step.
  private static let legal: [Breaker.State: Set<Breaker.State>] = [
    .closed: [.closed, .open], .open: [.open, .halfOpen], .halfOpen: [.halfOpen, .open, .closed],
  ]

  @Test func everyWayIsLegalAndEveryStateHasAWayOut() {
    let rule = BreakerStateTests.small
    var seen: Set<Scene> = [Scene()]
    var edge = [Scene()]
    var states: Set<Breaker.State> = []
    for _ in 0..<14 {
      var next: [Scene] = []
      for scene in edge {
        for after in BreakerStateTests.after(scene, rule) {
          #expect(BreakerStateTests.legal[scene.breaker.state]?.contains(after.breaker.state) == true)
          // A change is one step of the era, and only changes are.
          #expect(after.breaker.era - scene.breaker.era == (after.breaker.state == scene.breaker.state ? 0 : 1))
          #expect((after.breaker.state == .closed) == (after.breaker.cause == nil))
          if seen.insert(after).inserted { next.append(after) }
        }
      }
      edge = next
    }
    for scene in seen {
      states.insert(scene.breaker.state)
      #expect(scene.open.count { $0.pass.isProbe && $0.era == scene.breaker.era } <= rule.probes)
      if scene.breaker.state == .open {
        let left = scene.breaker.until.map { scene.now.duration(to: $0) }
        #expect(left.map { $0 > .zero && $0 <= rule.mostOpenTime } == true)
      }
      BreakerStateTests.recovers(scene, rule)
    }
    #expect(states == [.closed, .open, .halfOpen] && seen.count > 5_000, "\(seen.count)")
  }

  /// When its provider is well again, a breaker closes: whatever has happened, and whatever becomes of the calls under way.
  private static func recovers(_ scene: Scene, _ rule: BreakerRule) {
    var scene = scene
    for call in scene.open { scene.breaker.report(call.pass, .uncounted, rule, at: scene.now) }
    scene.now = Instant(nanoseconds: scene.now.nanoseconds + 2_000_000_000)
    for _ in 0..<rule.probes {
      guard case .passed(let pass) = scene.breaker.admit(rule, at: scene.now) else {
        Issue.record("nobody is let in: \(scene)")
        return
      }
      scene.breaker.report(pass, .succeeded, rule, at: scene.now)
    }
    #expect(scene.breaker.state == .closed)
  }

  /// The window is the calls of the last minutes, counted anew from all of them.
  @Test func theWindowIsWhatItSays() {
    var random = SplitMix(seed: 40_405)
    for _ in 0..<200 {
      var rule = BreakerRule()
      rule.window = .seconds(1 + random.below(20))
      rule.mostCalls = 1 + random.below(200)
      // Nothing opens it.
      (rule.minCalls, rule.consecutive) = (.max, .max)
      var breaker = Breaker()
      var history: [(at: Int64, failed: Bool)] = []
      var now: Int64 = 0
      for _ in 0..<400 {
        now += Int64(random.below(300_000_000))
        let failed = random.chance(0.4)
        breaker.report(
          .first, failed ? .failed(.malformed) : .succeeded, rule, at: Instant(nanoseconds: now))
        history.append((now, failed))
        let recent = history.suffix(rule.mostCalls).filter {
          Duration.nanoseconds(now - $0.at) < rule.window
        }
        #expect(breaker.calls == recent.count && breaker.failed == recent.count { $0.failed })
        #expect(breaker.streak == recent.reversed().prefix { $0.failed }.count)
      }
    }
  }

  /// Any mix of calls, times and holds: what was let in half-open is never more than may be.
  @Test func neverMoreProbesThanMayBe() {
    var random = SplitMix(seed: 18_551)
    for _ in 0..<300 {
      var rule = BreakerRule()
      rule.probes = 1 + random.below(4)
      rule.consecutive = 1 + random.below(4)
      var breaker = Breaker()
      var open: [(pass: Breaker.Pass, era: Int)] = []
      var now = Instant(nanoseconds: 0)
      for _ in 0..<300 {
        // Now and then a clock is set back.
        now = Instant(
          nanoseconds: now.nanoseconds + Int64(random.below(20_000_000_000)) - (random.once(in: 9) ? 30_000_000_000 : 0)
        )
        if random.once(in: 25) {
          let end = Instant(nanoseconds: now.nanoseconds + Int64(random.below(60_000_000_000)))
          let hold = BreakerHold(
            random.chance(0.5) ? .open : .closed, reason: "a test", actor: "noor", at: now, expiresAt: end)
          breaker.hold(random.once(in: 3) ? nil : hold, rule, at: now)
        }
        if random.chance(0.6) {
          switch breaker.admit(rule, at: now) {
          case .passed(let pass): open.append((pass, breaker.era))
          case .refused(let until):
            #expect(until > now && breaker.state != .closed)
            if breaker.hold == nil { #expect(now.duration(to: until) <= rule.mostOpenTime) }
          }
        } else if !open.isEmpty {
          let pass = open.remove(at: random.below(open.count)).pass
          breaker.report(
            pass,
            random.one(of: [.succeeded, .failed(.transport), .failed(.quota), .failed(.empty), .uncounted]),
            asked: random.once(in: 4) ? .seconds(random.below(3_000)) : nil, rule, at: now)
        }
        #expect(open.count { $0.pass.isProbe && $0.era == breaker.era } <= rule.probes)
        if let hold = breaker.hold { #expect(breaker.state == (hold.position == .open ? .open : .closed)) }
      }
    }
  }
}

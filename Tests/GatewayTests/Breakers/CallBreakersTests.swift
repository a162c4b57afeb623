import Guards
import Records
import Store
import Synchronization
import Testing

@testable import Gateway

/// The breakers of a server: who is let in, who is counted, and what people say.
struct CallBreakersTests {
  private func hold(
    _ position: BreakerHold.Position, _ bench: BreakerBench, for time: Duration = .seconds(60)
  ) -> BreakerHold {
    let now = bench.clock.now
    return BreakerHold(
      position, reason: "the provider moves", actor: "noor", at: now, expiresAt: now.advanced(by: time) ?? now)
  }

  @Test func whoIsKeptBackIsToldWhyAndUntilWhen() throws {
    let bench = BreakerBench()
    for _ in 0..<5 { #expect(try bench.call(500) == nil) }
    bench.clock.advance(by: .milliseconds(400))
    let refusal = try #require(try bench.call(500))
    #expect(refusal.status == 503 && refusal.code == "breaker_open" && refusal.retryAfter == 30)
    #expect(
      refusal.message
        == "The upstream 'open' is not asked before 2023-11-14T22:13:50Z for 'm': 5 calls in a row failed, the last one as overloaded."
    )
    #expect(bench.reading?.refused == 1 && bench.reading?.observed == 0)
    // Others are not concerned.
    #expect(try bench.call(200, CallBreakers.Key("open", "other")) == nil)
    #expect(try bench.call(200, CallBreakers.Key("else", "m")) == nil)
    bench.clock.advance(by: .seconds(30))
    for _ in 0..<3 { #expect(try bench.call(200) == nil) }
    #expect(bench.reading?.breaker.state == .closed)
    #expect(bench.transitions == ["closed open", "open half_open", "half_open closed"])
  }

  /// Who insists passes, tells the breaker nothing, and takes nobody's place.
  @Test func whoInsistsPasses() throws {
    let bench = BreakerBench()
    for _ in 0..<5 { #expect(try bench.call(500) == nil) }
    guard case .refused = bench.breakers.admit(BreakerBench.key, urgency: .asks) else {
      Issue.record("who asks is told no")
      return
    }
    #expect(bench.reading?.refused == 0)
    func insist() throws -> CallPassage {
      guard case .passed(let passage?) = bench.breakers.admit(BreakerBench.key, urgency: .insists) else {
        throw BreakerBench.Kept()
      }
      return passage
    }
    var span = try BreakerBench.span(200, BreakerBench.answer)
    let passage = try insist()
    #expect(passage.word == "open" && passage.isForced)
    // Only a call of such a key has where to note it.
    passage.mark(&span)
    #expect(span.glass == nil)
    span.glass = BreakGlass(key: "night")
    passage.mark(&span)
    #expect(span.glass?.passed == [.init(.breaker, "breaker_open", "open/m")])
    passage.end(span)
    #expect(bench.reading?.breaker.state == .open && bench.reading?.refused == 0)
    #expect(try bench.call(200)?.code == "breaker_open" && bench.reading?.refused == 1)
    // A person who holds it open is passed too.
    bench.breakers.follow(["open": hold(.open, bench)])
    #expect(try insist().isForced)
    // Where nobody is in the way nothing is forced, and the call counts.
    bench.breakers.follow(["open": hold(.closed, bench)])
    #expect(try !insist().isForced && insist().word == nil)
  }

  @Test func whoObservesLetsEverybodyPass() throws {
    let bench = BreakerBench(.observe)
    for _ in 0..<9 { #expect(try bench.call(500) == nil) }
    #expect(bench.reading?.breaker.state == .open && bench.reading?.observed == 4 && bench.reading?.refused == 0)
    // What passes all the same says nothing: the breaker is where it would be if it were enforced.
    guard case .passed(let passage?) = bench.breakers.admit(BreakerBench.key) else {
      Issue.record("it is only watched")
      return
    }
    #expect(passage.word == "open")
    bench.clock.advance(by: .seconds(30))
    passage.end(try BreakerBench.span(200, BreakerBench.answer))
    #expect(bench.reading?.breaker.state == .halfOpen)
    for _ in 0..<3 { try bench.call(200) }
    #expect(bench.reading?.breaker.state == .closed)
  }

  @Test func whoIsOffCountsNothing() throws {
    let bench = BreakerBench(.off)
    for _ in 0..<9 { #expect(try bench.call(500) == nil) }
    #expect(bench.breakers.readings().isEmpty)
    // A person is heard all the same.
    bench.breakers.follow(["open": hold(.open, bench)])
    #expect(try bench.call(200)?.code == "breaker_open")
    bench.clock.advance(by: .seconds(60))
    #expect(try bench.call(200) == nil)
    bench.breakers.follow(["open/m": hold(.closed, bench)])
    #expect(try bench.call(200) == nil)
  }

  /// Names that nobody runs fill nothing, and of those that are run no more are kept than may be.
  @Test func breakersAreFew() throws {
    let bench = BreakerBench(most: 3)
    for number in 0..<50 { try bench.call(404, CallBreakers.Key("open", "none-\(number)")) }
    #expect(bench.breakers.readings().isEmpty)
    for _ in 0..<5 { try bench.call(500) }
    for number in 0..<50 {
      bench.clock.advance(by: .milliseconds(1))
      try bench.call(200, CallBreakers.Key("open", "m-\(number)"))
    }
    // The open one stays; of the others those that were asked last.
    #expect(bench.breakers.readings().map(\.key.model) == ["m", "m-48", "m-49"])
  }

  /// A probe whose call comes to nothing, wherever that is, gives its place back.
  @Test func aProbeThatNobodyEndsIsFreed() throws {
    let bench = BreakerBench { $0.probes = 1 }
    for _ in 0..<5 { try bench.call(500) }
    bench.clock.advance(by: .seconds(30))
    for _ in 0..<10 {
      guard case .passed(let passage?) = bench.breakers.admit(BreakerBench.key) else {
        Issue.record("the probe before was not freed")
        return
      }
      #expect(passage.word == "half_open")
      // While it is under way there is no other.
      let second = try bench.call(200)
      #expect(second?.retryAfter == 1 && second?.message.contains("is being tried again with a few calls") == true)
    }
    // Twice is once.
    guard case .passed(let passage?) = bench.breakers.admit(BreakerBench.key) else { return }
    passage.end(try BreakerBench.span(200, BreakerBench.answer))
    passage.end(try BreakerBench.span(500, "{}"))
    #expect(bench.reading?.breaker.state == .closed && bench.reading?.breaker.failed == 0)
  }

  @Test func whatPeopleSay() throws {
    let bench = BreakerBench()
    // Of one model before all of the upstream; of one that nobody has asked yet, too.
    bench.breakers.follow(["open": hold(.open, bench), "open/free": hold(.closed, bench)])
    #expect(try bench.call(200)?.message.contains("it was opened by hand: the provider moves") == true)
    for _ in 0..<9 { #expect(try bench.call(500, CallBreakers.Key("open", "free")) == nil) }
    #expect(try bench.call(200, CallBreakers.Key("openly", "m")) == nil)
    #expect(bench.breakers.holds.count == 2 && bench.reading?.breaker.hold?.actor == "noor")
    // It ends by itself, and then the provider is tried.
    bench.clock.advance(by: .seconds(60))
    #expect(bench.breakers.holds.isEmpty)
    #expect(try bench.call(200) == nil)
    #expect(bench.reading?.breaker.state == .halfOpen)
    // Or when it is taken back.
    bench.breakers.follow(["open/m": hold(.open, bench)])
    #expect(try bench.call(200) != nil)
    bench.breakers.follow([:])
    for _ in 0..<3 { #expect(try bench.call(200) == nil) }
    #expect(bench.reading?.breaker.state == .closed)
  }

  /// What the ledger says is followed; one that is away changes nothing.
  @Test func holdsAreReadAgain() async throws {
    let ledger = HeldLedger()
    let holds = LedgerWatch(read: { try ledger.read() }, follow: { _ in ledger.note() })
    await holds.refresh()
    await holds.refresh()
    #expect(ledger.reads == 2 && ledger.said == 2)
    ledger.fail()
    await holds.refresh()
    #expect(ledger.reads == 3 && ledger.said == 2)
  }

  /// A ledger that counts how often it is read, and can be away.
  private final class HeldLedger: Sendable {
    private struct State {
      var reads = 0
      var said = 0
      var isAway = false
    }
    private struct Away: Error {}
    private let state = Mutex(State())
    var reads: Int { state.withLock(\.reads) }
    var said: Int { state.withLock(\.said) }

    func fail() { state.withLock { $0.isAway = true } }
    func note() { state.withLock { $0.said += 1 } }
    func read() throws -> [String: BreakerHold] {
      try state.withLock { state in
        state.reads += 1
        if state.isAway { throw Away() }
        return [:]
      }
    }
  }

  /// Each change of a breaker is a record of the ledger.
  @Test func changesAreOnRecord() async throws {
    let name = LedgerPlace.name()
    defer { LedgerPlace.remove(name) }
    let ledger = try await LedgerPlace.sqlite.open(name, TestClock())
    let journal = BreakerJournal(GroupCommit(ledger), Reception(), .enforce)
    let clock = TestClock()
    let breakers = CallBreakers(.enforce, BreakerRule(), clock: { clock.now }) { journal.record($0) }
    for _ in 0..<5 {
      guard case .passed(let passage) = breakers.admit(BreakerBench.key) else { return }
      passage?.end(try BreakerBench.span(529, "{}"))
    }
    await journal.drain()
    let answer = await ReadingEndpoint(ledger, checks: []).records("change", nil, from: .anybody)
    let records = try JSONValue(parsing: answer.body)["records"]?.elements ?? []
    #expect(records.count == 1)
    let change = try #require(records.first)
    #expect(change["from"]?.text == "closed" && change["to"]?.text == "open")
    #expect(change["actor"]?.text == "tally serve" && change["surface"]?.text == "infrastructure")
    #expect(change["reason"]?.text == "5 calls in a row failed, the last one as overloaded")
    #expect(change["attributes"]?["breaker"]?["name"]?.text == "open/m")
    #expect(change["attributes"]?["breaker"]?["cause"]?.text == "consecutive")
    #expect(try await ledger.verify().problems == [])
    try ledger.close()
  }

  @Test func fallbacksOfARoute() throws {
    let upstreams = ["a", "b", "c"].map { Upstream(name: $0, url: "http://\($0)", dialect: .openai, headers: []) }
    let plan = CallPlan(
      upstreams,
      routes: [
        CallRoute(
          name: "m", upstream: "a",
          fallbacks: [.init(upstream: "c", model: "other"), .init(upstream: "gone"), .init(upstream: "b")]),
        CallRoute(name: "m*", upstream: "b"),
      ])
    let way = try plan.way(of: "m", .openai)
    #expect(way.upstream.name == "a" && way.fallbacks.map(\.upstream.name) == ["c", "b"])
    #expect(way.fallbacks.map(\.model) == ["other", nil])
    #expect(try plan.way(of: "m2", .openai).fallbacks.isEmpty)
  }
}

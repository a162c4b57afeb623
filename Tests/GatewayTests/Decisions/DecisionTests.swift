import Guards
import Intake
import Records
import Store
import Testing

@testable import Gateway

/// What is kept of a decision until somebody says how the call ended: in the ledger, and by breakers.
struct DecisionTests {
  @Test func factsComeBackAsTheyWere() throws {
    var call = CallSpan(
      request: try CallRequest(.messages, Array(#"{"model":"claude","max_tokens":9}"#.utf8)),
      notes: CallNotes { ["x-tally-feature": "bot", "x-tally-session": "s\"1", "x-tally-attempt": "3"][$0] },
      principal: .anybody, upstream: Upstream(name: "bedrock", url: "", dialect: .anthropic, headers: []), traceID: "t",
      spanID: "s", startedAt: Instant(nanoseconds: 1_700_000_000_123_456_789))
    call.statedProvider = "aws"
    call.observedBudgets = ["trial"]
    call.glass = BreakGlass(key: "night")
    call.glass?.passed = [.init(.budget, "budget_exceeded", "a")]
    (call.observedFailureBudgets, call.spentFailureBudgets, call.approver) = (["a"], ["b", "c"], "ada")
    call.cap = .init(budget: "words", tokens: 64)
    func claim(_ name: String, _ unit: BudgetRule.Unit, _ amount: Int128) -> BudgetClaim {
      BudgetClaim(BudgetRule(name: name, unit: unit, limit: 1 << 90, period: .day), subject: "bot", amount: amount)
    }
    let claims = [
      claim("a", .calls, 1), claim("b", .tokens, 1 << 80),
      claim("c", .money(currency: "EUR"), 1_234_567_890_123_456_789_012),
    ]
    let facts = DecisionFacts(call, claims)
    let read = try #require(DecisionFacts(parsing: try JSONValue.object(facts.json).line()))
    #expect(read == facts)
    #expect(read.notes.attempt == 3 && read.notes.session == "s\"1" && read.notes.tenant == nil)
    #expect(read.promises.map(\.amount) == claims.map(\.amount) && read.promises.map(\.unit) == claims.map(\.rule.unit))
    #expect(read.endpoint == .messages && read.provider == "aws" && read.startedAt == call.startedAt)
    #expect(read.observedFailureBudgets == ["a"] && read.spentFailureBudgets == ["b", "c"] && read.approver == "ada")
    #expect(read.cap?.tokens == 64 && read.observed == ["trial"] && read.glass == call.glass)
    #expect(DecisionFacts(parsing: "{}") == nil && DecisionFacts(parsing: "") == nil)
  }

  /// The probe that a breaker let in, and nobody ended, at the moment of its expiry and just before.
  @Test func aProbeThatExpiresIsGivenBack() throws {
    let clock = TestClock()
    var rule = BreakerRule()
    (rule.consecutive, rule.probes) = (1, 1)
    let breakers = CallBreakers(.enforce, rule) { clock.now }
    let passages = DecisionPassages { clock.now }
    let key = CallBreakers.Key("u", "m")
    func admit() -> CallPassage? { if case .passed(let passage) = breakers.admit(key) { passage } else { nil } }
    breakers.report(key, .first, .failed(.transport), asked: nil)
    #expect(admit() == nil)
    clock.advance(by: rule.openTime)
    let expiry = try #require(clock.now.advanced(by: .seconds(60)))
    passages.keep(.init(passage: admit()), "probe", until: expiry)
    clock.advance(by: .nanoseconds(59_999_999_999))
    #expect(passages.sweep() == expiry && passages.count == 1 && admit() == nil)
    clock.advance(by: .nanoseconds(1))
    #expect(passages.sweep() == nil && passages.count == 0)
    #expect(admit()?.word == "half_open")
  }

  @Test func whoIsKeptBeyondTheMostGoesFirst() throws {
    let clock = TestClock()
    let breakers = CallBreakers(.enforce, BreakerRule()) { clock.now }
    let passages = DecisionPassages(most: 2) { clock.now }
    for (name, seconds) in [("late", 30), ("soon", 10), ("later", 40)] {
      guard case .passed(let passage?) = breakers.admit(CallBreakers.Key("u", name)) else {
        Issue.record("a new breaker is closed")
        return
      }
      passages.keep(.init(passage: passage), name, until: try #require(clock.now.advanced(by: .seconds(seconds))))
    }
    #expect(passages.count == 2 && passages.take("soon") == nil)
    #expect(passages.take("late") != nil && passages.take("late") == nil && passages.take("later") != nil)
  }

  /// What another server let in counts here while the breaker is closed, and says nothing once it is not.
  @Test func aWitnessIsHeardWhileTheBreakerIsClosed() throws {
    let clock = TestClock()
    var rule = BreakerRule()
    rule.consecutive = 2
    let breakers = CallBreakers(.enforce, rule) { clock.now }
    let key = CallBreakers.Key("u", "m")
    for _ in 0..<2 {
      var call = CallSpan(
        request: try CallRequest(.chat, Array(#"{"model":"m"}"#.utf8)), notes: CallNotes { _ in nil },
        principal: .anybody, upstream: Upstream(name: "u", url: "", dialect: .openai, headers: []), traceID: "t",
        spanID: "s", startedAt: clock.now)
      call.status = 500
      try #require(breakers.witness(key)).end(call)
    }
    #expect(breakers.readings().first?.breaker.state == .open && breakers.witness(key) == nil)
  }
}

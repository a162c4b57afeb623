import Guards
import Records
import Testing

/// The guard with its memory, action after action.
@Suite struct AgentMemoryTests {
  private static let breaker = AgentBreaker.Rule(minCalls: 100, consecutive: 100)

  /// One agent that works until it is held up.
  private struct Desk {
    var memory = AgentMemory()
    var rules = AgentGuard(roster: AgentGuardTests.roster)
    var breaker = AgentMemoryTests.breaker

    /// Asks, and does what is allowed.
    mutating func act(
      _ tool: String, _ arguments: String = "a", key: String? = nil, trace: String = "t", at second: Int64 = 0,
      ending outcome: AgentMemory.Outcome = .succeeded
    ) -> AgentDecision {
      var action = AgentGuardTests.action(tool, trace: trace)
      (action.argumentsSHA256, action.idempotencyKey, action.approvedBy) = (arguments, key, "ana")
      action.at = AgentGuardTests.at(second)
      let decision = rules.decide(action, memory.facts(before: action, rules, breaker))
      if decision == .allow { memory.note(action, outcome, cost: 10, receipt: "r \(arguments)", rules, breaker) }
      return decision
    }
  }

  @Test func aRefundThatIsRepeatedAfterATimeout() {
    var desk = Desk()
    desk.rules.roster.tools["pay.refund"]?.requiresKey = false
    #expect(desk.act("pay.refund", ending: .failed) == .allow)
    #expect(desk.act("pay.refund", at: 60) == .deny(.duplicateEffect))
    // In another trace too, and up to the end of the window.
    #expect(desk.act("pay.refund", trace: "u", at: 86_400) == .deny(.duplicateEffect))
    #expect(desk.act("pay.refund", trace: "u", at: 86_401) == .allow)
    // Proved undone, it may be tried again.
    #expect(desk.act("pay.refund", "b", trace: "v", at: 86_402, ending: .undone) == .allow)
    #expect(desk.act("pay.refund", "b", trace: "v", at: 86_403) == .allow)
    // Other arguments are another effect.
    #expect(desk.act("pay.refund", "c", trace: "v", at: 86_404) == .allow)
  }

  @Test func aKeyTakesEffectOnce() {
    var desk = Desk()
    #expect(desk.act("pay.refund", key: "k", ending: .failed) == .allow)
    #expect(desk.act("pay.refund", key: "k", at: 1) == .allow)
    #expect(desk.act("pay.refund", key: "k", at: 2) == .returnReceipt("r a"))
    #expect(desk.act("pay.refund", "other", key: "k", trace: "u", at: 3) == .returnReceipt("r a"))
  }

  @Test func capsOfATrace() {
    var desk = Desk()
    for step in 0..<50 { #expect(desk.act("crm.read", "\(step)", at: Int64(step)) == .allow) }
    #expect(desk.act("crm.read", "50", at: 50) == .deny(.capReached))
    #expect(desk.act("crm.read", "50", trace: "u", at: 50) == .allow)
    #expect(desk.act("crm.read", "51", trace: "u", at: 1849) == .allow)
    #expect(desk.act("crm.read", "52", trace: "u", at: 1850) == .deny(.capReached))
    var dear = Desk()
    dear.rules.roster.agents["child"]?.caps = AgentCard.Caps(cost: 20)
    #expect(dear.act("crm.read", "1") == .allow && dear.act("crm.read", "2") == .allow)
    #expect(dear.act("crm.read", "3") == .deny(.capReached))
  }

  @Test func theThirdEqualCallIsALoop() {
    var desk = Desk()
    #expect(desk.act("crm.read") == .allow && desk.act("crm.read", at: 1) == .allow)
    #expect(desk.act("crm.read", at: 2) == .deny(.loop))
    #expect(desk.act("crm.read", trace: "u", at: 2) == .allow)
  }

  @Test func failuresStopWritesAndNotReads() {
    var desk = Desk()
    desk.breaker = AgentBreaker.Rule(consecutive: 2, openTime: .seconds(30))
    #expect(
      desk.act("crm.write", "1", ending: .failed) == .allow
        && desk.act("crm.write", "2", at: 1, ending: .failed) == .allow)
    #expect(desk.act("crm.write", "3", at: 30) == .deny(.breakerOpen))
    #expect(desk.act("crm.read", "3", at: 30) == .allow)
    #expect(desk.act("crm.write", "3", at: 31) == .allow)
    #expect(desk.memory.openings(of: "crm.write") == 1)
  }

  /// Everything that an agent can do in five actions of a small world: whatever the order, a key takes effect once, no call
  /// without a key is made twice, no trace has the same call three times, and no trace more steps than it may.
  @Test func everyShortCourse() {
    var courses = 0
    var roster = AgentGuardTests.roster
    roster.agents["child"]?.caps = AgentCard.Caps(steps: 4)
    roster.tools["pay.refund"]?.requiresKey = false
    func walk(_ desk: Desk, _ depth: Int, effects: [String: Int], keyed: [String: Int], steps: Int) {
      #expect(keyed.values.allSatisfy { $0 <= 1 } && steps <= 4)
      #expect(effects.values.allSatisfy { $0 <= 1 })
      courses += 1
      guard depth < 5 else { return }
      for (tool, key) in [("crm.read", nil), ("pay.refund", nil), ("pay.refund", "k"), ("crm.write", "l")]
        as [(String, String?)]
      {
        for outcome in [AgentMemory.Outcome.succeeded, .failed] {
          var (next, effects, keyed, steps) = (desk, effects, keyed, steps)
          guard case .allow = next.act(tool, key: key, at: Int64(depth), ending: outcome) else { continue }
          steps += 1
          if tool != "crm.read", key == nil { effects[tool, default: 0] += 1 }
          if let key, outcome == .succeeded { keyed[key, default: 0] += 1 }
          walk(next, depth + 1, effects: effects, keyed: keyed, steps: steps)
        }
      }
    }
    var desk = Desk()
    desk.rules = AgentGuard(roster: roster)
    walk(desk, 0, effects: [:], keyed: [:], steps: 0)
    #expect(courses > 500)
  }
}

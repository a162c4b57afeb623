import Guards
import Records
import SeededRandom
import Testing

/// The decision table, its order, and every combination of its conditions.
@Suite struct AgentGuardTests {
  static let start = Instant(nanoseconds: 1_780_000_000_000_000_000)

  static func at(_ seconds: Int64) -> Instant { start.advanced(by: .seconds(seconds)) ?? start }

  static let roster = AgentRoster(
    agents: [
      "root": AgentCard(scopes: ["crm.read", "crm.write", "pay.*"], budget: FailureBudget()),
      "child": AgentCard(
        parent: "root", scopes: ["crm.*", "email.send", "pay.refund"], budget: FailureBudget(),
        caps: AgentCard.Caps(steps: 50, cost: 5_000, time: .seconds(1800))),
      "unbudgeted": AgentCard(scopes: ["crm.read"]),
    ],
    tools: [
      "crm.read": ToolCard(effect: .read, requiresKey: false),
      "crm.write": ToolCard(effect: .reversible, requiresKey: false),
      "pay.refund": ToolCard(effect: .irreversible, requiresKey: true),
    ])
  static let rules = AgentGuard(roster: roster)

  static func action(_ tool: String = "crm.write", agent: String = "child", trace: String? = "t") -> AgentAction {
    var action = AgentAction(traceID: trace, agent: agent, tool: tool, at: start)
    action.argumentsSHA256 = "args"
    return action
  }

  private func decide(
    _ action: AgentAction = action(), _ change: (inout AgentGuard.Facts) -> Void = { _ in }
  ) -> AgentDecision {
    var facts = AgentGuard.Facts()
    change(&facts)
    return AgentGuardTests.rules.decide(action, facts)
  }

  // MARK: The table

  @Test func eachRowOfTheTable() {
    let read = AgentGuardTests.action("crm.read")
    var refund = AgentGuardTests.action("pay.refund")
    #expect(decide() == .allow && decide(read) == .allow)
    #expect(decide(AgentGuardTests.action(trace: nil)) == .deny(.noTrace))
    #expect(decide(AgentGuardTests.action(trace: "")) == .deny(.noTrace))
    #expect(decide(AgentGuardTests.action(agent: "stranger")) == .deny(.noBudget))
    #expect(decide(AgentGuardTests.action("crm.read", agent: "unbudgeted")) == .deny(.noBudget))
    #expect(decide(AgentGuardTests.action("email.send")) == .deny(.scopeEscalation))
    #expect(decide { $0.steps = 50 } == .deny(.capReached))
    #expect(decide { $0.isBreakerOpen = true } == .deny(.breakerOpen))
    #expect(decide { $0.isBudgetSpent = true } == .deny(.breakerOpen))
    #expect(decide(read) { ($0.isBreakerOpen, $0.isBudgetSpent) = (true, true) } == .allow)
    #expect(decide { $0.hasOpenAttempt = true } == .deny(.duplicateEffect))
    #expect(decide(read) { $0.hasOpenAttempt = true } == .allow)
    #expect(decide(read) { $0.repeats = 2 } == .deny(.loop))
    #expect(decide(refund) == .deny(.noIdempotencyKey))
    refund.idempotencyKey = "k"
    #expect(decide(refund) == .askApproval)
    #expect(decide(refund) { $0.receipt = "r-1" } == .returnReceipt("r-1"))
    #expect(decide(refund) { ($0.receipt, $0.isBreakerOpen) = ("r-1", true) } == .deny(.breakerOpen))
    refund.approvedBy = "ana"
    #expect(decide(refund) == .allow)
    // With a key the same call is the same intent: its receipt answers, not the duplicate rule.
    #expect(decide(refund) { $0.hasOpenAttempt = true } == .allow)
  }

  @Test func limitsFromBothSides() {
    #expect(decide { $0.steps = 49 } == .allow)
    #expect(decide { $0.cost = 4_999 } == .allow && decide { $0.cost = 5_000 } == .deny(.capReached))
    #expect(decide { $0.elapsed = .seconds(1799) } == .allow)
    #expect(decide { $0.elapsed = .seconds(1800) } == .deny(.capReached))
    #expect(decide(AgentGuardTests.action("crm.read")) { $0.repeats = 1 } == .allow)
    let uncapped = AgentGuardTests.action("crm.read", agent: "root")
    #expect(decide(uncapped) { ($0.steps, $0.cost, $0.elapsed) = (9_999, 1 << 60, .seconds(1 << 30)) } == .allow)
  }

  @Test func nobodyApprovesForItself() {
    var refund = AgentGuardTests.action("pay.refund")
    refund.idempotencyKey = "k"
    for name in ["", " \t", "child", "root", "unbudgeted"] {
      refund.approvedBy = name
      #expect(decide(refund) == .askApproval, "\(name)")
    }
    refund.startedBy = ["orchestrator"]
    refund.approvedBy = "orchestrator"
    #expect(!AgentGuardTests.rules.isApproved(refund))
  }

  @Test func whatNobodyDeclaredMayDoAnything() {
    var rules = AgentGuardTests.rules
    rules.roster.agents["root"]?.scopes.append("odd.tool")
    var action = AgentGuardTests.action("odd.tool", agent: "root")
    #expect(rules.decide(action, AgentGuard.Facts()) == .deny(.noIdempotencyKey))
    action.idempotencyKey = "k"
    #expect(rules.decide(action, AgentGuard.Facts()) == .askApproval)
    // A call may say that it is graver than its tool, never that it is milder.
    var write = AgentGuardTests.action()
    write.effect = .read
    #expect(decide(write) { $0.isBreakerOpen = true } == .deny(.breakerOpen))
    write.effect = .irreversible
    #expect(decide(write) == .askApproval)
  }

  // MARK: Exhaustive

  /// Every combination of what the table asks, beside a table that is written down anew: the first row that holds.
  @Test func everyCombinationOfConditions() {
    var seen: Set<String> = []
    for bits in 0..<(1 << 12) {
      func holds(_ place: Int) -> Bool { bits & (1 << place) != 0 }
      let (isRead, isIrreversible, requires, hasKey) = (holds(0), holds(1), holds(2), holds(3))
      let effect: ActionEffect = isRead ? .read : isIrreversible ? .irreversible : .compensable
      var roster = AgentRoster(
        agents: ["p": AgentCard(scopes: ["*"], maxDepth: holds(4) ? 0 : 1, budget: FailureBudget())],
        tools: ["x": ToolCard(effect: effect, requiresKey: requires)])
      roster.agents["a"] = AgentCard(
        parent: "p", scopes: holds(5) ? ["y"] : ["x"], budget: holds(6) ? nil : FailureBudget(),
        caps: AgentCard.Caps(steps: 3))
      var action = AgentAction(traceID: "t", agent: "a", tool: "x", at: AgentGuardTests.start)
      action.argumentsSHA256 = "s"
      action.idempotencyKey = hasKey ? "k" : nil
      action.approvedBy = holds(7) ? "ana" : nil
      var facts = AgentGuard.Facts()
      facts.steps = holds(8) ? 3 : 0
      facts.isBreakerOpen = holds(9)
      facts.receipt = holds(10) ? "r" : nil
      facts.hasOpenAttempt = holds(11)
      for repeats in [0, 2] {
        facts.repeats = repeats
        let rows: [(Bool, String)] = [
          (holds(6), "NO_BUDGET"), (holds(5), "SCOPE_ESCALATION"), (holds(4), "DEPTH"), (holds(8), "CAP_REACHED"),
          (!isRead && holds(9), "BREAKER_OPEN"), (hasKey && holds(10), "receipt"),
          (!isRead && !hasKey && holds(11), "DUPLICATE_EFFECT"), (repeats == 2, "LOOP"),
          (requires && !hasKey, "NO_IDEMPOTENCY_KEY"), (effect == .irreversible && !holds(7), "NEEDS_APPROVAL"),
        ]
        let expected = rows.first { $0.0 }?.1
        let decision = AgentGuard(roster: roster).decide(action, facts)
        let said = decision.code ?? (decision == .allow ? nil : "receipt")
        #expect(said == expected, "\(bits) \(repeats)")
        seen.insert(expected ?? "allow")
      }
    }
    #expect(seen.count == 11)
  }

  /// Taking something away from an agent never lets an action through that was held up for another reason before.
  @Test func lessRightsNeverAllowMore() {
    var random = SplitMix(seed: 5)
    let tools = ["crm.read", "crm.write", "pay.refund", "email.send", "odd"]
    for _ in 0..<3_000 {
      var action = AgentGuardTests.action(
        tools.randomElement(using: &random) ?? "", agent: Bool.random(using: &random) ? "root" : "child")
      action.idempotencyKey = Bool.random(using: &random) ? "k" : nil
      action.approvedBy = Bool.random(using: &random) ? "ana" : nil
      var facts = AgentGuard.Facts()
      facts.repeats = Int.random(in: 0...3, using: &random)
      facts.hasOpenAttempt = .random(using: &random)
      let rules = AgentGuardTests.rules
      var poorer = rules
      switch Int.random(in: 0..<4, using: &random) {
      case 0: poorer.roster.agents["root"]?.scopes.removeLast()
      case 1: poorer.roster.agents["child"]?.budget = nil
      case 2: poorer.roster.agents["root"]?.maxDepth = 0
      default: poorer.loopLimit = 2
      }
      if rules.decide(action, facts) != .allow {
        #expect(poorer.decide(action, facts) != .allow)
      }
    }
  }
}

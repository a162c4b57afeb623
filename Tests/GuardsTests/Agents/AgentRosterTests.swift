import Guards
import Testing

@Suite struct AgentRosterTests {
  private static func roster(_ agents: [String: AgentCard]) -> AgentRoster { AgentRoster(agents: agents, tools: [:]) }

  @Test func scopesAreIntersectedAlongTheChain() {
    let roster = AgentGuardTests.roster
    func isInScope(_ tool: String, _ agent: String, startedBy: [String] = []) -> Bool {
      roster.isInScope(tool, along: roster.chain(of: agent, startedBy: startedBy))
    }
    #expect(isInScope("crm.read", "child") && isInScope("pay.refund", "child"))
    #expect(!isInScope("email.send", "child") && !isInScope("pay.other", "child") && isInScope("pay.other", "root"))
    #expect(!isInScope("crm.delete", "root"))
    // Whoever starts it can only take away, and one whom nobody declared takes everything.
    #expect(!isInScope("pay.refund", "child", startedBy: ["unbudgeted"]))
    #expect(isInScope("crm.read", "child", startedBy: ["unbudgeted"]))
    #expect(!isInScope("crm.read", "child", startedBy: ["stranger"]))
    #expect(!roster.isInScope("crm.read", along: []))
  }

  @Test func aStarCoversWhatBeginsSo() {
    let card = AgentCard(scopes: ["crm.*", "mail"])
    #expect(card.allows("crm.read") && card.allows("crm.") && !card.allows("crm") && !card.allows("crmx"))
    #expect(card.allows("mail") && !card.allows("mail.send") && !AgentCard().allows("mail"))
    #expect(AgentCard(scopes: ["*"]).allows("anything"))
  }

  @Test func chainsAndDepths() {
    let deep = AgentRosterTests.roster([
      "a": AgentCard(maxDepth: 2), "b": AgentCard(parent: "a", maxDepth: 1), "c": AgentCard(parent: "b"),
      "d": AgentCard(parent: "c"),
    ])
    #expect(deep.chain(of: "c") == ["a", "b", "c"])
    #expect(deep.chain(of: "c", startedBy: ["d"]) == ["a", "b", "d", "c"])
    #expect(!deep.isTooDeep(deep.chain(of: "c")) && deep.isTooDeep(deep.chain(of: "d")))
    #expect(!deep.isTooDeep(["b", "c"]) && deep.isTooDeep(["b", "c", "d"]))
    let circle = AgentRosterTests.roster(["a": AgentCard(parent: "b"), "b": AgentCard(parent: "a")])
    #expect(circle.chain(of: "a") == ["b", "a"])
  }

  @Test func unitsAreBurntByWhatCannotBeTakenBack() {
    let budget = FailureBudget(rate: 0.005)
    let weights = FailureBudget.Weights()
    let burn = 2 * weights[.reversible] + weights[.irreversible]
    #expect(budget.units(actions: 1_000) == 5 && burn == 7 && weights[.read] == 0 && weights[.compensable] == 2)
    #expect(budget.level(burn: burn, actions: 1_000) == .spent)
    #expect(budget.level(burn: 5, actions: 1_000) == .near && budget.level(burn: 5.001, actions: 1_000) == .spent)
    #expect(budget.level(burn: 4, actions: 1_000) == .fine && budget.level(burn: 4.001, actions: 1_000) == .near)
    #expect(budget.level(burn: 0, actions: 0) == .fine)
  }

  @Test func theGraverEffectHolds() {
    #expect(ActionEffect.graver(.read, .irreversible) == .irreversible)
    #expect(ActionEffect.graver(.compensable, .reversible) == .compensable)
    #expect(ActionEffect.graver(nil, .read) == .read && ActionEffect.graver(.read, nil) == .read)
    #expect(ActionEffect.graver(nil, nil) == nil)
    #expect(ActionEffect.allCases == ActionEffect.allCases.sorted())
  }
}

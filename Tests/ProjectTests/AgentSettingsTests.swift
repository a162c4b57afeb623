import Project
import Records
import Testing

@Suite struct AgentSettingsTests {
  @Test func agentsAndTools() throws {
    let project = try Project.parse(
      """
      agents:
        sales: {scopes: [crm.*], failure_budget: {rate: 0.01, window: 24h}, owner: ana}
        helper: {parent: sales, scopes: [crm.read], max_depth: 0, chain: [crm.read], caps: {steps: 9, cost: 0.50 EUR, time: 90s}}
      tools:
        crm.read: {effect: read}
        crm.write: {effect: reversible}
        pay: {effect: irreversible, idempotency_key: optional}
      """, policies: catalogue)
    let helper = try #require(project.agents["helper"])
    #expect(
      helper.parent == "sales" && helper.maxDepth == 0 && helper.failureBudget == nil && helper.chain == ["crm.read"])
    #expect(helper.caps.steps == 9 && helper.caps.cost == Money("0.50 EUR") && helper.caps.time == .seconds(90))
    let sales = try #require(project.agents["sales"])
    #expect(sales.failureBudget?.rate == 0.01 && sales.failureBudget?.window == .seconds(86_400))
    #expect(
      sales.caps == AgentCapSettings() && sales.caps.steps == 50 && AgentCapSettings.usualCost == Money("5.00 USD"))
    #expect(project.tools.map(\.value.requiresKey) == [false, true, false])
    #expect(try Project.parse(project.yaml, policies: catalogue) == project)
  }

  @Test func whatCannotBe() {
    #expect(errors("tools: {x: {}}").contains("lacks the key 'effect'"))
    #expect(errors("tools: {x: {effect: reed}}").contains("Did you mean 'read'?"))
    #expect(errors("agents: {a: {parent: b}}").contains("acts for 'b', which agents does not name"))
    #expect(errors("agents: {bot: {}, a: {parent: bott}}").contains("Did you mean 'bot'?"))
    #expect(errors("agents: {a: {parent: b}, b: {parent: a}}").contains("acts for itself"))
    #expect(errors("agents: {a: {chain: [x, x]}}").contains("is in the chain twice"))
    #expect(errors("agents: {a: {parent: b}, b: {parent: c}, c: {}}").isEmpty)
  }
}

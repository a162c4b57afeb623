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

  @Test func signalsAndRunbooks() throws {
    let project = try Project.parse(
      """
      signals:
        csat: {feature: support}
        refusals: {source: refusal, min_effect: 0.02}
        slow: {source: latency, direction: down}
      runbooks: {csat: [{step: pin the last prompt, role: prompts}]}
      people: {ana: {oncall_roles: [prompts, models]}}
      """, policies: catalogue)
    #expect(project.signals.map(\.value.effectiveKind) == [.mean, .proportion, .mean])
    #expect(project.signals.map(\.value.effectiveDirection) == [.down, .up, .down])
    #expect(project.runbooks["csat"]?.first?.role == "prompts" && project.people["ana"]?.oncallRoles.count == 2)
    #expect(errors("runbooks: {csta: [{step: a}]}\nsignals: {csat: {}}").contains("Did you mean 'csat'?"))
    #expect(errors("signals: {a: {source: refusal, kind: mean}}").contains("has no mean"))
    #expect(errors("signals: {a: {window: 7d, baseline: 6d}}").contains("shorter than window"))
    #expect(errors("signals: {a: {window: 7d}}").isEmpty)
  }
}

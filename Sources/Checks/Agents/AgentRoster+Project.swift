import Guards
import Project
import Records

extension AgentRoster {
  /// What `tally.yaml` declares.
  init(_ project: Project) {
    self.init(
      agents: Dictionary(project.agents.map { ($0.id, $0.value.card) }, uniquingKeysWith: { first, _ in first }),
      tools: Dictionary(project.tools.map { ($0.id, $0.value.card) }, uniquingKeysWith: { first, _ in first }))
  }
}

extension AgentSettings {
  var card: AgentCard {
    AgentCard(
      parent: parent, scopes: scopes, maxDepth: maxDepth,
      budget: failureBudget.map { FailureBudget(rate: $0.rate, window: $0.window) },
      caps: AgentCard.Caps(steps: caps.steps, cost: caps.limit?.units, time: caps.time))
  }
}

extension ToolSettings {
  var card: ToolCard { ToolCard(effect: ActionEffect(rawValue: effect.rawValue), requiresKey: requiresKey) }
}

extension AgentCapSettings {
  /// What is written, else what is usual.
  var limit: Money? { cost ?? AgentCapSettings.usualCost }
}

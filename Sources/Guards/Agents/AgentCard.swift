/// What an agent may do, as it is declared.
public struct AgentCard: Sendable, Hashable {
  /// What may be used up in one trace: an action is denied once one of these is reached. Nil is no cap.
  public struct Caps: Sendable, Hashable {
    /// Actions.
    public var steps: Int?
    /// In 10⁻¹² of the currency of the cap.
    public var cost: Int128?
    public var time: Duration?

    public init(steps: Int? = nil, cost: Int128? = nil, time: Duration? = nil) {
      self.steps = steps
      self.cost = cost
      self.time = time
    }
  }

  /// The agent on whose behalf it acts; nil for one that a person or a service starts.
  public var parent: String?
  /// Names of tools; one that ends with `*` stands for all that begin so. None: nothing is allowed.
  public var scopes: [String]
  /// How many agents may stand between it and the last one that acts on its behalf.
  public var maxDepth: Int
  /// Nil: nobody said how much may go wrong.
  public var budget: FailureBudget?
  public var caps: Caps

  public init(
    parent: String? = nil, scopes: [String] = [], maxDepth: Int = 2, budget: FailureBudget? = nil, caps: Caps = Caps()
  ) {
    self.parent = parent
    self.scopes = scopes
    self.maxDepth = maxDepth
    self.budget = budget
    self.caps = caps
  }

  /// Whether its own scopes name a tool. O(scopes).
  public func allows(_ tool: String) -> Bool { scopes.contains { AgentCard.covers($0, tool) } }

  static func covers(_ scope: String, _ tool: String) -> Bool {
    scope.hasSuffix("*") ? tool.hasPrefix(scope.dropLast()) : scope == tool
  }
}

/// What is known of a tool.
public struct ToolCard: Sendable, Hashable {
  /// Nil: nobody said.
  public var effect: ActionEffect?
  /// Whether a call must bear an idempotency key.
  public var requiresKey: Bool

  public init(effect: ActionEffect?, requiresKey: Bool) {
    self.effect = effect
    self.requiresKey = requiresKey
  }

  /// A tool that nobody declared: it may do anything, and must at least be told apart.
  public static let unknown = ToolCard(effect: nil, requiresKey: true)
}

/// All agents and tools that are declared.
public struct AgentRoster: Sendable, Hashable {
  public var agents: [String: AgentCard]
  public var tools: [String: ToolCard]

  public init(agents: [String: AgentCard], tools: [String: ToolCard]) {
    self.agents = agents
    self.tools = tools
  }

  /// The agents along which an agent's right to act was handed down, itself last. O(length).
  ///
  /// - Parameter started: the agents that started it in this trace, the first one first; none where nobody says. The declared
  ///   parents stand before whoever started it, so that a caller cannot leave one out.
  public func chain(of agent: String, startedBy started: [String] = []) -> [String] {
    var chain: [String] = []
    for one in (declaredChain(of: started.first ?? agent) + started + declaredChain(of: agent))
    where !chain.contains(one) && one != agent { chain.append(one) }
    return chain + [agent]
  }

  private func declaredChain(of agent: String) -> [String] {
    var chain = [agent]
    var next = agents[agent]?.parent
    // A circle of parents ends where it began.
    while let parent = next, !chain.contains(parent) {
      chain.insert(parent, at: 0)
      next = agents[parent]?.parent
    }
    return chain
  }

  /// Whether a tool is in the effective scope: the intersection of the scopes along the chain. An agent of the chain that
  /// nobody declared allows nothing.
  public func isInScope(_ tool: String, along chain: [String]) -> Bool {
    !chain.isEmpty && chain.allSatisfy { agents[$0]?.allows(tool) ?? false }
  }

  /// Whether some agent of the chain is too far from the one that acts, the last.
  public func isTooDeep(_ chain: [String]) -> Bool {
    chain.enumerated().contains { place, agent in
      chain.count - 1 - place > (agents[agent]?.maxDepth ?? 0)
    }
  }
}

/// Decides what an agent may do next.
///
/// | the first of these that holds | decision |
/// |---|---|
/// | the action names no trace | `NO_TRACE` |
/// | nobody declared the agent, or its budget of failures | `NO_BUDGET` |
/// | the tool is outside the intersection of the scopes along the chain | `SCOPE_ESCALATION` |
/// | an agent of the chain is further away than its `max_depth` | `DEPTH` |
/// | steps, cost or time of the trace have reached a cap | `CAP_REACHED` |
/// | it may change something, and a breaker is open or the budget is spent | `BREAKER_OPEN` |
/// | its idempotency key has a receipt | that receipt |
/// | it may change something, has no key, and the same call was tried within `duplicateWindow` and not proved undone | `DUPLICATE_EFFECT` |
/// | the same call comes for the `loopLimit`-th time in the trace | `LOOP` |
/// | its tool requires a key, and it has none | `NO_IDEMPOTENCY_KEY` |
/// | it cannot be taken back, and no person approved it | `NEEDS_APPROVAL` |
/// | else | allow |
///
/// What nobody declared may do anything: an unknown effect is taken for an irreversible one. What tools answer is no part of the
/// question, so that it never adds scope. A pure function: the facts are looked up by whoever asks.
public struct AgentGuard: Sendable, Hashable {
  /// What has happened before the action.
  public struct Facts: Sendable, Hashable {
    /// Of its trace so far.
    public var steps = 0
    /// In the currency of the cap.
    public var cost: Int128 = 0
    public var elapsed = Duration.zero
    public var isBreakerOpen = false
    public var isBudgetSpent = false
    /// What its idempotency key gave before.
    public var receipt: String?
    /// Whether the same call was tried within the duplicate window and nobody proved it undone.
    public var hasOpenAttempt = false
    /// How often the same call was made in this trace.
    public var repeats = 0

    public init() {}
  }

  public var roster: AgentRoster
  /// The same call for this many times in a trace is a loop.
  public var loopLimit: Int
  public var duplicateWindow: Duration

  public init(roster: AgentRoster, loopLimit: Int = 3, duplicateWindow: Duration = .seconds(86_400)) {
    self.roster = roster
    self.loopLimit = loopLimit
    self.duplicateWindow = duplicateWindow
  }

  /// Nil where neither the tool's declaration nor the call says.
  public func effect(of action: AgentAction) -> ActionEffect? {
    ActionEffect.graver(roster.tools[action.tool]?.effect, action.effect)
  }

  /// Whether a person approved it: a name that is not blank and no agent's.
  public func isApproved(_ action: AgentAction) -> Bool {
    guard let name = action.approvedBy, name.contains(where: { !$0.isWhitespace }) else { return false }
    return name != action.agent && !action.startedBy.contains(name) && roster.agents[name] == nil
  }

  /// Why the roster alone denies it: whatever has happened before.
  public func refusalByRoster(_ action: AgentAction) -> AgentRefusal? {
    if action.traceID.map(\.isEmpty) ?? true { return .noTrace }
    guard roster.agents[action.agent]?.budget != nil else { return .noBudget }
    let chain = roster.chain(of: action.agent, startedBy: action.startedBy)
    if !roster.isInScope(action.tool, along: chain) { return .scopeEscalation }
    return roster.isTooDeep(chain) ? .depth : nil
  }

  public func decide(_ action: AgentAction, _ facts: Facts) -> AgentDecision {
    if let refusal = refusalByRoster(action) { return .deny(refusal) }
    if isCapped(action, facts) { return .deny(.capReached) }
    let effect = effect(of: action) ?? .irreversible
    let changes = effect != .read
    if changes, facts.isBreakerOpen || facts.isBudgetSpent { return .deny(.breakerOpen) }
    if action.key != nil, let receipt = facts.receipt { return .returnReceipt(receipt) }
    if changes, action.key == nil, action.argumentsSHA256 != nil, facts.hasOpenAttempt {
      return .deny(.duplicateEffect)
    }
    if action.argumentsSHA256 != nil, facts.repeats + 1 >= loopLimit { return .deny(.loop) }
    if (roster.tools[action.tool] ?? .unknown).requiresKey, action.key == nil { return .deny(.noIdempotencyKey) }
    return effect == .irreversible && !isApproved(action) ? .askApproval : .allow
  }

  private func isCapped(_ action: AgentAction, _ facts: Facts) -> Bool {
    guard let caps = roster.agents[action.agent]?.caps else { return false }
    return caps.steps.map { facts.steps >= $0 } ?? false || caps.cost.map { facts.cost >= $0 } ?? false
      || caps.time.map { facts.elapsed >= $0 } ?? false
  }
}

extension AgentAction {
  /// An empty key is none.
  var key: String? { idempotencyKey.flatMap { $0.isEmpty ? nil : $0 } }
}

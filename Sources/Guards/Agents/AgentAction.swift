public import Records

/// What an agent is about to do.
public struct AgentAction: Sendable, Hashable {
  public var traceID: String?
  public var agent: String
  /// The agents that started it in this trace, the first one first.
  public var startedBy: [String]
  public var tool: String
  /// SHA-256 of the canonical arguments.
  public var argumentsSHA256: String?
  public var idempotencyKey: String?
  /// The person who approved it. An agent is no person.
  public var approvedBy: String?
  /// What the call itself says that it does.
  public var effect: ActionEffect?
  public var at: Instant

  public init(traceID: String?, agent: String, tool: String, at: Instant) {
    self.traceID = traceID
    self.agent = agent
    self.tool = tool
    self.at = at
    startedBy = []
  }
}

/// What may be done with an action.
public enum AgentDecision: Sendable, Hashable {
  case allow
  /// It has taken effect already: this is what it gave.
  case returnReceipt(String)
  /// A person is asked first.
  case askApproval
  case deny(AgentRefusal)

  /// As it is written; nil where the action goes ahead.
  public var code: String? {
    switch self {
    case .allow, .returnReceipt: nil
    case .askApproval: "NEEDS_APPROVAL"
    case .deny(let refusal): refusal.rawValue
    }
  }

  /// All codes with which an action is held up.
  public static let codes = AgentRefusal.allCases.map(\.rawValue) + ["NEEDS_APPROVAL"]
}

/// Why an action is denied, in the order in which it is asked.
public enum AgentRefusal: String, Sendable, CaseIterable {
  case noTrace = "NO_TRACE"
  case noBudget = "NO_BUDGET"
  case scopeEscalation = "SCOPE_ESCALATION"
  case depth = "DEPTH"
  case capReached = "CAP_REACHED"
  case breakerOpen = "BREAKER_OPEN"
  case duplicateEffect = "DUPLICATE_EFFECT"
  case loop = "LOOP"
  case noIdempotencyKey = "NO_IDEMPOTENCY_KEY"
}

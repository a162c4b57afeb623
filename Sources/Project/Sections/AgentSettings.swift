public import Records

/// `agents.<agent>`: a program that decides by itself which tools it calls.
public struct AgentSettings: Configurable {
  /// The agent on whose behalf it acts; nil for one that a person or a service starts.
  public var parent: String?
  /// The tools that it may call; a name may end with `*`. Along a chain of parents only what all allow is allowed.
  public var scopes: [String] = []
  /// How many agents may act on its behalf, one for the other.
  public var maxDepth = 2
  /// How much may go wrong; nil is nobody's decision yet, and then it may not act.
  public var failureBudget: FailureBudgetSettings?
  /// What may be used up in one trace.
  public var caps = AgentCapSettings()
  /// Tools that one piece of its work goes through, each as often as the others: all must succeed. Empty judges none.
  public var chain: [String] = []
  /// Who answers for what it does.
  public var owner: String?
  /// Thresholds of checks for this agent.
  public var policies = PolicyOverrides()

  public init() {}

  public static let keys: [Key<AgentSettings>] = [
    Key("parent", \.parent, .optional(.id), "The agent on whose behalf it acts"),
    Key("scopes", \.scopes, .list(of: .id), "The tools that it may call; a name may end with *"),
    Key("max_depth", \.maxDepth, .count, "How many agents may act on its behalf, one for the other"),
    Key("failure_budget", \.failureBudget, .optional(.object), "How much may go wrong; without one it may not act"),
    Key("caps", \.caps, .object, "What may be used up in one trace"),
    Key("chain", \.chain, .list(of: .id), "Tools that one piece of its work goes through; all must succeed"),
    Key("owner", \.owner, .optional(.text), "Who answers for what it does"),
    Key("policies", \.policies, .policies(withDefault: false), "Thresholds of checks for this agent"),
  ]

  public func faults() -> [Fault] {
    var seen: Set<String> = []
    return chain.filter { !seen.insert($0).inserted }.map {
      Fault(key: "chain", problem: "the tool \(quoted($0)) is in the chain twice")
    }
  }
}

/// `agents.<agent>.failure_budget`: how much of what it does may go wrong.
public struct FailureBudgetSettings: Configurable {
  /// Units that one action may burn.
  public var rate = 0.005
  /// How far back actions count.
  public var window = Duration.seconds(7 * 86_400)

  public init() {}

  public static let keys: [Key<FailureBudgetSettings>] = [
    Key("rate", \.rate, .share, "Units for each action; an unintended action burns the weight of its effect"),
    Key("window", \.window, .duration, "How far back actions count"),
  ]
}

/// `agents.<agent>.caps`: what may be used up in one trace.
public struct AgentCapSettings: Configurable {
  /// Actions.
  public var steps = 50
  /// Nil is `usualCost`.
  public var cost: Money?
  public var time = Duration.seconds(1800)

  public init() {}

  /// Five dollars.
  public static let usualCost = Money("5.00 USD")

  public static let keys: [Key<AgentCapSettings>] = [
    Key("steps", \.steps, .count(atLeast: 1), "Actions of one trace"),
    Key("cost", \.cost, .optional(.money), "What they may cost together; not written, 5.00 USD"),
    Key("time", \.time, .duration, "From the first action on"),
  ]
}

/// `tools.<tool>`: something that agents call.
public struct ToolSettings: Configurable {
  /// What a call does to the world.
  public enum Effect: String, CaseIterable, Sendable {
    case read, reversible, compensable, irreversible
  }

  /// Whether a call must bear an idempotency key.
  public enum KeyRule: String, CaseIterable, Sendable {
    case required, optional
  }

  public var effect = Effect.read
  /// Nil requires one of whatever does not only read.
  public var idempotencyKey: KeyRule?

  public init() {}

  public var requiresKey: Bool { idempotencyKey.map { $0 == .required } ?? (effect != .read) }

  public static let keys: [Key<ToolSettings>] = [
    Key("effect", \.effect, .choice, "read, reversible, compensable or irreversible", required: true),
    Key(
      "idempotency_key", \.idempotencyKey, .optional(.choice),
      "required or optional; not written, whatever does not only read requires one"),
  ]
}

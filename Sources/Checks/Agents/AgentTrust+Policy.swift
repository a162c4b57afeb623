import Guards
public import Project

extension AgentTrust {
  /// Thresholds of agents.
  public struct Policy: CheckPolicy {
    public static let check = "agent-trust"

    /// What an unintended action burns, by its effect.
    public var weights = Weights()
    /// The same call for this many times in a trace is a loop.
    public var loopLimit = 3
    /// How long the same call without a key counts as the same effect.
    public var duplicateWindow = Duration.seconds(86_400)
    /// When the writes of an agent are stopped because its calls of a tool fail.
    public var breaker = Breaker()
    /// Actions with an effect that somebody must have reviewed.
    public var reviewMinN = 50
    /// Share of the pieces of work that must come through the whole chain.
    public var minChainSuccess = 0.80
    /// Largest share of spans whose parent nobody recorded.
    public var maxOrphanShare = 0.01
    /// Confidence of the bound of the unintended rate.
    public var confidence = 0.95
    /// Share of actions of an unknown tool or effect that is left out.
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("weights", \.weights, .object, "What an unintended action burns, by its effect"),
      Key("loop_limit", \.loopLimit, .count(atLeast: 2), "The same call for this many times in a trace is a loop"),
      Key("duplicate_window", \.duplicateWindow, .duration, "How long the same call without a key is the same effect"),
      Key("breaker", \.breaker, .object, "When writes are stopped because calls of a tool fail"),
      Key("review_min_n", \.reviewMinN, .count(atLeast: 1), "Actions with an effect that must have been reviewed"),
      Key("min_chain_success", \.minChainSuccess, .openShare, "Share of the work that must come through the chain"),
      Key("max_orphan_share", \.maxOrphanShare, .share, "Largest share of spans whose parent nobody recorded"),
      Key("confidence", \.confidence, .openShare, "Confidence of the bound of the unintended rate"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of actions of unknown effect that is left out"),
    ]
  }

  /// `policies.agent-trust.weights`.
  public struct Weights: Configurable {
    public var read = 0.0
    public var reversible = 1.0
    public var compensable = 2.0
    public var irreversible = 5.0

    public init() {}

    public static let keys: [Key<Weights>] = [
      Key("read", \.read, .nonNegative, "Of an action that changes nothing"),
      Key("reversible", \.reversible, .nonNegative, "Of one that can be taken back"),
      Key("compensable", \.compensable, .nonNegative, "Of one for which something can make up"),
      Key("irreversible", \.irreversible, .nonNegative, "Of one that cannot be taken back"),
    ]

    public func faults() -> [Fault] {
      guard [read, reversible, compensable, irreversible] != [read, reversible, compensable, irreversible].sorted()
      else { return [] }
      return [
        Fault(
          key: "irreversible", problem: "the weights do not grow with what cannot be taken back",
          remedy: "Write them so that read ≤ reversible ≤ compensable ≤ irreversible.")
      ]
    }

    var weights: FailureBudget.Weights {
      FailureBudget.Weights(
        read: read, reversible: reversible, compensable: compensable, irreversible: irreversible)
    }
  }

  /// `policies.agent-trust.breaker`.
  public struct Breaker: Configurable {
    public var window = Duration.seconds(300)
    public var minCalls = 10
    public var warn = 0.10
    public var open = 0.25
    public var consecutive = 5
    public var openTime = Duration.seconds(30)
    public var probes = 3
    public var mostOpenTime = Duration.seconds(600)

    public init() {}

    public static let keys: [Key<Breaker>] = [
      Key("window", \.window, .duration, "How far back calls count"),
      Key("min_calls", \.minCalls, .count(atLeast: 1), "Fewest calls of which a share is judged"),
      Key("warn", \.warn, .share, "Share of failures from which on it warns"),
      Key("open", \.open, .share, "Share of failures from which on it opens"),
      Key("consecutive", \.consecutive, .count(atLeast: 1), "So many failures in a row open it"),
      Key("open_time", \.openTime, .shortDuration, "From opening to the first probe; doubled each time that one fails"),
      Key("probes", \.probes, .count(atLeast: 1), "Calls that must succeed then"),
      Key("max_open_time", \.mostOpenTime, .shortDuration, "The longest time between two probes"),
    ]

    public func faults() -> [Fault] {
      var faults: [Fault] = []
      if warn > open {
        faults.append(
          Fault(
            key: "warn", problem: "warn is above open", remedy: "The warning comes first: write a smaller share."))
      }
      if mostOpenTime < openTime {
        faults.append(
          Fault(
            key: "max_open_time", problem: "max_open_time is shorter than open_time",
            remedy: "Make it as long at least."))
      }
      return faults
    }

    var rule: AgentBreaker.Rule {
      AgentBreaker.Rule(
        window: window, minCalls: minCalls, warn: warn, open: open, consecutive: consecutive, openTime: openTime,
        probes: probes, mostOpenTime: mostOpenTime)
    }
  }
}

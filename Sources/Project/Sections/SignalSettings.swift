/// `signals.<signal>`: something that is watched, window by window.
public struct SignalSettings: Configurable {
  /// Where its values come from.
  public enum Source: String, CaseIterable, Sendable {
    /// Annotations of its name.
    case annotation
    /// Whether an answer is a refusal, or ended with an error or a timeout.
    case refusal, error
    /// Seconds, tokens and dollars of an answer.
    case latency
    case inputTokens = "input_tokens"
    case outputTokens = "output_tokens"
    case cost
    /// Whether a retrieval found anything.
    case retrieved
    /// Whether a call of a tool called the one that is named.
    case tool
  }

  public enum Kind: String, CaseIterable, Sendable {
    case mean, proportion
  }

  /// Where it would be worse.
  public enum Direction: String, CaseIterable, Sendable {
    case down, up
  }

  /// Whose values count; nil for everybody's. Versions are known of one feature's values only.
  public var feature: String?
  public var source = Source.annotation
  /// The name of the annotation, or of the tool; nil is the name of the signal.
  public var name: String?
  /// Nil is a mean of what is measured, a proportion of what is or is not.
  public var kind: Kind?
  /// Nil is up for refusals, errors, time, tokens and cost, down for the others.
  public var direction: Direction?
  /// The smallest change that counts, in the unit of the values.
  public var minEffect = 0.10
  /// Values without which a window says nothing.
  public var minN = 30
  public var window = Duration.seconds(3600)
  /// What the windows are compared with: the time before them.
  public var baseline = Duration.seconds(7 * 86_400)
  /// 1 (a nuisance) to 4 (somebody is hurt).
  public var harm = 2
  /// Whether what a bad answer does cannot be taken back.
  public var isIrreversible = false
  /// Values that a window has at least while there is traffic; 0 where silence means nothing.
  public var expectedPerWindow = 1
  /// Who answers for it.
  public var owner: String?
  /// Thresholds of checks for this signal.
  public var policies = PolicyOverrides()

  public init() {}

  public var effectiveKind: Kind {
    switch source {
    case .refusal, .error, .retrieved, .tool: .proportion
    case .annotation, .latency, .inputTokens, .outputTokens, .cost: kind ?? .mean
    }
  }

  public var effectiveDirection: Direction {
    if let direction { return direction }
    switch source {
    case .annotation, .retrieved, .tool: return .down
    case .refusal, .error, .latency, .inputTokens, .outputTokens, .cost: return .up
    }
  }

  public static let keys: [Key<SignalSettings>] = [
    Key("feature", \.feature, .optional(.id), "Whose values count; everybody's where it is not written"),
    Key("source", \.source, .choice, "Annotations of its name, or what a span says of its answer"),
    Key("name", \.name, .optional(.text), "The name of the annotation or of the tool; else the signal's"),
    Key("kind", \.kind, .optional(.choice), "mean or proportion"),
    Key("direction", \.direction, .optional(.choice), "Where it would be worse: down or up"),
    Key("min_effect", \.minEffect, .nonNegative, "The smallest change that counts, in the unit of the values"),
    Key("min_n", \.minN, .count(atLeast: 2), "Values without which a window says nothing"),
    Key("window", \.window, .duration, "How long a window is"),
    Key("baseline", \.baseline, .duration, "The time before the windows, with which they are compared"),
    Key("harm", \.harm, .integer(in: 1...4), "1 (a nuisance) to 4 (somebody is hurt)"),
    Key("irreversible", \.isIrreversible, .flag, "Whether what a bad answer does cannot be taken back"),
    Key("expected_per_window", \.expectedPerWindow, .count, "Values that a window has at least; 0 expects none"),
    Key("owner", \.owner, .optional(.text), "Who answers for it"),
    Key("policies", \.policies, .policies(withDefault: false), "Thresholds of checks for this signal"),
  ]

  public func faults() -> [Fault] {
    var faults: [Fault] = []
    if kind == .mean, effectiveKind == .proportion {
      faults.append(
        Fault(
          key: "kind", problem: "the source \(source.rawValue) has no mean: it is or is not",
          remedy: "Leave out kind, or write proportion."))
    }
    if kind == .proportion, source != .annotation, effectiveKind == .proportion, minEffect > 1 {
      faults.append(Fault(key: "min_effect", problem: "min_effect is above 1, which no proportion can change by"))
    }
    if baseline < window {
      faults.append(
        Fault(key: "baseline", problem: "baseline is shorter than window", remedy: "Make it several windows long."))
    }
    return faults
  }
}

/// One step of `runbooks.<signal>`: what is done when the signal shifts.
public struct RunbookStepSettings: Configurable {
  public var step = ""
  /// Somebody on call must hold it: `people.<person>.oncall_roles`.
  public var role: String?
  /// What it is done with.
  public var tool: String?

  public init() {}

  public static let keys: [Key<RunbookStepSettings>] = [
    Key("step", \.step, .text, "What is done", required: true),
    Key("role", \.role, .optional(.text), "Who does it: one of the oncall_roles of people"),
    Key("tool", \.tool, .optional(.text), "What it is done with"),
  ]
}

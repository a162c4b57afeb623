import Guards
public import Project

extension SilentFailure {
  /// Thresholds of silent failures.
  public struct Policy: CheckPolicy {
    public static let check = "silent-failure"

    /// Items claimed complete and not verified that are tolerated.
    public var maxHidden = 0
    /// Minutes without progress after which an open item is stalled.
    public var stallMinutes = 15.0
    /// Attempts at an item, or at each of its steps.
    public var attemptsMax = 3
    /// Equal calls without progress from which on it is a loop, and calls of any kind.
    public var loopRepeat = 3
    public var noProgressSteps = 10
    /// How many of its periods a scheduled run may be late.
    public var scheduleSlack = 1.5
    /// Rate of defects that an audit by sample must be able to see.
    public var auditRate = 0.01
    /// Arguments of tools that are no part of an intent.
    public var volatileArgs = IntentKey.usuallyVolatile
    /// Output checks that each item needs, the cheapest first; none: outputs are not judged.
    public var outputChecks = ["schema", "referential", "conservation", "coverage", "grounding"]

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("max_hidden", \.maxHidden, .count, "Items claimed complete and not verified that are tolerated"),
      Key("stall_minutes", \.stallMinutes, .nonNegative, "Minutes without progress after which an item is stalled"),
      Key("attempts_max", \.attemptsMax, .count(atLeast: 1), "Attempts at an item, or at each of its steps"),
      Key("loop_repeat", \.loopRepeat, .count(atLeast: 2), "Equal calls without progress that make a loop"),
      Key("no_progress_steps", \.noProgressSteps, .count(atLeast: 2), "Calls without progress that make a loop"),
      Key("schedule_slack", \.scheduleSlack, .number(in: 1...100), "Periods that a scheduled run may be late"),
      Key("audit_rate", \.auditRate, .openShare, "Rate of defects that an audit by sample must be able to see"),
      Key("volatile_args", \.volatileArgs, .list(of: .text), "Arguments of tools that are no part of an intent"),
      Key("output_checks", \.outputChecks, .list(of: .text), "Output checks that each item needs"),
    ]

    var rules: ItemStatus.Rules {
      ItemStatus.Rules(
        stall: .seconds(stallMinutes * 60), attemptsMax: attemptsMax, loopRepeat: loopRepeat,
        noProgressSteps: noProgressSteps)
    }
  }
}

/// `schedule.<schedule>`: checks that `tally serve` runs by itself.
public struct ScheduleSettings: Configurable {
  /// Ids of checks; with no gate, none is all that apply.
  public var checks: [String] = []
  /// The gate whose checks they are.
  public var gate: String?
  public var every: Duration?
  public var at: TimeOfDay?
  /// Who is told; none is all that `notify` names.
  public var notify: [String] = []

  public init() {}

  public static let keys: [Key<ScheduleSettings>] = [
    Key("checks", \.checks, .list(of: .check), "The checks that run; all that apply when left out"),
    Key("gate", \.gate, .optional(.id), "A gate, in place of checks: what it requires runs"),
    Key("every", \.every, .optional(.duration), "How long from one run to the next: 15m, 1h"),
    Key("at", \.at, .optional(.timeOfDay), "Or once a day at this time, in UTC: \"06:30\""),
    Key("notify", \.notify, .oneOrMore(of: .id), "Who is told, by their names under notify; all when left out"),
  ]

  public func faults() -> [Fault] {
    var faults: [Fault] = []
    if (every == nil) == (at == nil) {
      faults.append(
        Fault(
          key: every == nil ? "every" : "at",
          problem: every == nil ? "it says nowhere when it runs" : "it says twice when it runs",
          remedy: "Write every: 1h, or at: \"06:30\"."))
    }
    if gate != nil, !checks.isEmpty {
      faults.append(Fault(key: "gate", problem: "it has both checks and a gate", remedy: "Write one of them."))
    }
    return faults
  }
}

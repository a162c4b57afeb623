/// `gates.<gate>`: the checks that an action waits for.
public struct GateSettings: Configurable {
  /// What happens when a required check says unknown.
  public enum UnknownRule: String, CaseIterable, Sendable {
    /// The action goes on, and the finding is shown.
    case report
    case refuse
  }

  /// Whether the gate stands in the way.
  public enum Mode: String, CaseIterable, Sendable {
    case off
    /// It says what it would refuse.
    case observe
    case enforce
  }

  /// Ids of checks.
  public var require: [String] = []
  /// Not written, it is `report` for the gate `merge` and `refuse` for all others.
  public var onUnknown = UnknownRule.refuse
  /// Whether the gate stands in the way.
  public var mode = Mode.observe

  public init() {}

  /// The rule of a gate that does not write one.
  static func usualRule(of gate: String) -> UnknownRule { gate == "merge" ? .report : .refuse }

  public static let keys: [Key<GateSettings>] = [
    Key("require", \.require, .list(of: .check), "The checks that the action waits for"),
    Key("on_unknown", \.onUnknown, .choice, "What an unknown finding does; merge reports unless it says otherwise"),
    Key("mode", \.mode, .choice, "off, observe (says what it would refuse) or enforce"),
  ]

  public func faults() -> [Fault] {
    var seen: Set<String> = []
    return require.filter { !seen.insert($0).inserted }.map {
      Fault(key: "require", problem: "the check \(quoted($0)) is required twice")
    }
  }
}

import Guards
public import Project

extension IncidentResponse {
  /// Thresholds of signals and incidents.
  public struct Policy: CheckPolicy {
    public static let check = "incident-response"

    /// Largest p-value at which a window is an alarm.
    public var alertAlpha = 0.001
    /// Windows in a row that must all be alarms.
    public var confirmWindows = 2
    /// How long before the onset changes are looked for.
    public var lookback = Duration.seconds(86_400)
    /// Largest p-value at which a replay shows the cause.
    public var replayAlpha = 0.05
    /// Chance of a replay to show the difference that was seen, for planning.
    public var replayPower = 0.80
    /// Windows without a value after which a signal is silent.
    public var silentWindows = 2
    /// What an incident must say before it is closed.
    public var closureFields = IncidentClosure.usualFields

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("alert_alpha", \.alertAlpha, .openShare, "Largest p-value at which a window is an alarm"),
      Key("confirm_windows", \.confirmWindows, .integer(in: 1...100), "Windows in a row that must all be alarms"),
      Key("lookback", \.lookback, .duration, "How long before the onset changes are looked for"),
      Key("replay_alpha", \.replayAlpha, .openShare, "Largest p-value at which a replay shows the cause"),
      Key("replay_power", \.replayPower, .openShare, "Chance of a planned replay to show what was seen"),
      Key("silent_windows", \.silentWindows, .integer(in: 1...100), "Windows without a value: a signal is silent"),
      Key("closure_fields", \.closureFields, .list(of: .text), "What an incident must say before it is closed"),
    ]
  }
}

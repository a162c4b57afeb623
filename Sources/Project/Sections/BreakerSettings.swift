/// `breakers`: when an upstream that fails is not asked for a model any more, and when it is tried again.
public struct BreakerSettings: Configurable {
  /// What becomes of a call that would be refused.
  public enum Mode: String, CaseIterable, Sendable {
    case off, observe, enforce
  }

  /// Which answers count as failed that break a schema.
  public enum Schemas: String, CaseIterable, Sendable {
    case strict, all
  }

  /// A new rule observes.
  public var mode = Mode.observe
  public var window = Duration.seconds(300)
  public var mostCalls = 1_000
  public var minCalls = 10
  public var openRate = 0.25
  public var confidence = 0.95
  public var consecutive = 5
  public var openTime = Duration.seconds(30)
  public var mostOpenTime = Duration.seconds(600)
  public var probes = 3
  public var schemas = Schemas.strict
  public var judgements: [String] = []
  public var judgedRate = 0.5
  public var judgedWindow = Duration.seconds(3_600)

  public init() {}

  public static let keys: [Key<BreakerSettings>] = [
    Key("mode", \.mode, .choice, "Calls that would be refused: off, observe (they pass and are counted) or enforce"),
    Key("window", \.window, .shortDuration, "How far back calls count"),
    Key("max_calls", \.mostCalls, .integer(in: 1...100_000), "How many of the newest calls count"),
    Key("min_calls", \.minCalls, .count(atLeast: 1), "Fewest calls of which a rate is judged"),
    Key("open_rate", \.openRate, .share, "The share of failed calls that is put up with"),
    Key("confidence", \.confidence, .openShare, "How sure it must be that more fail, by the exact binomial test"),
    Key("consecutive", \.consecutive, .count(atLeast: 1), "So many failures in a row open it, whatever the rate"),
    Key("open_time", \.openTime, .shortDuration, "From opening to the first probe; doubled each time that one fails"),
    Key("max_open_time", \.mostOpenTime, .shortDuration, "The longest time between two probes"),
    Key("probes", \.probes, .count(atLeast: 1), "Calls that are let through then, all of which must succeed"),
    Key(
      "schemas", \.schemas, .choice, "Answers that count as failed: strict (break a schema that was promised) or all"),
    Key(
      "judged_by", \.judgements, .list(of: .text),
      "Annotations that judge calls: no, false, fail or below 0.5 is bad; none judge here by default"),
    Key("judged_rate", \.judgedRate, .share, "The share of bad ones among judged calls that is put up with"),
    Key("judged_window", \.judgedWindow, .shortDuration, "How long ago judged calls may have begun"),
  ]

  public func faults() -> [Fault] {
    var faults: [Fault] = []
    if mostOpenTime < openTime {
      faults.append(
        Fault(
          key: "max_open_time", problem: "max_open_time is shorter than open_time",
          remedy: "Make it as long at least."))
    }
    if minCalls > mostCalls {
      faults.append(
        Fault(
          key: "min_calls", problem: "min_calls is above max_calls, so that no rate would ever be judged",
          remedy: "Make it as small at least."))
    }
    return faults
  }
}

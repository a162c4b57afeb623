public import Records

/// `failure_budgets.<budget>`: how much of what a feature or an agent does may go wrong, before its calls may change nothing any more.
public struct FailureRuleSettings: Configurable {
  public enum Mode: String, CaseIterable, Sendable {
    case off, observe, enforce
  }

  /// What is left of a subject that has spent it.
  public enum Response: String, CaseIterable, Sendable {
    case readOnly = "read_only"
    case approval
  }

  /// What becomes of calls that may change something when nobody can say what has failed.
  public enum Failure: String, CaseIterable, Sendable {
    case closed, open
  }

  /// One of the two.
  public var feature: String?
  public var agent: String?
  public var rate = 0.01
  public var period = Duration.seconds(28 * 86_400)
  /// Calls before it do not count: how a person gives back a budget once what failed is mended.
  public var since: Instant?
  /// A new rule observes.
  public var mode = Mode.observe
  public var response = Response.readOnly
  public var onFailure = Failure.closed
  public var weights = FailureWeightSettings()
  /// Names of annotations by which calls are judged good or bad.
  public var judgements = ["correct"]
  public var confidence = 0.95
  /// Nil is the usual ones that fit into the period.
  public var windows: [BurnSettings]?

  public init() {}

  public static let keys: [Key<FailureRuleSettings>] = [
    Key("feature", \.feature, .optional(.id), "Calls of this feature count"),
    Key("agent", \.agent, .optional(.text), "Calls of this agent count"),
    Key(
      "rate", \.rate, .openShare, "What calls may weigh on average; of weights of 1, the share that may fail",
      required: true),
    Key("per", \.period, .duration, "How far back calls count"),
    Key("since", \.since, .optional(.date), "Calls before it do not count, once what failed is mended"),
    Key("mode", \.mode, .choice, "off, observe (calls that would be refused pass and are marked) or enforce"),
    Key(
      "when_spent", \.response, .choice,
      "Calls that offer tools which change something are refused (read_only), or need a person's approval"),
    Key(
      "on_failure", \.onFailure, .choice,
      "When the ledger cannot say what has failed, such calls are refused (closed) or what was known holds (open)"),
    Key("weights", \.weights, .object, "What a call weighs by what is wrong with it; the worst counts"),
    Key(
      "judged_by", \.judgements, .list(of: .text), "Annotations that judge calls: no, false, fail or below 0.5 is bad"),
    Key("confidence", \.confidence, .openShare, "How sure it must be that more fails than is tolerated, at all looks"),
    Key(
      "windows", \.windows, .optional(.list(of: .object)),
      "When it burns too fast; not written, those of the SRE workbook"),
  ]

  public func faults() -> [Fault] {
    if (feature == nil) == (agent == nil) {
      return [
        Fault(
          key: "feature", problem: feature == nil ? "nobody says whose calls count" : "two are said whose calls count",
          remedy: "Write one of feature and agent.")
      ]
    }
    return (windows ?? []).compactMap { window in
      if window.short >= window.long {
        return Fault(key: "windows", problem: "a short window is as long as its long one", remedy: "Make it shorter.")
      }
      guard window.long > period else { return nil }
      return Fault(
        key: "windows", problem: "a long window is longer than the budget's period", remedy: "Make it as long at most.")
    }
  }
}

/// `failure_budgets.<budget>.weights`.
public struct FailureWeightSettings: Configurable {
  public var error = 1.0
  public var refused = 1.0
  public var empty = 1.0
  public var judgedBad = 1.0
  public var unintended = 5.0

  public init() {}

  private static let range = 0.0...1_000

  public static let keys: [Key<FailureWeightSettings>] = [
    Key("error", \.error, .number(in: range), "It ended with an error"),
    Key("refused", \.refused, .number(in: range), "The model refused to answer"),
    Key("empty", \.empty, .number(in: range), "It ended properly with nothing in it"),
    Key("judged_bad", \.judgedBad, .number(in: range), "An annotation of judged_by calls it bad"),
    Key("unintended", \.unintended, .number(in: range), "The annotation intended says no"),
  ]
}

/// One of `failure_budgets.<budget>.windows`.
public struct BurnSettings: Configurable {
  public var long = Duration.seconds(3_600)
  public var short = Duration.seconds(300)
  public var burn = 1.0

  public init() {}

  public static let keys: [Key<BurnSettings>] = [
    Key("long", \.long, .duration, "Calls of so long must show it", required: true),
    Key("short", \.short, .duration, "Calls of so long say whether it goes on", required: true),
    Key("burn", \.burn, .positive, "How many times as much as is tolerated", required: true),
  ]
}

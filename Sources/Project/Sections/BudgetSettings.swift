public import Records

/// `budgets.<budget>`: how much calls of models may use, and whose.
public struct BudgetSettings: Configurable {
  /// How long it lasts before it begins anew, in UTC.
  public enum Period: String, CaseIterable, Sendable {
    case hour, day, month
  }

  /// Whose calls are counted apart.
  public enum Level: String, CaseIterable, Sendable {
    case all, key, tenant, feature, model, agent
    /// One session, or one trace where no session is named.
    case run
  }

  /// What becomes of a call when nobody can say what is left.
  public enum Failure: String, CaseIterable, Sendable {
    case closed, open
  }

  public enum Mode: String, CaseIterable, Sendable {
    case off, observe, enforce
  }

  /// One of these three is the limit.
  public var money: Money?
  public var tokens: Int?
  public var calls: Int?
  public var period = Period.day
  public var each = Level.all
  public var mode = Mode.enforce
  public var onFailure = Failure.closed
  /// Only calls of these are counted.
  public var key: String?
  public var tenant: String?
  public var feature: String?
  public var model: String?
  public var agent: String?
  /// What a call is promised whose cost has no bound, or no price.
  public var ceiling: Money?
  /// Tokens that an answer may have whose request does not say so: it is told so.
  public var outputCap: Int?

  public init() {}

  public static let keys: [Key<BudgetSettings>] = [
    Key("money", \.money, .optional(.money), "What calls may cost, such as 50 USD"),
    Key("tokens", \.tokens, .optional(.count), "How many tokens they may use, in and out"),
    Key("calls", \.calls, .optional(.count), "How many there may be"),
    Key("per", \.period, .choice, "How long that lasts, by the calendar in UTC: hour, day or month"),
    Key(
      "each", \.each, .choice,
      "Whom it counts apart: each key, tenant, feature, model, agent or run (session, else trace); all counts all together"
    ),
    Key("mode", \.mode, .choice, "off, observe (counts what it would refuse) or enforce"),
    Key(
      "on_failure", \.onFailure, .choice,
      "When the ledger cannot say what is left, calls are refused (closed) or go on uncounted (open)"),
    Key("key", \.key, .optional(.id), "Only calls with this key"),
    Key("tenant", \.tenant, .optional(.id), "Only calls of this tenant"),
    Key("feature", \.feature, .optional(.id), "Only calls of this feature"),
    Key("model", \.model, .optional(.text), "Only calls that ask for this model"),
    Key("agent", \.agent, .optional(.text), "Only calls of this agent"),
    Key("ceiling", \.ceiling, .optional(.money), "What a call counts for whose cost has no bound or no price"),
    Key(
      "output_cap", \.outputCap, .optional(.count(atLeast: 1)),
      "What max_tokens becomes where a call says none; without it, the model's max_output_tokens is counted"),
  ]

  public func faults() -> [Fault] {
    let limits = [money != nil, tokens != nil, calls != nil].filter(\.self).count
    if limits != 1 {
      return [
        Fault(
          key: "money", problem: limits == 0 ? "the budget has no limit" : "the budget has several limits",
          remedy: "Write one of money, tokens and calls.")
      ]
    }
    guard let ceiling else { return [] }
    guard let money else {
      return [Fault(key: "ceiling", problem: "only a budget of money has a ceiling", remedy: "Leave it out.")]
    }
    if ceiling.currency != money.currency {
      return [
        Fault(key: "ceiling", problem: "\(ceiling) is no part of \(money)", remedy: "Write it in the same currency.")
      ]
    }
    return []
  }
}

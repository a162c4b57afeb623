internal import Records

/// How much may be spent on calls, by whom, and how long that lasts.
public struct BudgetRule: Sendable, Equatable {
  /// What is counted.
  public enum Unit: Sendable, Equatable {
    case calls
    /// Of input and output together.
    case tokens
    /// In 10⁻¹² of a currency.
    case money(currency: String)

    /// `calls`, `tokens` or the currency.
    public var word: String {
      switch self {
      case .calls: "calls"
      case .tokens: "tokens"
      case .money(let currency): currency
      }
    }

    /// An amount as programs read it: a whole number, or a decimal one of money.
    public func text(_ amount: Int128) -> String {
      switch self {
      case .calls, .tokens: "\(amount)"
      case .money: Money.decimal(amount)
      }
    }
  }

  /// Whose calls are counted together.
  public enum Level: String, Sendable, CaseIterable {
    case all, key, tenant, feature, model, agent
    /// One session of an agent, or one trace where it names no session.
    case run
  }

  /// What the rule does.
  public enum Mode: String, Sendable, CaseIterable {
    case off
    /// It counts, and says what it would have refused.
    case observe
    case enforce
  }

  /// What becomes of a call when nobody can say what is left.
  public enum Failure: String, Sendable, CaseIterable {
    case open, closed
  }

  public let name: String
  public let unit: Unit
  public let limit: Int128
  public let period: BudgetPeriod
  public let level: Level
  public let mode: Mode
  public let onFailure: Failure

  public init(
    name: String, unit: Unit, limit: Int128, period: BudgetPeriod, level: Level = .all, mode: Mode = .enforce,
    onFailure: Failure = .closed
  ) {
    self.name = name
    self.unit = unit
    self.limit = limit
    self.period = period
    self.level = level
    self.mode = mode
    self.onFailure = onFailure
  }

  /// An amount in words.
  public func words(_ amount: Int128) -> String {
    switch unit {
    case .calls: amount == 1 ? "1 call" : "\(amount) calls"
    case .tokens: amount == 1 ? "1 token" : "\(amount) tokens"
    case .money(let currency): Money(units: amount, currency: currency).map { "\($0)" } ?? "\(amount)"
    }
  }
}

/// Whose call it is.
public struct BudgetSubject: Sendable, Equatable {
  public var key: String?
  public var tenant: String?
  public var feature: String
  public var model: String
  public var agent: String?
  public var run: String?

  public init(key: String?, tenant: String?, feature: String, model: String, agent: String? = nil, run: String? = nil) {
    self.key = key
    self.tenant = tenant
    self.feature = feature
    self.model = model
    self.agent = agent
    self.run = run
  }

  /// Who is counted at a level; calls of nobody there are counted together.
  public func name(at level: BudgetRule.Level) -> String {
    switch level {
    case .all: ""
    case .key: key ?? ""
    case .tenant: tenant ?? ""
    case .feature: feature
    case .model: model
    case .agent: agent ?? ""
    case .run: run ?? ""
    }
  }
}

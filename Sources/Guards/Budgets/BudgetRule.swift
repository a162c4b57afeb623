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
  }

  /// Whose calls are counted together.
  public enum Level: String, Sendable, CaseIterable {
    case all, key, tenant, feature, model
  }

  /// What the rule does.
  public enum Mode: String, Sendable, CaseIterable {
    case off
    /// It counts, and says what it would have refused.
    case observe
    case enforce
  }

  public let name: String
  public let unit: Unit
  public let limit: Int128
  public let period: BudgetPeriod
  public let level: Level
  public let mode: Mode

  public init(
    name: String, unit: Unit, limit: Int128, period: BudgetPeriod, level: Level = .all, mode: Mode = .enforce
  ) {
    self.name = name
    self.unit = unit
    self.limit = limit
    self.period = period
    self.level = level
    self.mode = mode
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

  public init(key: String?, tenant: String?, feature: String, model: String) {
    self.key = key
    self.tenant = tenant
    self.feature = feature
    self.model = model
  }

  /// Who is counted at a level; calls of nobody there are counted together.
  public func name(at level: BudgetRule.Level) -> String {
    switch level {
    case .all: ""
    case .key: key ?? ""
    case .tenant: tenant ?? ""
    case .feature: feature
    case .model: model
    }
  }
}

public import Guards
public import Records

/// What a call asks of one budget.
public struct BudgetClaim: Sendable, Equatable {
  public let rule: BudgetRule
  /// Who is counted.
  public let subject: String
  /// The most that the call can use.
  public let amount: Int128
  /// Whether it is promised whatever the limit is, and counts as every other: the call has a break-glass key.
  public let isExempt: Bool

  public init(_ rule: BudgetRule, subject: String, amount: Int128, isExempt: Bool = false) {
    self.rule = rule
    self.subject = subject
    self.amount = amount
    self.isExempt = isExempt
  }

  /// Whether the budget's limit keeps the call back.
  public var isBound: Bool { rule.mode == .enforce && !isExempt }
}

/// A budget that has too little left for a call.
public struct BudgetRefusal: Sendable, Equatable {
  public let claim: BudgetClaim
  public let left: Int128
  /// When it begins anew.
  public let resetsAt: Instant
}

/// What was promised to calls that nobody settled: their process died, or could not reach the ledger.
public struct BudgetOrphan: Sendable, Equatable {
  static let blockPrefix = "block-"

  /// Names the call; or the block of credit, of which its process had promised some to its calls.
  public let hold: String
  /// Whether it is a block of credit.
  public var isBlock: Bool { hold.hasPrefix(BudgetOrphan.blockPrefix) }
  /// All of it counts as spent.
  public let amount: Int128
  public let expiredAt: Instant
}

/// What a budget has spent and promised in a window.
public struct BudgetStatus: Sendable, Equatable {
  public let budget: String
  public let subject: String
  /// `calls`, `tokens` or a currency.
  public let unit: String
  public let startsAt: Instant
  public let endsAt: Instant
  public let window: BudgetWindow
  /// Promises that are part of what is spent, because nobody said what the calls really used.
  public let orphans: [BudgetOrphan]

  public init(
    budget: String, subject: String, unit: String, startsAt: Instant, endsAt: Instant, window: BudgetWindow,
    orphans: [BudgetOrphan]
  ) {
    self.budget = budget
    self.subject = subject
    self.unit = unit
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.window = window
    self.orphans = orphans
  }
}

/// Budgets that several processes share: a reservation is part of a transaction of the ledger, so that of all who ask at once as
/// many are granted as fit, and what is granted is durable before anything is called.
extension Ledger {
  /// Promises a call what it may use at most of each of its budgets, or of none.
  /// - Parameters:
  ///   - hold: names the call; no other call is ever called so.
  ///   - expiry: when nobody will say any more what it really used.
  /// - Returns: the budgets that have too little left. One whose limit binds the call keeps it from being promised anything; others
  ///   do not.
  public func reserve(_ claims: [BudgetClaim], hold: String, until expiry: Instant) async throws -> [BudgetRefusal] {
    try await writeBudgets { try $0.reserve(claims, hold: hold, until: expiry) }
  }

  /// Says what a call really used. Saying it again changes nothing, nor does saying it when the promise has expired.
  /// - Parameter actual: by the names of budgets; one that is not named has spent all that was promised.
  public func settle(hold: String, _ actual: [String: Int128]) async throws {
    try await writeBudgets { try $0.settle(hold: hold, actual) }
  }

  /// The windows that hold at an instant, by budget and by whom they count.
  public func budgets(at instant: Instant) async throws -> [BudgetStatus] {
    let now = clock()
    return try await engine.read { try BudgetTable.status(at: instant, now: now, $0) }
  }

  /// - Parameter expiry: when blocks of credit are nobody's that are not heard of before; nil where none are written.
  func writeBudgets<Result: Sendable>(
    blocksUntil expiry: (@Sendable (_ now: Instant) -> Instant)? = nil, _ body: @Sendable (BudgetSheet) throws -> Result
  ) async throws -> Result {
    let (clock, pruning) = (clock, pruning)
    return try await engine.write { writer in
      let sheet = BudgetSheet(writer, now: clock(), pruning)
      try sheet.abandon()
      let result = try body(sheet)
      try sheet.finish(blocksUntil: expiry?(sheet.now))
      return result
    }
  }
}

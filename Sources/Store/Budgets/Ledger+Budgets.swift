public import Guards
public import Records

/// What a call asks of one budget.
public struct BudgetClaim: Sendable, Equatable {
  public let rule: BudgetRule
  /// Who is counted.
  public let subject: String
  /// The most that the call can use.
  public let amount: Int128

  public init(_ rule: BudgetRule, subject: String, amount: Int128) {
    self.rule = rule
    self.subject = subject
    self.amount = amount
  }
}

/// A budget that has too little left for a call.
public struct BudgetRefusal: Sendable, Equatable {
  public let claim: BudgetClaim
  public let left: Int128
  /// When it begins anew.
  public let resetsAt: Instant
}

/// What a budget has spent and promised in a window.
public struct BudgetStatus: Sendable, Equatable {
  public let budget: String
  public let subject: String
  public let startsAt: Instant
  public let window: BudgetWindow
}

/// Budgets that several processes share: a reservation is a transaction of the ledger, so that of all who ask at once as many
/// are granted as fit, and what is granted is durable before anything is called.
extension Ledger {
  /// Promises a call what it may use at most of each of its budgets, or of none.
  /// - Parameters:
  ///   - hold: names the call; no other call is ever called so.
  ///   - expiry: when nobody will say any more what it really used.
  /// - Returns: the budgets that have too little left. One that enforces keeps the call from being promised anything; one that
  ///   observes does not.
  public func reserve(_ claims: [BudgetClaim], hold: String, until expiry: Instant) async throws -> [BudgetRefusal] {
    let now = clock()
    return try await engine.write { writer in
      try BudgetTable.abandon(before: now, writer)
      var refusals: [BudgetRefusal] = []
      var promised: [(claim: BudgetClaim, place: BudgetTable.Place, window: BudgetWindow)] = []
      for claim in claims where claim.rule.mode != .off {
        let place = BudgetTable.Place(claim, at: now)
        var window = try BudgetTable.window(at: place, writer)
        switch window.reserve(claim.amount, limit: claim.rule.limit) {
        case .granted: break
        case .refused(let left):
          refusals.append(BudgetRefusal(claim: claim, left: left, resetsAt: place.end))
          if claim.rule.mode == .observe { window.note(claim.amount) }
        }
        promised.append((claim, place, window))
      }
      guard !refusals.contains(where: { $0.claim.rule.mode == .enforce }) else { return refusals }
      for (claim, place, window) in promised {
        try BudgetTable.write(window, at: place, writer)
        try BudgetTable.insert(hold: hold, claim.amount, at: place, until: expiry, writer)
      }
      return refusals
    }
  }

  /// Says what a call really used.
  /// - Parameter actual: by the names of budgets; one that is not named has spent all that was promised.
  public func settle(hold: String, _ actual: [String: Int128]) async throws {
    try await engine.write { writer in
      for (amount, place) in try BudgetTable.holds(hold, writer) {
        var window = try BudgetTable.window(at: place, writer)
        window.settle(amount, actual: actual[place.budget] ?? amount)
        try BudgetTable.write(window, at: place, writer)
      }
      try BudgetTable.remove(hold: hold, writer)
    }
  }

  /// The windows that hold at an instant, by budget and by whom they count.
  public func budgets(at instant: Instant) async throws -> [BudgetStatus] {
    try await engine.read { try BudgetTable.status(at: instant, $0) }
  }
}

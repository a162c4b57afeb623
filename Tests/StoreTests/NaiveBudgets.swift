import Guards
import Records
import Store

/// Budgets as a list of everything that was ever promised, summed anew for each question.
struct NaiveBudgets {
  struct Promise {
    let rule: BudgetRule
    let subject: String
    let start: Instant
    let hold: String
    let amount: Int128
    let expiry: Instant
    /// Nil while the call is under way.
    var spent: Int128?
    var isOrphan = false
  }

  private(set) var promises: [Promise] = []

  /// Holds of calls that are under way.
  var open: [String] { Set(promises.filter { $0.spent == nil }.map(\.hold)).sorted() }

  mutating func expire(at now: Instant) {
    for place in promises.indices where promises[place].spent == nil && promises[place].expiry <= now {
      promises[place].spent = promises[place].amount
      promises[place].isOrphan = true
    }
  }

  private func all(_ rule: BudgetRule, _ subject: String, _ start: Instant) -> [Promise] {
    promises.filter { $0.rule.name == rule.name && $0.subject == subject && $0.start == start }
  }

  func sums(_ rule: BudgetRule, _ subject: String, _ start: Instant) -> (spent: Int128, held: Int128) {
    let all = all(rule, subject, start)
    return (
      all.compactMap(\.spent).reduce(0, +), all.filter { $0.spent == nil }.map(\.amount).reduce(0, +)
    )
  }

  func orphans(_ rule: BudgetRule, _ subject: String, _ start: Instant) -> [String] {
    all(rule, subject, start).filter(\.isOrphan).map(\.hold).sorted()
  }

  /// - Returns: the names of the budgets that have too little left.
  mutating func reserve(_ claims: [BudgetClaim], hold: String, until expiry: Instant, at now: Instant) -> [String] {
    let claims = claims.map { ($0, $0.rule.period.window(at: now).start) }
    let refused = claims.filter { claim, start in
      let sums = sums(claim.rule, claim.subject, start)
      return sums.spent + sums.held + claim.amount > claim.rule.limit
    }.map(\.0)
    if !refused.contains(where: { $0.rule.mode == .enforce }) {
      promises += claims.map {
        Promise(rule: $0.rule, subject: $0.subject, start: $1, hold: hold, amount: $0.amount, expiry: expiry)
      }
    }
    return refused.map(\.rule.name)
  }

  mutating func settle(hold: String, _ actual: [String: Int128]) {
    for place in promises.indices where promises[place].hold == hold && promises[place].spent == nil {
      promises[place].spent = actual[promises[place].rule.name] ?? promises[place].amount
    }
  }

  /// Every window that was ever opened.
  var windows: [(rule: BudgetRule, subject: String, start: Instant)] {
    var seen: Set<String> = []
    return promises.filter { seen.insert("\($0.rule.name) \($0.subject) \($0.start)").inserted }
      .map { ($0.rule, $0.subject, $0.start) }
  }
}

internal import Guards
internal import Records
internal import Synchronization

/// What a call was promised out of the credit of its process.
public struct BudgetPromise: Sendable {
  struct Part: Sendable {
    let place: BudgetTable.Place
    let block: String
    let amount: Int128
  }

  var parts: [Part] = []
}

/// The credit that one process has taken of budgets' windows, and promises to its calls in memory.
///
/// What is taken and given back is decided within a transaction of the ledger, by `BudgetSheet`, which does it here first: what is
/// free at that moment is known only here. `keep` and `withdraw` then say what came of it.
final class BudgetCredit: Sendable {
  /// What a transaction does to an account, until it is known whether it became durable.
  struct Step: Sendable {
    let place: BudgetTable.Place
    let block: String
    /// What a call was promised, be it nothing, and what of that was free here; nil where no call was.
    var amount: Int128?
    var own: Int128 = 0
    /// What is free besides.
    var extra: Int128 = 0
    /// What the window knows then; nil where it was not told.
    var told: CreditBlock?
    /// Whether it changes the block, and what that holds then.
    var isWritten = true
    var held: Int128 = 0
  }

  private struct Entry {
    var account = CreditAccount()
    let block: String
    var limit: Int128
    let end: Instant
    /// What the window knows.
    var told = CreditBlock()
    /// Whether the block is in the ledger.
    var isWritten = false
    /// When the block is nobody's, unless something is said before.
    var expiry: Instant
    /// Whether a transaction came to nothing, or nobody knows whether it did: the block may hold what nobody has here.
    var isUncertain = false
    /// When a call was last promised something.
    var promisedAt: Instant?

    /// What the ledger was told lacks something.
    var isUntold: Bool { isUncertain || account.spent != told.spent }

    /// How long another call may come soon, so that credit is kept for it; nil where it may not.
    func expects(at now: Instant) -> Duration? {
      guard let promisedAt, now < end else { return nil }
      // A clock that was set back keeps nothing for ever.
      let since = promisedAt.duration(to: now)
      guard max(since, .zero - since) < BudgetCredit.keep else { return nil }
      return min(BudgetCredit.keep, BudgetCredit.keep - since, now.duration(to: end))
    }

    func isDue(at now: Instant) -> Bool {
      isUncertain || account.isDirty(told) || account.free > 0 && expects(at: now) == nil
    }
  }

  private struct State {
    var entries: [BudgetTable.Place: Entry] = [:]
    var blocks = 0
    /// Calls that have ended, and those of them that all windows know of.
    var ended = 0
    var told = 0
    /// What the transaction that is under way does, and when it began.
    var steps: [Step] = []
    var due: Due?
    var now: Instant?
  }

  private let state = Mutex(State())
  private let process: String
  private let life: Duration

  /// How long credit for a call or two stays here after the last one: those that come now and then need not wait for the disk.
  static let keep = Duration.seconds(3)

  /// - Parameters:
  ///   - process: names this process among all that share the ledger.
  ///   - life: how long a block is this process's when it says nothing.
  init(process: String, life: Duration) {
    self.process = process
    self.life = life
  }

  func expiry(from now: Instant) -> Instant { now.advanced(by: life) ?? now }

  // MARK: Calls

  /// Promises a call what it asks of each budget, where there is credit for all of it.
  func promise(_ claims: [BudgetClaim], at now: Instant) -> BudgetPromise? {
    var promise = BudgetPromise()
    let isPromised = state.withLock { state in
      for claim in claims where claim.rule.mode != .off {
        let place = BudgetTable.Place(claim, from: claim.rule.period.window(at: now).start)
        guard let part = BudgetCredit.promise(claim, at: place, &state) else {
          for part in promise.parts { state.entries[part.place]?.account.withdraw(part.amount, own: part.amount) }
          return false
        }
        promise.parts.append(part)
      }
      for part in promise.parts { state.entries[part.place]?.promisedAt = now }
      return true
    }
    return isPromised ? promise : nil
  }

  private static func promise(
    _ claim: BudgetClaim, at place: BudgetTable.Place, _ state: inout State
  ) -> BudgetPromise.Part? {
    guard let block = state.entries[place]?.block,
      state.entries[place]?.account.promise(claim.credit) == true
    else { return nil }
    return BudgetPromise.Part(place: place, block: block, amount: claim.credit)
  }

  /// - Parameter actual: by the names of budgets; one that is not named has spent all that was promised.
  func settle(_ promise: BudgetPromise, _ actual: [String: Int128]) {
    state.withLock { state in
      state.ended += 1
      for part in promise.parts {
        // A block that is lost has been spent as a whole.
        guard state.entries[part.place]?.block == part.block else { continue }
        state.entries[part.place]?.account.settle(part.amount, actual: actual[part.place.budget] ?? part.amount)
      }
    }
  }

  // MARK: Transactions

  /// The account of a window. Making one promises nothing.
  func block(at place: BudgetTable.Place, _ rule: BudgetRule, until end: Instant, now: Instant) -> (
    id: String, isWritten: Bool, told: Int128
  ) {
    state.withLock { state in
      if state.entries[place] == nil {
        state.blocks += 1
        state.entries[place] = Entry(
          block: "\(BudgetOrphan.blockPrefix)\(process)-\(state.blocks)", limit: rule.limit, end: end,
          expiry: expiry(from: now))
      }
      state.entries[place]?.limit = rule.limit
      let entry = state.entries[place]
      return (entry?.block ?? "", entry?.isWritten ?? false, entry?.told.spent ?? 0)
    }
  }

  /// Forgets accounts that were made for a call that is refused: callers choose many of the names that are counted apart.
  func forgetEmpty(_ places: [BudgetTable.Place]) {
    state.withLock { state in
      for place in places {
        guard let entry = state.entries[place], !entry.isWritten, !entry.isUncertain, entry.account.isEmpty else {
          continue
        }
        state.entries[place] = nil
      }
    }
  }

  /// Forgets a block that the ledger has given up.
  func lose(_ place: BudgetTable.Place) { state.withLock { $0.entries[place] = nil } }

  /// Promises out of what is free, where that is enough by now.
  func promise(_ claim: BudgetClaim, at place: BudgetTable.Place) -> BudgetPromise.Part? {
    state.withLock { BudgetCredit.promise(claim, at: place, &$0) }
  }

  func draw(
    _ claim: BudgetClaim, at place: BudgetTable.Place, of window: inout BudgetWindow, into block: inout CreditBlock
  ) -> CreditAccount.Draw? {
    state.withLock { state in
      state.entries[place]?.account.draw(
        claim.credit, of: &window, limit: claim.rule.limit, isBound: claim.isBound, into: &block)
    }
  }

  /// What windows should be told.
  struct Due: Sendable {
    var accounts: [(place: BudgetTable.Place, block: String, end: Instant, isWritten: Bool, told: Int128)] = []
    /// Calls that had ended by then.
    var ended = 0
  }

  /// - Parameter all: whether also those accounts are in it that have nothing to say.
  func due(_ now: Instant, all: Bool) -> Due {
    let soon = now.advanced(by: life / 2) ?? now
    return state.withLock { state in
      let due = state.entries.filter { all || $0.value.isDue(at: now) || $0.value.expiry < soon }
      return Due(
        accounts: due.map { ($0.key, $0.value.block, $0.value.end, $0.value.isWritten, $0.value.told.spent) },
        ended: state.ended)
    }
  }

  /// - Parameter isLast: whether nothing is kept, even where a call came just now.
  /// - Returns: what comes of it, once it is durable; nil where there is no such account.
  func report(
    at place: BudgetTable.Place, _ now: Instant, to window: inout BudgetWindow, _ block: inout CreditBlock, isLast: Bool
  ) -> Step? {
    state.withLock { state in
      let isLast = isLast || state.entries[place]?.expects(at: now) == nil
      guard let (id, limit) = state.entries[place].map({ ($0.block, $0.limit) }),
        let extra = state.entries[place]?.account.report(to: &window, limit: limit, &block, isLast: isLast)
      else { return nil }
      return Step(place: place, block: id, extra: extra, told: block, held: block.held)
    }
  }

  /// Takes back what a call was promised.
  func withdraw(_ steps: [Step]) {
    state.withLock { state in
      for step in steps where state.entries[step.place]?.block == step.block {
        if let amount = step.amount { state.entries[step.place]?.account.withdraw(amount, own: step.own) }
      }
    }
  }

  /// A transaction begins. There is one at a time.
  func begin(at now: Instant) {
    state.withLock { state in (state.steps, state.due, state.now) = ([], nil, now) }
  }

  /// Notes what the transaction does.
  /// - Parameter due: what is told in it; nil where nothing is.
  func add(_ steps: [Step], telling due: Due? = nil) {
    state.withLock { state in
      state.steps += steps
      for step in steps where step.amount != nil && state.entries[step.place]?.block == step.block {
        state.entries[step.place]?.promisedAt = state.now
      }
      if let due { state.due = due }
    }
  }

  /// What the transaction did is durable.
  func keep() {
    state.withLock { state in
      guard let now = state.now else { return }
      for step in state.steps where step.isWritten && state.entries[step.place]?.block == step.block {
        state.entries[step.place]?.account.grant(step.extra)
        state.entries[step.place]?.expiry = expiry(from: now)
        // A block that holds nothing is none.
        state.entries[step.place]?.isWritten = step.held > 0
        guard let told = step.told else { continue }
        state.entries[step.place]?.told = told
        state.entries[step.place]?.isUncertain = false
      }
      for step in state.steps {
        guard let entry = state.entries[step.place], entry.block == step.block else { continue }
        // Its block is gone, and so is what that counted.
        if !entry.isWritten, entry.account.isEmpty { state.entries[step.place] = nil }
      }
      if let due = state.due { state.told = due.ended }
      (state.steps, state.due, state.now) = ([], nil, nil)
    }
  }

  /// It came to nothing, or nobody knows whether it did.
  func withdraw() {
    let steps = state.withLock { state in
      defer { (state.steps, state.due, state.now) = ([], nil, nil) }
      for step in state.steps where step.isWritten && state.entries[step.place]?.block == step.block {
        state.entries[step.place]?.isUncertain = true
      }
      return state.steps
    }
    withdraw(steps)
  }

  // MARK: When to tell

  /// Windows that it knows.
  var accounts: Int { state.withLock(\.entries.count) }

  enum Need: Sendable, Equatable {
    /// Something has changed, or is held without need.
    case soon
    /// Credit is kept for the next call, and for so long.
    case kept(Duration)
    /// Calls are under way whose blocks must not be given up.
    case later
    case none
  }

  func need(at now: Instant) -> Need {
    state.withLock { state in
      if state.entries.isEmpty { return .none }
      if state.entries.values.contains(where: { $0.isDue(at: now) }) { return .soon }
      let kept = state.entries.values.compactMap { $0.account.free > 0 ? $0.expects(at: now) : nil }.min()
      return kept.map(Need.kept) ?? .later
    }
  }

  /// Whether windows should be told something now.
  func isDue(at now: Instant) -> Bool {
    let soon = now.advanced(by: life / 2) ?? now
    return state.withLock { state in
      state.entries.values.contains { $0.isDue(at: now) || $0.expiry < soon }
    }
  }

  /// Calls that have ended, of which the ledger knows nothing. One that used nothing is nothing to know.
  var untold: Int {
    state.withLock { state in state.entries.values.contains(where: \.isUntold) ? state.ended - state.told : 0 }
  }
}

extension BudgetClaim {
  /// What it asks, as accounts count it.
  var credit: Int128 { min(amount, CreditAccount.most) }
}

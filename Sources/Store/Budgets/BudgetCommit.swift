internal import Guards
public import Records
internal import Synchronization

/// What this process asks the ledger about budgets, and what it need not ask.
///
/// A call that finds credit is promised what it asks without a transaction (`promise`): so do all but the first of those that come
/// within seconds of each other. Whoever does not, waits for one, and shares it with all who come while another is under way: what is
/// promised is durable before a call is made, and a sync of the disk costs the same however many promises it covers. Nobody waits for
/// a settlement. What was spent is told to the windows, and credit is given back or taken, a moment after something has changed, all
/// of it in one transaction; what is kept for a call that does not come, some seconds after the last.
public final class BudgetCommit: Sendable {
  /// What came of asking for credit.
  public struct Grant: Sendable {
    /// The budgets that have too little left.
    public let refusals: [BudgetRefusal]
    /// Nil where one of those binds the call.
    public let promise: BudgetPromise?
  }

  /// Makes what is written of a call that others make, of the budgets that had too little left for it.
  public typealias Noting = @Sendable ([BudgetRefusal]) -> CallDecision

  private enum Request {
    case draw([BudgetClaim], isWanted: @Sendable () -> Bool, CheckedContinuation<Grant, any Error>)
    case reserve(
      [BudgetClaim], hold: String, expiry: Instant, Noting?, CheckedContinuation<[BudgetRefusal], any Error>)
    case settle(hold: String, [String: Int128], CheckedContinuation<Void, any Error>)
    case end(decision: String, [String: Int128], CheckedContinuation<CallDecision.Ending, any Error>)
    case tell(isLast: Bool, CheckedContinuation<Void, any Error>?)

    /// Whether somebody waits for it who should not wait long.
    var isUrgent: Bool {
      switch self {
      case .draw, .reserve, .tell: true
      case .settle, .end: false
      }
    }

    func resume(returning reply: Reply) {
      switch (self, reply) {
      case (.draw(_, _, let continuation), .drawn(let grant)): continuation.resume(returning: grant)
      case (.reserve(_, _, _, _, let continuation), .reserved(let refusals)): continuation.resume(returning: refusals)
      case (.settle(_, _, let continuation), .done): continuation.resume()
      case (.end(_, _, let continuation), .ended(let ending)): continuation.resume(returning: ending)
      case (.tell(_, let continuation), .done): continuation?.resume()
      // Safe: `reply(to:_:_:)`, the only maker of replies, gives each request its own.
      default: preconditionFailure("a request is answered with what was written for it")
      }
    }

    func resume(throwing error: any Error) {
      switch self {
      case .draw(_, _, let continuation): continuation.resume(throwing: error)
      case .reserve(_, _, _, _, let continuation): continuation.resume(throwing: error)
      case .settle(_, _, let continuation): continuation.resume(throwing: error)
      case .end(_, _, let continuation): continuation.resume(throwing: error)
      case .tell(_, let continuation): continuation?.resume(throwing: error)
      }
    }
  }

  private enum Reply: Sendable {
    case drawn(Grant)
    case reserved([BudgetRefusal])
    case done
    case ended(CallDecision.Ending)
  }

  private struct State {
    var waiting: [Request] = []
    var isWriting = false
    /// Whether somebody waits among them who should not wait long.
    var isUrgent = false
    /// When somebody will look after what lies here, and the how-manieth it is; nil where nobody will.
    var alarm: (due: ContinuousClock.Instant, number: Int)?
    var alarms = 0
    var transactions = 0
  }

  private let ledger: Ledger
  private let credit: BudgetCredit
  private let life: Duration
  private let state = Mutex(State())

  /// Requests in one transaction: other writers wait as long as it takes.
  private static let most = 1_024
  /// How long what was spent may lie untold.
  private static let lull = Duration.milliseconds(50)
  /// The same, where the ledger has just not answered.
  private static let pause = Duration.milliseconds(500)

  /// - Parameters:
  ///   - process: names this process among all that ever share the ledger.
  ///   - life: how long a process may say nothing before its credit counts as spent.
  public init(_ ledger: Ledger, process: String, life: Duration) {
    self.ledger = ledger
    self.life = life
    credit = BudgetCredit(process: process, life: life)
  }

  /// Transactions so far.
  public var transactions: Int { state.withLock(\.transactions) }

  /// Calls that have ended, of which the ledger knows nothing.
  public var untold: Int { credit.untold }

  /// Windows of which this process has credit.
  var accounts: Int { credit.accounts }

  // MARK: Credit

  /// Promises a call what it asks of each budget, where this process has credit for all of it.
  public func promise(_ claims: [BudgetClaim]) -> BudgetPromise? {
    guard let promise = credit.promise(claims, at: ledger.clock()) else { return nil }
    wake(in: BudgetCommit.lull)
    return promise
  }

  /// Promises a call what it asks of each budget, or nothing.
  /// - Parameter isWanted: is asked when its turn comes; what nobody waits for any more is not written.
  /// - Throws: `CancellationError` where nobody wants it.
  public func draw(_ claims: [BudgetClaim], while isWanted: @escaping @Sendable () -> Bool = { true }) async throws
    -> Grant
  {
    try await withCheckedThrowingContinuation { add(.draw(claims, isWanted: isWanted, $0)) }
  }

  /// Says what a call used that was promised credit.
  /// - Parameter actual: by the names of budgets; one that is not named has spent all that was promised.
  public func settle(_ promise: BudgetPromise, _ actual: [String: Int128]) {
    credit.settle(promise, actual)
    wake(in: BudgetCommit.lull)
  }

  /// Tells the windows what was spent, and gives back all credit that is promised to nobody.
  public func close() async throws {
    try await withCheckedThrowingContinuation { add(.tell(isLast: true, $0)) }
  }

  // MARK: Calls that others make

  /// As `Ledger.reserve(_:hold:until:)`.
  /// - Parameter decision: is written in the same transaction, unless the call is refused.
  public func reserve(
    _ claims: [BudgetClaim], hold: String, until expiry: Instant, noting decision: Noting? = nil
  ) async throws -> [BudgetRefusal] {
    try await withCheckedThrowingContinuation { add(.reserve(claims, hold: hold, expiry: expiry, decision, $0)) }
  }

  /// As `Ledger.settle(hold:_:)`.
  public func settle(hold: String, _ actual: [String: Int128]) async throws {
    try await withCheckedThrowingContinuation { add(.settle(hold: hold, actual, $0)) }
  }

  /// Says how a call ended for which somebody else asked, and settles what it was promised. Saying it again changes nothing.
  /// - Parameter actual: as `settle(hold:_:)`.
  public func settle(decision id: String, _ actual: [String: Int128]) async throws -> CallDecision.Ending {
    try await withCheckedThrowingContinuation { add(.end(decision: id, actual, $0)) }
  }

  /// As `Ledger.decision(_:)`.
  public func decision(_ id: String) async throws -> CallDecision? { try await ledger.decision(id) }

  // MARK: Transactions

  private func add(_ request: Request) {
    let (starts, lies) = state.withLock { state -> (Bool, Bool) in
      state.waiting.append(request)
      if request.isUrgent { state.isUrgent = true }
      guard !state.isWriting else { return (false, false) }
      state.isWriting = state.isUrgent
      return (state.isUrgent, !state.isUrgent)
    }
    if starts { Task { await writeAll() } }
    if lies { wake(in: BudgetCommit.lull) }
  }

  /// Looks after what lies here, in a moment.
  private func wake(in time: Duration) {
    let number = state.withLock { state -> Int? in
      let due = ContinuousClock.now + time
      if let alarm = state.alarm, alarm.due <= due { return nil }
      state.alarms += 1
      state.alarm = (due, state.alarms)
      return state.alarms
    }
    guard let number else { return }
    Task { [weak self] in
      try? await Task.sleep(for: time)
      self?.look(number)
    }
  }

  private func look(_ number: Int) {
    let isMine = state.withLock { state in
      // Another may have been set since, for a moment before this one's.
      guard state.alarm?.number == number else { return false }
      state.alarm = nil
      return true
    }
    guard isMine else { return }
    let isDue = credit.isDue(at: ledger.clock())
    let (starts, rests) = state.withLock { state -> (Bool, Bool) in
      // What is only kept for the next call is nothing to tell.
      guard isDue || !state.waiting.isEmpty else { return (false, !state.isWriting) }
      state.waiting.append(.tell(isLast: false, nil))
      state.isUrgent = true
      guard !state.isWriting else { return (false, false) }
      state.isWriting = true
      return (true, false)
    }
    if starts { Task { await writeAll() } }
    if rests { lookAgain(after: BudgetCommit.lull) }
  }

  private func writeAll() async {
    while let asked = next() {
      let group = BudgetCommit.wanted(asked)
      guard !group.isEmpty else { continue }
      do {
        let replies = try await ledger.writeBudgets(
          blocksUntil: { [credit] in credit.expiry(from: $0) },
          { [credit] in try BudgetCommit.write(group, to: $0, credit) })
        credit.keep()
        lookAgain(after: BudgetCommit.lull)
        for (request, reply) in zip(group, replies) { request.resume(returning: reply) }
      } catch {
        credit.withdraw()
        lookAgain(after: BudgetCommit.pause)
        for request in group { request.resume(throwing: error) }
      }
    }
  }

  /// Answers those for whom nobody waits any more: when a ledger comes back that was away, others come first.
  private static func wanted(_ group: [Request]) -> [Request] {
    group.filter { request in
      guard case .draw(_, let isWanted, _) = request, !isWanted() else { return true }
      request.resume(throwing: CancellationError())
      return false
    }
  }

  private func lookAgain(after time: Duration) {
    switch credit.need(at: ledger.clock()) {
    case .soon: wake(in: time)
    case .kept(let rest): wake(in: max(time, min(rest, life / 4)))
    case .later: wake(in: max(time, life / 4))
    case .none: break
    }
  }

  private func next() -> [Request]? {
    let (group, lies) = state.withLock { state -> ([Request]?, Bool) in
      guard state.isUrgent else {
        state.isWriting = false
        return (nil, !state.waiting.isEmpty)
      }
      let group = Array(state.waiting.prefix(BudgetCommit.most))
      state.waiting.removeFirst(group.count)
      state.isUrgent = state.waiting.contains(where: \.isUrgent)
      state.transactions += 1
      return (group, false)
    }
    if lies { wake(in: BudgetCommit.lull) }
    return group
  }

  /// Windows are told first: what they get back, those who ask may have.
  private static func write(_ group: [Request], to sheet: BudgetSheet, _ credit: BudgetCredit) throws -> [Reply] {
    credit.begin(at: sheet.now)
    var (tells, isLast) = (false, false)
    for case .tell(let last, _) in group { (tells, isLast) = (true, isLast || last) }
    if tells { try sheet.report(credit.due(sheet.now, all: isLast), of: credit, isLast: isLast) }
    return try group.map { request in
      switch request {
      case .draw(let claims, _, _):
        let (refusals, promise) = try sheet.draw(claims, from: credit)
        let isRefused = refusals.contains(where: \.claim.isBound)
        return .drawn(Grant(refusals: refusals, promise: isRefused ? nil : promise))
      case .reserve(let claims, let hold, let expiry, let decision, _):
        return .reserved(try sheet.reserve(claims, hold: hold, until: expiry, noting: decision))
      case .settle(let hold, let actual, _):
        try sheet.settle(hold: hold, actual)
        return .done
      case .end(let decision, let actual, _): return .ended(try sheet.settle(decision: decision, actual))
      case .tell: return .done
      }
    }
  }
}

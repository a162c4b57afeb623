public import Guards
internal import Intake
public import Pricing
public import Records
public import Store
internal import Synchronization

/// The budgets that calls of models must keep.
///
/// Before its upstream is asked, a call is promised the most that it can use; when it has ended, what it really used takes the
/// place of that. Where nobody can say what it used (it broke off, its process died, the ledger was away), it has used all that it
/// was promised.
public final class CallBudgets: Sendable {
  /// A budget, and whose calls it is for.
  public struct Entry: Sendable, Equatable {
    public var rule: BudgetRule
    /// Only calls of this key, tenant, feature, model or agent; nil is all.
    public var key: String?
    public var tenant: String?
    public var feature: String?
    public var model: String?
    public var agent: String?
    /// What a call is promised whose cost has no bound, or no price; nil refuses it.
    public var ceiling: Money?
    /// Tokens that an answer may have whose request does not say so; nil sets no bound.
    public var outputCap: Int64?

    public init(_ rule: BudgetRule) { self.rule = rule }

    func covers(_ subject: BudgetSubject) -> Bool {
      func fits(_ wanted: String?, _ actual: String?) -> Bool { wanted.map { $0 == actual } ?? true }
      return rule.mode != .off && fits(key, subject.key) && fits(tenant, subject.tenant)
        && fits(feature, subject.feature) && fits(model, subject.model) && fits(agent, subject.agent)
    }
  }

  /// What is known of models.
  public struct Models: Sendable {
    /// What calls cost; nil where nobody says.
    public var pricing: SpanPricing?
    /// Tokens that a model can answer with at most.
    public var mostOutput: [String: Int64] = [:]
    /// Counts the tokens of a text as a model does, for replies that do not say what was used; nil where nobody says how.
    public var count: @Sendable (_ text: [UInt8], _ model: String) -> Int? = { _, _ in nil }

    public init() {}
  }

  /// What a call was promised.
  public struct Ticket: Sendable {
    let claims: [BudgetClaim]
    /// The name of the model that the upstream knows.
    let model: String
    let promise: BudgetPromise
  }

  /// What a call was promised that somebody else makes.
  struct Decided: Sendable {
    let hold: String
    let claims: [BudgetClaim]
  }

  public struct Statistics: Sendable, Equatable {
    /// By budget: calls that were refused, and calls that would have been.
    public var refused: [String: Int] = [:]
    public var observed: [String: Int] = [:]
    /// Calls that have ended, of which the ledger does not know yet what they used.
    public var unsettled = 0
    /// Calls that went on although nobody could say what was left.
    public var unchecked = 0
  }

  struct State {
    var statistics = Statistics()
    var asking: [Int: Task<Void, Never>] = [:]
    var next = 0
  }

  /// How long things may take.
  public struct Patience: Sendable {
    /// How long a call may take before it counts as one that nobody will settle.
    public var call = Duration.seconds(6 * 3_600)
    /// How long the ledger may take to say what is left, where no call goes on without, and where it does.
    public var closed = Duration.seconds(20)
    public var open = Duration.seconds(2)

    public init() {}
  }

  public let entries: [Entry]
  let models: Models
  let ledger: BudgetCommit
  let state = Mutex(State())
  private let patience: Patience
  private let clock: @Sendable () -> Instant

  /// - Parameter process: names this process among all that ever share the ledger.
  public init(
    _ entries: [Entry], _ ledger: Ledger, _ models: Models, patience: Patience = Patience(), process: String,
    clock: @escaping @Sendable () -> Instant
  ) {
    self.entries = entries
    self.ledger = BudgetCommit(ledger, process: process, life: patience.call)
    self.models = models
    self.patience = patience
    self.clock = clock
  }

  public var statistics: Statistics {
    var statistics = state.withLock(\.statistics)
    statistics.unsettled = ledger.untold
    return statistics
  }

  /// The longest that a call may take.
  var longest: Duration { patience.call }

  /// Promises a call the most that it can use.
  /// - Parameters:
  ///   - call: as it will be asked; is told which budgets only watched, and what bounds its answer.
  ///   - model: the name that the upstream knows.
  /// - Returns: nil where no budget covers it, or nobody can say and calls go on without.
  /// - Throws: `CallRefusal` where a budget that enforces has too little left, or cannot say.
  public func reserve(_ call: inout CallSpan, model: String) async throws(CallRefusal) -> Ticket? {
    let claims = try claims(of: &call, model: model) { CallBound($0.request) }
    guard !claims.isEmpty else { return nil }
    if let promise = ledger.promise(claims) { return Ticket(claims: claims, model: model, promise: promise) }
    let grant = try await patiently(claims) { [ledger] isWanted in
      try await ledger.draw(claims, while: isWanted)
    } late: { [self] grant, isClosed in
      guard let promise = grant.promise else { return }
      // The call was refused and used nothing, or it went on without the promise, and nobody says what it used.
      ledger.settle(promise, isClosed ? CallBudgets.unused(claims) : [:])
    }
    guard let grant else {
      CallBudgets.pass(unavailable: claims, &call)
      return nil
    }
    try heed(grant.refusals, &call)
    return grant.promise.map { Ticket(claims: claims, model: model, promise: $0) }
  }

  /// Promises a call that somebody else makes the most that it can use, until that says how it ended.
  /// - Parameters:
  ///   - bound: what the call can use at most.
  ///   - expiry: when nobody will say any more what it used.
  ///   - decision: makes, of what the call is promised, what is written in the same transaction.
  /// - Returns: nil where nothing was written.
  func decide(
    _ call: inout CallSpan, model: String, _ bound: CallBound, until expiry: Instant,
    noting decision: @escaping @Sendable (CallSpan, [BudgetClaim]) -> CallDecision
  ) async throws(CallRefusal) -> Decided? {
    let claims = try claims(of: &call, model: model) { _ in bound }
    let (decided, asked) = (Decided(hold: call.hold, claims: claims), call)
    let refusals = try await patiently(claims) { [ledger] _ in
      try await ledger.reserve(claims, hold: decided.hold, until: expiry) { refusals in
        var call = asked
        CallBudgets.note(refusals, &call)
        return decision(call, claims)
      }
    } late: { [ledger] _, isClosed in
      try? await ledger.settle(hold: decided.hold, isClosed ? CallBudgets.unused(claims) : [:])
    }
    guard let refusals else {
      CallBudgets.pass(unavailable: claims, &call)
      return nil
    }
    try heed(refusals, &call)
    return decided
  }

  static func unused(_ claims: [BudgetClaim]) -> [String: Int128] {
    Dictionary(uniqueKeysWithValues: claims.map { ($0.rule.name, Int128(0)) })
  }

  /// Notes the budgets that would have refused a call: those that only watch, and those that its break-glass key passes.
  private static func note(_ refusals: [BudgetRefusal], _ call: inout CallSpan) {
    for refusal in refusals where !refusal.claim.isBound {
      let rule = refusal.claim.rule
      if rule.mode == .observe {
        call.observedBudgets.append(rule.name)
      } else {
        _ = call.breaks(.budget, "budget_exceeded", rule.name)
      }
    }
  }

  /// Notes the budgets that would have refused a call because the ledger says nothing.
  private static func pass(unavailable claims: [BudgetClaim], _ call: inout CallSpan) {
    for claim in claims where claim.isExempt && claim.rule.mode == .enforce && claim.rule.onFailure == .closed {
      _ = call.breaks(.budget, "budget_unavailable", claim.rule.name)
    }
  }

  /// Notes the budgets that would have refused a call.
  /// - Throws: where one did.
  private func heed(_ refusals: [BudgetRefusal], _ call: inout CallSpan) throws(CallRefusal) {
    CallBudgets.note(refusals, &call)
    for refusal in refusals where refusal.claim.rule.mode == .observe { count(refusal.claim.rule.name, \.observed) }
    guard let refusal = refusals.first(where: \.claim.isBound) else { return }
    count(refusal.claim.rule.name, \.refused)
    // How much others have left is nothing for a tenant's key.
    let isOwn = [.key, .tenant].contains(refusal.claim.rule.level)
    throw CallRefusal(refusal, now: clock(), tellsLeft: call.principal.tenant == nil || isOwn)
  }

  private func claims(
    of call: inout CallSpan, model: String, _ bound: (CallSpan) -> CallBound
  ) throws(CallRefusal) -> [BudgetClaim] {
    let subject = BudgetSubject(
      key: call.principal.key?.name, tenant: call.principal.tenant ?? call.notes.tenant, feature: call.feature,
      model: call.request.model, agent: call.notes.agent, run: call.notes.session ?? call.notes.traceID)
    let covering = entries.filter { $0.covers(subject) }
    guard !covering.isEmpty else { return [] }
    return try claims(covering, &call, subject, bound(call), model: model)
  }

  /// What a call asks of each budget that covers it.
  private func claims(
    _ covering: [Entry], _ call: inout CallSpan, _ subject: BudgetSubject, _ bound: CallBound, model: String
  ) throws(CallRefusal) -> [BudgetClaim] {
    // What is said of a route's name is not said of whom it falls back on.
    var most = models.mostOutput[model] ?? (call.degraded == nil ? models.mostOutput[call.request.model] : nil)
    // The smallest cap holds for all of them.
    let capping = covering.filter { $0.rule.mode == .enforce && $0.outputCap != nil }
      .min { ($0.outputCap ?? 0) < ($1.outputCap ?? 0) }
    if bound.lacksLimit, let capping, let tokens = capping.outputCap.map({ min($0, most ?? $0) }) {
      call.cap = OutputCap(budget: capping.rule.name, tokens: tokens)
      most = tokens
    }
    let isExempt = call.glass != nil
    func claim(_ amount: Int128, _ rule: BudgetRule) -> BudgetClaim {
      BudgetClaim(rule, subject: subject.name(at: rule.level), amount: amount, isExempt: isExempt)
    }
    let worst = WorstCase(bound, most: most, call, model: model, models.pricing)
    var claims: [BudgetClaim] = []
    for entry in covering {
      do throws(CallRefusal) {
        let amount = try worst.amount(of: entry)
        claims.append(claim(amount, entry.rule))
      } catch {
        // What only watches says so, and lets the call pass uncounted.
        guard entry.rule.mode == .observe else {
          // Nothing is promised of what has no bound; what it uses is counted when it has ended.
          if call.breaks(.budget, error.code, entry.rule.name) {
            claims.append(claim(0, entry.rule))
            continue
          }
          count(entry.rule.name, \.refused)
          throw error
        }
        count(entry.rule.name, \.observed)
        call.observedBudgets.append(entry.rule.name)
      }
    }
    return claims
  }

  private func count(_ name: String, _ path: any WritableKeyPath<Statistics, [String: Int]> & Sendable) {
    state.withLock { $0.statistics[keyPath: path][name, default: 0] += 1 }
  }

  // MARK: The ledger

  private struct Late: Error {}

  /// Who waits for the ledger's answer, and goes when it does not come.
  private final class Waiting<Answer: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Answer, any Error>?>

    init(_ continuation: CheckedContinuation<Answer, any Error>) { self.continuation = Mutex(continuation) }

    var isWaiting: Bool { continuation.withLock { $0 != nil } }

    /// - Returns: whether anybody still waited.
    @discardableResult
    func resume(_ answer: Result<Answer, any Error>) -> Bool {
      let waiting = continuation.withLock { waiting in
        defer { waiting = nil }
        return waiting
      }
      waiting?.resume(with: answer)
      return waiting != nil
    }
  }

  func expiry(in time: Duration) -> Instant {
    let now = clock()
    return now.advanced(by: time) ?? now
  }

  /// Asks the ledger, and waits no longer than its budgets let a call wait.
  /// - Parameter late: what is done with an answer for which nobody waited any more.
  /// - Returns: nil where calls go on although nobody can say what is left.
  /// - Throws: where they do not.
  private func patiently<Answer: Sendable>(
    _ claims: [BudgetClaim],
    _ ask: @escaping @Sendable (_ isWanted: @escaping @Sendable () -> Bool) async throws -> Answer,
    late: @escaping @Sendable (Answer, _ isClosed: Bool) async -> Void
  ) async throws(CallRefusal) -> Answer? {
    let isClosed = claims.contains { $0.isBound && $0.rule.onFailure == .closed }
    let longest = isClosed ? patience.closed : patience.open
    do {
      return try await withCheckedThrowingContinuation { continuation in
        let waiting = Waiting(continuation)
        let alarm = Task {
          try await Task.sleep(for: longest)
          waiting.resume(.failure(Late()))
        }
        track(
          Task {
            do {
              // A call that went on without an answer is counted all the same.
              let answer = try await ask { !isClosed || waiting.isWaiting }
              alarm.cancel()
              if !waiting.resume(.success(answer)) { await late(answer, isClosed) }
            } catch {
              alarm.cancel()
              waiting.resume(.failure(error))
            }
          })
      }
    } catch {
      guard isClosed else {
        state.withLock { $0.statistics.unchecked += 1 }
        return nil
      }
      throw CallRefusal(
        status: 503, code: "budget_unavailable",
        message:
          "The ledger cannot say now what is left of the budgets, and no call goes on without. Try again in a moment.",
        retryAfter: 1)
    }
  }

  /// Does something beside everything else that must be done before the end.
  private func track(_ work: Task<Void, Never>) {
    let number = state.withLock { state in
      defer { state.next += 1 }
      state.asking[state.next] = work
      return state.next
    }
    Task { [self] in
      await work.value
      state.withLock { $0.asking[number] = nil }
    }
  }

  /// Returns when the ledger knows what every call used that has ended, or will not know.
  public func drain() async {
    while let (number, task) = state.withLock({ $0.asking.first.map { ($0.key, $0.value) } }) {
      await task.value
      // Here as well: waiting for what has ended gives way to nobody, also not to whoever would take it out.
      state.withLock { $0.asking[number] = nil }
    }
    for pause in [100, 1_000, 0] {
      do { return try await ledger.close() } catch {
        if pause > 0 { try? await Task.sleep(for: .milliseconds(pause)) }
      }
    }
  }
}

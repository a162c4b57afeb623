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
    /// Only calls of this key, tenant, feature or model; nil is all.
    public var key: String?
    public var tenant: String?
    public var feature: String?
    public var model: String?
    /// What a call is promised whose cost has no bound, or no price; nil refuses it.
    public var ceiling: Money?

    public init(_ rule: BudgetRule) { self.rule = rule }

    func covers(_ subject: BudgetSubject) -> Bool {
      func fits(_ wanted: String?, _ actual: String?) -> Bool { wanted.map { $0 == actual } ?? true }
      return rule.mode != .off && fits(key, subject.key) && fits(tenant, subject.tenant)
        && fits(feature, subject.feature) && fits(model, subject.model)
    }
  }

  /// What a call was promised.
  public struct Ticket: Sendable {
    let hold: String
    let claims: [BudgetClaim]
  }

  public struct Statistics: Sendable, Equatable {
    /// By budget: calls that were refused, and calls that would have been.
    public var refused: [String: Int] = [:]
    public var observed: [String: Int] = [:]
    /// Calls of which nobody could say to the ledger what they used.
    public var unsettled = 0
  }

  private struct State {
    var statistics = Statistics()
    var settling: [Int: Task<Void, Never>] = [:]
    var next = 0
  }

  public let entries: [Entry]
  private let ledger: Ledger
  private let pricing: SpanPricing?
  private let mostOutput: [String: Int64]
  private let clock: @Sendable () -> Instant
  private let state = Mutex(State())

  /// How long a call may take before it counts as one that nobody will settle.
  static let patience = Duration.seconds(6 * 3_600)

  /// - Parameters:
  ///   - mostOutput: by model, tokens that it can answer with at most.
  public init(
    _ entries: [Entry], _ ledger: Ledger, pricing: SpanPricing?, mostOutput: [String: Int64],
    clock: @escaping @Sendable () -> Instant
  ) {
    self.entries = entries
    self.ledger = ledger
    self.pricing = pricing
    self.mostOutput = mostOutput
    self.clock = clock
  }

  public var statistics: Statistics { state.withLock(\.statistics) }

  // MARK: Before the call

  /// Promises a call the most that it can use.
  /// - Parameters:
  ///   - call: as it will be asked.
  ///   - model: the name that the upstream knows.
  /// - Throws: `CallRefusal` where a budget that enforces has too little left, or cannot say.
  public func reserve(_ call: CallSpan, model: String) async throws(CallRefusal) -> Ticket? {
    let subject = BudgetSubject(
      key: call.principal.key?.name, tenant: call.principal.tenant ?? call.notes.tenant, feature: call.feature,
      model: call.request.model)
    let covering = entries.filter { $0.covers(subject) }
    guard !covering.isEmpty else { return nil }
    let bound = CallBound(call.request, mostOutput: mostOutput[model] ?? mostOutput[call.request.model])
    var claims: [BudgetClaim] = []
    for entry in covering {
      do throws(CallRefusal) {
        let amount = try amount(entry, bound, call, model: model)
        claims.append(BudgetClaim(entry.rule, subject: subject.name(at: entry.rule.level), amount: amount))
      } catch {
        // What only watches says so, and lets the call pass uncounted.
        guard entry.rule.mode == .observe else {
          count([entry.rule.name], \.refused)
          throw error
        }
        count([entry.rule.name], \.observed)
      }
    }
    let hold = "\(call.traceID)-\(call.spanID)"
    let refusals: [BudgetRefusal]
    do {
      refusals = try await ledger.reserve(
        claims, hold: hold, until: clock().advanced(by: CallBudgets.patience) ?? clock())
    } catch {
      throw CallRefusal(
        status: 503, code: "budget_unavailable",
        message: "The ledger cannot say now what is left of the budgets, and no call goes on without. Try again in a moment.",
        retryAfter: 1)
    }
    count(refusals.filter { $0.claim.rule.mode == .observe }.map(\.claim.rule.name), \.observed)
    if let refusal = refusals.first(where: { $0.claim.rule.mode == .enforce }) {
      count([refusal.claim.rule.name], \.refused)
      throw CallBudgets.words(refusal, now: clock())
    }
    return Ticket(hold: hold, claims: claims)
  }

  private func count(_ names: [String], _ path: any WritableKeyPath<Statistics, [String: Int]> & Sendable) {
    state.withLock { state in
      for name in names { state.statistics[keyPath: path][name, default: 0] += 1 }
    }
  }

  /// The most that a call can use of a budget.
  private func amount(
    _ entry: Entry, _ bound: CallBound, _ call: CallSpan, model: String
  ) throws(CallRefusal) -> Int128 {
    switch entry.rule.unit {
    case .calls: return 1
    case .tokens:
      guard let input = bound.input, let output = bound.output else { throw CallBudgets.unbounded(entry.rule, bound) }
      return Int128(input) + Int128(output)
    case .money(let currency):
      guard let input = bound.input, let output = bound.output else {
        if let ceiling = entry.ceiling { return ceiling.units }
        throw CallBudgets.unbounded(entry.rule, bound)
      }
      guard let cost = mostCost(input, output, call, model: model), cost.currency == currency else {
        if let ceiling = entry.ceiling { return ceiling.units }
        throw CallRefusal(
          status: 402, code: "UNPRICED_MODEL",
          message: """
            The budget '\(entry.rule.name)' counts \(currency), and nobody says what '\(model)' costs in it. Give it a price under \
            models or prices in tally.yaml, or the budget a ceiling.
            """)
      }
      return cost.units
    }
  }

  /// The dearest way in which so many tokens can be billed; nil where even the plainest has no price.
  private func mostCost(_ input: Int64, _ output: Int64, _ call: CallSpan, model: String) -> Money? {
    guard let book = pricing?.book else { return nil }
    let tier = (try? JSONValue(parsing: call.request.body))?["service_tier"]?.text
    func cost(_ change: (inout TokenBuckets) -> Void) -> Money? {
      var usage = TokenBuckets()
      (usage.input, usage.output) = (input, output)
      change(&usage)
      if let tier { usage.modes.set("service_tier", tier) }
      return book.answer(
        Call(
          provider: call.upstream.dialect.rawValue, modelServed: nil, modelRequested: model, at: call.startedAt,
          usage: usage, isEmbedding: call.request.endpoint == .embeddings)
      ).cost.total
    }
    guard let plain = cost({ _ in }) else { return nil }
    // A cache that is written to costs more than plain input, where it costs at all.
    let dearer = [
      cost { $0.cacheWrite = input }, cost { $0.cacheWrite1Hour = input }, cost { $0.reasoning = output },
      cost {
        $0.cacheWrite1Hour = input
        $0.reasoning = output
      },
    ].compactMap(\.self)
    return dearer.filter { $0.currency == plain.currency }.reduce(plain) { $0.units >= $1.units ? $0 : $1 }
  }

  // MARK: Refusals

  private static func unbounded(_ rule: BudgetRule, _ bound: CallBound) -> CallRefusal {
    let why =
      bound.input == nil
      ? "it refers to what is not in it, such as pictures, files or an earlier response, or to tools that the provider runs"
      : "it says no max_tokens, and tally.yaml no max_output_tokens under the model's capabilities"
    return CallRefusal(
      status: 402, code: "UNBOUNDED_CALL",
      message: "The budget '\(rule.name)' must know the most that a call can use, and this one has no bound: \(why).")
  }

  private static func words(_ refusal: BudgetRefusal, now: Instant) -> CallRefusal {
    let (claim, rule) = (refusal.claim, refusal.claim.rule)
    let whose = rule.level == .all ? "" : " of the \(rule.level.rawValue) '\(claim.subject)'"
    let seconds = max(1, now.duration(to: refusal.resetsAt).components.seconds + 1)
    let never = claim.amount > rule.limit
    return CallRefusal(
      status: never ? 402 : 429, code: "budget_exceeded",
      message: """
        The budget '\(rule.name)'\(whose) is \(rule.words(rule.limit)) a \(rule.period.rawValue); \(rule.words(refusal.left)) \
        \(refusal.left == 1 ? "is" : "are") left, and this call may use \(rule.words(claim.amount)). It begins anew at \
        \(refusal.resetsAt)\(never ? ", and this call is more than all of it" : "").
        """, retryAfter: never ? nil : Int(seconds))
  }

  // MARK: After the call

  /// Says what a call used, beside everything else.
  /// - Parameter wasSent: whether the upstream got the request at all.
  public func settle(_ ticket: Ticket, _ call: CallSpan, wasSent: Bool) {
    state.withLock { state in
      let number = state.next
      state.next += 1
      state.settling[number] = Task { [self] in
        await write(ticket, used(ticket, call, wasSent: wasSent))
        self.state.withLock { $0.settling[number] = nil }
      }
    }
  }

  /// What a call used of each budget; none is named of which nobody can say.
  private func used(_ ticket: Ticket, _ call: CallSpan, wasSent: Bool) -> [String: Int128] {
    var used: [String: Int128] = [:]
    guard wasSent else {
      for claim in ticket.claims { used[claim.rule.name] = 0 }
      return used
    }
    guard case .span(let span)? = call.batch.records.last else { return used }
    // Providers bill no call that they refused.
    let isRefused = (call.status ?? 0) >= 400 && span.inputTokens == nil && span.outputTokens == nil
    let cost = pricing?.cost(of: span)?.amount
    for claim in ticket.claims {
      switch claim.rule.unit {
      case .calls: used[claim.rule.name] = 1
      case .tokens:
        if isRefused { used[claim.rule.name] = 0 }
        if let input = span.inputTokens, call.observation.fault == nil, input >= 0 {
          used[claim.rule.name] = Int128(input) + Int128(max(0, span.outputTokens ?? 0))
        }
      case .money(let currency):
        if isRefused { used[claim.rule.name] = 0 }
        if let cost, cost.currency == currency, call.observation.fault == nil { used[claim.rule.name] = cost.units }
      }
    }
    return used
  }

  private func write(_ ticket: Ticket, _ used: [String: Int128]) async {
    for pause in [50, 500, 2_000, 0] {
      do { return try await ledger.settle(hold: ticket.hold, used) } catch {
        // What is never settled is spent in the end: nothing is lost but what was promised too much.
        if pause > 0 { try? await Task.sleep(for: .milliseconds(pause)) }
      }
    }
    state.withLock { $0.statistics.unsettled += 1 }
  }

  /// Returns when every call that has ended is settled, or cannot be.
  public func drain() async {
    while let task = state.withLock({ $0.settling.values.first }) { await task.value }
  }
}

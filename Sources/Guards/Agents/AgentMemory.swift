public import Records

/// What the guard must remember of one agent to answer it: the facts before each action, from the actions before it.
///
/// Actions come in the order of their times. It holds the traces and calls of the duplicate window, no longer ones.
public struct AgentMemory: Sendable, Hashable {
  /// How an action that was let through went.
  public enum Outcome: Sendable, Hashable {
    case succeeded
    /// It said that it failed, or nothing: it may have taken effect all the same.
    case failed
    /// Read back from the outside: it did not take effect, or was undone.
    case undone
  }

  private struct Call: Sendable, Hashable {
    let tool: String
    let arguments: String
  }

  private struct Trace: Sendable, Hashable {
    var steps = 0
    var cost: Int128 = 0
    var since: Instant
    var last: Instant
    var calls: [Call: Int] = [:]
  }

  private var traces: [String: Trace] = [:]
  /// When a call was last tried, of those that nobody proved undone.
  private var attempts: [Call: Instant] = [:]
  private var receipts: [String: String] = [:]
  private var breakers: [String: AgentBreaker] = [:]
  private var nextPruning: Instant?

  public init() {}

  /// The facts before an action.
  /// - Parameter isBudgetSpent: of the agent's window, which is longer than what is remembered here.
  public mutating func facts(
    before action: AgentAction, isBudgetSpent: Bool = false, _ rules: AgentGuard, _ breaker: AgentBreaker.Rule
  ) -> AgentGuard.Facts {
    var facts = AgentGuard.Facts()
    facts.isBudgetSpent = isBudgetSpent
    let call = AgentMemory.call(action)
    if let trace = action.traceID.flatMap({ traces[$0] }) {
      facts.steps = trace.steps
      facts.cost = trace.cost
      facts.elapsed = trace.since.duration(to: action.at)
      facts.repeats = call.flatMap { trace.calls[$0] } ?? 0
    }
    facts.isBreakerOpen = breakers[action.tool]?.level(breaker, at: action.at) == .open
    facts.receipt = action.key.flatMap { receipts[$0] }
    if let call, let tried = attempts[call] {
      facts.hasOpenAttempt = tried.duration(to: action.at) <= rules.duplicateWindow
    }
    return facts
  }

  /// Takes an action that was let through.
  /// - Parameters:
  ///   - cost: in the currency of the cap.
  ///   - receipt: the proof of its effect.
  public mutating func note(
    _ action: AgentAction, _ outcome: Outcome, cost: Int128 = 0, receipt: String? = nil, _ rules: AgentGuard,
    _ breaker: AgentBreaker.Rule
  ) {
    prune(to: action.at, rules)
    breakers[action.tool, default: AgentBreaker()].note(hasFailed: outcome == .failed, breaker, at: action.at)
    let call = AgentMemory.call(action)
    if let id = action.traceID {
      var trace = traces[id] ?? Trace(since: action.at, last: action.at)
      trace.steps += 1
      trace.cost += cost
      trace.last = action.at
      if let call { trace.calls[call, default: 0] += 1 }
      traces[id] = trace
    }
    if let key = action.key, let receipt, outcome == .succeeded { receipts[key] = receipt }
    guard let call else { return }
    attempts[call] = outcome == .undone ? nil : action.at
  }

  /// How the breaker of a tool stands.
  public mutating func level(of tool: String, _ rule: AgentBreaker.Rule, at now: Instant) -> AgentBreaker.Level {
    breakers[tool]?.level(rule, at: now) ?? .closed
  }

  /// How often the breaker of a tool opened.
  public func openings(of tool: String) -> Int { breakers[tool]?.openings ?? 0 }

  private static func call(_ action: AgentAction) -> Call? {
    action.argumentsSHA256.map { Call(tool: action.tool, arguments: $0) }
  }

  /// Forgets, now and then, the traces and attempts that nothing can repeat any more.
  private mutating func prune(to now: Instant, _ rules: AgentGuard) {
    if let next = nextPruning, now < next { return }
    nextPruning = now.advanced(by: .seconds(3600))
    attempts = attempts.filter { $0.value.duration(to: now) <= rules.duplicateWindow }
    traces = traces.filter { $0.value.last.duration(to: now) <= .seconds(86_400) }
  }
}

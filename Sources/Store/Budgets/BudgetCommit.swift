public import Records
internal import Synchronization

/// Asks the ledger about budgets for many calls at once: whoever comes while a transaction is under way shares the next one.
///
/// A promise must be durable before its call is made, and a sync of the disk costs the same however many promises it covers. Nobody
/// waits for a settlement: it lies a moment for a reservation to come that takes it along, so that a call costs one transaction and
/// not two. A reservation sees every settlement that came before it here.
public final class BudgetCommit: Sendable {
  private enum Request {
    case reserve(
      [BudgetClaim], hold: String, expiry: Instant, CallDecision?, CheckedContinuation<[BudgetRefusal], any Error>)
    case settle(hold: String, [String: Int128], CheckedContinuation<Void, any Error>)
    case end(decision: String, [String: Int128], CheckedContinuation<CallDecision.Ending, any Error>)

    func write(to sheet: BudgetSheet) throws -> Reply {
      switch self {
      case .reserve(let claims, let hold, let expiry, let decision, _):
        return .reserved(try sheet.reserve(claims, hold: hold, until: expiry, noting: decision))
      case .settle(let hold, let actual, _):
        try sheet.settle(hold: hold, actual)
        return .settled
      case .end(let decision, let actual, _): return .ended(try sheet.settle(decision: decision, actual))
      }
    }

    func resume(returning reply: Reply) {
      switch (self, reply) {
      case (.reserve(_, _, _, _, let continuation), .reserved(let refusals)): continuation.resume(returning: refusals)
      case (.settle(_, _, let continuation), .settled): continuation.resume()
      case (.end(_, _, let continuation), .ended(let ending)): continuation.resume(returning: ending)
      // Safe: `write(to:)`, the only maker of replies, gives each request its own.
      default: preconditionFailure("a request is answered with what was written for it")
      }
    }

    func resume(throwing error: any Error) {
      switch self {
      case .reserve(_, _, _, _, let continuation): continuation.resume(throwing: error)
      case .settle(_, _, let continuation): continuation.resume(throwing: error)
      case .end(_, _, let continuation): continuation.resume(throwing: error)
      }
    }
  }

  private enum Reply: Sendable {
    case reserved([BudgetRefusal])
    case settled
    case ended(CallDecision.Ending)
  }

  private struct State {
    var waiting: [Request] = []
    var isWriting = false
    /// Whether a call waits among them.
    var isUrgent = false
    /// Whether somebody will look after settlements that lie here.
    var hasAlarm = false
    var transactions = 0
  }

  private let ledger: Ledger
  private let state = Mutex(State())

  /// Requests in one transaction: other writers wait as long as it takes.
  private static let most = 1_024
  /// How long a settlement may lie.
  private static let lull = Duration.milliseconds(20)

  public init(_ ledger: Ledger) {
    self.ledger = ledger
  }

  /// Transactions so far.
  public var transactions: Int { state.withLock(\.transactions) }

  /// As `Ledger.reserve(_:hold:until:)`.
  /// - Parameter decision: is written in the same transaction, unless the call is refused.
  public func reserve(
    _ claims: [BudgetClaim], hold: String, until expiry: Instant, noting decision: CallDecision? = nil
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

  private func add(_ request: Request) {
    let (starts, lies) = state.withLock { state -> (Bool, Bool) in
      state.waiting.append(request)
      if case .reserve = request { state.isUrgent = true }
      guard !state.isWriting else { return (false, false) }
      state.isWriting = state.isUrgent
      return (state.isUrgent, !state.isUrgent && BudgetCommit.setsAlarm(&state))
    }
    if starts { Task { await writeAll() } }
    if lies { wake() }
  }

  private static func setsAlarm(_ state: inout State) -> Bool {
    defer { state.hasAlarm = true }
    return !state.hasAlarm
  }

  /// Writes, in a moment, what lies here then.
  private func wake() {
    Task { [self] in
      try? await Task.sleep(for: BudgetCommit.lull)
      let starts = state.withLock { state in
        state.hasAlarm = false
        guard !state.isWriting, !state.waiting.isEmpty else { return false }
        state.isWriting = true
        return true
      }
      if starts { await writeAll() }
    }
  }

  private func writeAll() async {
    var isFirst = true
    while let group = next(isFirst: isFirst) {
      isFirst = false
      do {
        let replies = try await ledger.writeBudgets { sheet in try group.map { try $0.write(to: sheet) } }
        for (request, reply) in zip(group, replies) { request.resume(returning: reply) }
      } catch {
        for request in group { request.resume(throwing: error) }
      }
    }
  }

  private func next(isFirst: Bool) -> [Request]? {
    let (group, lies) = state.withLock { state -> ([Request], Bool) in
      guard isFirst || state.isUrgent else {
        state.isWriting = false
        return ([], !state.waiting.isEmpty && BudgetCommit.setsAlarm(&state))
      }
      let group = Array(state.waiting.prefix(BudgetCommit.most))
      state.waiting.removeFirst(group.count)
      state.isUrgent = state.waiting.contains { if case .reserve = $0 { true } else { false } }
      state.transactions += 1
      return (group, false)
    }
    if lies { wake() }
    return group.isEmpty ? nil : group
  }
}

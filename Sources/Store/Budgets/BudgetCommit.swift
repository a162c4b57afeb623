public import Records
internal import Synchronization

/// Asks the ledger about budgets for many calls at once: whoever comes while a transaction is under way shares the next one.
///
/// A promise must be durable before its call is made, and a sync of the disk costs the same however many promises it covers.
public final class BudgetCommit: Sendable {
  private enum Request {
    case reserve([BudgetClaim], hold: String, expiry: Instant, CheckedContinuation<[BudgetRefusal], any Error>)
    case settle(hold: String, [String: Int128], CheckedContinuation<Void, any Error>)
  }

  private struct State {
    var waiting: [Request] = []
    var isWriting = false
    var transactions = 0
  }

  private let ledger: Ledger
  private let state = Mutex(State())

  /// Requests in one transaction: other writers wait as long as it takes.
  private static let most = 1_024

  public init(_ ledger: Ledger) {
    self.ledger = ledger
  }

  /// Transactions so far.
  public var transactions: Int { state.withLock(\.transactions) }

  /// As `Ledger.reserve(_:hold:until:)`.
  public func reserve(_ claims: [BudgetClaim], hold: String, until expiry: Instant) async throws -> [BudgetRefusal] {
    try await withCheckedThrowingContinuation { add(.reserve(claims, hold: hold, expiry: expiry, $0)) }
  }

  /// As `Ledger.settle(hold:_:)`.
  public func settle(hold: String, _ actual: [String: Int128]) async throws {
    try await withCheckedThrowingContinuation { add(.settle(hold: hold, actual, $0)) }
  }

  private func add(_ request: Request) {
    let starts = state.withLock { state in
      state.waiting.append(request)
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if starts { Task { await writeAll() } }
  }

  private func writeAll() async {
    while let group = next() {
      do {
        let answers = try await ledger.writeBudgets { sheet in
          try group.map { request -> [BudgetRefusal] in
            switch request {
            case .reserve(let claims, let hold, let expiry, _):
              return try sheet.reserve(claims, hold: hold, until: expiry)
            case .settle(let hold, let actual, _):
              try sheet.settle(hold: hold, actual)
              return []
            }
          }
        }
        for (request, answer) in zip(group, answers) {
          switch request {
          case .reserve(_, _, _, let continuation): continuation.resume(returning: answer)
          case .settle(_, _, let continuation): continuation.resume()
          }
        }
      } catch {
        for request in group {
          switch request {
          case .reserve(_, _, _, let continuation): continuation.resume(throwing: error)
          case .settle(_, _, let continuation): continuation.resume(throwing: error)
          }
        }
      }
    }
  }

  private func next() -> [Request]? {
    state.withLock { state in
      let group = Array(state.waiting.prefix(BudgetCommit.most))
      state.waiting.removeFirst(group.count)
      state.isWriting = !group.isEmpty
      state.transactions += group.isEmpty ? 0 : 1
      return group.isEmpty ? nil : group
    }
  }
}

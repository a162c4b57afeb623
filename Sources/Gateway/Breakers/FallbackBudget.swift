internal import Guards
public import Records
internal import Synchronization

/// How many calls may be made a second time, elsewhere; and how many were.
public final class FallbackBudget: Sendable {
  public struct Statistics: Sendable, Equatable {
    /// Calls that were made elsewhere because the one before it failed, or its breaker was open.
    public var tried = 0
    /// Calls that had somebody to fall back on, and for which the budget had nothing left.
    public var withheld = 0
  }

  private struct State {
    var budget: RetryBudget
    var statistics = Statistics()
  }

  private let clock: @Sendable () -> Instant
  private let state: Mutex<State>

  /// - Parameter share: of all calls.
  public init(share: Double, clock: @escaping @Sendable () -> Instant) {
    self.clock = clock
    state = Mutex(State(budget: RetryBudget(share: share)))
  }

  public var statistics: Statistics { state.withLock(\.statistics) }

  /// Notes a call that is made for the first time.
  public func note() {
    let now = clock()
    state.withLock { $0.budget.note(at: now) }
  }

  /// Asks for a second call.
  /// - Parameter isRetry: whether somebody was asked before; a call that a breaker kept back is made once.
  public func take(isRetry: Bool) -> Bool {
    let now = clock()
    return state.withLock { state in
      guard !isRetry || state.budget.take(at: now) else {
        state.statistics.withheld += 1
        return false
      }
      state.statistics.tried += 1
      return true
    }
  }
}

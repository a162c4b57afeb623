public import Records
internal import Synchronization

/// How often break-glass keys were used, and what they passed, for those who watch.
public final class BreakGlassCounts: Sendable {
  private struct State {
    var calls = 0
    var passed: [BreakGlass.Guard: Int] = [:]
  }

  private let state = Mutex(State())

  public init() {}

  /// Calls that were made with such keys, and decided for them; whether or not anything stood in their way.
  public var calls: Int { state.withLock(\.calls) }
  /// By guard: calls that it would have refused.
  public var passed: [BreakGlass.Guard: Int] { state.withLock(\.passed) }

  /// Counts a call that has passed all guards. A call that several budgets would have refused counts once for budgets.
  public func note(_ glass: BreakGlass?) {
    guard let glass else { return }
    state.withLock { state in
      state.calls += 1
      for word in Set(glass.passed.map(\.by)) { state.passed[word, default: 0] += 1 }
    }
  }
}

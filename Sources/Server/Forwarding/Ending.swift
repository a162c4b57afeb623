internal import ServiceLifecycle
internal import Synchronization

/// That a service shall end, for what it is in the middle of.
final class Ending: Sendable {
  private struct State {
    var hasBegun = false
    /// What is cancelled when the grace is over.
    var works: [Int: @Sendable () -> Void] = [:]
    var nextWork = 0
  }

  private let state = Mutex(State())
  private let bell = Bell()

  var hasBegun: Bool { state.withLock(\.hasBegun) }

  /// Does something until the server ends: because it is told to, or because another of its services has failed, which cancels all.
  /// - Parameters:
  ///   - grace: how long works may still take where it is told to.
  ///   - bell: wakes what waits for something else.
  func during(grace: Duration = .zero, waking bell: Bell? = nil, _ body: () async throws -> Void) async rethrows {
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await body()
      } onGracefulShutdown: {
        self.begin(grace: grace)
        bell?.ring()
      }
    } onCancel: {
      self.begin(grace: .zero)
      bell?.ring()
    }
  }

  /// - Parameter grace: how long works may still take.
  func begin(grace: Duration) {
    state.withLock { $0.hasBegun = true }
    bell.ring()
    Task {
      try await Task.sleep(for: grace)
      for cancel in state.withLock({ Array($0.works.values) }) { cancel() }
    }
  }

  /// Returns when the time is over or the end begins. One waits at a time.
  func wait(atMost duration: Duration) async {
    if !hasBegun { await bell.wait(atMost: duration) }
  }

  /// Does something to its end, unless the grace is over before.
  func work<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
    let work = Task { await body() }
    let number = state.withLock { state in
      state.nextWork += 1
      state.works[state.nextWork] = { work.cancel() }
      return state.nextWork
    }
    defer { state.withLock { $0.works[number] = nil } }
    return await work.value
  }
}

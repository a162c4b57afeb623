internal import Synchronization

/// A few connections that are lent to readers, first come, first served.
final class ReaderPool: Sendable {
  private struct State {
    var idle: [PostgresConnection] = []
    var count = 0
    var waiting: [CheckedContinuation<PostgresConnection, Never>] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let make: @Sendable () -> PostgresConnection

  /// As many as SQLite's engine has.
  private static let limit = 4

  init(_ make: @escaping @Sendable () -> PostgresConnection) {
    self.make = make
  }

  func take() async -> PostgresConnection {
    await withCheckedContinuation { waiter in
      let free = state.withLock { state -> PostgresConnection? in
        if state.isClosed {
          // It says so itself.
          let closed = make()
          closed.close()
          return closed
        }
        if let idle = state.idle.popLast() { return idle }
        if state.count < ReaderPool.limit {
          state.count += 1
          return make()
        }
        state.waiting.append(waiter)
        return nil
      }
      if let free { waiter.resume(returning: free) }
    }
  }

  func giveBack(_ reader: PostgresConnection) {
    let (next, isClosed) = state.withLock { state in
      let next = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
      if next == nil, !state.isClosed { state.idle.append(reader) }
      return (next, state.isClosed)
    }
    if let next { next.resume(returning: reader) } else if isClosed { reader.close() }
  }

  /// Ends the idle ones now, the others when they are given back.
  func close() {
    let idle = state.withLock { state in
      state.isClosed = true
      defer { state.idle.removeAll() }
      return state.idle
    }
    for reader in idle { reader.close() }
  }
}

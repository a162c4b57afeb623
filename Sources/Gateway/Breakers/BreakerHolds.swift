public import Guards
public import Records
internal import Synchronization

/// What people say of breakers, as the ledger has it, read again beside the calls.
///
/// What is older than `freshness` is read again while calls go on; a call that comes when it is older than `patience` waits. So
/// what was said, on whatever machine, holds within two seconds. When the ledger cannot be read, what was known holds on: a
/// breaker must not stop calls because the ledger is away.
public final class BreakerHolds: Sendable {
  public static let freshness = Duration.seconds(1)
  public static let patience = Duration.seconds(2)

  private struct State {
    var at: Instant?
    var reading: Task<Void, Never>?
  }

  private let read: @Sendable () async throws -> [String: BreakerHold]
  private let follow: @Sendable ([String: BreakerHold]) -> Void
  private let clock: @Sendable () -> Instant
  private let state = Mutex(State())

  /// - Parameters:
  ///   - read: asks the ledger.
  ///   - follow: is told what it said.
  public init(
    clock: @escaping @Sendable () -> Instant, read: @escaping @Sendable () async throws -> [String: BreakerHold],
    follow: @escaping @Sendable ([String: BreakerHold]) -> Void
  ) {
    self.clock = clock
    self.read = read
    self.follow = follow
  }

  /// Returns when what is known is no older than two seconds.
  public func refresh() async {
    let now = clock()
    let reading = state.withLock { state -> Task<Void, Never>? in
      func isWithin(_ age: Duration) -> Bool { state.at.map { now >= $0 && $0.duration(to: now) <= age } ?? false }
      if isWithin(BreakerHolds.freshness) { return nil }
      let reading = state.reading ?? Task { await readAgain() }
      state.reading = reading
      return isWithin(BreakerHolds.patience) ? nil : reading
    }
    await reading?.value
  }

  private func readAgain() async {
    let at = clock()
    if let holds = try? await read() { follow(holds) }
    state.withLock { state in
      state.at = at
      state.reading = nil
    }
  }
}

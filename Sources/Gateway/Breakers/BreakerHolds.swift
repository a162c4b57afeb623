public import Guards
internal import Synchronization

/// What people say of breakers, as the ledger has it, read again and again beside the calls: no call waits for it.
///
/// So what was said, on whatever machine, holds everywhere after `interval` and the time of a reading. When the ledger cannot be
/// read, what was known holds on: a breaker must not stop calls because the ledger is away.
public final class BreakerHolds: Sendable {
  /// From one reading to the next.
  public static let interval = Duration.seconds(1)

  private let read: @Sendable () async throws -> [String: BreakerHold]
  private let follow: @Sendable ([String: BreakerHold]) -> Void
  private let isReading = Mutex(false)

  /// - Parameters:
  ///   - read: asks the ledger.
  ///   - follow: is told what it said.
  public init(
    read: @escaping @Sendable () async throws -> [String: BreakerHold],
    follow: @escaping @Sendable ([String: BreakerHold]) -> Void
  ) {
    self.read = read
    self.follow = follow
  }

  /// Reads it once; does nothing where a reading is under way.
  public func refresh() async {
    let isFirst = isReading.withLock { isReading in
      defer { isReading = true }
      return !isReading
    }
    guard isFirst else { return }
    if let holds = try? await read() { follow(holds) }
    isReading.withLock { $0 = false }
  }
}

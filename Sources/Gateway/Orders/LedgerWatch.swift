internal import Synchronization

/// What people say for a while (of breakers, freezes, drills), as the ledger has it, read again and again beside the calls: no call
/// waits for it.
///
/// So what was said, on whatever machine, holds everywhere after `interval` and the time of a reading. When the ledger cannot be
/// read, what was known holds on: what guards calls must not stop them because the ledger is away.
public final class LedgerWatch: Sendable {
  /// From one reading to the next.
  public static let interval = Duration.seconds(1)

  private let read: @Sendable () async throws -> Void
  private let isReading = Mutex(false)

  /// - Parameters:
  ///   - read: asks the ledger.
  ///   - follow: is told what it said.
  public init<Word: Sendable>(
    read: @escaping @Sendable () async throws -> Word, follow: @escaping @Sendable (Word) -> Void
  ) {
    self.read = { follow(try await read()) }
  }

  /// Reads it once; does nothing where a reading is under way.
  public func refresh() async {
    let isFirst = isReading.withLock { isReading in
      defer { isReading = true }
      return !isReading
    }
    guard isFirst else { return }
    try? await read()
    isReading.withLock { $0 = false }
  }
}

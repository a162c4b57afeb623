internal import Records
internal import Synchronization

/// The keys of a ledger, in memory for a second: no request waits for the ledger but the first one after a pause.
///
/// Keys that are older than `freshness` are read again while requests go on with them; keys that are older than `patience`
/// open nothing until they are read again. So whatever happened to a key, in this process or in another, holds after
/// `patience` at the latest. When they cannot be read, nobody is let in.
final class KeyRing: Sendable {
  static let freshness = Duration.seconds(1)
  static let patience = Duration.seconds(2)

  private struct Keys: Sendable {
    let byDigest: [SHA256Digest: AccessKey]
    /// Before they were read.
    let at: Instant

    /// A clock that was set back makes nothing younger.
    func isWithin(_ age: Duration, at now: Instant) -> Bool { now >= at && at.duration(to: now) <= age }
  }

  private struct State {
    var keys: Keys?
    var reading: Task<Keys, any Error>?
  }

  private let read: @Sendable () async throws -> [SHA256Digest: AccessKey]
  private let clock: @Sendable () -> Instant
  private let state = Mutex(State())

  init(
    clock: @escaping @Sendable () -> Instant, read: @escaping @Sendable () async throws -> [SHA256Digest: AccessKey]
  ) {
    self.clock = clock
    self.read = read
  }

  /// - Throws: what kept the keys from being read.
  func keys() async throws -> [SHA256Digest: AccessKey] {
    let now = clock()
    let (known, reading) = state.withLock { state -> (Keys?, Task<Keys, any Error>?) in
      if let keys = state.keys, keys.isWithin(KeyRing.freshness, at: now) { return (keys, nil) }
      let reading = state.reading ?? Task { try await readAgain() }
      state.reading = reading
      if let keys = state.keys, keys.isWithin(KeyRing.patience, at: now) { return (keys, nil) }
      return (nil, reading)
    }
    if let known { return known.byDigest }
    guard let found = try await reading?.value else { return [:] }
    // A reading that was under way may have begun before a key was taken away, if the ledger takes its time.
    if found.at >= now || found.isWithin(KeyRing.patience, at: now) { return found.byDigest }
    return try await keys()
  }

  private func readAgain() async throws -> Keys {
    let at = clock()
    do {
      let keys = Keys(byDigest: try await read(), at: at)
      state.withLock { state in
        state.keys = keys
        state.reading = nil
      }
      return keys
    } catch {
      state.withLock { $0.reading = nil }
      throw error
    }
  }
}

import Records
import Synchronization
import Testing
import Waiting

@testable import Gateway

/// How old keys may be.
@Suite struct KeyRingTests {
  private struct Away: Error {}

  /// What the ring reads, how often, and when it gets it.
  private final class Source: Sendable {
    struct State {
      var reads = 0
      var name = "first"
      var isAway = false
      /// Whether a reading does not come to its end.
      var isHeld = false
      /// How often a request asked what time it is.
      var requests = 0
    }

    let state = Mutex(State())

    func read() throws -> [SHA256Digest: AccessKey] {
      let (name, isAway) = state.withLock { state in
        state.reads += 1
        return (state.name, state.isAway)
      }
      if isAway { throw Away() }
      return [SHA256Digest(of: "token"): AccessKey(name: name, scopes: [.read], createdAt: Instant(nanoseconds: 0))]
    }
  }

  private func name(_ ring: KeyRing) async throws -> String? { try await ring.keys().values.first?.name }

  @Test func keysAreReadAgainBesideRequestsAndThenBeforeThem() async throws {
    let (source, clock) = (Source(), TestClock())
    let ring = KeyRing(clock: { clock.now }) { try source.read() }
    #expect(try await name(ring) == "first")
    source.state.withLock { $0.name = "second" }
    clock.advance(by: KeyRing.freshness)
    // Not older than a second: nothing is read.
    for _ in 0..<10 { #expect(try await name(ring) == "first") }
    #expect(source.state.withLock(\.reads) == 1)
    clock.advance(by: .nanoseconds(1))
    // Older: they are read, and this request does not wait.
    _ = try await name(ring)
    // Not only begun: whoever comes while they are being read gets those.
    try await until("they are read again") { try await name(ring) == "second" }
    #expect(source.state.withLock(\.reads) == 2)
    source.state.withLock { $0.name = "third" }
    clock.advance(by: KeyRing.patience + .seconds(1))
    #expect(try await name(ring) == "third")
  }

  @Test func keysThatAreTwoSecondsOldHoldAndOlderOnesDoNot() async throws {
    let (source, clock) = (Source(), TestClock())
    let ring = KeyRing(clock: { clock.now }) { try source.read() }
    _ = try await name(ring)
    source.state.withLock { $0.isAway = true }
    clock.advance(by: KeyRing.patience)
    #expect(try await name(ring) == "first")
    clock.advance(by: .nanoseconds(1))
    await #expect(throws: Away.self) { try await ring.keys() }
    // It comes back by itself.
    source.state.withLock { $0.isAway = false }
    #expect(try await name(ring) == "first")
  }

  /// A ledger that takes its time: whoever comes meanwhile gets no keys from before the time that keys may be old.
  @Test func aReadingThatBeganLongAgoIsNoAnswer() async throws {
    let (source, clock) = (Source(), TestClock())
    source.state.withLock { $0.isHeld = true }
    let ring = KeyRing {
      source.state.withLock { $0.requests += 1 }
      return clock.now
    } read: {
      let keys = try source.read()
      while source.state.withLock(\.isHeld) { try await Task.sleep(for: .milliseconds(1)) }
      return keys
    }
    async let before = name(ring)
    try await until("it is being read") { source.state.withLock(\.reads) == 1 }
    source.state.withLock { $0.name = "second" }
    clock.advance(by: KeyRing.patience + .seconds(1))
    let known = source.state.withLock(\.requests)
    async let after = name(ring)
    try await until("somebody else waits") { source.state.withLock(\.requests) > known }
    source.state.withLock { $0.isHeld = false }
    #expect(try await before == "first")
    #expect(try await after == "second")
  }

  @Test func aClockThatIsSetBackMakesNothingYounger() async throws {
    let (source, clock) = (Source(), TestClock())
    let ring = KeyRing(clock: { clock.now }) { try source.read() }
    _ = try await name(ring)
    source.state.withLock { $0.name = "second" }
    clock.advance(by: .seconds(-60))
    #expect(try await name(ring) == "second")
  }

  @Test func manyRequestsAtOnceReadOnce() async throws {
    let (source, clock) = (Source(), TestClock())
    let ring = KeyRing(clock: { clock.now }) { try source.read() }
    let names = try await withThrowingTaskGroup(of: String?.self) { tasks in
      for _ in 0..<200 { tasks.addTask { try await name(ring) } }
      return try await tasks.reduce(into: []) { $0.append($1) }
    }
    #expect(names == Array(repeating: "first", count: 200))
    #expect(source.state.withLock(\.reads) == 1)
  }
}

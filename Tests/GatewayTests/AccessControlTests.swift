import Foundation
import Records
import Store
import Synchronization
import Testing

@testable import Gateway

/// Who may do what.
@Suite struct AccessControlTests {
  private static let ingest = AccessControl.Demand(.ingest, heedsTenant: true)
  private static let read = AccessControl.Demand(.read)

  private func bearer(_ token: String) -> String { "Bearer \(token)" }

  /// Why somebody is not let in; nil when they are.
  private func denial(
    _ access: AccessControl, _ authorization: String?, apiKey: String? = nil,
    to demand: AccessControl.Demand = AccessControlTests.ingest
  ) async throws -> AccessDenial? {
    do {
      _ = try await access.admit(authorization: authorization, apiKey: apiKey, to: demand)
      return nil
    } catch let denial as AccessDenial {
      return denial
    }
  }

  @Test(arguments: LedgerPlace.all)
  func anOpenServerClosesWithItsFirstKeyAndForEver(_ place: LedgerPlace) async throws {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let ledger = try await place.open(name, clock)
    defer { try? ledger.close() }
    let access = AccessControl(ledger, alwaysAsks: false) { clock.now }
    #expect(try await !access.asksForKeys())
    let anybody = try await access.admit(authorization: nil, apiKey: nil, to: AccessControlTests.read)
    #expect(anybody == .anybody && anybody.tenant == nil)
    // A token that opens nothing is nobody's business here.
    #expect(try await denial(access, bearer("whatever")) == nil)
    let token = try await ledger.key("bot", [.ingest], clock: clock)
    clock.advance(by: .milliseconds(2_001))
    #expect(try await denial(access, nil)?.reason == .missing)
    #expect(try await denial(access, bearer(token)) == nil)
    _ = try await ledger.revokeKey("bot", actor: "ada", reason: nil)
    clock.advance(by: .milliseconds(2_001))
    #expect(try await denial(access, bearer(token))?.reason == .revoked)
    #expect(try await denial(access, nil)?.reason == .missing)
    #expect(try await access.asksForKeys())
    await access.settle()
  }

  @Test func aServerThatOthersReachNeverLetsInAnybody() async throws {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let ledger = try await LedgerPlace.sqlite.open(name, clock)
    defer { try? ledger.close() }
    let access = AccessControl(ledger, alwaysAsks: true) { clock.now }
    #expect(try await access.asksForKeys())
    #expect(try await denial(access, nil)?.reason == .missing)
    #expect(try await denial(access, bearer("tally_i_guess"))?.reason == .unknown)
    #expect(access.failures == [.missing: 1, .unknown: 1])
  }

  @Test func everyReasonIsSaidAndCounted() async throws {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let ledger = try await LedgerPlace.sqlite.open(name, clock)
    defer { try? ledger.close() }
    let token = try await ledger.key("bot", [.ingest], clock: clock)
    let short = try await ledger.key("short", [.read], ends: .seconds(10), clock: clock)
    let bound = try await ledger.key("acme", [.read], tenant: "acme", clock: clock)
    let gone = try await ledger.key("gone", [.admin], clock: clock)
    _ = try await ledger.revokeKey("gone", actor: "ada", reason: nil)
    let access = AccessControl(ledger, alwaysAsks: true) { clock.now }
    func basic(_ user: String, _ token: String) -> String {
      "Basic " + Data("\(user):\(token)".utf8).base64EncodedString()
    }
    let read = AccessControlTests.read
    clock.advance(by: .seconds(10) - .nanoseconds(1))
    #expect(try await denial(access, bearer(short), to: read) == nil)
    clock.advance(by: .nanoseconds(1))
    let denials = [
      try await denial(access, nil), try await denial(access, "Basic ?"), try await denial(access, bearer("x")),
      try await denial(access, basic("acme", token)), try await denial(access, bearer(short), to: read),
      try await denial(access, bearer(gone)), try await denial(access, bearer(token), to: read),
      try await denial(access, bearer(bound), to: read),
    ]
    #expect(denials.map { $0?.reason } == AccessDenial.Reason.allCases)
    #expect(access.failures == Dictionary(uniqueKeysWithValues: AccessDenial.Reason.allCases.map { ($0, 1) }))
    for case let denial? in denials {
      let answer = denial.answer
      #expect(answer.status == (denial.isForbidden ? 403 : 401))
      #expect(!answer.challenges.isEmpty)
      let text = String(decoding: answer.body, as: UTF8.self)
      for secret in [token, short, bound, gone] { #expect(!text.contains(secret.suffix(40))) }
    }
    let scope = try #require(denials[6])
    #expect(scope.message.contains("scope 'read'; the key 'bot' has ingest"))
    #expect(String(decoding: scope.answer.body, as: UTF8.self).contains("\"missing_scope\": \"read\""))
    #expect(scope.answer.challenges == ["Bearer realm=\"tally\", error=\"insufficient_scope\", scope=\"read\""])
    // Whoever swaps name and token is not shown the token.
    let swapped = try await denial(access, basic(token, "bot"))
    #expect(swapped?.reason == .unknown && swapped?.message.contains(token) == false)
    #expect(try await denial(access, basic("bot", token)) == nil)
    #expect(try await denial(access, nil, apiKey: token) == nil)
    #expect(try await denial(access, bearer(token), to: .init(nil)) == nil)
    // A route that heeds tenants takes a key that is bound to one.
    #expect(try await denial(access, bearer(bound), to: .init(.read, heedsTenant: true)) == nil)
    await access.settle()
  }

  /// Two servers of one ledger: what one revokes, the other knows after two seconds.
  @Test(arguments: LedgerPlace.all)
  func whatIsRevokedElsewhereHoldsHere(_ place: LedgerPlace) async throws {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let (one, other) = (try await place.open(name, clock), try await place.open(name, clock))
    defer {
      try? one.close()
      try? other.close()
    }
    let token = try await one.key("bot", [.ingest], clock: clock)
    let accesses = [one, other].map { AccessControl($0, alwaysAsks: true) { clock.now } }
    for access in accesses { #expect(try await denial(access, bearer(token)) == nil) }
    _ = try await one.revokeKey("bot", actor: "ada", reason: nil)
    clock.advance(by: KeyRing.patience + .nanoseconds(1))
    for access in accesses {
      #expect(try await denial(access, bearer(token))?.reason == .revoked)
      await access.settle()
    }
  }

  @Test(arguments: LedgerPlace.all)
  func theHourOfUseIsWrittenOnce(_ place: LedgerPlace) async throws {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let ledger = try await place.open(name, clock)
    defer { try? ledger.close() }
    let token = try await ledger.key("bot", [.ingest], clock: clock)
    let counting = CountingAccess(ledger)
    let access = AccessControl(counting, alwaysAsks: true) { clock.now }
    for _ in 0..<50 { #expect(try await denial(access, bearer(token)) == nil) }
    await access.settle()
    #expect(counting.uses == 1)
    let used = try #require(try await ledger.keys().values.first?.usedAt)
    #expect(used.nanoseconds % 3_600_000_000_000 == 0)
    #expect(used <= clock.now && used.duration(to: clock.now) < .seconds(3_600))
    clock.advance(by: .seconds(3_600))
    for _ in 0..<50 { #expect(try await denial(access, bearer(token)) == nil) }
    await access.settle()
    #expect(counting.uses == 2)
    // The ledger is not asked for every request.
    #expect(counting.reads <= 3)
  }
}

/// A ledger whose keys are counted as they are read.
private final class CountingAccess: LedgerAccess {
  private let ledger: Ledger
  private let counts = Mutex((reads: 0, uses: 0))

  init(_ ledger: Ledger) { self.ledger = ledger }

  var reads: Int { counts.withLock(\.reads) }
  var uses: Int { counts.withLock(\.uses) }

  func keys() async throws -> [SHA256Digest: AccessKey] {
    counts.withLock { $0.reads += 1 }
    return try await ledger.keys()
  }

  func create(_ key: AccessKey, token: SHA256Digest, actor: String) async throws {
    try await ledger.create(key, token: token, actor: actor)
  }

  func revokeKey(_ name: String, actor: String, reason: String?) async throws -> AccessKey {
    try await ledger.revokeKey(name, actor: actor, reason: reason)
  }

  func noteUse(of name: String, at instant: Instant) async throws {
    counts.withLock { $0.uses += 1 }
    try await ledger.noteUse(of: name, at: instant)
  }
}

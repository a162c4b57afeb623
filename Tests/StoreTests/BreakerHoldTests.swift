import Guards
import Records
import Testing

@testable import Store

/// What people say of breakers: what holds, what is on record, and that both come together.
@Suite struct BreakerHoldTests {
  private static func hold(_ position: BreakerHold.Position, from: Int64, to: Int64) -> BreakerHold {
    BreakerHold(
      position, reason: "it answers nonsense", actor: "ada", at: Instant(nanoseconds: from),
      expiresAt: Instant(nanoseconds: to))
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsSaidHoldsAndIsOnRecord(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(1_000))
    let ledger = try await Ledger(engine: engine.open(folder.path)) { clock.now }
    defer { try? ledger.close() }
    #expect(try await ledger.breakerHolds().isEmpty)
    let (first, second) = (
      BreakerHoldTests.hold(.open, from: 1_000, to: 9_000), BreakerHoldTests.hold(.closed, from: 2_000, to: 5_000)
    )
    try await ledger.holdBreaker("openai/gpt-4o", first)
    clock.set(2_000)
    try await ledger.holdBreaker("local", BreakerHoldTests.hold(.open, from: 2_000, to: 2_500))
    try await ledger.holdBreaker("openai/gpt-4o", second)
    #expect(try await ledger.breakerHolds()["openai/gpt-4o"] == second)
    #expect(try await ledger.breakerHolds().count == 2)
    clock.set(3_000)
    // What is over is nothing that could be taken back.
    for (name, word) in [("local", "nobody holds"), ("openai/gpt-4", "Write 'openai/gpt-4o'"), ("x", "breaker list")] {
      await #expect {
        _ = try await ledger.releaseBreaker(name, actor: "bob", reason: "it is mended")
      } throws: { ($0 as? LedgerError)?.cause == .refused && "\($0)".contains(word) }
    }
    #expect(try await ledger.releaseBreaker("openai/gpt-4o", actor: "bob", reason: "it is mended") == second)
    #expect(try await Array(ledger.breakerHolds().keys) == ["local"])
    let changes = try await ledger.answers().records[.change, default: []].compactMap { record -> ChangeRecord? in
      if case .change(let change) = record { change } else { nil }
    }.filter { $0.attributes?.contains("gpt-4o") == true }.sorted { $0.at < $1.at }
    #expect(changes.map(\.actor) == ["ada", "ada", "bob"])
    #expect(changes.map(\.from) == [nil, "held open", "held closed"])
    #expect(changes.map(\.to) == ["held open", "held closed", "released"])
    #expect(changes.allSatisfy { $0.surface == "infrastructure" && $0.reason?.isEmpty == false })
    #expect(changes.first?.attributes?.contains("1970-01-01T00:00:00.000009Z") == true)
    #expect(try await ledger.status().commits == 4)
    #expect(try await ledger.verify().problems == [])
  }
}

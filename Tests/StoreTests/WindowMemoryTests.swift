import Guards
import Records
import Testing

@testable import Store

/// How long windows of budgets are remembered that have ended.
@Suite struct WindowMemoryTests {
  /// 2026-03-31 23:30 in UTC.
  private static let start: Int64 = 1_774_999_800_000_000_000
  private static let hour: Int64 = 3_600_000_000_000

  private func later(_ clock: TestClock, hours: Int64 = 6) -> Instant {
    Instant(nanoseconds: clock.now.nanoseconds + hours * WindowMemoryTests.hour)
  }

  /// Callers choose the names of runs: their windows are forgotten a week after their end, but not those of which something is held,
  /// nor those of anybody else.
  @Test(arguments: EngineUnderTest.all)
  func windowsOfRunsAreForgottenSooner(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(WindowMemoryTests.start))
    let ledger = try await Ledger(engine: engine.open(folder.path)) { clock.now }
    defer { try? ledger.close() }
    let runs = BudgetRule(name: "runs", unit: .calls, limit: 9, period: .day, level: .run, mode: .enforce)
    let keys = BudgetRule(name: "keys", unit: .calls, limit: 9, period: .day, level: .key, mode: .enforce)
    let (first, day) = (clock.now, 24 * WindowMemoryTests.hour)
    for number in 0..<5 {
      let claims = [
        BudgetClaim(runs, subject: "r\(number)", amount: 1), BudgetClaim(keys, subject: "k\(number)", amount: 1),
      ]
      // One is promised for a month; one of an orphan is settled by nobody.
      let hours: Int64 = number == 0 ? 24 * 30 : 6
      #expect(try await ledger.reserve(claims, hold: "h\(number)", until: later(clock, hours: hours)) == [])
      if number > 1 { try await ledger.settle(hold: "h\(number)", [:]) }
    }
    func subjects(_ budget: String) async throws -> [String] {
      try await ledger.budgets(at: first).filter { $0.budget == budget }.map(\.subject)
    }
    func orphans() async throws -> Int64? {
      try await ledger.engine.read { try $0.integer("SELECT COUNT(*) FROM budget_orphan WHERE budget = 'runs'") }
    }
    let all = (0..<5).map { "r\($0)" }
    // Whoever comes makes a window, and looks for old ones: within a week after the day's end there are none.
    func come(_ subject: String) async throws {
      let claim = BudgetClaim(runs, subject: subject, amount: 1)
      #expect(try await ledger.reserve([claim], hold: subject, until: later(clock)) == [])
      try await ledger.settle(hold: subject, [:])
    }
    for days in [1, 7] as [Int64] {
      clock.set(WindowMemoryTests.start + days * day)
      try await come("later\(days)")
      #expect(try await subjects("runs") == all)
      #expect(try await orphans() == 1)
    }
    // Past the week: but it looked just now.
    clock.set(WindowMemoryTests.start + 7 * day + WindowMemoryTests.hour / 2 + 60_000_000_000)
    try await come("x")
    #expect(try await subjects("runs") == all)
    clock.set(WindowMemoryTests.start + 8 * day)
    try await come("y")
    #expect(try await subjects("runs") == ["r0"])
    #expect(try await orphans() == 0)
    #expect(try await subjects("keys") == (0..<5).map { "k\($0)" })
    // What is held there is settled all the same, and then it goes.
    try await ledger.settle(hold: "h0", ["runs": 0])
    clock.set(WindowMemoryTests.start + 9 * day)
    try await come("z")
    #expect(try await subjects("runs") == [])
  }
}

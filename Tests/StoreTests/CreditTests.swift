import Guards
import Records
import SeededRandom
import Synchronization
import Testing
import Waiting

@testable import Store

/// Credit that processes take of budgets' windows: no call that fits waits for long, and none that does not fit passes.
@Suite struct CreditTests {
  private static let start: Int64 = 1_774_999_800_000_000_000

  private static func claim(
    _ limit: Int128, _ amount: Int128 = 1, _ name: String = "b", _ mode: BudgetRule.Mode = .enforce,
    isExempt: Bool = false
  ) -> BudgetClaim {
    BudgetClaim(
      BudgetRule(name: name, unit: .calls, limit: limit, period: .month, mode: mode), subject: "", amount: amount,
      isExempt: isExempt)
  }

  /// Ledgers of one place, as processes have them, each with its credit.
  private struct Bench {
    let ledgers: [Ledger]
    let engines: [AwayEngine]
    let commits: [BudgetCommit]
    let clock: TestClock
    private let folder = TemporaryFolder()

    init(_ engine: EngineUnderTest, _ count: Int = 1, life: Duration = .seconds(3_600)) async throws {
      let clock = TestClock(CreditTests.start)
      self.clock = clock
      var (ledgers, engines) = ([Ledger](), [AwayEngine]())
      for _ in 0..<count {
        let away = AwayEngine(try await engine.open(folder.path))
        engines.append(away)
        ledgers.append(try await Ledger(engine: away) { clock.now })
      }
      self.ledgers = ledgers
      self.engines = engines
      commits = ledgers.enumerated().map { BudgetCommit($1, process: "\($0)", life: life) }
    }

    func windows() async throws -> [BudgetWindow] { try await ledgers[0].budgets(at: clock.now).map(\.window) }

    func orphans() async throws -> [BudgetOrphan] { try await ledgers[0].budgets(at: clock.now).flatMap(\.orphans) }

    func blocks() async throws -> Int64? {
      try await ledgers[0].engine.read { try $0.integer("SELECT COUNT(*) FROM budget_block") }
    }

    func close() { for ledger in ledgers { try? ledger.close() } }
  }

  /// As a call does it: out of what is there, else with what the window has.
  private static func ask(_ commit: BudgetCommit, _ claims: [BudgetClaim]) async throws -> BudgetPromise? {
    if let promise = commit.promise(claims) { return promise }
    return try await commit.draw(claims).promise
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsPromisedIsDurableAndWhatIsSettledIsToldInAMoment(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine)
    defer { bench.close() }
    let (commit, claims) = (bench.commits[0], [CreditTests.claim(10, 4)])
    #expect(commit.promise(claims) == nil)
    let grant = try await commit.draw(claims)
    #expect(grant.refusals.isEmpty)
    #expect(try await bench.windows() == [BudgetWindow(held: 4)])
    let promise = try #require(grant.promise)
    // While nobody can write: else it may be told before this test looks again.
    bench.engines[0].isAway.value = 1
    commit.settle(promise, ["b": 3])
    #expect(commit.untold == 1)
    bench.engines[0].isAway.value = 0
    try await until("it is told") { commit.untold == 0 }
    #expect(try await bench.windows().map(\.spent) == [3])
    try await commit.close()
    #expect(try await bench.windows() == [BudgetWindow(spent: 3)])
    #expect(try await bench.blocks() == 0)
    let refused = try await commit.draw([CreditTests.claim(10, 8)])
    #expect(refused.promise == nil && refused.refusals.map(\.left) == [7])
    #expect(try await bench.ledgers[0].verify().problems == [])
  }

  /// All of its budgets, or none of them: neither in memory nor in the ledger.
  @Test(arguments: EngineUnderTest.all)
  func allOrNothing(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine)
    defer { bench.close() }
    let commit = bench.commits[0]
    let claims = [
      CreditTests.claim(100, 1, "wide"), CreditTests.claim(2, 1, "narrow"), CreditTests.claim(1, 1, "watch", .observe),
      CreditTests.claim(0, 1, "off", .off),
    ]
    func names(_ grant: BudgetCommit.Grant) -> [String] { grant.refusals.map(\.claim.rule.name) }
    var grants: [BudgetCommit.Grant] = []
    for _ in 0..<3 { grants.append(try await commit.draw(claims)) }
    #expect(grants.map(names) == [[], ["watch"], ["narrow", "watch"]])
    #expect(grants.map { $0.promise?.parts.count } == [3, 3, nil])
    for promise in grants.compactMap(\.promise) { commit.settle(promise, [:]) }
    try await commit.close()
    #expect(
      try await bench.windows() == [BudgetWindow(spent: 2), BudgetWindow(spent: 2), BudgetWindow(spent: 2)])
  }

  /// A break-glass call passes an exhausted budget of two processes, is counted beyond its limit, and opens it for nobody else.
  @Test(arguments: EngineUnderTest.all)
  func whatIsExemptCountsBeyondTheLimit(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine, 2)
    defer { bench.close() }
    let (bound, exempt) = ([CreditTests.claim(2, 2)], [CreditTests.claim(2, 3, isExempt: true)])
    let first = try #require(try await bench.commits[0].draw(bound).promise)
    let grant = try await bench.commits[1].draw(exempt)
    #expect(grant.refusals.map(\.left) == [0] && grant.refusals.map(\.claim.isBound) == [false])
    let second = try #require(grant.promise)
    #expect(try await bench.windows() == [BudgetWindow(held: 5)])
    for commit in bench.commits { #expect(try await commit.draw(bound).promise == nil) }
    bench.commits[0].settle(first, ["b": 2])
    bench.commits[1].settle(second, ["b": 1])
    for commit in bench.commits { try await commit.close() }
    #expect(try await bench.windows() == [BudgetWindow(spent: 3)])
    #expect(try await bench.commits[0].draw([CreditTests.claim(2)]).promise == nil)
    // What others make is promised in the same way, with what stood in its way.
    let refusals = try await bench.commits[0].reserve(exempt, hold: "t-s", until: Instant(nanoseconds: .max)) {
      CallDecision(id: "t-s", tenant: nil, facts: "\($0.count)", expiresAt: Instant(nanoseconds: .max))
    }
    #expect(refusals.map(\.left) == [0])
    #expect(try await bench.ledgers[1].decision("t-s")?.facts == "1")
    #expect(try await bench.windows() == [BudgetWindow(spent: 3, held: 3)])
    #expect(try await bench.commits[1].settle(decision: "t-s", ["b": 2]) == .settled)
    #expect(try await bench.windows() == [BudgetWindow(spent: 5)])
    #expect(try await bench.blocks() == 0)
  }

  /// Many calls of many processes, that use less than they were promised: what fits passes, nothing beyond it, and most without
  /// a transaction.
  @Test(arguments: EngineUnderTest.all)
  func manyProcessesSpendOneBudget(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine, 3)
    defer { bench.close() }
    let limit = 4_000
    let began = ContinuousClock.now
    let passed = try await withThrowingTaskGroup(of: Int.self) { tasks in
      for client in 0..<24 {
        tasks.addTask {
          var passed = 0
          let commit = bench.commits[client % 3]
          for number in 0..<250 {
            guard let promise = try await CreditTests.ask(commit, [CreditTests.claim(Int128(limit))]) else { continue }
            if number % 10 == 0 { try await Task.sleep(for: .milliseconds(1)) }
            let isCall = number % 4 != 3
            commit.settle(promise, ["b": isCall ? 1 : 0])
            if isCall { passed += 1 }
          }
          return passed
        }
      }
      return try await tasks.reduce(0, +)
    }
    for commit in bench.commits { try await commit.close() }
    // Each process tells twenty times a second what it spent, however slow the machine is.
    let tellings = Int(began.duration(to: .now).components.seconds) * 20 * bench.commits.count
    #expect(passed <= limit && passed > limit / 2)
    #expect(try await bench.windows() == [BudgetWindow(spent: Int128(passed))])
    #expect(try await bench.blocks() == 0)
    #expect(bench.commits.map(\.transactions).reduce(0, +) < 3_000 + tellings)
  }

  private static let second: Int64 = 1_000_000_000

  /// What comes now and then finds credit: only the first call waits for the disk, and each is told once.
  @Test(arguments: EngineUnderTest.all)
  func sparseCallsWaitForNobody(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine)
    defer { bench.close() }
    let (commit, claims) = (bench.commits[0], [CreditTests.claim(1_000, 4), CreditTests.claim(9_000, 70, "wide")])
    let first = try #require(try await commit.draw(claims).promise)
    commit.settle(first, ["b": 3])
    func told() async throws {
      for _ in 0..<30_000 where commit.untold > 0 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(commit.untold == 0)
    }
    try await told()
    let before = commit.transactions
    #expect((2...3).contains(before))
    for number in 1...20 {
      bench.clock.set(CreditTests.start + Int64(number) * CreditTests.second)
      commit.settle(try #require(commit.promise(claims), "call \(number) waits"), ["b": Int128(number % 5)])
      try await told()
    }
    #expect(commit.transactions - before <= 20)
    // What is kept is two calls, and goes back when none comes; nobody does anything until then.
    #expect(try await bench.windows() == [BudgetWindow(spent: 43, held: 8), BudgetWindow(spent: 21 * 70, held: 140)])
    let resting = commit.transactions
    bench.clock.set(CreditTests.start + 22 * CreditTests.second)
    try await Task.sleep(for: .milliseconds(200))
    #expect(commit.transactions == resting && commit.accounts == 2)
    bench.clock.set(CreditTests.start + 23 * CreditTests.second)
    for _ in 0..<30_000 where commit.accounts > 0 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try await bench.windows() == [BudgetWindow(spent: 43), BudgetWindow(spent: 21 * 70)])
    #expect(try await bench.blocks() == 0)
    #expect(commit.transactions == resting + 1)
  }

  /// Credit that is kept goes back whatever the clock does, when its window ends, and when its process does.
  @Test(arguments: EngineUnderTest.all)
  func nothingIsKeptForEver(_ engine: EngineUnderTest) async throws {
    // Back by an hour; ahead by a day; and past the end of the month, which is half an hour away.
    for step in [-3_600, 86_400, 1_801] as [Int64] {
      let bench = try await Bench(engine, life: .seconds(1_000_000))
      let (commit, before) = (bench.commits[0], bench.clock.now)
      commit.settle(try #require(try await commit.draw([CreditTests.claim(1_000)]).promise), [:])
      for _ in 0..<30_000 where commit.untold > 0 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(commit.accounts == 1)
      #expect(try await bench.windows() == [BudgetWindow(spent: 1, held: 2)])
      bench.clock.set(CreditTests.start + step * CreditTests.second)
      for _ in 0..<30_000 where commit.accounts > 0 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(commit.accounts == 0)
      #expect(try await bench.ledgers[0].budgets(at: before).map(\.window) == [BudgetWindow(spent: 1)])
      bench.close()
    }
    let bench = try await Bench(engine)
    defer { bench.close() }
    bench.commits[0].settle(try #require(try await bench.commits[0].draw([CreditTests.claim(1_000)]).promise), [:])
    try await bench.commits[0].close()
    #expect(try await bench.windows() == [BudgetWindow(spent: 1)])
    #expect(bench.commits[0].accounts == 0)
  }

  /// Near the end of a window what a call did not use goes back at once, all of it or some.
  @Test(arguments: EngineUnderTest.all, [0, 1])
  func whatIsNoShareIsNotKept(_ engine: EngineUnderTest, _ used: Int) async throws {
    let bench = try await Bench(engine)
    defer { bench.close() }
    let promise = try #require(try await bench.commits[0].draw([CreditTests.claim(10, 4)]).promise)
    bench.commits[0].settle(promise, ["b": Int128(used)])
    for _ in 0..<30_000 where bench.commits[0].accounts > 0 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try await bench.windows() == [BudgetWindow(spent: Int128(used))])
    #expect(bench.commits[0].untold == 0)
  }

  /// A call that is refused by another budget keeps nothing of this one.
  @Test(arguments: EngineUnderTest.all)
  func whatIsRefusedKeepsNothing(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine)
    defer { bench.close() }
    let (commit, wide) = (bench.commits[0], CreditTests.claim(1_000))
    commit.settle(try #require(try await commit.draw([wide]).promise), [:])
    for _ in 0..<30_000 where commit.untold > 0 { try await Task.sleep(for: .milliseconds(5)) }
    for number in 1...4 {
      bench.clock.set(CreditTests.start + Int64(number) * CreditTests.second)
      let both = [wide, CreditTests.claim(0, 1, "narrow")]
      #expect(commit.promise(both) == nil)
      #expect(try await commit.draw(both).promise == nil)
    }
    for _ in 0..<30_000 where commit.accounts > 0 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try await bench.windows() == [BudgetWindow(spent: 1)])
  }

  /// Of a budget of one call exactly one passes, whoever asks.
  @Test(arguments: EngineUnderTest.all)
  func exactlyOne(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine, 2)
    defer { bench.close() }
    let passed = try await withThrowingTaskGroup(of: Int.self) { tasks in
      for client in 0..<64 {
        tasks.addTask {
          try await CreditTests.ask(bench.commits[client % 2], [CreditTests.claim(1)]) == nil ? 0 : 1
        }
      }
      return try await tasks.reduce(0, +)
    }
    #expect(passed == 1)
  }

  /// A block of which its process did not hear that it was written, that was given up, and that came back.
  @Test(arguments: EngineUnderTest.all)
  func aBlockThatIsGivenUpTwiceIsOneOrphan(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine, life: .seconds(60))
    defer { bench.close() }
    _ = try await bench.commits[0].draw([CreditTests.claim(100, 4)])
    let blocks = try await bench.ledgers[0].engine.read { try BlockTable.overdue(Instant(nanoseconds: .max), $0) }
    let block = try #require(blocks.first)
    let again = BudgetTable.Hold(hold: block.hold, place: block.place, amount: 3, expiry: block.expiry)
    try await bench.ledgers[0].engine.write { writer in
      try BudgetTable.orphan(block, writer)
      try BudgetTable.orphan(again, writer)
    }
    #expect(try await bench.orphans().map(\.amount) == [7])
  }

  /// A draw for which nobody waits any more, when its turn comes.
  @Test func whatNobodyWantsIsNotWritten() async throws {
    let bench = try await Bench(EngineUnderTest.all[0])
    defer { bench.close() }
    await #expect(throws: CancellationError.self) {
      try await bench.commits[0].draw([CreditTests.claim(10, 4)]) { false }
    }
    #expect(try await bench.windows() == [])
    #expect(try await bench.commits[0].draw([CreditTests.claim(10, 4)]) { true }.promise != nil)
  }

  /// What is free may turn out to cost something after all: it is told once, whatever its block held.
  @Test(arguments: EngineUnderTest.all)
  func whatWasThoughtToBeFreeIsToldOnce(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine)
    defer { bench.close() }
    let commit = bench.commits[0]
    for _ in 0..<3 {
      let promise = try #require(try await commit.draw([CreditTests.claim(100, 0)]).promise)
      commit.settle(promise, ["b": 5])
      try await until("it is told") { commit.untold == 0 }
    }
    try await commit.close()
    #expect(try await bench.windows() == [BudgetWindow(spent: 15)])
  }

  /// A process that says nothing any more: its block counts as spent, once, and it cannot take that back.
  @Test(arguments: EngineUnderTest.all)
  func theBlockOfADeadProcessIsSpent(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine, 2, life: .seconds(60))
    defer { bench.close() }
    let grant = try await bench.commits[0].draw([CreditTests.claim(10, 4)])
    #expect(try await bench.windows() == [BudgetWindow(held: 4)])
    bench.clock.set(CreditTests.start + 60_000_000_000)
    // Whether somebody has written that already, or it is only due.
    for _ in 0..<2 {
      #expect(try await bench.windows() == [BudgetWindow(spent: 4)])
      let orphan = try #require(try await bench.orphans().first)
      #expect(orphan.isBlock && orphan.amount == 4)
      #expect(try await bench.commits[1].draw([CreditTests.claim(10, 7)]).refusals.map(\.left) == [6])
    }
    // It lives after all.
    bench.commits[0].settle(try #require(grant.promise), ["b": 1])
    try await bench.commits[0].close()
    #expect(try await bench.windows() == [BudgetWindow(spent: 4)])
    let again = try #require(try await bench.commits[0].draw([CreditTests.claim(10, 2)]).promise)
    bench.commits[0].settle(again, [:])
    try await bench.commits[0].close()
    #expect(try await bench.windows() == [BudgetWindow(spent: 6)])
    #expect(try await bench.orphans().count == 1)
  }

  /// A call that takes longer than a block lives is still its process's: that says so in time.
  @Test(arguments: EngineUnderTest.all)
  func aLongCallKeepsItsBlock(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine, 1, life: .milliseconds(400))
    defer { bench.close() }
    let promise = try #require(try await bench.commits[0].draw([CreditTests.claim(10, 4)]).promise)
    // More than twice as long as a block lives, a quarter of that at a time.
    for step in 1...10 {
      let now = CreditTests.start + Int64(step) * 100_000_000
      bench.clock.set(now)
      func expiry() async throws -> Int64 {
        try await bench.ledgers[0].engine.read { try $0.integer("SELECT MAX(expires_at) FROM budget_block") } ?? 0
      }
      // Its process says something when less than half of its life is left.
      try await until("the block is kept") { try await expiry() >= now + 200_000_000 }
    }
    #expect(try await bench.windows() == [BudgetWindow(held: 4)])
    bench.commits[0].settle(promise, ["b": 2])
    try await bench.commits[0].close()
    #expect(try await bench.windows() == [BudgetWindow(spent: 2)])
    #expect(try await bench.orphans().isEmpty)
  }

  /// Callers choose many of the names that are counted apart: one that is refused leaves nothing behind.
  @Test(arguments: EngineUnderTest.all)
  func whatIsRefusedIsForgotten(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine)
    defer { bench.close() }
    for number in 0..<20 {
      let rule = BudgetRule(name: "b", unit: .calls, limit: 0, period: .month, level: .run)
      let grant = try await bench.commits[0].draw([BudgetClaim(rule, subject: "\(number)", amount: 1)])
      #expect(grant.promise == nil && bench.commits[0].accounts == 0)
    }
    let promise = try #require(try await bench.commits[0].draw([CreditTests.claim(10)]).promise)
    #expect(bench.commits[0].accounts == 1)
    bench.commits[0].settle(promise, [:])
    // For a moment another call of the same is expected.
    bench.clock.set(CreditTests.start + 4_000_000_000)
    try await until("it is forgotten") { bench.commits[0].accounts == 0 }
    #expect(try await bench.windows() == [BudgetWindow(spent: 1)])
  }

  /// A call is counted where it was made, whenever it ends.
  @Test(arguments: EngineUnderTest.all)
  func theMonthEndsUnderACall(_ engine: EngineUnderTest) async throws {
    let bench = try await Bench(engine)
    defer { bench.close() }
    let (commit, before) = (bench.commits[0], bench.clock.now)
    let first = try #require(try await commit.draw([CreditTests.claim(1)]).promise)
    #expect(try await commit.draw([CreditTests.claim(1)]).promise == nil)
    // 23:30 on the last day of March.
    bench.clock.set(CreditTests.start + 1_800_000_000_000)
    let second = try #require(try await commit.draw([CreditTests.claim(1)]).promise)
    commit.settle(first, [:])
    commit.settle(second, ["b": 0])
    try await commit.close()
    #expect(try await bench.ledgers[0].budgets(at: before).map(\.window) == [BudgetWindow(spent: 1)])
    #expect(try await bench.windows() == [BudgetWindow()])
  }

  /// While the ledger is away, calls go on with what credit there is; whoever finds none is told so; and nothing is forgotten.
  @Test(arguments: EngineUnderTest.all)
  func aLedgerThatIsAway(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(CreditTests.start))
    let away = AwayEngine(try await engine.open(folder.path))
    let ledger = try await Ledger(engine: away) { clock.now }
    defer { try? ledger.close() }
    let commit = BudgetCommit(ledger, process: "p", life: .seconds(3_600))
    let claims = [CreditTests.claim(1_000)]
    var spent = 0
    func call() async throws {
      commit.settle(try #require(try await CreditTests.ask(commit, claims)), [:])
      spent += 1
    }
    for _ in 0..<100 { try await call() }
    for number in 0..<20 {
      away.isAway.value = Int64(number % 2)
      var failures = 0
      for _ in 0..<20 {
        do { try await call() } catch is AwayEngine.Away { failures += 1 }
      }
      #expect(number % 2 == 1 || failures == 0)
      try await Task.sleep(for: .milliseconds(number < 4 ? 60 : 5))
    }
    away.isAway.value = 0
    try await commit.close()
    #expect(try await ledger.budgets(at: clock.now).map(\.window) == [BudgetWindow(spent: Int128(spent))])
    #expect(commit.untold == 0)
  }
}

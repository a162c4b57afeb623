import Guards
import Records
import SeededRandom
import Testing

@testable import Store

/// Budgets in the ledger: whoever asks, of whatever process, no more is promised than there is.
@Suite struct BudgetTests {
  /// 2026-03-31 23:30 in UTC.
  private static let start: Int64 = 1_774_999_800_000_000_000
  private static let hour: Int64 = 3_600_000_000_000

  private static func rule(
    _ name: String, _ limit: Int128, _ unit: BudgetRule.Unit = .calls, _ period: BudgetPeriod = .day,
    _ mode: BudgetRule.Mode = .enforce
  ) -> BudgetRule {
    BudgetRule(name: name, unit: unit, limit: limit, period: period, mode: mode)
  }

  private func open(_ engine: EngineUnderTest, _ folder: TemporaryFolder, _ clock: TestClock) async throws -> Ledger {
    try await Ledger(engine: engine.open(folder.path)) { clock.now }
  }

  private func later(_ clock: TestClock, hours: Int64 = 6) -> Instant {
    Instant(nanoseconds: clock.now.nanoseconds + hours * BudgetTests.hour)
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsReservedIsHeldAndWhatIsSettledIsSpent(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let rule = BudgetTests.rule("day", 10, .tokens)
    let claim = BudgetClaim(rule, subject: "bot", amount: 7)
    #expect(try await ledger.reserve([claim], hold: "a", until: later(clock)) == [])
    let refused = try await ledger.reserve([claim], hold: "b", until: later(clock))
    #expect(refused == [BudgetRefusal(claim: claim, left: 3, resetsAt: try #require(Instant("2026-04-01")))])
    // Somebody else has a window of their own.
    #expect(
      try await ledger.reserve([BudgetClaim(rule, subject: "desk", amount: 10)], hold: "c", until: later(clock)) == [])
    var status = try await ledger.budgets(at: clock.now)
    #expect(status.map(\.subject) == ["bot", "desk"] && status.map(\.unit) == ["tokens", "tokens"])
    #expect(status[0].window == BudgetWindow(spent: 0, held: 7) && status[1].window == BudgetWindow(spent: 0, held: 10))
    try await ledger.settle(hold: "a", ["day": 2, "other": 9])
    // Saying it again changes nothing, and neither does what nobody knows.
    try await ledger.settle(hold: "a", ["day": 5])
    try await ledger.settle(hold: "nobody's", ["day": 5])
    try await ledger.settle(hold: "c", [:])
    status = try await ledger.budgets(at: clock.now)
    #expect(status.map(\.window) == [BudgetWindow(spent: 2, held: 0), BudgetWindow(spent: 10, held: 0)])
    #expect(
      try await ledger.reserve([BudgetClaim(rule, subject: "bot", amount: 8)], hold: "d", until: later(clock)) == [])
    #expect(try await ledger.verify().problems == [])
  }

  /// Whoever says first how a call ended is heard, up to the moment at which it expires.
  @Test(arguments: EngineUnderTest.all)
  func aDecisionIsSettledOnce(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let commit = BudgetCommit(ledger, process: "p", life: .seconds(3_600))
    let claim = BudgetClaim(BudgetTests.rule("day", 20, .tokens), subject: "", amount: 10)
    func decide(_ id: String, hours: Int64 = 1) async throws -> [BudgetRefusal] {
      let decision = CallDecision(
        id: id, tenant: id == "a" ? "acme" : nil, facts: "{}", expiresAt: later(clock, hours: hours))
      return try await commit.reserve([claim], hold: id, until: later(clock, hours: hours), noting: { _ in decision })
    }
    for (id, hours) in [("a", 1), ("b", 0)] { #expect(try await decide(id, hours: Int64(hours)).isEmpty) }
    // Nothing is noted of what is refused. What has expired already counts as spent.
    #expect(try await decide("c").map(\.left) == [0])
    #expect(try await ledger.decision("c") == nil)
    #expect(try await ledger.decision("a")?.tenant == "acme")
    #expect(try #require(await ledger.decision("b")).tenant == nil)
    #expect(try await commit.settle(decision: "c", [:]) == .unknown)
    #expect(try await commit.settle(decision: "b", ["day": 1]) == .expired)
    #expect(try await commit.settle(decision: "b", ["day": 1]) == .already)
    #expect(try await commit.settle(decision: "a", ["day": 3]) == .settled)
    #expect(try await commit.settle(decision: "a", ["day": 4]) == .already)
    #expect(try await ledger.decision("a")?.settledAt == clock.now)
    #expect(try await ledger.budgets(at: clock.now).map(\.window) == [BudgetWindow(spent: 13, held: 0)])
    // Nobody needs budgets to be remembered; a day after it has expired it is forgotten, and not before.
    clock.set(BudgetTests.start + 25 * BudgetTests.hour)
    func note(_ id: String) async throws {
      let decision = CallDecision(id: id, tenant: nil, facts: "{}", expiresAt: later(clock))
      #expect(try await commit.reserve([], hold: id, until: later(clock), noting: { _ in decision }).isEmpty)
    }
    try await note("d")
    #expect(try await ledger.decision("a") != nil)
    #expect(try await ledger.decision("b") == nil)
    clock.set(BudgetTests.start + 25 * BudgetTests.hour + 1)
    try await note("e")
    #expect(try await ledger.decision("a") == nil)
    #expect(try await ledger.decision("d") != nil)
    #expect(try await ledger.verify().problems == [])
  }

  @Test(arguments: EngineUnderTest.all)
  func aCallIsPromisedAllOfItsBudgetsOrNone(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let (wide, narrow) = (BudgetTests.rule("wide", 10), BudgetTests.rule("narrow", 1, .calls, .hour))
    let watching = BudgetTests.rule("watching", 1, .calls, .month, .observe)
    let off = BudgetTests.rule("off", 0, .calls, .month, .off)
    let claims = [wide, watching, narrow, off].map { BudgetClaim($0, subject: "", amount: 1) }
    #expect(try await ledger.reserve(claims, hold: "a", until: later(clock)) == [])
    let refusals = try await ledger.reserve(claims, hold: "b", until: later(clock))
    #expect(refusals.map(\.claim.rule.name) == ["watching", "narrow"])
    func held() async throws -> [String] {
      try await ledger.budgets(at: clock.now).map { "\($0.budget) \($0.window.held)" }
    }
    #expect(try await held() == ["narrow 1", "watching 1", "wide 1"])
    // What only watches counts beyond its limit.
    #expect(try await ledger.reserve(Array(claims.prefix(2)), hold: "c", until: later(clock)).map(\.left) == [0])
    #expect(try await held() == ["narrow 1", "watching 2", "wide 2"])
  }

  /// A call is counted where it was made, whenever it ends.
  @Test(arguments: EngineUnderTest.all)
  func windowsRollOverUnderCalls(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let claims = [BudgetPeriod.hour, .day, .month].map {
      BudgetClaim(BudgetTests.rule($0.rawValue, 1, .calls, $0), subject: "", amount: 1)
    }
    #expect(try await ledger.reserve(claims, hold: "a", until: later(clock)) == [])
    let before = clock.now
    // The hour, the day and the month end half an hour later.
    clock.set(BudgetTests.start + BudgetTests.hour / 2 - 1)
    #expect(try await ledger.reserve(claims, hold: "b", until: later(clock)).count == 3)
    clock.set(BudgetTests.start + BudgetTests.hour / 2)
    #expect(try await ledger.reserve(claims, hold: "c", until: later(clock)) == [])
    try await ledger.settle(hold: "a", ["hour": 1, "day": 1, "month": 1])
    #expect(try await ledger.budgets(at: before).map(\.window) == Array(repeating: BudgetWindow(spent: 1), count: 3))
    #expect(try await ledger.budgets(at: clock.now).map(\.window) == Array(repeating: BudgetWindow(held: 1), count: 3))
  }

  @Test(arguments: EngineUnderTest.all)
  func whatNobodySettlesIsSpentAndListed(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let claim = BudgetClaim(BudgetTests.rule("month", 10, .tokens, .month), subject: "", amount: 4)
    let early = Instant(nanoseconds: clock.now.nanoseconds + 100)
    #expect(try await ledger.reserve([claim], hold: "a", until: early) == [])
    #expect(try await ledger.reserve([claim], hold: "b", until: later(clock)) == [])
    clock.set(BudgetTests.start + 99)
    #expect(try await ledger.budgets(at: clock.now)[0].orphans == [])
    clock.set(BudgetTests.start + 100)
    // Whether somebody has written that already, or it is only due.
    for _ in 0..<2 {
      let status = try #require(try await ledger.budgets(at: clock.now).first)
      #expect(status.window == BudgetWindow(spent: 4, held: 4))
      #expect(status.orphans == [BudgetOrphan(hold: "a", amount: 4, expiredAt: early)])
      #expect(try await ledger.reserve([claim], hold: "c", until: later(clock)).map(\.left) == [2])
    }
    // Who comes back after that changes nothing.
    try await ledger.settle(hold: "a", ["month": 0])
    #expect(try await ledger.budgets(at: clock.now).map(\.window) == [BudgetWindow(spent: 4, held: 4)])
    try await ledger.settle(hold: "b", ["month": 0])
    #expect(try await ledger.budgets(at: clock.now).map(\.window) == [BudgetWindow(spent: 4, held: 0)])
  }

  @Test(arguments: EngineUnderTest.all)
  func amountsBeyond64Bits(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let limit = Int128(1) << 90 + 12_345_678_901
    let rule = BudgetTests.rule("rich", limit, .money(currency: "USD"), .month)
    func reserve(_ amount: Int128, _ hold: String) async throws -> [Int128] {
      try await ledger.reserve([BudgetClaim(rule, subject: "", amount: amount)], hold: hold, until: later(clock))
        .map(\.left)
    }
    #expect(try await reserve(limit + 1, "a") == [limit])
    #expect(try await reserve(limit - (Int128(1) << 65), "b") == [])
    #expect(try await reserve((Int128(1) << 65) + 1, "c") == [Int128(1) << 65])
    try await ledger.settle(hold: "b", ["rich": (Int128(1) << 89) + 7])
    #expect(try await reserve(limit - (Int128(1) << 89) - 7, "d") == [])
    #expect(try await reserve(1, "e") == [0])
    let window = try #require(try await ledger.budgets(at: clock.now).first?.window)
    #expect(window == BudgetWindow(spent: (Int128(1) << 89) + 7, held: limit - (Int128(1) << 89) - 7))
    // What cost more than can be counted leaves nothing.
    try await ledger.settle(hold: "d", ["rich": .max])
    #expect(try await reserve(0, "f") == [0])
  }

  @Test(arguments: EngineUnderTest.all)
  func oldWindowsAreForgotten(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let claim = BudgetClaim(BudgetTests.rule("hour", 1, .calls, .hour), subject: "", amount: 1)
    _ = try await ledger.reserve([claim], hold: "a", until: later(clock))
    let (first, end) = (clock.now, try #require(Instant("2026-04-01")).nanoseconds)
    clock.set(end + 2_400 * BudgetTests.hour)
    _ = try await ledger.reserve([claim], hold: "b", until: later(clock))
    #expect(try await ledger.budgets(at: first).map(\.window) == [BudgetWindow(spent: 1)])
    #expect(try await ledger.budgets(at: first)[0].orphans.map(\.hold) == ["a"])
    clock.set(end + 2_401 * BudgetTests.hour)
    _ = try await ledger.reserve([claim], hold: "c", until: later(clock))
    #expect(try await ledger.budgets(at: first).isEmpty)
    // A month later even the longest window is gone of which it could be.
    clock.set(end + (2_401 + 31 * 24) * BudgetTests.hour)
    _ = try await ledger.reserve([claim], hold: "d", until: later(clock))
    clock.set(end + (2_402 + 31 * 24) * BudgetTests.hour)
    _ = try await ledger.reserve([claim], hold: "e", until: later(clock))
    let orphans = try await ledger.engine.read {
      try $0.integer("SELECT COUNT(*) FROM budget_orphan WHERE hold = ?1", [.text("a")])
    }
    #expect(orphans == 0)
  }

  /// Where a budget of hours becomes one of days, the window that is there goes on to the end of the day.
  @Test(arguments: EngineUnderTest.all)
  func aBudgetMayLastLonger(_ engine: EngineUnderTest) async throws {
    let midnight = try #require(Instant("2026-04-01"))
    let (folder, clock) = (TemporaryFolder(), TestClock(midnight.nanoseconds))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    for (hold, period) in [("a", BudgetPeriod.hour), ("b", .day), ("c", .hour)] {
      let claim = BudgetClaim(BudgetTests.rule("b", 9, .calls, period), subject: "", amount: 1)
      #expect(try await ledger.reserve([claim], hold: hold, until: later(clock)) == [])
    }
    clock.set(midnight.nanoseconds + 23 * BudgetTests.hour)
    let status = try await ledger.budgets(at: clock.now)
    #expect(status.map(\.window) == [BudgetWindow(spent: 3)] && status[0].endsAt == Instant("2026-04-02"))
  }

  // MARK: Against the naive model

  @Test(arguments: EngineUnderTest.all, Array(0..<6))
  func randomHistories(_ engine: EngineUnderTest, _ seed: Int) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let group = BudgetCommit(ledger, process: "p", life: .seconds(3_600))
    var random = SplitMix(seed: UInt64(seed))
    var naive = NaiveBudgets()
    let rules = [
      BudgetTests.rule("calls", 5, .calls, .hour), BudgetTests.rule("tokens", 1_000, .tokens, .day),
      BudgetTests.rule("money", Int128(1) << 75, .money(currency: "EUR"), .month),
      BudgetTests.rule("watch", 3, .calls, .hour, .observe),
    ]
    func amount(_ rule: BudgetRule) -> Int128 {
      switch rule.unit {
      case .calls: 1
      case .tokens: Int128(random.below(400))
      case .money: Int128(random.next()) << Int128(random.below(10))
      }
    }
    for step in 0..<150 {
      clock.set(clock.now.nanoseconds + Int64(random.below(12)) * BudgetTests.hour / 60)
      naive.expire(at: clock.now)
      if random.chance(0.45), !naive.open.isEmpty {
        let hold = random.one(of: naive.open)
        var actual: [String: Int128] = [:]
        for rule in rules where random.chance(0.8) { actual[rule.name] = amount(rule) }
        naive.settle(hold: hold, actual)
        if random.chance(0.5) {
          try await group.settle(hold: hold, actual)
        } else {
          try await ledger.settle(hold: hold, actual)
        }
      } else {
        let claims = rules.filter { _ in random.chance(0.7) }.map {
          BudgetClaim($0, subject: random.one(of: ["", "b", "caf\u{E9}"]), amount: amount($0))
        }
        let expiry = Instant(nanoseconds: clock.now.nanoseconds + Int64(1 + random.below(90)) * BudgetTests.hour / 60)
        let expected = naive.reserve(claims, hold: "\(step)", until: expiry, at: clock.now)
        let refusals =
          random.chance(0.5)
          ? try await group.reserve(claims, hold: "\(step)", until: expiry)
          : try await ledger.reserve(claims, hold: "\(step)", until: expiry)
        #expect(refusals.map(\.claim.rule.name) == expected, "step \(step)")
      }
      guard step % 10 == 9 else { continue }
      // All windows that there ever were.
      var seen = 0
      for instant in Set(naive.windows.map(\.start)) {
        for status in try await ledger.budgets(at: instant) where status.startsAt == instant {
          let rule = try #require(rules.first { $0.name == status.budget })
          let sums = naive.sums(rule, status.subject, instant)
          #expect(status.window == BudgetWindow(spent: sums.spent, held: sums.held), "step \(step): \(status)")
          #expect(status.orphans.map(\.hold).sorted() == naive.orphans(rule, status.subject, instant))
          seen += 1
        }
      }
      #expect(seen == naive.windows.count)
    }
    #expect(try await ledger.verify().problems == [])
  }

  // MARK: Many at once

  /// Connections that know nothing of each other, as processes do: what fits is granted, and not one more.
  @Test(arguments: EngineUnderTest.all)
  func ofAllWhoAskAtOnceAsManyAreGrantedAsFit(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledgers = [
      try await open(engine, folder, clock), try await open(engine, folder, clock),
      try await open(engine, folder, clock),
    ]
    defer { for ledger in ledgers { try? ledger.close() } }
    let groups = ledgers.map { BudgetCommit($0, process: "\($0.location)", life: .seconds(3_600)) }
    for limit in [1, 10] as [Int128] {
      // The first of them makes the windows, whoever that is.
      let rules = ["x", "y"].map { BudgetTests.rule("\($0)\(limit)", limit) }
      let granted = try await withThrowingTaskGroup(of: Bool.self) { tasks in
        for number in 0..<64 {
          tasks.addTask {
            // In either order: nobody waits for a window that waits for another.
            let claims = (number % 2 == 0 ? rules : rules.reversed()).map { BudgetClaim($0, subject: "", amount: 1) }
            let (hold, until) = ("\(limit) \(number)", later(clock))
            return number % 3 == 0
              ? try await ledgers[number % ledgers.count].reserve(claims, hold: hold, until: until).isEmpty
              : try await groups[number % groups.count].reserve(claims, hold: hold, until: until).isEmpty
          }
        }
        return try await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(granted == Int(limit))
    }
  }

  /// Reservations and settlements of many calls from many connections: the sum is what they used, and never beyond the limit.
  @Test(arguments: EngineUnderTest.all)
  func manyCallsOfManyConnections(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let ledgers = [try await open(engine, folder, clock), try await open(engine, folder, clock)]
    defer { for ledger in ledgers { try? ledger.close() } }
    let groups = ledgers.map { BudgetCommit($0, process: "\($0.location)", life: .seconds(3_600)) }
    let (tight, wide) = (BudgetTests.rule("tight", 300, .tokens), BudgetTests.rule("wide", 1_000_000, .tokens))
    let used = try await withThrowingTaskGroup(of: [Int].self) { tasks in
      for task in 0..<16 {
        tasks.addTask {
          // No 128-bit number lives across a suspension here: Swift 6.3 puts them where they do not belong.
          var (random, granted, all, asked) = (SplitMix(seed: UInt64(task)), 0, 0, 0)
          let group = groups[task % 2]
          for number in 0..<12 {
            let (amount, actual) = (10 + random.below(20), random.below(10))
            let hold = "\(task) \(number)"
            let claims = [tight, wide].map { BudgetClaim($0, subject: "", amount: Int128(amount)) }
            let isGranted = try await group.reserve(claims, hold: hold, until: later(clock)).isEmpty
            let window = try await ledgers[1 - task % 2].budgets(at: clock.now).first { $0.budget == "tight" }?.window
            #expect(window.map { $0.spent + $0.held <= 300 } == true)
            if isGranted {
              granted += actual
              try await group.settle(hold: hold, ["tight": Int128(actual), "wide": Int128(actual)])
            } else {
              let claims = [BudgetClaim(wide, subject: "", amount: Int128(amount))]
              #expect(try await group.reserve(claims, hold: hold + " wide", until: later(clock)) == [])
              try await group.settle(hold: hold + " wide", ["wide": Int128(actual)])
            }
            all += actual
            asked += isGranted ? 2 : 3
          }
          return [granted, all, asked]
        }
      }
      return try await tasks.reduce([0, 0, 0]) { zip($0, $1).map { $0 + $1 } }
    }
    let status = try await ledgers[0].budgets(at: clock.now)
    #expect(status.map(\.window) == used.prefix(2).map { BudgetWindow(spent: Int128($0)) })
    let holds = try await ledgers[0].engine.read { try $0.integer("SELECT COUNT(*) FROM budget_hold") }
    #expect(holds == 0 && used[0] > 200)
    // Whoever came while a transaction was under way shared the next one.
    let transactions = groups.map(\.transactions).reduce(0, +)
    #expect(transactions < used[2])
  }

  @Test(arguments: EngineUnderTest.all)
  func aLedgerThatIsAwaySaysSoToAll(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(BudgetTests.start))
    let away = AwayEngine(try await engine.open(folder.path))
    let ledger = try await Ledger(engine: away) { clock.now }
    defer { try? ledger.close() }
    let group = BudgetCommit(ledger, process: "p", life: .seconds(3_600))
    let claim = BudgetClaim(BudgetTests.rule("b", 9), subject: "", amount: 1)
    #expect(try await group.reserve([claim], hold: "a", until: later(clock)) == [])
    away.isAway.value = 1
    let failures = await withTaskGroup(of: Bool.self) { tasks in
      for number in 0..<8 {
        tasks.addTask {
          do {
            if number % 2 == 0 {
              try await group.settle(hold: "a", [:])
            } else {
              _ = try await group.reserve([claim], hold: "\(number)", until: later(clock))
            }
            return false
          } catch { return true }
        }
      }
      return await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(failures == 8)
    away.isAway.value = 0
    try await group.settle(hold: "a", ["b": 0])
    #expect(try await ledger.budgets(at: clock.now).map(\.window) == [BudgetWindow()])
  }
}

import Guards
import Records
import Testing

@testable import Store

/// Runs by the clock: each belongs to one process, and what it tells is written with it.
@Suite struct ScheduleTests {
  private static let hour: Int64 = 3_600_000_000_000
  private static let rule = ScheduleRule.every(.seconds(3_600))

  private static func kept(_ subject: String, told: NoticeCondition?, pending: Int = 0) -> KeptNotice {
    let at = told.map { _ in Instant(nanoseconds: 5) }
    return KeptNotice(
      KeptNotice.Key(target: "ops", check: "eval-power", subject: subject),
      NoticeState(told: told, pending: pending, well: 0, openedAt: at, toldAt: at), sentence: "It fails.")
  }

  private static func delivery(_ text: String) -> SpoolDelivery {
    SpoolDelivery(
      stops: [SpoolDelivery.Stop(lane: SpoolLane(target: "notify/ops", inOrder: true), path: "", limit: 1 << 20)],
      contentType: "application/json", body: Array(text.utf8))
  }

  /// A server whose clock was a day ahead took a run, and died or was set right.
  @Test(arguments: EngineUnderTest.all, [false, true])
  func aClockThatWasAhead(_ engine: EngineUnderTest, _ dies: Bool) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ScheduleTests.hour * 124))
    let ledger = try await Ledger(engine: engine.open(folder.path)) { clock.now }
    defer { try? ledger.close() }
    @Sendable func take(_ holder: String) async throws -> Instant? {
      try await ledger.takeRun(of: "hourly", ScheduleTests.rule, holder: holder, for: .seconds(30))
    }
    let first = try #require(try await take("ahead"))
    if !dies {
      let round = ScheduleRound(kept: [], deliveries: [], outcome: "{}", isWell: true)
      #expect(try await ledger.endRun(of: "hourly", holder: "ahead", for: first) { _ in round } != nil)
    }
    clock.set(ScheduleTests.hour * 100)
    #expect(try await take("right") == nil)
    // It is done within an hour, and not a day later.
    clock.set(ScheduleTests.hour * 101)
    #expect(try await take("right") != nil)
  }

  @Test(arguments: EngineUnderTest.all)
  func aRunBelongsToOneAtATime(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ScheduleTests.hour * 100))
    let ledger = try await Ledger(engine: engine.open(folder.path)) { clock.now }
    defer { try? ledger.close() }
    @Sendable func take(_ holder: String) async throws -> Instant? {
      try await ledger.takeRun(of: "hourly", ScheduleTests.rule, holder: holder, for: .seconds(30))
    }
    let first = Instant(nanoseconds: ScheduleTests.hour * 100)
    let winners = try await withThrowingTaskGroup(of: Instant?.self) { tasks in
      for number in 0..<8 { tasks.addTask { try await take("server \(number)") } }
      return try await tasks.reduce(into: [Instant?]()) { $0.append($1) }
    }
    #expect(winners.compactMap(\.self) == [first])
    let holder = try #require(try await ledger.schedules().first?.holder)
    // Another gets it when the one that had it has been silent for long enough, and the first cannot end it any more.
    clock.set(ScheduleTests.hour * 100 + 29_999_999_999)
    #expect(try await take("late") == nil)
    clock.set(ScheduleTests.hour * 100 + 30_000_000_000)
    #expect(try await take("late") == first)
    let round = ScheduleRound(kept: [], deliveries: [ScheduleTests.delivery("a")], outcome: "{}", isWell: true)
    #expect(try await ledger.endRun(of: "hourly", holder: holder, for: first) { _ in round } == nil)
    #expect(try await ledger.spoolStatus().isEmpty)
    let counts = try await ledger.endRun(of: "hourly", holder: "late", for: first) { _ in round }
    #expect(counts?.queued == ["notify/ops": 1])
    // It is not due again before its time, for nobody.
    clock.set(ScheduleTests.hour * 101 - 1)
    #expect(try await take("late") == nil)
    clock.set(ScheduleTests.hour * 104 + 7)
    #expect(try await take("other") == Instant(nanoseconds: ScheduleTests.hour * 104))
    try await ledger.keepRun(of: "hourly", holder: "other", for: .seconds(60))
    #expect(
      try await ledger.schedules().first?.heldUntil
        == Instant(nanoseconds: ScheduleTests.hour * 104 + 7 + 60_000_000_000))
    #expect(try await ledger.verify().problems == [])
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsToldIsWrittenWithTheRunOrNotAtAll(_ engine: EngineUnderTest) async throws {
    struct Broken: Error {}
    let (folder, clock) = (TemporaryFolder(), TestClock(ScheduleTests.hour))
    let ledger = try await Ledger(engine: engine.open(folder.path)) { clock.now }
    defer { try? ledger.close() }
    #expect(try await ledger.noticeOrigin(orElse: "mine") == "mine")
    #expect(try await ledger.noticeOrigin(orElse: "yours") == "mine")
    let due = try #require(try await ledger.takeRun(of: "a", ScheduleTests.rule, holder: "h", for: .seconds(30)))
    await #expect(throws: Broken.self) {
      _ = try await ledger.endRun(of: "a", holder: "h", for: due) { _ in throw Broken() }
    }
    #expect(try await ledger.schedules().first?.holder == "h")
    let open = ScheduleTests.kept("support", told: NoticeCondition(.fail, "BELOW"))
    let pending = ScheduleTests.kept("billing", told: nil, pending: 1)
    let blank = ScheduleTests.kept("sales", told: nil)
    _ = try await ledger.endRun(of: "a", holder: "h", for: due) { before in
      #expect(before.isEmpty)
      return ScheduleRound(
        kept: [open, pending, blank], deliveries: [ScheduleTests.delivery("one")], outcome: #"{"problem":"x"}"#,
        isWell: false)
    }
    #expect(try await ledger.keptNotices() == [pending, open])
    let state = try #require(try await ledger.schedules().first)
    #expect(state.lastDue == due && state.holder == "" && state.outcome == #"{"problem":"x"}"#)
    #expect(state.wellAt == nil && state.doneAt == Instant(nanoseconds: ScheduleTests.hour))
    clock.set(ScheduleTests.hour * 2)
    let next = try #require(try await ledger.takeRun(of: "a", ScheduleTests.rule, holder: "h", for: .seconds(30)))
    let changed = ScheduleTests.kept("support", told: NoticeCondition(.unknown, "TOO_FEW"))
    _ = try await ledger.endRun(of: "a", holder: "h", for: next) { before in
      #expect(before == [pending, open])
      return ScheduleRound(kept: [changed], deliveries: [], outcome: "{}", isWell: true)
    }
    #expect(try await ledger.keptNotices() == [changed])
    #expect(try await ledger.schedules().first?.wellAt == Instant(nanoseconds: ScheduleTests.hour * 2))
    let lane = SpoolLane(target: "notify/ops", inOrder: true)
    #expect(try await ledger.spooled(in: lane, atMost: 9, bytes: 1_000).map(\.body) == [Array("one".utf8)])
  }

  /// What is to be done once a day waits for its hour when it is new, and a day that was missed is made up for once.
  @Test func aDailyOneWaitsForItsHour() async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ScheduleTests.hour * 10))
    let ledger = try await Ledger(engine: EngineUnderTest.all[0].open(folder.path)) { clock.now }
    defer { try? ledger.close() }
    func take() async throws -> Instant? {
      try await ledger.takeRun(of: "d", .daily(minute: 720), holder: "h", for: .seconds(30))
    }
    #expect(try await take() == nil)
    clock.set(ScheduleTests.hour * 12 - 1)
    #expect(try await take() == nil)
    clock.set(ScheduleTests.hour * (12 + 72) + 5)
    #expect(try await take() == Instant(nanoseconds: ScheduleTests.hour * (12 + 72)))
  }
}

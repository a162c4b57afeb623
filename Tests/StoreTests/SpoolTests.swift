import Records
import Testing

@testable import Store

/// Deliveries on their way to others: they come with their records, wait, and leave once.
@Suite struct SpoolTests {
  private static let traces = SpoolLane(target: "cloud", inOrder: false)
  private static let scores = SpoolLane(target: "cloud", inOrder: true)
  private static let other = SpoolLane(target: "collector", inOrder: false)

  private func batch(_ numbers: Int...) -> RecordBatch {
    var batch = RecordBatch()
    for number in numbers {
      batch.receive(
        SpanRecord(
          spanID: "\(number)", traceID: "trace", name: "chat", spanKind: "chat",
          startedAt: Instant(nanoseconds: Int64(number)), feature: "desk"))
    }
    return batch
  }

  private func delivery(
    _ body: [UInt8], _ lanes: [SpoolLane] = [traces], limit: Int64 = 1 << 30
  ) -> SpoolDelivery {
    SpoolDelivery(
      stops: lanes.map { .init(lane: $0, path: "/v1/traces", limit: limit) }, contentType: "application/json",
      body: body)
  }

  private func open(_ engine: EngineUnderTest, _ folder: TemporaryFolder, _ clock: TestClock) async throws -> Ledger {
    try await Ledger(engine: engine.open(folder.path)) { clock.now }
  }

  private func waiting(_ ledger: Ledger, _ lane: SpoolLane = traces) async throws -> [SpooledDelivery] {
    try await ledger.spooled(in: lane, atMost: 64, bytes: 1 << 20)
  }

  @Test(arguments: EngineUnderTest.all)
  func whatComesInGoesOutAsItWas(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(5_000_000_000))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let group = GroupCommit(ledger)
    let long = Array(repeating: UInt8(ascii: "x"), count: 100_000)
    for (number, body) in [[], [0, 1, 255], long].enumerated() {
      _ = try await group.append(
        batch(number), source: "otlp", forward: delivery(body, [SpoolTests.traces, SpoolTests.other]))
    }
    let rows = try await waiting(ledger)
    #expect(rows.map(\.body) == [[], [0, 1, 255], long])
    #expect(rows.allSatisfy { $0.path == "/v1/traces" && $0.contentType == "application/json" })
    #expect(rows.allSatisfy { $0.queuedAt == Instant(nanoseconds: 5_000_000_000) })
    #expect(rows.map(\.row) == [1, 3, 5])
    #expect(group.statistics.spool.queued == ["cloud": 3, "collector": 3])
    let status = try await ledger.spoolStatus()
    #expect(status.map(\.target) == ["cloud", "collector"] && status.map(\.deliveries) == [3, 3])
    // Compressed.
    #expect(status[0].bytes > 3 && status[0].bytes < 1000)
    // It is no record: the chain knows nothing of it.
    #expect(try await ledger.verify().problems == [])
    #expect(try await ledger.status().records == [.span: 3])
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsSettledIsGoneAndItsNumberIsNeverAnothers(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock())
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let group = GroupCommit(ledger)
    for number in 0..<3 {
      _ = try await group.append(batch(number), source: "otlp", forward: delivery([UInt8(number)]))
    }
    #expect(try await ledger.settle([1, 2], in: SpoolTests.traces, holder: "a", for: .seconds(10)))
    #expect(try await waiting(ledger).map(\.row) == [3])
    #expect(try await ledger.spoolStatus() == [SpoolStatus(target: "cloud", deliveries: 1, bytes: 1)])
    // Twice is once, and rows of other lanes are not touched.
    #expect(try await ledger.settle([1, 2], in: SpoolTests.traces, holder: "a", for: .seconds(10)))
    #expect(try await ledger.settle([3], in: SpoolTests.other, holder: "a", for: .seconds(10)) == false)
    #expect(try await ledger.spoolStatus() == [SpoolStatus(target: "cloud", deliveries: 1, bytes: 1)])
    try await ledger.settle([3], in: SpoolTests.traces, holder: "a", for: .seconds(10))
    _ = try await group.append(batch(9), source: "otlp", forward: delivery([9]))
    #expect(try await waiting(ledger).map(\.row) == [4])
    #expect(try await ledger.spoolStatus() == [SpoolStatus(target: "cloud", deliveries: 1, bytes: 1)])
  }

  /// Who resends what was acknowledged gets the acknowledgement again; the target does not get the delivery again.
  @Test(arguments: EngineUnderTest.all)
  func whatBringsNothingNewIsNotForwardedAgain(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock())
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let group = GroupCommit(ledger)
    _ = try await group.append(batch(1, 2), source: "otlp", forward: delivery([1]))
    _ = try await group.append(batch(1, 2), source: "otlp", forward: delivery([1]))
    #expect(try await waiting(ledger).count == 1)
    _ = try await group.append(batch(2, 3), source: "otlp", forward: delivery([2]))
    #expect(try await waiting(ledger).count == 2)
    // What holds no records is others' business alone.
    _ = try await group.append(batch(), source: "otlp", forward: delivery([3]))
    #expect(try await waiting(ledger).map(\.body) == [[1], [2], [3]])
    #expect(group.statistics.spool.queued == ["cloud": 3])
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsRefusedIsNotForwarded(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock())
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    var rich = SpanRecord(
      spanID: "1", traceID: "t", name: "chat", spanKind: "chat", startedAt: Instant(nanoseconds: 1), feature: "desk")
    rich.cost = Money(units: MoneyColumns.largest + 1, currency: "USD")
    var (refused, half) = (RecordBatch(), batch(1))
    refused.receive(rich)
    half.receive(rich)
    let group = GroupCommit(ledger)
    #expect(try await group.append(refused, source: "otlp", forward: delivery([1])).kept == 0)
    #expect(try await waiting(ledger).isEmpty)
    #expect(try await group.append(half, source: "otlp", forward: delivery([2])).kept == 1)
    #expect(try await waiting(ledger).map(\.body) == [[2]])
  }

  /// The limit is of a target, over both of its lanes; what finds no room is counted and stays in the ledger.
  @Test(arguments: EngineUnderTest.all)
  func beyondItsLimitATargetGetsNothingMore(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock())
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let group = GroupCommit(ledger)
    func put(_ number: Int, _ size: Int, _ lane: SpoolLane) async throws {
      let body = (0..<size).map { UInt8($0) }
      _ = try await group.append(batch(number), source: "otlp", forward: delivery(body, [lane], limit: 20))
    }
    try await put(1, 10, SpoolTests.traces)
    try await put(2, 10, SpoolTests.scores)
    try await put(3, 1, SpoolTests.traces)
    try await put(4, 20, SpoolTests.other)
    try await put(5, 21, SpoolLane(target: "new", inOrder: false))
    #expect(group.statistics.spool.queued == ["cloud": 2, "collector": 1])
    #expect(group.statistics.spool.skipped == ["cloud": 1, "new": 1])
    #expect(try await ledger.status().records[.span] == 5)
    try await ledger.settle([1], in: SpoolTests.traces, holder: "a", for: .seconds(1))
    try await put(6, 10, SpoolTests.traces)
    #expect(group.statistics.spool.queued == ["cloud": 3, "collector": 1])
  }

  @Test(arguments: EngineUnderTest.all)
  func aLaneHasOneHolderAtATime(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(0))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let lane = SpoolTests.traces
    func hold(_ holder: String) async throws -> Bool {
      try await ledger.holdLane(lane, holder: holder, for: .seconds(10))
    }
    #expect(try await hold("a") == false)
    let group = GroupCommit(ledger)
    _ = try await group.append(batch(1), source: "otlp", forward: delivery([1]))
    #expect(try await hold("a"))
    clock.set(9_999_999_999)
    #expect(try await hold("b") == false)
    #expect(try await ledger.keepLane(lane, holder: "b", for: .seconds(10)) == false)
    // From one that says nothing more it goes to another when its time is over, and not back.
    clock.set(10_000_000_000)
    #expect(try await hold("b"))
    #expect(try await hold("a") == false)
    #expect(try await ledger.keepLane(lane, holder: "a", for: .seconds(10)) == false)
    try await ledger.releaseLane(lane, holder: "a")
    #expect(try await hold("a") == false)
    try await ledger.releaseLane(lane, holder: "b")
    #expect(try await hold("a"))
    // One that has lost the lane still tells what it has sent.
    #expect(try await ledger.settle([1], in: lane, holder: "b", for: .seconds(10)) == false)
    #expect(try await waiting(ledger).isEmpty)
    #expect(try await ledger.keepLane(lane, holder: "a", for: .seconds(10)))
    #expect(try await ledger.spoolStatus().map(\.deliveries) == [0])
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsReadIsBounded(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock())
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let group = GroupCommit(ledger)
    for number in 0..<6 {
      _ = try await group.append(
        batch(number), source: "otlp", forward: delivery(Array(repeating: UInt8(number), count: 100)))
    }
    func count(_ count: Int, _ bytes: Int64) async throws -> Int {
      try await ledger.spooled(in: SpoolTests.traces, atMost: count, bytes: bytes).count
    }
    #expect(try await count(4, 1000) == 4)
    #expect(try await count(64, 300) == 3)
    #expect(try await count(64, 299) == 2)
    // One that is more than all that may be read at once must leave too.
    #expect(try await count(64, 1) == 1)
    #expect(try await ledger.spooled(in: SpoolTests.other, atMost: 64, bytes: 1).isEmpty)
  }

  /// A delivery that holds something of whom is erased is gone as a whole; the others and the sums stay right.
  @Test(arguments: EngineUnderTest.all)
  func whatIsErasedDoesNotGoOn(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock())
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let group = GroupCommit(ledger)
    func put(_ number: Int, _ lanes: [SpoolLane], _ change: (inout SpanRecord) -> Void) async throws {
      var (span, batch) = (
        SpanRecord(
          spanID: "\(number)", traceID: "t", name: "chat", spanKind: "chat", startedAt: Instant(nanoseconds: 1),
          feature: "desk"), batch(100 + number)
      )
      change(&span)
      batch.receive(span)
      _ = try await group.append(batch, source: "otlp", forward: delivery([UInt8(number)], lanes))
    }
    try await put(1, [SpoolTests.traces, SpoolTests.other]) { $0.userID = "caf\u{E9}" }
    try await put(2, [SpoolTests.traces]) { $0.sessionID = "caf\u{E9}" }
    try await put(3, [SpoolTests.traces, SpoolTests.other]) { $0.tenant = "acme" }
    try await put(4, [SpoolTests.traces]) { _ in }
    let counted = try await ledger.erase(.user("cafe\u{301}"), actor: "ada", reason: "asked", dryRun: true)
    #expect(counted == Erasure(spans: 1, deliveries: 2))
    #expect(try await waiting(ledger).count == 4)
    #expect(try await ledger.erase(.user("cafe\u{301}"), actor: "ada", reason: "asked").deliveries == 2)
    #expect(try await waiting(ledger).map(\.body) == [[2], [3], [4]])
    #expect(try await ledger.erase(.tenant("acme"), actor: "ada", reason: "asked").deliveries == 2)
    #expect(try await ledger.erase(.session("nobody"), actor: "ada", reason: "asked") == Erasure())
    #expect(try await waiting(ledger).map(\.body) == [[2], [4]])
    #expect(try await waiting(ledger, SpoolTests.other).isEmpty)
    let status = try await ledger.spoolStatus()
    #expect(status.map(\.deliveries) == [2, 0] && status.map(\.bytes) == [2, 0])
    // Each erasure is on record, though no content was there to be erased.
    #expect(try await ledger.status().records[.change] == 2)
    #expect(try await ledger.verify().problems == [])
  }

  @Test(arguments: EngineUnderTest.all)
  func manyWritersAndOneReaderLoseAndDoubleNothing(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock())
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    let group = GroupCommit(ledger)
    let (writers, each) = (8, 25)
    let seen = try await withThrowingTaskGroup(of: [[UInt8]].self) { tasks in
      for writer in 0..<writers {
        tasks.addTask {
          for number in 0..<each {
            _ = try await group.append(
              batch(1000 * writer + number), source: "otlp", forward: delivery([UInt8(writer), UInt8(number)]))
          }
          return []
        }
      }
      tasks.addTask {
        var seen: [[UInt8]] = []
        while seen.count < writers * each {
          let rows = try await ledger.spooled(in: SpoolTests.traces, atMost: 7, bytes: 1 << 20)
          seen += rows.compactMap(\.body)
          try await ledger.settle(rows.map(\.row), in: SpoolTests.traces, holder: "a", for: .seconds(1))
          if rows.isEmpty { await Task.yield() }
        }
        return seen
      }
      return try await tasks.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(seen).count == writers * each && seen.count == writers * each)
    #expect(try await ledger.spoolStatus() == [SpoolStatus(target: "cloud", deliveries: 0, bytes: 0)])
    #expect(try await ledger.verify().problems == [])
  }
}

import CrashVFS
import Records
import Testing

@testable import Store

/// Many writers, few commits: each is answered once its own records are durable.
@Suite struct GroupCommitTests {
  private func span(_ writer: Int, _ number: Int, ended: Int64? = nil) -> SpanRecord {
    var span = SpanRecord(
      spanID: "\(number)", traceID: "trace \(writer)", name: "chat", spanKind: "chat",
      startedAt: Instant(nanoseconds: Int64(number)), feature: "desk")
    span.endedAt = ended.map(Instant.init(nanoseconds:))
    return span
  }

  private func batch(_ spans: SpanRecord...) -> RecordBatch {
    var batch = RecordBatch()
    for span in spans { batch.receive(span) }
    return batch
  }

  @Test(arguments: EngineUnderTest.all)
  func writersShareCommits(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 0) }
    defer { try? ledger.close() }
    let group = GroupCommit(ledger)
    let (writers, deliveries) = (32, 20)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for writer in 0..<writers {
        tasks.addTask {
          for number in 0..<deliveries {
            let receipt = try await group.append(
              batch(span(writer, 2 * number), span(writer, 2 * number + 1)), source: "writer")
            #expect(receipt.kept == 2 && receipt.refusals == [])
            // What was acknowledged is there.
            let seen = try await ledger.read { $0.horizon.seq }
            #expect(seen >= receipt.commit ?? .max)
          }
        }
      }
      try await tasks.waitForAll()
    }
    let status = try await ledger.status()
    #expect(status.records[.span] == Int64(writers * deliveries * 2))
    #expect(status.commits < Int64(writers * deliveries) / 2)
    #expect(try await ledger.verify().problems == [])
    let statistics = group.statistics
    #expect(statistics.deliveries == writers * deliveries && statistics.kept == writers * deliveries * 2)
    #expect(Int64(statistics.commits) == status.commits)
    #expect(statistics.waiting == 0 && statistics.failed == 0 && statistics.turnedAway == 0)
  }

  /// A span that was open and then ended is one span that ended, also when both deliveries share a commit.
  @Test(arguments: EngineUnderTest.all)
  func aLaterDeliveryReplacesAnEarlierOneOfTheSameCommit(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 0) }
    defer { try? ledger.close() }
    let receipt = try await ledger.deliver(together: [[.span(span(1, 1))], [.span(span(1, 1, ended: 5))]])
    #expect(receipt.total.superseding == 1 && receipt.total.conflicting == 0)
    #expect(try await ledger.answers().records[.span] == [.span(span(1, 1, ended: 5))])
    #expect(try await ledger.verify().problems == [])
  }

  @Test func whatCannotBeKeptIsRefusedAlone() async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: EngineUnderTest.all[0].open(folder.path)) { Instant(nanoseconds: 0) }
    defer { try? ledger.close() }
    var rich = span(1, 1)
    rich.cost = Money(units: MoneyColumns.largest + 1, currency: "USD")
    let receipt = try await GroupCommit(ledger).append(batch(span(1, 0), rich, span(1, 2)), source: "writer")
    #expect(receipt.kept == 2 && receipt.refusals.count == 1)
    #expect(receipt.refusals[0].place == 1 && receipt.refusals[0].problem.contains("cost_high"))
    #expect(try await ledger.status().records[.span] == 2)
  }

  @Test func aFullDiskIsToldToEveryoneAndTheNextDeliveryIsKept() async throws {
    let world = CrashWorld()
    let ledger = try await world.open()
    defer { try? ledger.close() }
    let group = GroupCommit(ledger)
    world.plan(CRASH_VFS_FULL, at: 1, count: 1_000_000)
    let causes = await withTaskGroup(of: LedgerError.Cause?.self) { tasks in
      for writer in 0..<8 {
        tasks.addTask {
          do {
            _ = try await group.append(batch(span(writer, 0)), source: "writer")
            return nil
          } catch { return (error as? LedgerError)?.cause }
        }
      }
      return await tasks.reduce(into: []) { $0.append($1) }
    }
    #expect(causes == Array(repeating: .full, count: 8))
    #expect(group.statistics.failed == 8)
    world.plan(CRASH_VFS_NOTHING, at: 0)
    for writer in 0..<8 { _ = try await group.append(batch(span(writer, 0)), source: "writer") }
    #expect(try await ledger.status().records[.span] == 8)
    #expect(try await ledger.verify().problems == [])
  }

  @Test func whoComesWhenThereIsNoRoomIsTurnedAway() async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: EngineUnderTest.all[0].open(folder.path)) { Instant(nanoseconds: 0) }
    defer { try? ledger.close() }
    let group = GroupCommit(ledger, room: 10)
    let outcomes = await withTaskGroup(of: Bool.self) { tasks in
      for writer in 0..<50 {
        tasks.addTask {
          do {
            _ = try await group.append(batch(span(writer, 0), span(writer, 1), span(writer, 2)), source: "writer")
            return true
          } catch {
            #expect((error as? LedgerError)?.cause == .busy)
            return false
          }
        }
      }
      return await tasks.reduce(into: [Bool]()) { $0.append($1) }
    }
    let kept = outcomes.filter(\.self).count
    #expect(kept >= 3 && kept < 50)
    #expect(try await ledger.status().records[.span] == Int64(kept * 3))
    #expect(group.statistics.turnedAway == 50 - kept)
  }
}

import Foundation
import Records
import StoreSQLite
import Testing

@testable import Store

/// Several writers at once: nothing is lost, nobody fails, and the chain is one line.
@Suite struct ConcurrencyTests {
  private func trial(_ item: String) -> TrialRecord {
    var trial = TrialRecord(suite: "shared", item: item, variant: "v", at: Instant(nanoseconds: 0))
    trial.passed = true
    return trial
  }

  @Test(arguments: EngineUnderTest.all)
  func enginesOfOneProcessTakeTurns(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let (writers, commits, rows) = (4, 12, 25)
    let numbers = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for writer in 0..<writers {
        group.addTask {
          // Each opens it, all at once and none knowing whether it is new.
          let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 0) }
          defer { try? ledger.close() }
          var numbers: [Int64] = []
          for commit in 0..<commits {
            let receipt = try await ledger.append(source: "writer \(writer)") { appender in
              for row in 0..<rows { try appender.append(trial("\(writer)-\(commit)-\(row)")) }
            }
            numbers.append(receipt.commit ?? 0)
            // Whoever reads meanwhile sees whole commits.
            let (seen, end) = try await ledger.read { snapshot in
              (try snapshot.trialSeries().map(\.trials).reduce(0, +), snapshot.horizon.seq)
            }
            #expect(seen == end * Int64(rows) && end >= numbers[numbers.count - 1])
          }
          return numbers
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(numbers.sorted() == (1...Int64(writers * commits)).map { $0 })
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 0) }
    defer { try? ledger.close() }
    try await expectLinear(ledger, commits: writers * commits, trials: writers * commits * rows)
  }

  private func expectLinear(_ ledger: Ledger, commits: Int, trials: Int) async throws {
    let status = try await ledger.status()
    #expect(status.commits == Int64(commits) && status.records[.trial] == Int64(trials))
    #expect(try await ledger.verify().problems == [])
    let steps = try await ledger.engine.read { try $0.integer("SELECT COUNT(*) FROM ledger_version") }
    #expect(steps == Int64(Migrations.steps.count))
  }

  @Test func eightProcessesOpenANewLedgerAtOnceAndAppend() async throws {
    let folder = TemporaryFolder()
    let (processes, commits, rows) = (8, 6, 20)
    let running = try (0..<processes).map { number in
      try Writer(arguments: [folder.path + "/new/ledger.db", "p\(number)", "\(commits)", "\(rows)"])
    }
    let numbers = try running.flatMap { try $0.commits() }
    #expect(numbers.sorted() == (1...Int64(processes * commits)).map { $0 })
    let path = folder.path + "/new/ledger.db"
    let ledger = try await Ledger(engine: SQLiteEngine(path: path)) { Instant(nanoseconds: 0) }
    try await expectLinear(ledger, commits: processes * commits, trials: processes * commits * (rows + 1))
    // The one that all of them wrote is there once; the others were replaced.
    #expect(try await ledger.status().superseded == Int64(processes * commits - 1))
    try ledger.close()
    try FileManager.default.removeItem(atPath: folder.path + "/new")
  }

  @Test func aKilledWriterLeavesWholeCommits() async throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/ledger.db"
    for round in 0..<4 {
      let writer = try Writer(arguments: [path, "killed-\(round)", "1000", "30"])
      let acknowledged = try writer.killAfter(commits: 3 + round)
      let ledger = try await Ledger(engine: SQLiteEngine(path: path)) { Instant(nanoseconds: 0) }
      let status = try await ledger.status()
      #expect(status.commits >= acknowledged)
      #expect(status.records[.trial] == status.commits * 31)
      #expect(try await ledger.verify().problems == [])
      try ledger.close()
    }
  }
}

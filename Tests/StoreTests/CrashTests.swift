import CrashVFS
import Glibc
import Records
import SeededRandom
import Testing

@testable import Store
@testable import StoreSQLite

/// The power fails at any write, and loses any part of what was not synced: what was acknowledged is there, whole.
@Suite struct CrashTests {
  /// Blocks of seeds; `TALLY_CRASHES` sets how many crashes there are altogether.
  static let blocks = 8
  static let crashes = getenv("TALLY_CRASHES").flatMap { Int(String(cString: $0)) } ?? 1_000

  @Test(arguments: 0..<blocks)
  func acknowledgedCommitsSurviveWhole(_ block: Int) async throws {
    var lost = 0
    for seed in stride(from: block, to: CrashTests.crashes, by: CrashTests.blocks) {
      let outcome = try await CrashRun(seed: UInt64(seed)).run()
      #expect(outcome.problems == [], "seed \(seed)")
      lost += outcome.lostSectors
    }
    // The shim does lose things.
    #expect(lost > 100)
  }

  /// What the shim is worth: a ledger that does not wait for the disk is found out.
  @Test(arguments: [SQLiteEngine.Durability.normal, .off])
  func acknowledgingTooEarlyIsFoundOut(_ durability: SQLiteEngine.Durability) async throws {
    var found = 0
    for seed in 0..<60 {
      if try await !CrashRun(seed: UInt64(seed), durability: durability).run().problems.isEmpty { found += 1 }
    }
    #expect(found > 0)
  }
}

/// One ledger, one crash.
struct CrashRun {
  struct Outcome {
    var problems: [String] = []
    var lostSectors = 0
  }

  let seed: UInt64
  var durability = SQLiteEngine.Durability.full

  func run() async throws -> Outcome {
    var records = RandomRecords(seed: seed)
    let world = CrashWorld()
    var outcome = Outcome()
    // Half of the crashes meet a ledger that has a past.
    var deliveries: [[Record]] = []
    var acknowledged = 0
    if records.random.chance(0.5) {
      let ledger = try await world.open(durability)
      deliveries.append(records.delivery(20))
      try await ledger.deliver(deliveries[0])
      acknowledged = 1
      try ledger.close()
    }
    world.plan(CRASH_VFS_CRASH, at: Int.random(in: 1...(acknowledged == 0 ? 150 : 70), using: &records.random))
    let rest = (0..<3).map { _ in records.delivery(Int.random(in: 1...15, using: &records.random)) }
    deliveries += rest
    if let ledger = try? await world.open(durability) {
      for delivery in rest {
        guard (try? await ledger.deliver(delivery)) != nil else { break }
        acknowledged += 1
      }
      try? ledger.close()
    }
    outcome.lostSectors = world.lose(seed: seed &* 31)
    await check(deliveries, acknowledged, in: world, &outcome)
    return outcome
  }

  private func check(
    _ deliveries: [[Record]], _ acknowledged: Int, in world: CrashWorld, _ outcome: inout Outcome
  ) async {
    do {
      let ledger = try await world.open(durability)
      defer { try? ledger.close() }
      // What is there is what some number of deliveries, whole ones, made.
      let answers = try await ledger.answers()
      let prefixes = (acknowledged...deliveries.count).map { count in
        var model = ModelLedger()
        for delivery in deliveries.prefix(count) where model.deliver(delivery).values.contains(where: { $0.stored > 0 })
        {
          model.acknowledge(Instant(nanoseconds: 0))
        }
        return model
      }
      let isWhole = prefixes.contains { model in
        RecordKind.allCases.allSatisfy {
          answers.records[$0, default: []] == model.current($0, commits: model.commits.count)
        }
      }
      if !isWhole {
        let commits = try await ledger.status().commits
        outcome.problems.append(
          "\(commits) commits, not the first \(acknowledged) or more of \(deliveries.count) deliveries")
      }
      outcome.problems += try await ledger.verify().problems
      for delivery in deliveries { try await ledger.deliver(delivery) }
      let last = prefixes[prefixes.count - 1]
      let completed = try await ledger.answers()
      for kind in RecordKind.allCases
      where completed.records[kind, default: []] != last.current(kind, commits: last.commits.count) {
        outcome.problems.append("repeating the deliveries does not complete \(kind)")
      }
      outcome.problems += try await ledger.verify().problems
    } catch {
      outcome.problems.append("\(error)")
    }
  }
}

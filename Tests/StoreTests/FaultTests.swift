import CrashVFS
import Records
import SeededRandom
import Testing

@testable import Store
@testable import StoreSQLite

/// The disk is full or refuses a write: a clear error, a ledger that is what it was, and a next delivery that succeeds.
@Suite struct FaultTests {
  @Test(arguments: [CRASH_VFS_FULL, CRASH_VFS_WRITE_ERROR, CRASH_VFS_SYNC_ERROR], 0..<4)
  func aDeliveryThatDoesNotFitIsNotThere(_ fault: crash_vfs_fault, _ block: Int) async throws {
    var struck = 0
    for seed in 0..<15 {
      if try await strike(fault, seed: UInt64(block * 15 + seed)) { struck += 1 }
    }
    #expect(struck > 3)
  }

  /// - Returns: whether the delivery failed.
  private func strike(_ fault: crash_vfs_fault, seed: UInt64) async throws -> Bool {
    var records = RandomRecords(seed: seed)
    let world = CrashWorld()
    let ledger = try await world.open()
    defer { try? ledger.close() }
    var model = ModelLedger()
    func deliver(_ delivery: [Record]) async throws {
      let receipt = try await ledger.deliver(delivery)
      #expect(receipt.counts == model.deliver(delivery))
      if let at = receipt.at { model.acknowledge(at) }
    }
    try await deliver(records.delivery(20))
    let before = (try await ledger.answers(), try await ledger.status())
    let delivery = records.delivery(30)
    // Once, or until room is made.
    let count = records.random.chance(0.5) ? 1 : 1_000
    world.plan(fault, at: Int.random(in: 1...25, using: &records.random), count: count)
    var failure: (any Error)?
    do { try await ledger.deliver(delivery) } catch { failure = error }
    world.plan(CRASH_VFS_NOTHING, at: 0)
    if let failure {
      #expect((failure as? LedgerError)?.cause == .full, "\(failure)")
      let after = (try await ledger.answers(), try await ledger.status())
      #expect(after == before, "seed \(seed)")
    }
    #expect(try await ledger.verify().problems == [], "seed \(seed)")
    // What was acknowledged is a duplicate now, what failed is stored.
    let receipt = try await ledger.deliver(delivery)
    let expected = model.deliver(delivery)
    if failure == nil {
      #expect(receipt.total.stored == 0)
    } else {
      #expect(receipt.counts == expected)
    }
    if let at = receipt.at { model.acknowledge(at) }
    try await deliver(records.delivery(10))
    #expect(try await ledger.verify().problems == [], "seed \(seed)")
    return failure != nil
  }
}

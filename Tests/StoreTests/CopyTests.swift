import CrashVFS
import Foundation
import Records
import SeededRandom
import StoreSQLite
import Testing

@testable import Store

/// Backing up and restoring: whole or not at all, and nothing that is only there is lost.
@Suite struct CopyTests {
  private func open(_ path: String) async throws -> Ledger {
    try await Ledger(engine: SQLiteEngine(path: path)) { Instant(nanoseconds: 1_700_000_000_000_000_000) }
  }

  @Test func aCopyIsTheLedgerAndComesBack() async throws {
    let folder = TemporaryFolder()
    var records = RandomRecords(seed: 5)
    let ledger = try await open(folder.path + "/ledger.db")
    defer { try? ledger.close() }
    try await ledger.deliver(records.delivery(200))
    try await ledger.deliver(records.delivery(50))
    let status = try await ledger.copy(to: folder.path + "/copy.db")
    #expect(try await ledger.status() == status)
    let copy = try await open(folder.path + "/copy.db")
    #expect(try await copy.verify().problems == [])
    #expect(try await copy.answers() == ledger.answers())
    // The copy grows on its own, and the ledger takes it back.
    try await copy.deliver(records.delivery(50))
    try copy.close()
    try ledger.close()
    let grown = try await open(folder.path + "/copy.db")
    let restored = try await grown.copy(to: folder.path + "/ledger.db")
    #expect(restored.commits == 3)
    try grown.close()
    let again = try await open(folder.path + "/ledger.db")
    #expect(try await again.verify(head: status.head).problems == [])
    try again.close()
  }

  /// Whoever copies the file alone has everything.
  @Test func aClosedLedgerIsOneFile() async throws {
    let folder = TemporaryFolder()
    var records = RandomRecords(seed: 7)
    let ledger = try await open(folder.path + "/ledger.db")
    try await ledger.deliver(records.delivery(20))
    _ = try await ledger.answers()
    try ledger.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["ledger.db"])
  }

  @Test func aLedgerThatHoldsMoreIsNotOverwritten() async throws {
    let folder = TemporaryFolder()
    let (one, other) = (folder.path + "/one.db", folder.path + "/other.db")
    var records = RandomRecords(seed: 6)
    let ledger = try await open(one)
    try await ledger.deliver(records.delivery(20))
    _ = try await ledger.copy(to: other)
    let ahead = try await open(other)
    try await ahead.deliver(records.delivery(20))
    let newest = try await ahead.status()
    try ahead.close()
    await #expect {
      try await ledger.copy(to: other)
    } throws: { ($0 as? LedgerError)?.cause == .refused }
    // As many commits, but others.
    try await ledger.deliver(records.delivery(20))
    await #expect {
      try await ledger.copy(to: other)
    } throws: { ($0 as? LedgerError)?.cause == .refused }
    let kept = try await open(other)
    #expect(try await kept.status() == newest)
    try kept.close()
    let forced = try await ledger.copy(to: other, force: true)
    #expect(try await forced == ledger.status())
    try ledger.close()
  }

  @Test func whatIsNoLedgerIsNotOverwritten() async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(folder.path + "/ledger.db")
    defer { try? ledger.close() }
    try Data("Dear diary, today I learned about SQLite headers and their size.".utf8)
      .write(to: URL(fileURLWithPath: folder.path + "/diary.txt"))
    await #expect {
      try await ledger.copy(to: folder.path + "/diary.txt", force: true)
    } throws: { ($0 as? LedgerError)?.cause == .unreadable }
    let foreign = try SQLiteEngine(path: folder.path + "/foreign.db")
    try await foreign.write { try $0.execute(Statement("CREATE TABLE recipe(name TEXT)")) }
    try foreign.close()
    await #expect {
      try await ledger.copy(to: folder.path + "/foreign.db", force: true)
    } throws: { ($0 as? LedgerError)?.cause == .refused }
  }

  @Test func aLedgerInUseIsNotOverwritten() async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(folder.path + "/ledger.db")
    let other = try await open(folder.path + "/other.db")
    defer {
      try? ledger.close()
      try? other.close()
    }
    await #expect {
      try await ledger.copy(to: folder.path + "/other.db")
    } throws: { ($0 as? LedgerError)?.cause == .busy }
  }

  @Test func writersGoOnWhileItIsCopied() async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(folder.path + "/ledger.db")
    defer { try? ledger.close() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 0..<40 {
          var records = RandomRecords(seed: UInt64(number))
          try await ledger.deliver(records.delivery(30))
        }
      }
      for number in 0..<6 {
        let status = try await ledger.copy(to: folder.path + "/copy-\(number).db")
        let copy = try await open(folder.path + "/copy-\(number).db")
        #expect(try await copy.status() == status)
        #expect(try await copy.verify().problems == [])
        try copy.close()
      }
      try await group.waitForAll()
    }
  }

  @Test(arguments: 0..<20)
  func anInterruptedCopyLeavesWhatWasThere(_ seed: Int) async throws {
    var records = RandomRecords(seed: UInt64(seed))
    let world = CrashWorld()
    let folder = TemporaryFolder()
    let path = world.folder.path + "/ledger.db"
    let ledger = try await open(folder.path + "/ledger.db")
    defer { try? ledger.close() }
    try await ledger.deliver(records.delivery(100))
    let before = try await ledger.copy(to: path)
    try await ledger.deliver(records.delivery(100))
    world.plan(
      records.random.one(of: [CRASH_VFS_CRASH, CRASH_VFS_FULL, CRASH_VFS_SYNC_ERROR]),
      at: Int.random(in: 1...60, using: &records.random), count: 1_000)
    let acknowledged = try? await ledger.copy(to: path)
    world.lose(seed: UInt64(seed))
    let there = try await open(path)
    let after = try await there.status()
    if let acknowledged { #expect(after == acknowledged) }
    let copied = try await ledger.status()
    #expect(after == before || after == copied)
    #expect(try await there.verify().problems == [])
    try there.close()
  }
}

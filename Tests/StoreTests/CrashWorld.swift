import CrashVFS
import Records
import Store

@testable import StoreSQLite

/// A folder in which the power can fail.
final class CrashWorld: @unchecked Sendable {
  let folder = TemporaryFolder()
  // Safe: the C side locks.
  private let world: OpaquePointer

  init() {
    _ = CrashWorld.registered
    world = crash_vfs_watch(folder.path)
  }

  deinit { crash_vfs_release(world) }

  private static let registered: Int32 = crash_vfs_register()

  /// Plans what happens at an operation (a write, truncation or sync; 1 is the next).
  func plan(_ fault: crash_vfs_fault, at operation: Int, count: Int = 1) {
    crash_vfs_plan(world, fault, Int64(operation), Int64(count))
  }

  var operations: Int { Int(crash_vfs_operations(world)) }
  var hasStruck: Bool { crash_vfs_has_struck(world) != 0 }

  /// Makes of the files what a power failure leaves. Everything must be closed.
  @discardableResult
  func lose(seed: UInt64) -> Int { Int(crash_vfs_lose(world, seed)) }

  func open(_ durability: SQLiteEngine.Durability = .full, clock: Int64 = 1_700_000_000_000_000_000) async throws
    -> Ledger
  {
    let engine = try SQLiteEngine(path: folder.path + "/ledger.db", durability: durability)
    do {
      return try await Ledger(engine: engine) { Instant(nanoseconds: clock) }
    } catch {
      try? engine.close()
      throw error
    }
  }
}

import Glibc
import Records
import Store
import StoreSQLite
import Testing

/// A kind of engine that the suite runs on. Tests of the ledger know no engine but through this: another kind is added to
/// `all`.
struct EngineUnderTest: Sendable, CustomTestStringConvertible {
  let name: String
  /// Opens the ledger of a folder, made when it is not there.
  let open: @Sendable (_ folder: String) throws -> any LedgerEngine

  var testDescription: String { name }

  static let all = [EngineUnderTest(name: "SQLite") { try SQLiteEngine(path: $0 + "/ledger.db") }]
}

/// A folder that is deleted with everything in it.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/tally-ledger-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
  }

  deinit {
    if let entries = opendir(path) {
      while let entry = readdir(entries) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink(path + "/" + name)
      }
      closedir(entries)
    }
    rmdir(path)
  }
}

/// A clock that a test sets.
final class TestClock: Sendable {
  private let nanoseconds: Atomic

  init(_ start: Int64 = 1_700_000_000_000_000_000) {
    nanoseconds = Atomic(start)
  }

  func set(_ instant: Int64) { nanoseconds.value = instant }

  var now: Instant { Instant(nanoseconds: nanoseconds.value) }
}

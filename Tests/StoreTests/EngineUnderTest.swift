import Glibc
import PostgresServer
import Records
import Store
import StorePostgres
import StoreSQLite
import Testing

/// A kind of engine that the suite runs on. Tests of the ledger know no engine but through this: another kind is added to
/// `all`.
struct EngineUnderTest: Sendable, CustomTestStringConvertible {
  let name: String
  /// Opens the ledger of a folder, made when it is not there.
  let open: @Sendable (_ folder: String) async throws -> any LedgerEngine

  var testDescription: String { name }

  static let all = [sqlite] + (PostgresServer.shared.map { [postgres(on: $0)] } ?? [])

  private static let sqlite = EngineUnderTest(name: "SQLite") { try SQLiteEngine(path: $0 + "/ledger.db") }

  private static func postgres(on server: PostgresServer) -> EngineUnderTest {
    EngineUnderTest(name: "PostgreSQL") { try await server.engine(schema: $0) }
  }
}

extension PostgresServer {
  /// The schema of a folder.
  static func schema(_ folder: String) -> String { "s" + folder.utf8.map { String($0, radix: 16) }.joined() }

  /// The address of a folder's schema, made when it is not there.
  func address(schema folder: String) async throws -> PostgresAddress {
    let schema = PostgresServer.schema(folder)
    let whole = try PostgresEngine(#require(PostgresAddress(url())))
    try await whole.write { try $0.execute(Statement("CREATE SCHEMA IF NOT EXISTS \(schema)")) }
    try whole.close()
    return try #require(PostgresAddress(url(schema: schema)))
  }

  func engine(schema folder: String) async throws -> PostgresEngine {
    try PostgresEngine(await address(schema: folder))
  }
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

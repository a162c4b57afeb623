import Foundation
import PostgresServer
import Records
import Store
import StorePostgres
import StoreSQLite
import Synchronization
import Testing

/// A kind of ledger that a test runs on, several of which can lie in one place: as several servers have it.
struct LedgerPlace: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Opens the ledger of a name, made when it is not there.
  let open: @Sendable (_ name: String, _ clock: TestClock) async throws -> Ledger

  static let all = [sqlite] + (PostgresServer.shared.map { [postgres(on: $0)] } ?? [])

  static let sqlite = LedgerPlace(testDescription: "SQLite") { name, clock in
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(name).db").path
    return try await Ledger(engine: SQLiteEngine(path: path)) { clock.now }
  }

  private static func postgres(on server: PostgresServer) -> LedgerPlace {
    LedgerPlace(testDescription: "PostgreSQL") { name, clock in
      let schema = name.lowercased().filter { $0.isLetter || $0.isNumber }
      let whole = try PostgresEngine(#require(PostgresAddress(server.url())))
      try await whole.write { try $0.execute(Statement("CREATE SCHEMA IF NOT EXISTS \(schema)")) }
      try whole.close()
      let engine = try PostgresEngine(#require(PostgresAddress(server.url(schema: schema))))
      return try await Ledger(engine: engine) { clock.now }
    }
  }

  static func name() -> String { "gateway-\(UUID().uuidString)" }

  /// Removes what a file engine left.
  static func remove(_ name: String) {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(
        at: FileManager.default.temporaryDirectory.appendingPathComponent("\(name).db\(suffix)"))
    }
  }
}

/// A clock that a test sets.
final class TestClock: Sendable {
  private let nanoseconds = Mutex<Int64>(1_700_000_000_000_000_000)

  var now: Instant { Instant(nanoseconds: nanoseconds.withLock { $0 }) }

  func advance(by duration: Duration) {
    nanoseconds.withLock { $0 = Instant(nanoseconds: $0).advanced(by: duration)?.nanoseconds ?? $0 }
  }
}

extension Ledger {
  /// Makes a key, and gives its token.
  func key(
    _ name: String, _ scopes: Set<AccessScope>, tenant: String? = nil, ends: Duration? = nil, clock: TestClock
  ) async throws -> String {
    var generator = SystemRandomNumberGenerator()
    let token = AccessToken(scopes: scopes, using: &generator)
    var key = AccessKey(name: name, scopes: scopes, createdAt: clock.now)
    key.tenant = tenant
    key.expiresAt = ends.flatMap { clock.now.advanced(by: $0) }
    try await create(key, token: token.digest, actor: "ada")
    return token.text
  }
}

import Glibc
import Store
import StorePostgres
import StoreSQLite

/// A temporary folder for one ledger, on a disk and not in memory; gone with everything in it when nobody holds it.
final class BenchmarkFolder {
  let ledger: String
  private let path: String

  init() throws {
    var template = Array("/var/tmp/bench-ledger-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NoFolder() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    ledger = path + "/ledger.db"
  }

  struct NoFolder: Error {}

  deinit {
    for suffix in ["", "-wal", "-shm"] { unlink(ledger + suffix) }
    rmdir(path)
  }

  /// The engine that is measured: a server's where there is an address, else one in this folder.
  func engine(_ address: PostgresAddress?) throws -> any LedgerEngine {
    if let address { try PostgresEngine(address) } else { try SQLiteEngine(path: ledger) }
  }

  /// Bytes of the database, and of its write-ahead log.
  var size: (database: Int, log: Int) { (BenchmarkFolder.size(ledger), BenchmarkFolder.size(ledger + "-wal")) }

  private static func size(_ path: String) -> Int {
    var information = stat()
    return stat(path, &information) == 0 ? information.st_size : 0
  }
}

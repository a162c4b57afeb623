import Glibc
import Store
import StorePostgres
import StoreSQLite

/// A temporary folder for one ledger, on a disk and not in memory; gone with everything in it when nobody holds it.
final class BenchmarkFolder {
  let ledger: String
  let path: String
  private var folders: Set<String> = []

  init() throws {
    var template = Array("/var/tmp/bench-ledger-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NoFolder() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    ledger = path + "/ledger.db"
  }

  struct NoFolder: Error {}

  /// Writes a file beside the ledger, in a folder of its own where its name has one; whoever wrote it removes it.
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    if let slash = name.lastIndex(of: "/") {
      let folder = path + "/" + name[..<slash]
      mkdir(folder, 0o777)
      folders.insert(folder)
    }
    guard let file = fopen(path + "/" + name, "w") else { throw NoFolder() }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return path + "/" + name
  }

  deinit {
    for folder in folders { rmdir(folder) }
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

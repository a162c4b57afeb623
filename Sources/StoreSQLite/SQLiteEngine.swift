internal import GRDB
internal import GRDBSQLite
internal import Glibc
public import Store

/// A ledger in one SQLite file: write-ahead log, `synchronous=FULL`, one writer, readers that never wait for it.
///
/// GRDB keeps the connections and their threads; values pass through the C interface, which is three times as fast as
/// binding and decoding Swift values one by one.
public final class SQLiteEngine: LedgerEngine {
  public let location: String
  private let pool: DatabasePool

  /// How long a writer waits for another process before it gives up.
  static let patience = 600

  /// Opens or creates the file, and the folder it lies in.
  /// - Throws: `LedgerError` that says what to do.
  public init(path: String, create: Bool = true) throws {
    location = path
    if !create, access(path, F_OK) != 0 {
      throw LedgerError(
        .unreadable, location: path, problem: "there is no ledger here",
        remedy: "`tally ingest FILE` makes one; --ledger names another")
    }
    if create { SQLiteEngine.makeFolder(of: path) }
    var configuration = Configuration()
    configuration.label = "ledger"
    configuration.maximumReaderCount = 4
    configuration.busyMode = .callback { tries in
      // 5 ms a try: other processes write for milliseconds mostly, for seconds when they ingest a large file.
      usleep(5_000)
      return tries < SQLiteEngine.patience * 200
    }
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA cache_size = -65536; PRAGMA temp_store = FILE; PRAGMA trusted_schema = OFF")
    }
    do {
      pool = try SQLiteEngine.open(path, configuration)
      try pool.writeWithoutTransaction { database in
        // The pool sets NORMAL, which may lose the newest commits when the power fails.
        try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864")
      }
    } catch {
      throw SQLiteEngine.explain(error, path)
    }
  }

  /// Turning on the write-ahead log is the one moment in which SQLite does not wait for others.
  private static func open(_ path: String, _ configuration: Configuration) throws -> DatabasePool {
    for _ in 0..<200 {
      do {
        return try DatabasePool(path: path, configuration: configuration)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        usleep(25_000)
      }
    }
    return try DatabasePool(path: path, configuration: configuration)
  }

  private static func makeFolder(of path: String) {
    guard let slash = path.lastIndex(of: "/") else { return }
    let folder = String(path[..<slash])
    guard !folder.isEmpty, access(folder, F_OK) != 0 else { return }
    makeFolder(of: folder)
    mkdir(folder, 0o777)
  }

  public func read<Result: Sendable>(
    _ body: @Sendable (any EngineReader) throws -> Result
  ) async throws -> Result {
    do {
      return try await withoutActuallyEscaping(body) { body in
        try await pool.read { try body(SQLiteConnection($0, location: location)) }
      }
    } catch {
      throw SQLiteEngine.explain(error, location)
    }
  }

  public func write<Result: Sendable>(
    _ body: @Sendable (any EngineWriter) throws -> Result
  ) async throws -> Result {
    do {
      return try await withoutActuallyEscaping(body) { body in
        try await pool.writeWithoutTransaction { database in
          try database.beginTransaction(.immediate)
          do {
            let result = try body(SQLiteConnection(database, location: location))
            try database.commit()
            return result
          } catch {
            // SQLite may have rolled back by itself, on a full disk for instance.
            if database.isInsideTransaction { try? database.rollback() }
            throw error
          }
        }
      }
    } catch {
      throw SQLiteEngine.explain(error, location)
    }
  }

  public func close() throws {
    do { try pool.close() } catch { throw SQLiteEngine.explain(error, location) }
  }

  /// What the database says, as what a person can do about it. Errors that are not the database's pass unchanged.
  static func explain(_ error: any Error, _ path: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let said = error.message ?? "error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL:
      return LedgerError(
        .full, location: path, problem: "the disk is full; nothing of this delivery was stored",
        remedy: "Make room and repeat the command: what is there already is not stored twice")
    case .SQLITE_IOERR:
      return LedgerError(
        .full, location: path,
        problem: "the disk does not take the write (\(said)); nothing of this delivery was stored",
        remedy: "Check the room and the health of the disk, then repeat the command")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return LedgerError(
        .busy, location: path, problem: "another process has kept the ledger locked for \(patience) s",
        remedy: "See what it does (`fuser \(path)`), then repeat the command")
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
      return LedgerError(
        .unreadable, location: path, problem: "cannot be opened (\(said))",
        remedy: "Check that the folder exists and that you may write in it; --ledger names another place")
    case .SQLITE_NOTADB:
      return LedgerError(
        .unreadable, location: path, problem: "is not a ledger (no SQLite database)",
        remedy: "Name the ledger with --ledger, or move this file away")
    case .SQLITE_CORRUPT:
      return LedgerError(
        .damaged, location: path, problem: "the database file is damaged (\(said))",
        remedy: "Keep the file, and go back to a copy of it")
    default:
      return LedgerError(.database, location: path, problem: said, remedy: "This is a fault of tally: please report it")
    }
  }
}

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

  /// When a commit is acknowledged. Tests alone choose another than `full`, to show that it would be noticed.
  enum Durability: String {
    /// Once the write-ahead log is on the disk.
    case full = "FULL"
    /// At some later time.
    case normal = "NORMAL"
    /// Whenever the kernel likes.
    case off = "OFF"
  }

  /// How long a writer waits for another process before it gives up, in seconds.
  private static let patience = 600

  /// Opens or creates the file, and the folder it lies in.
  /// - Throws: `LedgerError` that says what to do.
  public convenience init(path: String, create: Bool = true) throws {
    try self.init(path: path, create: create, durability: .full)
  }

  init(path: String, create: Bool = true, durability: Durability) throws {
    location = path
    if !create, access(path, F_OK) != 0 {
      throw LedgerError(
        .unreadable, location: path, problem: "there is no ledger here",
        remedy: "`tally ingest FILE` makes one; --ledger names another")
    }
    if create { SQLiteEngine.makeFolder(of: path) }
    do {
      pool = try SQLiteEngine.open(path, SQLiteEngine.configuration(patience: SQLiteEngine.patience))
      try pool.writeWithoutTransaction { database in
        // The pool sets NORMAL, which may lose the newest commits when the power fails.
        try database.execute(
          sql: """
            PRAGMA synchronous = \(durability.rawValue); PRAGMA cache_size = -32768; PRAGMA secure_delete = ON;
            PRAGMA journal_size_limit = 67108864
            """)
      }
    } catch {
      throw SQLiteFailure.explain(error, path)
    }
  }

  private static func configuration(patience: Int) -> Configuration {
    var configuration = Configuration()
    configuration.label = "ledger"
    configuration.maximumReaderCount = 4
    configuration.busyMode = .callback { tries in
      // 5 ms a try: other processes write for milliseconds mostly, for seconds when they ingest a large file.
      usleep(5_000)
      return tries < patience * 200
    }
    configuration.prepareDatabase { database in
      // Of a new file; large deliveries write half as many pages.
      try database.execute(sql: "PRAGMA page_size = 8192")
      try database.execute(sql: "PRAGMA cache_size = -16384; PRAGMA temp_store = FILE; PRAGMA trusted_schema = OFF")
    }
    return configuration
  }

  /// Turning on the write-ahead log is the one moment in which SQLite does not wait for others: here a minute.
  private static func open(_ path: String, _ configuration: Configuration) throws -> DatabasePool {
    for _ in 0..<2_400 {
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
      return try await withoutActuallyEscaping(body) { [location] body in
        try await pool.read { try body(SQLiteConnection($0, location: location)) }
      }
    } catch {
      throw SQLiteFailure.explain(error, location)
    }
  }

  public func write<Result: Sendable>(
    _ body: @Sendable (any EngineWriter) throws -> Result
  ) async throws -> Result {
    do {
      return try await withoutActuallyEscaping(body) { [location] body in
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
      throw SQLiteFailure.explain(error, location)
    }
  }

  public func copy<Result: Sendable>(
    to place: String, check: @Sendable (_ there: any EngineReader, _ here: any EngineReader) throws -> Void,
    result: @Sendable (_ there: any EngineReader, _ here: any EngineReader) throws -> Result
  ) async throws -> Result {
    SQLiteEngine.makeFolder(of: place)
    do {
      // One transaction in the database that is there: a file put in its place would meet the old write-ahead log.
      let queue = try DatabaseQueue(path: place, configuration: SQLiteEngine.configuration(patience: 2))
      defer { try? queue.close() }
      return try await withoutActuallyEscaping(check) { check in
        try await withoutActuallyEscaping(result) { result in
          try await pool.read { here in
            let source = SQLiteConnection(here, location: location)
            return try queue.writeWithoutTransaction { there in
              let destination = SQLiteConnection(there, location: place)
              // Locks everybody else out, from now to the end.
              try there.execute(
                sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT")
              try check(destination, source)
              try here.backup(to: there)
              return try result(destination, source)
            }
          }
        }
      }
    } catch {
      throw SQLiteFailure.explain(error, place)
    }
  }

  /// Leaves one file: the last connection that closes moves the write-ahead log into the database and deletes it, if it
  /// may write. Those that only read must be gone before.
  public func close() throws {
    pool.invalidateReadOnlyConnections()
    do { try pool.close() } catch { throw SQLiteFailure.explain(error, location) }
  }
}

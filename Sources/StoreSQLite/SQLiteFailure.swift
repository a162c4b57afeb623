internal import GRDB
internal import Store

/// What the database says, as what a person can do about it.
enum SQLiteFailure {
  /// Errors that are not the database's pass unchanged.
  static func explain(_ error: any Error, _ path: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let said = error.message ?? "error \(error.resultCode.rawValue)"
    let (cause, problem, remedy) = explain(error.resultCode, said: said, path)
    return LedgerError(cause, location: path, problem: problem, remedy: remedy)
  }

  private static func explain(
    _ code: ResultCode, said: String, _ path: String
  ) -> (LedgerError.Cause, problem: String, remedy: String) {
    switch code {
    case .SQLITE_FULL:
      return (
        .full, "the disk is full; nothing of this delivery was stored",
        "Make room and repeat the command: what is there already is not stored twice"
      )
    case .SQLITE_IOERR:
      return (
        .full, "the disk does not take the write (\(said)); nothing of this delivery was acknowledged",
        "Check the room and the health of the disk, then repeat the command"
      )
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return (
        .busy, "another process keeps the ledger locked", "See what it does (`fuser \(path)`), then repeat the command"
      )
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
      return (
        .unreadable, "cannot be opened (\(said))",
        "Check that the folder exists and that you may write in it; --ledger names another place"
      )
    case .SQLITE_NOTADB:
      return (
        .unreadable, "is not a ledger (no SQLite database)",
        "Name the ledger with --ledger, or move this file away"
      )
    case .SQLITE_CORRUPT:
      return (.damaged, "the database file is damaged (\(said))", "Keep the file, and go back to a copy of it")
    case .SQLITE_TOOBIG:
      return (.refused, "a record is larger than 10⁹ bytes", "Correct the source; nothing of this delivery was stored")
    default: return (.database, said, "This is a fault of tally: please report it")
    }
  }
}

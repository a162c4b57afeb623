internal import Glibc
public import Store

/// A file for a copy of a ledger: it is made in a file beside it, which gets the name when it is whole.
public struct SQLiteStaging: LedgerStaging {
  public let location: String
  public let isShared = false
  private let staging: String

  public init(path: String) {
    location = path
    staging = path + ".copying"
  }

  public var howToDiscard: String { "To begin anew, delete \(staging)" }

  public func occupant() async throws -> (any LedgerEngine)? {
    access(location, F_OK) == 0 ? try SQLiteEngine(path: location, create: false) : nil
  }

  public func begin() async throws -> any LedgerEngine { try SQLiteEngine(path: staging) }

  public func publish() async throws {
    // Whoever closes it last moves what the log holds into the file: somebody else has it open.
    guard access(staging + "-wal", F_OK) != 0 else {
      throw LedgerError(
        .refused, location: location, problem: "another program has the copy open (\(staging))",
        remedy: "Close it, and repeat: the copy goes on from where it is")
    }
    // Unlike renaming, this never takes the place of a file that came meanwhile.
    guard link(staging, location) == 0 else {
      throw LedgerError(
        .unreadable, location: location,
        problem: "the copy cannot get its name (\(String(cString: strerror(errno))))",
        remedy: "It is whole, as \(staging): move it yourself, or repeat")
    }
    unlink(staging)
    let folder = location.lastIndex(of: "/").map { $0 == location.startIndex ? "/" : String(location[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

import ArgumentParser
import Checks
import Glibc
import Project
import Records
import Store
import StorePostgres
import StoreSQLite

/// Which ledger a command works on, for all commands that need one.
struct LedgerOption: ParsableArguments {
  /// Where a ledger is when nothing names one.
  static let usualPlace = ".tally/ledger.db"

  @Option(
    help: ArgumentHelp(
      "The ledger: a file, or postgres://user@host/database. Else TALLY_LEDGER names it, else tally.yaml, else it is \(usualPlace).",
      valueName: "path"))
  var ledger: String?

  /// The ledger's place: what the command says, then the environment, then the project file, then the usual place beside
  /// the project file.
  func location(_ project: Project?, file: String?) -> String {
    if let ledger { return ledger }
    if let named = getenv("TALLY_LEDGER").map({ String(cString: $0) }), !named.isEmpty { return named }
    let place = project?.ledger ?? LedgerOption.usualPlace
    guard !place.hasPrefix("/"), !PostgresAddress.isAddress(place), let file, let slash = file.lastIndex(of: "/") else {
      return place
    }
    return file[...slash] + place
  }

  /// The place, from the nearest project file where it is neither said nor in the environment.
  /// - Throws: `ProjectErrors` when that file cannot be read: storing elsewhere than it says would be worse.
  var location: String {
    get throws {
      guard ledger == nil, let file = ProjectOption.nearest else { return location(nil, file: nil) }
      return location(try Project.load(file: file, policies: Catalogue.policies), file: file)
    }
  }

  /// The place as it may be shown: an address may hold a password.
  var shownLocation: String { get throws { LedgerOption.shown(try location) } }

  static func shown(_ location: String) -> String { PostgresAddress(location)?.location ?? location }

  func validate() throws {
    if let ledger { try LedgerOption.check(ledger, "--ledger") }
  }

  /// Refuses what is no place of a ledger.
  /// - Parameter option: what takes it.
  static func check(_ place: String, _ option: String) throws {
    guard !place.isEmpty else {
      throw ValidationError("\(option) takes the path of a file, or an address: postgres://user@host/database.")
    }
    if let scheme = LedgerOption.scheme(of: place), !PostgresAddress.isAddress(place) {
      throw ValidationError(
        "\(option) takes the path of a file, or an address that begins with postgres://, not with \(scheme)://.")
    }
  }

  /// What comes before `://`; nil for a path.
  private static func scheme(of place: String) -> Substring? {
    let parts = place.split(separator: ":", maxSplits: 1)
    return parts.count == 2 && parts[1].hasPrefix("//") ? parts[0] : nil
  }

  /// Opens the ledger.
  /// - Parameter create: makes one where there is none; without, that is an error.
  /// - Throws: `LedgerError`.
  func open(create: Bool) async throws -> Ledger {
    try await open(at: try location, create: create)
  }

  func open(at location: String, create: Bool) async throws -> Ledger {
    try await LedgerOption.open(at: location, create: create)
  }

  static func open(at location: String, create: Bool) async throws -> Ledger {
    let engine: any LedgerEngine =
      if let address = PostgresAddress(location) {
        try PostgresEngine(address, create: create)
      } else {
        try SQLiteEngine(path: location, create: create)
      }
    return try await Ledger(engine: engine) { SystemClock.now() }
  }
}

/// The system's clock: the one place that asks for the time.
enum SystemClock {
  static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}

extension Terminal {
  /// Says why a command that works on a ledger failed, and ends with the exit code for it.
  ///
  /// 64 unusable input or usage; 73 the ledger cannot be opened or made; 74 it cannot be read or written.
  static func failOnLedger(_ problem: some Error) -> ExitCode {
    guard let problem = problem as? LedgerError else { return fail(problem) }
    note("tally: \(problem)")
    switch problem.cause {
    case .refused: return ExitCode(64)
    case .unreadable, .newer: return ExitCode(73)
    case .full, .damaged, .busy, .lost, .database: return ExitCode(74)
    }
  }
}

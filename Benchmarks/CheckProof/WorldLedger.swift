import Checks
import Glibc
import Project
public import Records
public import Simulation
import Store
import StoreSQLite
import Synchronization

/// A world in a ledger of its own, in a temporary folder that goes with it.
public final class WorldLedger: Sendable {
  private let world: World
  private let project: Project
  private let ledger: Ledger
  private let folder: String
  /// What the ledger's clock says: the world's time, not ours.
  private let now: Clock

  final class Clock: Sendable {
    private let time: Mutex<Instant>

    init(_ time: Instant) { self.time = Mutex(time) }

    var value: Instant { time.withLock { $0 } }

    func set(_ value: Instant) { time.withLock { $0 = value } }
  }

  /// Opens an empty ledger for a world.
  public init(_ world: World) async throws {
    self.world = world
    var declared = try Project.parse(world.projectText, policies: Catalogue.policies)
    let clock = Clock(world.quarter.start)
    now = clock
    // In memory where there is such a folder: these ledgers live for a second.
    let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(parent)/tally-world-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Failure(description: "no folder can be made in \(parent)") }
    folder = String(cString: made)
    declared.folder = folder
    project = declared
    for (path, bytes) in world.files {
      if let slash = path.lastIndex(of: "/") { mkdir(folder + "/" + path[..<slash], 0o777) }
      guard let file = fopen(folder + "/" + path, "w") else { throw Failure(description: "cannot write \(path)") }
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
    }
    ledger = try await Ledger(engine: SQLiteEngine(path: folder + "/ledger.db")) { clock.value }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  deinit {
    try? ledger.close()
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] { unlink(folder + "/" + name) }
    for path in world.files.keys {
      unlink(folder + "/" + path)
      if let slash = path.lastIndex(of: "/") { rmdir(folder + "/" + path[..<slash]) }
    }
    rmdir(folder)
  }

  /// Ingests the whole quarter and asks the checks once.
  public func findings(of checks: [String]?) async throws -> [Finding] {
    let world = world
    now.set(world.asOf)
    _ = try await ledger.append(source: "simulation") { appender in
      for day in world.days {
        for record in day.arrivals { try WorldLedger.append(record, of: world, appender) }
      }
    }
    return try await look(checks)
  }

  private static func append(_ record: Record, of world: World, _ appender: Appender) throws {
    for content in world.contents(of: record) { appender.append(content) }
    try appender.append(record)
  }

  /// Ingests the quarter day by day and asks one check after some of the days; each look is kept, as `tally check` does.
  public func looks(of check: String, after days: Set<Int>) async throws -> [[Finding]] {
    var looks: [[Finding]] = []
    for day in world.days {
      now.set(min(world.quarter.moment(day.number, 0.999), world.asOf))
      if !day.arrivals.isEmpty {
        _ = try await ledger.append(source: "simulation") { appender in
          for record in day.arrivals { try WorldLedger.append(record, of: world, appender) }
        }
      }
      guard days.contains(day.number) else { continue }
      let findings = try await look([check])
      _ = try await ledger.append(source: "check") { appender in
        for finding in findings { try appender.append(.finding(finding)) }
      }
      looks.append(findings)
    }
    return looks
  }

  /// Asks the checks by one thread, or by several.
  public func look(_ checks: [String]?, together: Bool = false) async throws -> [Finding] {
    let project = project
    let now = now.value
    @Sendable func judged(_ snapshot: Snapshot) throws -> [Finding] {
      try CheckRun.run(checks: checks, project: project, ledger: snapshot, now: now).findings
    }
    return together ? try await ledger.readTogether(judged) : try await ledger.read(judged)
  }
}

import Checks
import Project
import Records
import Store

/// One run of checks: what `check` and `gate` have in common.
struct CheckSession {
  let project: Project
  let projectFile: String?
  let ledger: Ledger
  /// Nil: now.
  let asOf: Instant?

  init(project: ProjectOption, place: LedgerOption, asOf: Instant?) async throws {
    let (declared, file) = try project.load()
    self.project = declared
    projectFile = file
    self.asOf = asOf
    ledger = try await place.open(at: place.location(declared, file: file), create: false)
  }

  /// Runs checks on one state of the ledger, and puts what they found on record.
  /// - Parameters:
  ///   - checks: ids; nil for all.
  ///   - store: a state of the past is only recomputed.
  func run(_ checks: [String]?, store: Bool) async throws -> RecordedRun {
    let project = project
    let now = SystemClock.now()
    return try await RecordedRun.run(
      on: ledger, asOf: asOf, source: store ? "tally \(Version.current)" : nil
    ) { snapshot in
      var progress = CheckProgress()
      defer { progress.finish() }
      return try CheckRun.run(checks: checks, project: project, ledger: snapshot, now: now) { progress.say($0, $1) }
    }
  }
}

/// Says which subject is judged, once judging takes longer than a second.
struct CheckProgress {
  private let start = ContinuousClock.now
  private var hasSpoken = false

  mutating func say(_ check: String, _ subject: String) {
    guard Terminal.showsProgress, ContinuousClock.now - start > .seconds(1) else { return }
    Terminal.put("\r\u{1B}[K\(check): \(subject)", to: 2)
    hasSpoken = true
  }

  mutating func finish() {
    if hasSpoken { Terminal.put("\r\u{1B}[K", to: 2) }
  }
}

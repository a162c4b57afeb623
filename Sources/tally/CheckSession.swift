import Checks
import Project
import Records
import Store
import Synchronization

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
  ///   - whole: whether questions about spans are answered beyond their limits.
  ///   - store: a state of the past is only recomputed.
  func run(_ checks: [String]?, whole: Bool = false, store: Bool) async throws -> RecordedRun {
    let project = project
    let now = SystemClock.now()
    let progress = CheckProgress()
    defer { progress.finish() }
    var say: (@Sendable (CheckRun.Progress) -> Void)?
    if Terminal.showsProgress { say = progress.say }
    return try await RecordedRun.run(
      on: ledger, asOf: asOf, source: store ? "tally \(Version.current)" : nil, isAlone: true
    ) { [say] snapshot in
      snapshot.scan.hasLimits = !whole
      return try CheckRun.run(checks: checks, project: project, ledger: snapshot, now: now, progress: say)
    }
  }
}

/// Says which subject is judged, and how much of its traffic was read, once that takes longer than a second.
final class CheckProgress: Sendable {
  private static let rhythm = Duration.milliseconds(100)

  private let start = ContinuousClock.now
  private let spoken = Mutex<ContinuousClock.Instant?>(nil)

  func say(_ progress: CheckRun.Progress) {
    var text = "\(progress.check): \(progress.subject)"
    if let reading = progress.reading { text += ", \(reading.hours) of \(reading.of) hours, \(reading.spans) spans" }
    spoken.withLock { spoken in
      let now = ContinuousClock.now
      guard now - start > .seconds(1), spoken.map({ now - $0 >= CheckProgress.rhythm }) ?? true else { return }
      Terminal.put("\r\u{1B}[K\(text)", to: 2)
      spoken = now
    }
  }

  func finish() {
    if spoken.withLock({ $0 != nil }) { Terminal.put("\r\u{1B}[K", to: 2) }
  }
}

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

/// Says which subject is judged, and how much of its traffic was read, once that takes longer than a second. Of several it tells of one
/// until that is silent: lines that take turns could not be read.
final class CheckProgress: Sendable {
  private static let rhythm = Duration.milliseconds(100)
  private static let silence = Duration.milliseconds(500)

  private let start = ContinuousClock.now
  private let spoken = Mutex<(at: ContinuousClock.Instant, of: String)?>(nil)

  func say(_ progress: CheckRun.Progress) {
    let subject = "\(progress.check): \(progress.subject)"
    let read = progress.reading.map { ", \($0.hours) of \($0.of) hours, \($0.spans) spans" } ?? ""
    spoken.withLock { spoken in
      let now = ContinuousClock.now
      let pause = spoken.map { $0.of == subject ? CheckProgress.rhythm : CheckProgress.silence } ?? .zero
      guard now - start > .seconds(1), spoken.map({ now - $0.at >= pause }) ?? true else { return }
      Terminal.put("\r\u{1B}[K\(subject)\(read)", to: 2)
      spoken = (now, subject)
    }
  }

  func finish() {
    if spoken.withLock({ $0 != nil }) { Terminal.put("\r\u{1B}[K", to: 2) }
  }
}

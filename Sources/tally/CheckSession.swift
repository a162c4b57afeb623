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
  ///   - whole: whether questions about spans are answered beyond their limits.
  ///   - store: a state of the past is only recomputed.
  func run(_ checks: [String]?, whole: Bool = false, store: Bool) async throws -> RecordedRun {
    let project = project
    let now = SystemClock.now()
    return try await RecordedRun.run(
      on: ledger, asOf: asOf, source: store ? "tally \(Version.current)" : nil
    ) { snapshot in
      var progress = CheckProgress()
      defer { progress.finish() }
      snapshot.scan.hasLimits = !whole
      if Terminal.showsProgress { snapshot.scan.onProgress = { progress.say($0) } }
      return try CheckRun.run(checks: checks, project: project, ledger: snapshot, now: now) { progress.say($0, $1) }
    }
  }
}

/// Says which subject is judged, and how much of its traffic was read, once that takes longer than a second.
struct CheckProgress {
  private static let rhythm = Duration.milliseconds(100)

  private let start = ContinuousClock.now
  private var subject = ""
  private var spoken: ContinuousClock.Instant?

  mutating func say(_ check: String, _ subject: String) {
    self.subject = "\(check): \(subject)"
    put(self.subject)
  }

  mutating func say(_ reading: SpanScan.Progress) {
    if let spoken, ContinuousClock.now - spoken < CheckProgress.rhythm { return }
    put("\(subject), \(reading.hours) of \(reading.of) hours, \(reading.spans) spans")
  }

  private mutating func put(_ text: String) {
    guard Terminal.showsProgress, ContinuousClock.now - start > .seconds(1) else { return }
    Terminal.put("\r\u{1B}[K\(text)", to: 2)
    spoken = .now
  }

  mutating func finish() {
    if spoken != nil { Terminal.put("\r\u{1B}[K", to: 2) }
  }
}

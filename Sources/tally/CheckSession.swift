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

  struct Result: Sendable {
    var findings: [Finding]
    var notApplicable: [String]
    var waivers: [Waiver]
    var asOf: Instant
    /// Names of the findings' records; none when they were not stored.
    var ids: [RecordID] = []
  }

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
  func run(_ checks: [String]?, store: Bool) async throws -> Result {
    let project = project
    let now = SystemClock.now()
    var result = try await ledger.read(asOf: asOf) { snapshot in
      var progress = CheckProgress()
      defer { progress.finish() }
      let run = try CheckRun.run(checks: checks, project: project, ledger: snapshot, now: now) { progress.say($0, $1) }
      return Result(
        findings: run.findings, notApplicable: run.notApplicable, waivers: try snapshot.waivers(), asOf: snapshot.asOf)
    }
    guard store, asOf == nil, !result.findings.isEmpty else { return result }
    let findings = result.findings
    _ = try await ledger.append(source: "tally \(Version.current)") { appender in
      for finding in findings { try appender.append(.finding(finding)) }
    }
    result.ids = try findings.map { try Appender.identity(of: $0) }
    return result
  }

  /// Findings with what the team decided about them.
  func entries(_ result: Result) -> [DecidedFinding] {
    result.findings.enumerated().map { index, finding in
      DecidedFinding(
        finding: finding,
        waiver: result.waivers.last {
          $0.check == finding.check && $0.subject == finding.subject && $0.isInForce(at: result.asOf)
        },
        id: result.ids.isEmpty ? nil : result.ids[index])
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

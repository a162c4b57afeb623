import Checks
import Glibc
import Project
import Records
import Store
import StoreSQLite
import Testing

/// A project and a ledger of its own, on which a test runs checks.
final class CheckBench: Sendable {
  /// "Now" of every bench: 2026-06-01T00:00:00Z.
  static let now = Instant(nanoseconds: 1_780_272_000_000_000_000)

  let ledger: Ledger
  let project: Project
  private let folder: String

  /// - Parameter files: the folder in which files lie that the project names.
  init(_ yaml: String, files: String = "") async throws {
    var project = try Project.parse(yaml, policies: Catalogue.policies)
    project.folder = files
    self.project = project
    var template = Array("/tmp/tally-checks-XXXXXX".utf8CString)
    folder = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    ledger = try await Ledger(engine: SQLiteEngine(path: folder + "/ledger.db")) { CheckBench.now }
  }

  deinit {
    try? ledger.close()
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] { unlink(folder + "/" + name) }
    rmdir(folder)
  }

  @discardableResult
  func append(_ body: @Sendable (Appender) throws -> Void) async throws -> AppendReceipt {
    try await ledger.append(source: "test", body)
  }

  /// Runs checks; nil runs all of them.
  func run(_ checks: [String]? = nil, asOf: Instant? = nil) async throws -> CheckRun {
    let project = project
    return try await ledger.read(asOf: asOf) { snapshot in
      try CheckRun.run(checks: checks, project: project, ledger: snapshot, now: CheckBench.now)
    }
  }

  /// The one finding of a check that has one subject.
  func finding(_ check: String, asOf: Instant? = nil) async throws -> Finding {
    let findings = try await run([check], asOf: asOf).findings
    try #require(findings.count == 1)
    return findings[0]
  }
}

extension TrialRecord {
  /// A trial of a suite, a week before `CheckBench.now`.
  static func trial(
    _ suite: String, _ item: String, _ variant: String, passed: Bool? = nil, score: Double? = nil
  ) -> TrialRecord {
    var trial = TrialRecord(suite: suite, item: item, variant: variant, at: CheckBench.now.adding(days: -7))
    trial.passed = passed
    trial.score = score
    return trial
  }
}

extension Finding {
  func codes(_ verdict: Verdict) -> [String] { reasons.filter { $0.verdict == verdict }.map(\.code) }

  func value(_ name: String) -> Double? { measure(name)?.value }
}

/// Equal to so many printed decimals.
func close(_ value: Double?, _ expected: Double, _ tolerance: Double = 5e-5) -> Bool {
  guard let value else { return false }
  return abs(value - expected) <= tolerance
}

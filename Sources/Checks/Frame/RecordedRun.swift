public import Records
public import Store

/// A run of checks on one state of a ledger, with what it found put on record there: what `tally check`, `tally gate` and the schedules
/// of `tally serve` have in common.
public struct RecordedRun: Sendable {
  public let findings: [Finding]
  public let notApplicable: [String]
  public let failures: [CheckRun.Failure]
  public let waivers: [Waiver]
  public let asOf: Instant
  /// Names of the findings' records; none when they were not stored.
  public private(set) var ids: [RecordID] = []

  /// - Parameter findings: were computed at `asOf`, and are on record already.
  public init(_ findings: [Finding], waivers: [Waiver], asOf: Instant) {
    (self.findings, self.waivers, self.asOf) = (findings, waivers, asOf)
    (notApplicable, failures) = ([], [])
  }

  private init(_ run: CheckRun, waivers: [Waiver], asOf: Instant) {
    (findings, notApplicable, failures) = (run.findings, run.notApplicable, run.failures)
    (self.waivers, self.asOf) = (waivers, asOf)
  }

  /// - Parameters:
  ///   - asOf: nil for now; a state of the past is only recomputed.
  ///   - source: who put the findings on record; nil puts none there.
  ///   - isAlone: whether the machine has nothing else to do: then several threads judge.
  ///   - judge: runs the checks.
  /// - Throws: what `judge` throws, and `LedgerError`.
  public static func run(
    on ledger: Ledger, asOf: Instant? = nil, source: String?, isAlone: Bool = false,
    judge: @Sendable (Snapshot) throws -> CheckRun
  ) async throws -> RecordedRun {
    @Sendable func judged(_ snapshot: Snapshot) throws -> RecordedRun {
      RecordedRun(try judge(snapshot), waivers: try snapshot.waivers(), asOf: snapshot.asOf)
    }
    var run =
      isAlone ? try await ledger.readTogether(asOf: asOf, judged) : try await ledger.read(asOf: asOf, judged)
    guard let source, asOf == nil, !run.findings.isEmpty else { return run }
    let findings = run.findings
    _ = try await ledger.append(source: source) { appender in
      for finding in findings { try appender.append(.finding(finding)) }
    }
    run.ids = try findings.map { try Appender.identity(of: $0) }
    return run
  }

  /// Findings with what the team decided about them.
  public var entries: [DecidedFinding] {
    findings.enumerated().map { index, finding in
      DecidedFinding(
        finding: finding,
        waiver: waivers.last {
          $0.check == finding.check && $0.subject == finding.subject && $0.isInForce(at: asOf)
        },
        id: ids.isEmpty ? nil : ids[index])
    }
  }
}

public import Project
public import Records

/// The findings that an action waits for, and what they mean for it.
public struct GateDecision: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    case pass
    /// Refused, or under `observe` what would have been refused.
    case refused(by: Finding.Verdict)
  }

  public let gate: String
  public let mode: GateSettings.Mode
  public let outcome: Outcome
  /// Findings that refuse.
  public let refusing: [Finding]
  /// Unknown findings that are only reported.
  public let reported: [Finding]
  /// Required checks that have nothing to say here.
  public let notApplicable: [String]

  /// Decides by the newest finding of every required check and subject.
  ///
  /// - Parameters:
  ///   - findings: one for each subject of the required checks.
  ///   - waivers: those in force do away with the finding they are for.
  ///   - asOf: the instant at which waivers must be in force.
  public init(_ name: String, _ gate: GateSettings, findings: [Finding], waivers: [Waiver], asOf: Instant) {
    self.gate = name
    mode = gate.mode
    let required = findings.filter { finding in
      gate.require.contains(finding.check)
        && !waivers.contains {
          $0.check == finding.check && $0.subject == finding.subject && $0.isInForce(at: asOf)
        }
    }
    let failing = required.filter { $0.verdict == .fail }
    let unknown = required.filter { $0.verdict == .unknown }
    let refusesUnknown = gate.onUnknown == .refuse
    refusing = failing + (refusesUnknown ? unknown : [])
    reported = refusesUnknown ? [] : unknown
    notApplicable = gate.require.filter { check in !findings.contains { $0.check == check } }
    outcome = !failing.isEmpty ? .refused(by: .fail) : refusing.isEmpty ? .pass : .refused(by: .unknown)
  }
}

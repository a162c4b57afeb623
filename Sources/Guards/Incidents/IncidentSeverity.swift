/// How grave an incident is, by points: harm (1 to 4), the share of the traffic that is met (1 below 1 %, 2 below 10 %, 3 from 10 %
/// on), and 2 where it cannot be taken back.
public enum IncidentSeverity: String, Sendable, CaseIterable {
  case sev1 = "SEV1"
  case sev2 = "SEV2"
  case sev3 = "SEV3"
  case sev4 = "SEV4"

  public static func points(harm: Int, affectedShare: Double, isIrreversible: Bool) -> Int {
    harm + (affectedShare < 0.01 ? 1 : affectedShare < 0.10 ? 2 : 3) + (isIrreversible ? 2 : 0)
  }

  public init(points: Int) {
    self = points >= 7 ? .sev1 : points >= 5 ? .sev2 : points >= 3 ? .sev3 : .sev4
  }
}

/// One step of a runbook.
public struct RunbookStep: Sendable, Hashable {
  public var step: String
  /// Who does it; nil where nobody said.
  public var role: String?

  public init(step: String, role: String?) {
    self.step = step
    self.role = role
  }

  /// The steps that nobody on call can do.
  /// - Parameter roles: those that people on call hold.
  public static func unmanned(_ steps: [RunbookStep], roles: Set<String>) -> [RunbookStep] {
    steps.filter { step in step.role.map { !roles.contains($0) } ?? true }
  }
}

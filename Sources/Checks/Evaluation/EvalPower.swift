public import Project
public import Store

/// Can this evaluation tell the two variants apart?
public enum EvalPower: Check {
  public static let question = "Can this evaluation tell the two variants apart?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    project.suites.filter { $0.value.baseline != nil }.map { suite in
      CheckSubject(suite.id, owner: suite.value.owner, policies: suite.value.policies)
    }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    Judgement()
  }
}

public import Project

/// All checks, by hand and in order: there is no other registration.
public enum Catalogue {
  public static let checks: [any Check.Type] = [
    EvalPower.self,
    SliceCoverage.self,
    StochasticStability.self,
    ClassifierRisk.self,
    CapabilityRegression.self,
    ReliabilityCeiling.self,
    EvalValidity.self,
    EvalRot.self,
    PipelineBottleneck.self,
    EvalProdParity.self,
    DeploymentGap.self,
    EvalCoevolution.self,
    CloudOwnership.self,
    SilentFailure.self,
    ContextWaste.self,
    AnswerProvenance.self,
    TokenArithmetic.self,
    AgentTrust.self,
    IncidentResponse.self,
    TenantIsolation.self,
  ]

  /// What `tally.yaml` may say about thresholds.
  public static var policies: PolicyCatalogue { PolicyCatalogue(checks.map { $0.policyType }) }

  public static func check(_ id: String) -> (any Check.Type)? { checks.first { $0.id == id } }
}

extension Check {
  static var policyType: any CheckPolicy.Type { Policy.self }
}

extension Catalogue {
  /// The manual of a check, as its documentation comment says it.
  public static func manual(of check: String) -> String? { Manuals.texts[check] }

  /// The check whose id is meant by one that is misspelt; nil when none comes near.
  public static func nearest(to id: String) -> String? { Spelling.nearest(to: id, in: checks.map { $0.id }) }
}

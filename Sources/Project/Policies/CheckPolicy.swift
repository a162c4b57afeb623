/// The thresholds of one check: a type that is declared beside the check and registered in a `PolicyCatalogue`.
///
/// Thresholds cascade: the defaults of `init()`, then the keys of `policies.default` that the check has too, then
/// `policies.<check>`, then the `policies` of the subject. No key may be required.
public protocol CheckPolicy: Configurable {
  /// The id of the check, such as `eval-power`.
  static var check: String { get }
}

/// The policies of all checks that there are: what may stand in `policies` and in `gates.require`.
public struct PolicyCatalogue: Sendable {
  let types: [any CheckPolicy.Type]
  /// The ids of the checks, in the order of registration.
  public let checks: [String]

  /// Policies of checks whose ids differ from each other and from `default`.
  public init(_ types: [any CheckPolicy.Type]) {
    self.types = types
    checks = types.map { $0.check }
  }

  /// The type that is registered for a check.
  func type(of check: String) -> (any CheckPolicy.Type)? {
    types.first { $0.check == check }
  }
}

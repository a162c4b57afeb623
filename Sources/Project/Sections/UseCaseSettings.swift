/// `use_cases.<use_case>`: a promise that a kind of failure stays below a rate.
public struct UseCaseSettings: Configurable {
  /// The suite whose trials count.
  public var suite = ""
  /// What counts as a failure, in words.
  public var failure: String?
  /// The rate of failures that is allowed, above 0 and below 1.
  public var maxFailureRate = 0.01
  /// 1 (a nuisance) to 5 (a catastrophe).
  public var severity = 3
  /// Whether a failure can be undone.
  public var isReversible = true
  /// Who answers for the promise.
  public var owner: String?
  /// The variant that the promise is about; nil for the suite's candidate, or else its newest variant.
  public var variant: String?
  /// Thresholds of checks for this use case.
  public var policies = PolicyOverrides()

  public init() {}

  public static let keys: [Key<UseCaseSettings>] = [
    Key("suite", \.suite, .id, "The suite whose trials count", required: true),
    Key("failure", \.failure, .optional(.text), "What counts as a failure, in words"),
    Key("max_failure_rate", \.maxFailureRate, .failureRate, "The rate of failures that is allowed", required: true),
    Key("severity", \.severity, .integer(in: 1...5), "1 (a nuisance) to 5 (a catastrophe)"),
    Key("reversible", \.isReversible, .flag, "Whether a failure can be undone"),
    Key("owner", \.owner, .optional(.text), "Who answers for the promise"),
    Key("variant", \.variant, .optional(.text), "The variant that the promise is about"),
    Key("policies", \.policies, .policies(withDefault: false), "Thresholds of checks for this use case"),
  ]
}

extension Shape where Value == Double {
  /// A rate that tests can prove: above 0 and below 1.
  static var failureRate: Shape {
    number(
      expected: "a rate above 0 and below 1 (no number of tests proves a rate of zero)", least: 0, most: 1, isOpen: true
    )
  }
}

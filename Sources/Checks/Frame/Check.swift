public import Project
public import Store

/// A check: one file that holds its manual, its thresholds, and the rule that turns a ledger into findings.
///
/// The manual is the documentation comment of the type that conforms: What it does, Why it matters, Reads, Verdicts,
/// Policy, Example. `make manuals` collects them, and `tally explain` prints them.
public protocol Check: Sendable {
  associatedtype Policy: CheckPolicy

  /// The question that the check answers, as people would ask it.
  static var question: String { get }

  /// What the check is about in this project: everything declared in `tally.yaml`, or seen in the ledger, that it applies
  /// to. None: the check is not applicable, says nothing and does not touch the exit code.
  static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject]

  /// Judges one subject.
  static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement

  /// How many subjects it judges at once: more than one where a pass over what is stored serves several.
  static var subjectsAtOnce: Int { get }

  /// Judges some subjects, each on the account of its own context.
  /// - Parameters:
  ///   - cases: of one state of the ledger, at most `subjectsAtOnce`.
  ///   - ledger: that state, on nobody's account.
  /// - Returns: a judgement for each, in their order.
  static func judge(_ cases: [CheckCase<Policy>], _ ledger: Snapshot) throws -> [Judgement]
}

/// A subject that is to be judged.
public struct CheckCase<Policy: CheckPolicy> {
  public let subject: CheckSubject
  public let policy: Policy
  public let context: CheckContext
}

extension Check {
  public static var subjectsAtOnce: Int { 1 }

  public static func judge(_ cases: [CheckCase<Policy>], _ ledger: Snapshot) throws -> [Judgement] {
    try cases.map { try judge($0.subject, policy: $0.policy, $0.context) }
  }

  /// Such as `eval-power`.
  public static var id: String { Policy.check }
}

/// Something that a check judges: a suite, a feature, a classifier…
public struct CheckSubject: Sendable, Equatable {
  /// As it is called in `tally.yaml`.
  public var name: String
  /// Who answers for it.
  public var owner: String?
  /// Thresholds that are set for it alone.
  public var policies: PolicyOverrides

  public init(_ name: String, owner: String? = nil, policies: PolicyOverrides = PolicyOverrides()) {
    self.name = name
    self.owner = owner
    self.policies = policies
  }
}

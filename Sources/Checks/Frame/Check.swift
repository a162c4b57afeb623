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
}

extension Check {
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

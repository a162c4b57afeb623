public import Guards
public import Records

/// What is done by the clock, and who is told.
public struct SchedulePlan: Sendable {
  /// Checks that run again and again.
  public struct Entry: Sendable {
    public let name: String
    public let rule: ScheduleRule
    /// Nil for all.
    public let checks: [String]?
    /// The gate that they are of.
    public let gate: String?
    /// Names of those who are told.
    public let targets: [String]

    public init(_ name: String, _ rule: ScheduleRule, checks: [String]?, gate: String? = nil, targets: [String]) {
      (self.name, self.rule, self.checks, self.gate, self.targets) = (name, rule, checks, gate, targets)
    }
  }

  public let entries: [Entry]
  public let targets: [NoticeTarget]

  public init(_ entries: [Entry], targets: [NoticeTarget]) {
    (self.entries, self.targets) = (entries, targets)
  }

  /// Whether a target is told of a check by any of them.
  func tells(_ target: NoticeTarget, of check: String) -> Bool {
    target.isTold(of: check)
      && entries.contains { $0.targets.contains(target.name) && ($0.checks?.contains(check) ?? true) }
  }
}

/// What a run of a schedule found.
public struct ScheduledRun: Sendable {
  public struct Failure: Sendable, Equatable {
    public let check: String
    public let problem: String

    public init(check: String, problem: String) {
      (self.check, self.problem) = (check, problem)
    }
  }

  public var entries: [DecidedFinding] = []
  public var notApplicable: [String] = []
  /// Checks that could not run.
  public var failures: [Failure] = []
  /// Why nothing could.
  public var problem: String?

  public init() {}

  public init(problem: String) { self.problem = problem }
}

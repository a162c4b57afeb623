public import Records

/// What somebody is told of findings, and how patiently.
public struct NoticeRule: Sendable, Hashable {
  /// The verdicts that are told.
  public var verdicts: Set<Finding.Verdict>
  /// So many runs in a row must say it before it is told.
  public var runs: Int
  /// So many runs in a row must say the contrary before it is over.
  public var wellRuns: Int
  /// How long until what stays as it is is told again; nil is never.
  public var reminder: Duration?

  public init(
    verdicts: Set<Finding.Verdict> = [.fail, .unknown], runs: Int = 1, wellRuns: Int = 1, reminder: Duration? = nil
  ) {
    (self.verdicts, self.runs, self.wellRuns, self.reminder) = (verdicts, runs, wellRuns, reminder)
  }
}

/// What a finding has people told: its verdict, and the code that decided.
public struct NoticeCondition: Sendable, Hashable {
  public let verdict: Finding.Verdict
  public let code: String

  public init(_ verdict: Finding.Verdict, _ code: String) {
    self.verdict = verdict
    self.code = code
  }
}

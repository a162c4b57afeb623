public import Records

/// What one run of `tally check` found. `TextReport`, `JSONReport`, `MarkdownReport`, `SARIFReport` and `JUnitReport`
/// render it.
public struct CheckReport: Sendable, Equatable {
  /// A finding, and what the team decided about it.
  public typealias Entry = DecidedFinding

  /// In the catalogue's order; a check has a finding for each of its subjects.
  public var entries: [Entry]
  /// The checks whose subject is neither declared nor seen.
  public var notApplicable: [String]
  /// The state of the ledger that was judged.
  public var asOf: Instant
  /// The project file as the user named it, relative to the repository where possible; nil when there is none.
  public var projectFile: String?
  /// Where the ledger is, without a password.
  public var ledger: String

  public init(
    entries: [Entry], notApplicable: [String] = [], asOf: Instant, projectFile: String? = nil, ledger: String
  ) {
    self.entries = entries
    self.notApplicable = notApplicable
    self.asOf = asOf
    self.projectFile = projectFile
    self.ledger = ledger
  }

  /// The worst verdict that counts; nil when none does, because nothing applied or all of it is waived.
  public var verdict: Finding.Verdict? { CheckReport.worst(entries) }

  /// 0 pass or warn, 1 fail, 2 unknown; `failOn` moves the line.
  public func exitCode(failOn: FailOn? = nil) -> Int32 { FailOn.exitCode(of: verdict, failOn) }

  /// What counts before what is waived, then worst first; in the order of `entries` where that decides nothing.
  public var worstFirst: [Entry] { CheckReport.worstFirst(entries) }

  static func worstFirst(_ entries: [Entry]) -> [Entry] {
    entries.enumerated().sorted { left, right in
      let first = CheckReport.rank(left.element)
      let second = CheckReport.rank(right.element)
      return first == second ? left.offset < right.offset : first < second
    }.map(\.element)
  }

  static func worst(_ entries: [Entry]) -> Finding.Verdict? {
    entries.filter(\.counts).map(\.finding.verdict).max { $0.severity < $1.severity }
  }

  /// Fail, unknown, warn, waived, pass.
  private static func rank(_ entry: Entry) -> Int {
    if entry.finding.verdict == .pass { return 10 }
    return entry.counts ? 3 - entry.finding.verdict.severity : 9 - entry.finding.verdict.severity
  }
}

/// The mildest verdict that makes a command exit with something else than 0.
public enum FailOn: String, Sendable, CaseIterable {
  /// Only a fail; an unknown exits with 0.
  case fail
  /// A fail exits with 1, an unknown with 2: what happens when nothing is asked for.
  case unknown
  /// A warning exits with 1 as well.
  case warn

  static func exitCode(of verdict: Finding.Verdict?, _ failOn: FailOn?) -> Int32 {
    switch (verdict, failOn) {
    case (.unknown, .fail): 0
    case (.warn, .warn): 1
    default: verdict?.exitCode ?? 0
    }
  }
}

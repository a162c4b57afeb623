import Records

/// What recomputing the whole chain found.
public struct LedgerVerification: Sendable, Equatable {
  public var commits: Int64 = 0
  public var records: Int64 = 0
  /// Sentences; none when the ledger is what it was when each commit was acknowledged.
  public var problems: [String] = []

  public var isSound: Bool { problems.isEmpty }

  init() {}

  init(problem: String) {
    problems = [problem]
  }

  /// Stops looking for more after so many.
  static let problemLimit = 20

  var isFull: Bool { problems.count >= LedgerVerification.problemLimit }

  mutating func note(_ problem: String) {
    if !isFull { problems.append(problem) }
  }
}

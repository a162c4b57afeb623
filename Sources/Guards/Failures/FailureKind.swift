/// What can be wrong with a call of a feature or an agent.
public enum FailureKind: String, Sendable, CaseIterable {
  /// It ended with an error, other than by its caller's going.
  case error
  /// The model refused to answer.
  case refused
  /// It ended properly with nothing in it.
  case empty
  /// Somebody who judges answers called it bad.
  case judgedBad = "judged_bad"
  /// Somebody said that it was not what was meant to be done.
  case unintended

  /// Its place in `FailureCounts`; 0 is for calls that did not fail.
  var place: Int {
    switch self {
    case .error: 1
    case .refused: 2
    case .empty: 3
    case .judgedBad: 4
    case .unintended: 5
    }
  }
}

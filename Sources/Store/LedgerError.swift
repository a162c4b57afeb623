/// The ledger cannot do what was asked.
public struct LedgerError: Error, CustomStringConvertible, Sendable {
  public enum Cause: Sendable {
    /// The file or server cannot be opened.
    case unreadable
    /// There is no room for what should be written.
    case full
    /// It was written by a newer version of tally.
    case newer
    /// What it holds contradicts itself.
    case damaged
    /// A record cannot be kept as it is.
    case refused
    /// The connection to the server broke; nothing of what was being delivered is stored.
    case lost
    /// Somebody else kept it locked for too long.
    case busy
    /// Anything else the database says.
    case database
  }

  public let cause: Cause
  public let location: String
  public let problem: String
  public let remedy: String

  public init(_ cause: Cause, location: String, problem: String, remedy: String) {
    self.cause = cause
    self.location = location
    self.problem = problem
    self.remedy = remedy
  }

  /// Whether writing it again later may help.
  public var mayPass: Bool {
    switch cause {
    case .busy, .full, .lost: true
    case .unreadable, .newer, .damaged, .refused, .database: false
    }
  }

  public var description: String { "\(location): \(problem). \(remedy)" }
}

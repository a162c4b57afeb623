public import Records

/// What a person asks in SQL.
public struct AskedStatement: Sendable {
  public var sql: String
  /// It is stopped after so long.
  public var patience: Duration
  let clock: @Sendable () -> Instant

  init(_ sql: String, patience: Duration, clock: @escaping @Sendable () -> Instant) {
    self.sql = sql
    self.patience = patience
    self.clock = clock
  }

  /// Gives the instant after which it is over.
  public var deadline: Instant { clock().advanced(by: patience) ?? Instant(nanoseconds: .max) }
  public func isOver(_ deadline: Instant) -> Bool { clock() >= deadline }
}

/// Takes the answer to a statement.
public protocol AnswerReceiver: AnyObject {
  /// Comes once, before the rows.
  func start(columns: [String]) throws
  /// - Returns: whether more rows are wanted.
  func receive(_ row: [AskedValue]) throws -> Bool
}

/// A statement of a person that cannot be answered.
public struct StatementProblem: Error, CustomStringConvertible, Sendable {
  public enum Cause: Sendable {
    /// It is no question, or asks for what no question may do.
    case refused
    /// The engine does not understand it, or cannot compute it.
    case failed
    /// It took too long.
    case slow
  }

  public let cause: Cause
  public let problem: String
  /// Where in the statement, in Unicode scalars from its beginning; nil where the engine does not say.
  public let offset: Int?

  public init(_ cause: Cause, _ problem: String, offset: Int? = nil) {
    self.cause = cause
    self.problem = problem
    self.offset = offset
  }

  public static func slow(_ patience: Duration) -> StatementProblem {
    StatementProblem(
      .slow, "it was stopped after \(patience.components.seconds) s; ask for less, or give it longer with --timeout")
  }

  public var description: String { problem }
}

/// A place for a ledger where a copy is made out of sight, and appears at once when it is whole.
public protocol LedgerStaging: Sendable {
  /// Where the copy will lie, for people.
  var location: String { get }
  /// How to throw a half-made copy away, as a sentence.
  var howToDiscard: String { get }
  /// Whether other tables than a ledger's may lie at that place.
  var isShared: Bool { get }

  /// What lies at that place, to be looked at and not to be written; nil when nothing does.
  func occupant() async throws -> (any LedgerEngine)?
  /// The half-made copy, begun when there is none.
  func begin() async throws -> any LedgerEngine
  /// Puts the copy in its place, whole or not at all; whoever had it open has closed it.
  func publish() async throws
}

/// How far a copy is.
public enum CopyProgress: Sendable, Equatable {
  /// Rows that an earlier, interrupted copy left.
  case goesOn(rows: Int64)
  /// Rows of a table, and of all tables, that this call has copied.
  case rows(table: String, all: Int64)
  /// Every digest is recomputed.
  case verifies
}

/// What a copy came to.
public struct CopyOutcome: Sendable, Equatable {
  /// Of the copy.
  public let status: LedgerStatus
  /// Whether it was there before.
  public let wasThere: Bool
  /// Rows that this call copied.
  public let rows: Int64
}

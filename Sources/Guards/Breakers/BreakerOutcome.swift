/// How a call ended, as far as it says something of whoever was asked.
public enum BreakerOutcome: Sendable, Hashable {
  case succeeded
  case failed(BreakerFault)
  /// It says nothing of the provider: the caller was at fault (400, 401, 403, 404, 422, …), or went before the end.
  case uncounted

  /// Whether somebody else might do better.
  public var isFailure: Bool { if case .failed = self { true } else { false } }
}

/// What providers do wrong.
public enum BreakerFault: String, Sendable, Hashable, CaseIterable {
  /// No connection, no trust, a timeout, or broken off.
  case transport
  /// 429, 5xx, 529.
  case overloaded
  /// No credit and no quota: 402, or 400 and 429 that say so. Asking again does not help.
  case quota
  /// A success without an answer in it.
  case empty
  /// The first word came too late.
  case slow
  /// A reply that nobody can read.
  case malformed
  /// An answer that breaks the schema it was to keep.
  case schema
  /// Judges, people or models, called an answer bad. It is said later, of calls that had succeeded.
  case judged
}

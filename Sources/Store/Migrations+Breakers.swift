extension Migrations {
  /// What people say of breakers for a while. No records: who says something else replaces it; each time, a `change` of the same
  /// commit says who said what, and why.
  static let breakers = [
    """
    CREATE TABLE breaker_hold(
      name TEXT NOT NULL, position TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL,
      ends_at INTEGER NOT NULL, PRIMARY KEY(name)) WITHOUT ROWID, STRICT
    """
  ]
}

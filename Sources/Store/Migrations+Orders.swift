extension Migrations {
  /// What people order for a while: freezes and drills. No records: who orders something else replaces it; each time, a `change` of the
  /// same commit says who ordered what, and why.
  static let orders = [
    """
    CREATE TABLE call_order(
      kind TEXT NOT NULL, name TEXT NOT NULL, facts TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL,
      at INTEGER NOT NULL, ends_at INTEGER NOT NULL, PRIMARY KEY(kind, name)) WITHOUT ROWID, STRICT
    """
  ]
}

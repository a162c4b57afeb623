extension Migrations {
  /// Calls that another gateway makes, and for which it asked here. No records: whoever settles one, at whichever server, is told by
  /// this what was decided; a day after they have expired they are forgotten.
  static let decisions = [
    """
    CREATE TABLE call_decision(
      id TEXT NOT NULL, tenant TEXT, facts TEXT NOT NULL, expires_at INTEGER NOT NULL, settled_at INTEGER,
      PRIMARY KEY(id)) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX call_decision_by_end ON call_decision(expires_at)",
  ]
}

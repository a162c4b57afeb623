extension Migrations {
  /// What is done by the clock, and who was told what of it. No records: rows change with each run. What the runs found is.
  static let notices = [
    // Whoever runs one holds its row for a while; `last_due` is the time for which it was last done.
    """
    CREATE TABLE schedule_state(
      name TEXT NOT NULL, last_due INTEGER NOT NULL, holder TEXT NOT NULL, held_until INTEGER NOT NULL,
      begun_at INTEGER NOT NULL, done_at INTEGER NOT NULL, well_at INTEGER NOT NULL, outcome TEXT NOT NULL,
      PRIMARY KEY(name)) WITHOUT ROWID, STRICT
    """,
    // Only what is told, or on its way to that, has a row. 0 and '' stand for nothing.
    """
    CREATE TABLE notice_state(
      target TEXT NOT NULL, about_check TEXT NOT NULL, about_subject TEXT NOT NULL, told_verdict TEXT NOT NULL,
      told_code TEXT NOT NULL, pending INTEGER NOT NULL, well INTEGER NOT NULL, opened_at INTEGER NOT NULL,
      told_at INTEGER NOT NULL, sentence TEXT NOT NULL,
      PRIMARY KEY(target, about_check, about_subject)) WITHOUT ROWID, STRICT
    """,
    // Tells alerts of this ledger from those of others, wherever it is copied.
    "CREATE TABLE notice_origin(id TEXT NOT NULL, PRIMARY KEY(id)) WITHOUT ROWID, STRICT",
  ]
}

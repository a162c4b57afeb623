extension Migrations {
  static let credit = [
    // What a process has taken of a budget's window to promise it to its calls, and what it has said that it spent of that. One that
    // has said nothing for long is nobody's any more: the process died.
    """
    CREATE TABLE budget_block(
      block TEXT NOT NULL, budget TEXT NOT NULL, subject TEXT NOT NULL, unit TEXT NOT NULL,
      starts_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, held_high INTEGER NOT NULL, held_low INTEGER NOT NULL,
      spent_high INTEGER NOT NULL, spent_low INTEGER NOT NULL, PRIMARY KEY(block)) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX budget_block_by_end ON budget_block(expires_at)",
  ]
}

extension Migrations {
  /// What budgets have spent and promised. No records: a sum changes with each call; the facts that it sums are spans and costs.
  static let budgets = [
    // A budget's window, of one whom it counts apart. Amounts are two halves of a 128-bit number.
    """
    CREATE TABLE budget_window(
      budget TEXT NOT NULL, subject TEXT NOT NULL, unit TEXT NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
      spent_high INTEGER NOT NULL, spent_low INTEGER NOT NULL, held_high INTEGER NOT NULL, held_low INTEGER NOT NULL,
      PRIMARY KEY(budget, subject, unit, starts_at)) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX budget_window_by_end ON budget_window(ends_at)",
    // What is promised and not yet settled, by the call's number. One that is older than its call can be is nobody's any more.
    """
    CREATE TABLE budget_hold(
      hold TEXT NOT NULL, budget TEXT NOT NULL, subject TEXT NOT NULL, unit TEXT NOT NULL, starts_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL,
      PRIMARY KEY(hold, budget)) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX budget_hold_by_end ON budget_hold(expires_at)",
    // What was promised to calls that nobody settled: it counts as spent, and somebody may want to know which calls these were.
    """
    CREATE TABLE budget_orphan(
      budget TEXT NOT NULL, subject TEXT NOT NULL, unit TEXT NOT NULL, starts_at INTEGER NOT NULL, hold TEXT NOT NULL,
      expired_at INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL,
      PRIMARY KEY(budget, subject, unit, starts_at, hold)) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX budget_orphan_by_start ON budget_orphan(starts_at)",
  ]
}

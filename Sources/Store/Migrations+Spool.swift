extension Migrations {
  /// Deliveries that wait to be forwarded. They are no records: the chain does not cover them, and each is gone when its
  /// target has it.
  static let spool = [
    // What waits for each target, in sums: asking how much there is never reads it. Rows of the spool are numbered on from
    // `last_row` for ever, so that a number that somebody still holds never means another delivery.
    """
    CREATE TABLE spool_lane(
      id INTEGER PRIMARY KEY, target TEXT NOT NULL, in_order INTEGER NOT NULL, last_row INTEGER NOT NULL,
      deliveries INTEGER NOT NULL, stored INTEGER NOT NULL, holder TEXT NOT NULL, held_until INTEGER NOT NULL,
      UNIQUE(target, in_order)) STRICT
    """,
    // `subjects` says whose words are in it (`SpoolSubjects`). The body comes last: what is asked of the other columns does not read it.
    """
    CREATE TABLE spool(
      row INTEGER PRIMARY KEY, lane INTEGER NOT NULL, queued_at INTEGER NOT NULL, path TEXT NOT NULL,
      content_type TEXT NOT NULL, subjects TEXT NOT NULL, bytes INTEGER NOT NULL, stored INTEGER NOT NULL, form INTEGER NOT NULL,
      body BLOB NOT NULL) STRICT
    """,
    "CREATE INDEX spool_by_lane ON spool(lane)",
  ]
}

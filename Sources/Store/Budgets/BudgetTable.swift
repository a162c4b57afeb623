import Guards
import Records

/// The rows of `budget_window`, `budget_hold` and `budget_orphan`.
enum BudgetTable {
  /// Which window is meant. A budget whose unit changes begins anew: tokens are no calls.
  struct Place: Sendable, Hashable {
    let budget: String
    let subject: String
    let unit: String
    let start: Instant

    init(_ claim: BudgetClaim, from start: Instant) {
      budget = claim.rule.name
      subject = claim.subject.identifier
      unit = claim.rule.unit.word
      self.start = start
    }

    init(_ batch: RowBatch, _ row: Int, from column: Int = 0) {
      budget = batch.string(column, row) ?? ""
      subject = batch.string(column + 1, row) ?? ""
      unit = batch.string(column + 2, row) ?? ""
      start = Instant(nanoseconds: batch.integer(column + 3, row) ?? 0)
    }

    var key: [SQLValue] {
      [.text(budget), .text(subject), .text(unit), .integer(start.nanoseconds)]
    }
  }

  /// What a call, or a process for its calls, was promised of one window.
  struct Hold: Sendable {
    let hold: String
    let place: Place
    let amount: Int128
    let expiry: Instant
  }

  static func units(_ batch: RowBatch, _ row: Int, _ column: Int) -> Int128 {
    MoneyColumns.units(high: batch.integer(column, row) ?? 0, low: batch.integer(column + 1, row) ?? 0)
  }

  /// Two halves, as amounts of money are stored.
  static func halves(_ units: Int128) -> [SQLValue] {
    // Beyond 2⁹⁴ nothing more is counted: no limit is there.
    let units = min(max(units, 0), largest)
    return [.integer(Int64(units >> 32)), .integer(Int64(units & 0xFFFF_FFFF))]
  }

  static let largest = Int128(Int64.max) << 31

  // MARK: Windows

  /// Nil where nothing was ever promised in it.
  static func window(at place: Place, _ engine: any EngineReader) throws -> (window: BudgetWindow, end: Instant)? {
    let query = Query(
      Statement(
        """
        SELECT spent_high, spent_low, held_high, held_low, ends_at FROM budget_window
        WHERE budget = ?1 AND subject = ?2 AND unit = ?3 AND starts_at = ?4
        """, place.key, columns: [.integer, .integer, .integer, .integer, .integer])
    ) { batch, row in
      (
        BudgetWindow(spent: units(batch, row, 0), held: units(batch, row, 2)),
        Instant(nanoseconds: batch.integer(4, row) ?? 0)
      )
    }
    return try engine.first(query)
  }

  static func insert(
    _ window: BudgetWindow, at place: Place, until end: Instant, _ engine: any EngineWriter
  ) throws {
    try engine.execute(
      Statement(
        """
        INSERT INTO budget_window(budget, subject, unit, starts_at, spent_high, spent_low, held_high, held_low, ends_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """, place.key + halves(window.spent) + halves(window.held) + [.integer(end.nanoseconds)]))
  }

  static func update(
    _ window: BudgetWindow, at place: Place, until end: Instant, _ engine: any EngineWriter
  ) throws {
    try engine.execute(
      Statement(
        """
        UPDATE budget_window SET spent_high = ?5, spent_low = ?6, held_high = ?7, held_low = ?8, ends_at = ?9
        WHERE budget = ?1 AND subject = ?2 AND unit = ?3 AND starts_at = ?4
        """, place.key + halves(window.spent) + halves(window.held) + [.integer(end.nanoseconds)]))
  }

  /// Forgets windows that ended long ago, and what was orphaned in them: no window is longer than a month.
  static func prune(before end: Instant, _ engine: any EngineWriter) throws {
    try engine.execute(Statement("DELETE FROM budget_window WHERE ends_at < ?1", [.integer(end.nanoseconds)]))
    guard let start = end.advanced(by: .seconds(-31 * 86_400)) else { return }
    try engine.execute(Statement("DELETE FROM budget_orphan WHERE starts_at < ?1", [.integer(start.nanoseconds)]))
  }

  /// The same, of one budget; but none of which something is held.
  static func prune(_ budget: String, before end: Instant, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        "DELETE FROM budget_window WHERE ends_at < ?1 AND budget = ?2 AND held_high = 0 AND held_low = 0",
        [.integer(end.nanoseconds), .text(budget)]))
    try engine.execute(
      Statement(
        """
        DELETE FROM budget_orphan WHERE budget = ?1 AND NOT EXISTS (
          SELECT 1 FROM budget_window AS w WHERE w.budget = budget_orphan.budget AND w.subject = budget_orphan.subject
            AND w.unit = budget_orphan.unit AND w.starts_at = budget_orphan.starts_at)
        """, [.text(budget)]))
  }

  // MARK: Promises

  static func insert(_ hold: Hold, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        """
        INSERT INTO budget_hold(budget, subject, unit, starts_at, high, low, hold, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """, hold.place.key + halves(hold.amount) + [.text(hold.hold), .integer(hold.expiry.nanoseconds)]))
  }

  private static func holds(
    where condition: String, _ arguments: [SQLValue], atMost most: Int, _ engine: any EngineReader
  ) throws -> [Hold] {
    try engine.fetch(
      Query(
        Statement(
          """
          SELECT budget, subject, unit, starts_at, high, low, hold, expires_at FROM budget_hold
          WHERE \(condition) ORDER BY hold, budget LIMIT \(most)
          """, arguments,
          columns: [.text, .text, .text, .integer, .integer, .integer, .text, .integer])
      ) { batch, row in
        Hold(
          hold: batch.string(6, row) ?? "", place: Place(batch, row), amount: units(batch, row, 4),
          expiry: Instant(nanoseconds: batch.integer(7, row) ?? 0))
      })
  }

  static func holds(_ hold: String, _ engine: any EngineReader) throws -> [Hold] {
    try holds(where: "hold = ?1", [.text(hold)], atMost: .max, engine)
  }

  /// Promises that nobody will settle any more.
  static func overdue(_ now: Instant, atMost most: Int = .max, _ engine: any EngineReader) throws -> [Hold] {
    try holds(where: "expires_at <= ?1", [.integer(now.nanoseconds)], atMost: most, engine)
  }

  /// Whether there are any: calls that come ask it each time.
  static func hasOverdue(_ now: Instant, _ engine: any EngineReader) throws -> Bool {
    try engine.integer("SELECT 1 FROM budget_hold WHERE expires_at <= ?1 LIMIT 1", [.integer(now.nanoseconds)]) != nil
  }

  static func remove(hold: String, _ engine: any EngineWriter) throws {
    try engine.execute(Statement("DELETE FROM budget_hold WHERE hold = ?1", [.text(hold)]))
  }

  static func remove(_ hold: Hold, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        "DELETE FROM budget_hold WHERE hold = ?1 AND budget = ?2", [.text(hold.hold), .text(hold.place.budget)]))
  }

  /// A block may come back whose process did not hear that it was written, and be given up a second time.
  static func orphan(_ hold: Hold, _ engine: any EngineWriter) throws {
    let key = hold.place.key + [.text(hold.hold)]
    let here = "budget = ?1 AND subject = ?2 AND unit = ?3 AND starts_at = ?4 AND hold = ?5"
    let known = try engine.first(
      Query(
        Statement("SELECT high, low FROM budget_orphan WHERE \(here)", key, columns: [.integer, .integer])
      ) { batch, row in units(batch, row, 0) })
    if let known {
      try engine.execute(
        Statement("UPDATE budget_orphan SET high = ?6, low = ?7 WHERE \(here)", key + halves(known + hold.amount)))
      return
    }
    try engine.execute(
      Statement(
        """
        INSERT INTO budget_orphan(budget, subject, unit, starts_at, high, low, hold, expired_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """, hold.place.key + halves(hold.amount) + [.text(hold.hold), .integer(hold.expiry.nanoseconds)]))
  }

  // MARK: Reading

  /// The windows that hold at an instant. What is overdue by now is spent, whether or not somebody has written that already.
  static func status(at instant: Instant, now: Instant, _ engine: any EngineReader) throws -> [BudgetStatus] {
    var orphans: [Place: [BudgetOrphan]] = [:]
    let known = Query(
      Statement(
        """
        SELECT o.budget, o.subject, o.unit, o.starts_at, o.high, o.low, o.hold, o.expired_at
        FROM budget_window AS w JOIN budget_orphan AS o
          ON o.budget = w.budget AND o.subject = w.subject AND o.unit = w.unit AND o.starts_at = w.starts_at
        WHERE w.ends_at > ?1 AND w.starts_at <= ?1 ORDER BY o.expired_at, o.hold
        """, [.integer(instant.nanoseconds)],
        columns: [.text, .text, .text, .integer, .integer, .integer, .text, .integer])
    ) { batch, row in
      (
        Place(batch, row),
        BudgetOrphan(
          hold: batch.string(6, row) ?? "", amount: units(batch, row, 4),
          expiredAt: Instant(nanoseconds: batch.integer(7, row) ?? 0))
      )
    }
    for (place, orphan) in try engine.fetch(known) { orphans[place, default: []].append(orphan) }
    var late: [Place: [BudgetOrphan]] = [:]
    for hold in try overdue(now, engine) + BlockTable.overdue(now, engine) {
      late[hold.place, default: []].append(
        BudgetOrphan(hold: hold.hold, amount: hold.amount, expiredAt: hold.expiry))
    }
    return try engine.fetch(
      Query(
        Statement(
          """
          SELECT budget, subject, unit, starts_at, spent_high, spent_low, held_high, held_low, ends_at FROM budget_window
          WHERE ends_at > ?1 AND starts_at <= ?1 ORDER BY budget, subject, unit
          """, [.integer(instant.nanoseconds)],
          columns: [.text, .text, .text, .integer, .integer, .integer, .integer, .integer, .integer])
      ) { batch, row in
        let place = Place(batch, row)
        var window = BudgetWindow(spent: units(batch, row, 4), held: units(batch, row, 6))
        for orphan in late[place] ?? [] { window.abandon(orphan.amount) }
        return BudgetStatus(
          budget: place.budget, subject: place.subject, unit: place.unit, startsAt: place.start,
          endsAt: Instant(nanoseconds: batch.integer(8, row) ?? 0), window: window,
          orphans: (orphans[place] ?? []) + (late[place] ?? []))
      })
  }
}

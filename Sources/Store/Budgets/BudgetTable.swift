import Guards
import Records

/// The rows of `budget_window` and `budget_hold`.
enum BudgetTable {
  /// Which window is meant. A budget whose unit changes begins anew: tokens are no calls.
  struct Place: Sendable, Equatable {
    let budget: String
    let subject: String
    let unit: String
    let start: Instant
    let end: Instant

    init(_ claim: BudgetClaim, at now: Instant) {
      budget = claim.rule.name
      subject = claim.subject.identifier
      unit =
        switch claim.rule.unit {
        case .calls: "calls"
        case .tokens: "tokens"
        case .money(let currency): currency
        }
      (start, end) = claim.rule.period.window(at: now)
    }

    fileprivate init(_ batch: RowBatch, _ row: Int, from column: Int) {
      budget = batch.string(column, row) ?? ""
      subject = batch.string(column + 1, row) ?? ""
      unit = batch.string(column + 2, row) ?? ""
      start = Instant(nanoseconds: batch.integer(column + 3, row) ?? 0)
      end = start
    }

    fileprivate var key: [SQLValue] {
      [.text(budget), .text(subject), .text(unit), .integer(start.nanoseconds)]
    }
  }

  private static func units(_ batch: RowBatch, _ row: Int, _ column: Int) -> Int128 {
    MoneyColumns.units(high: batch.integer(column, row) ?? 0, low: batch.integer(column + 1, row) ?? 0)
  }

  /// Two halves, as amounts of money are stored.
  private static func halves(_ units: Int128) -> [SQLValue] {
    // Beyond 2⁹⁴ nothing more is counted: no limit is there.
    let units = min(units, Int128(Int64.max) << 31)
    return [.integer(Int64(units >> 32)), .integer(Int64(units & 0xFFFF_FFFF))]
  }

  static func window(at place: Place, _ engine: any EngineReader) throws -> BudgetWindow {
    let query = Query(
      Statement(
        """
        SELECT spent_high, spent_low, held_high, held_low FROM budget_window
        WHERE budget = ?1 AND subject = ?2 AND unit = ?3 AND starts_at = ?4
        """, place.key, columns: [.integer, .integer, .integer, .integer])
    ) { BudgetWindow(spent: units($0, $1, 0), held: units($0, $1, 2)) }
    return try engine.first(query) ?? BudgetWindow()
  }

  static func write(_ window: BudgetWindow, at place: Place, _ engine: any EngineWriter) throws {
    let known = try engine.integer(
      "SELECT ends_at FROM budget_window WHERE budget = ?1 AND subject = ?2 AND unit = ?3 AND starts_at = ?4", place.key)
    let amounts = halves(window.spent) + halves(window.held)
    if known == nil {
      try engine.execute(
        Statement(
          """
          INSERT INTO budget_window(budget, subject, unit, starts_at, spent_high, spent_low, held_high, held_low, ends_at)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
          """, place.key + amounts + [.integer(place.end.nanoseconds)]))
    } else {
      try engine.execute(
        Statement(
          """
          UPDATE budget_window SET spent_high = ?5, spent_low = ?6, held_high = ?7, held_low = ?8
          WHERE budget = ?1 AND subject = ?2 AND unit = ?3 AND starts_at = ?4
          """, place.key + amounts))
    }
  }

  // MARK: Promises

  static func insert(
    hold: String, _ amount: Int128, at place: Place, until expiry: Instant, _ engine: any EngineWriter
  ) throws {
    try engine.execute(
      Statement(
        """
        INSERT INTO budget_hold(budget, subject, unit, starts_at, high, low, hold, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """, place.key + halves(amount) + [.text(hold), .integer(expiry.nanoseconds)]))
  }

  static func holds(_ hold: String, _ engine: any EngineReader) throws -> [(amount: Int128, place: Place)] {
    try engine.fetch(
      Query(
        Statement(
          "SELECT budget, subject, unit, starts_at, high, low FROM budget_hold WHERE hold = ?1", [.text(hold)],
          columns: [.text, .text, .text, .integer, .integer, .integer])
      ) { (units($0, $1, 4), Place($0, $1, from: 0)) })
  }

  static func remove(hold: String, _ engine: any EngineWriter) throws {
    try engine.execute(Statement("DELETE FROM budget_hold WHERE hold = ?1", [.text(hold)]))
  }

  /// Calls that are looked at in one transaction, so that none takes long.
  private static let mostAbandoned: Int64 = 256

  /// Counts as spent what calls were promised that nobody will ever settle: their process died.
  static func abandon(before now: Instant, _ engine: any EngineWriter) throws {
    let orphans = try engine.fetch(
      Query(
        Statement(
          "SELECT DISTINCT hold FROM budget_hold WHERE expires_at <= ?1 LIMIT ?2",
          [.integer(now.nanoseconds), .integer(mostAbandoned)], columns: [.text])
      ) { $0.string(0, $1) ?? "" })
    for hold in orphans {
      for (amount, place) in try holds(hold, engine) {
        var window = try window(at: place, engine)
        window.abandon(amount)
        try write(window, at: place, engine)
      }
      try remove(hold: hold, engine)
    }
  }

  static func status(at instant: Instant, _ engine: any EngineReader) throws -> [BudgetStatus] {
    try engine.fetch(
      Query(
        Statement(
          """
          SELECT budget, subject, unit, starts_at, spent_high, spent_low, held_high, held_low FROM budget_window
          WHERE starts_at <= ?1 AND ends_at > ?1 ORDER BY budget, subject
          """, [.integer(instant.nanoseconds)],
          columns: [.text, .text, .text, .integer, .integer, .integer, .integer, .integer])
      ) { batch, row in
        let place = Place(batch, row, from: 0)
        return BudgetStatus(
          budget: place.budget, subject: place.subject, startsAt: place.start,
          window: BudgetWindow(spent: units(batch, row, 4), held: units(batch, row, 6)))
      })
  }
}

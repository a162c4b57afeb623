import Guards
import Records

/// The rows of `budget_block`.
enum BlockTable {
  static func block(_ id: String, _ engine: any EngineReader) throws -> CreditBlock? {
    try engine.first(
      Query(
        Statement(
          "SELECT held_high, held_low, spent_high, spent_low FROM budget_block WHERE block = ?1", [.text(id)],
          columns: [.integer, .integer, .integer, .integer])
      ) { batch, row in
        CreditBlock(held: BudgetTable.units(batch, row, 0), spent: BudgetTable.units(batch, row, 2))
      })
  }

  static func insert(
    _ id: String, _ block: CreditBlock, at place: BudgetTable.Place, until expiry: Instant, _ engine: any EngineWriter
  ) throws {
    try engine.execute(
      Statement(
        """
        INSERT INTO budget_block(
          budget, subject, unit, starts_at, held_high, held_low, spent_high, spent_low, block, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """,
        place.key + BudgetTable.halves(block.held) + BudgetTable.halves(block.spent)
          + [.text(id), .integer(expiry.nanoseconds)]))
  }

  static func update(_ id: String, _ block: CreditBlock, until expiry: Instant, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        """
        UPDATE budget_block SET held_high = ?1, held_low = ?2, spent_high = ?3, spent_low = ?4, expires_at = ?6
        WHERE block = ?5
        """,
        BudgetTable.halves(block.held) + BudgetTable.halves(block.spent) + [.text(id), .integer(expiry.nanoseconds)]))
  }

  static func remove(_ id: String, _ engine: any EngineWriter) throws {
    try engine.execute(Statement("DELETE FROM budget_block WHERE block = ?1", [.text(id)]))
  }

  /// Blocks whose processes have said nothing for too long.
  static func overdue(
    _ now: Instant, atMost most: Int = .max, _ engine: any EngineReader
  ) throws -> [BudgetTable.Hold] {
    try engine.fetch(
      Query(
        Statement(
          """
          SELECT budget, subject, unit, starts_at, held_high, held_low, block, expires_at FROM budget_block
          WHERE expires_at <= ?1 ORDER BY block LIMIT \(most)
          """, [.integer(now.nanoseconds)],
          columns: [.text, .text, .text, .integer, .integer, .integer, .text, .integer])
      ) { batch, row in
        BudgetTable.Hold(
          hold: batch.string(6, row) ?? "", place: BudgetTable.Place(batch, row),
          amount: BudgetTable.units(batch, row, 4), expiry: Instant(nanoseconds: batch.integer(7, row) ?? 0))
      })
  }

  /// Whether there are any: calls that come ask it each time.
  static func hasOverdue(_ now: Instant, _ engine: any EngineReader) throws -> Bool {
    try engine.integer("SELECT 1 FROM budget_block WHERE expires_at <= ?1 LIMIT 1", [.integer(now.nanoseconds)]) != nil
  }
}

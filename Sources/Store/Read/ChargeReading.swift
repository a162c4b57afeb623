public import Records

/// Lines of bills that are alike in everything that decides who answers for them.
public struct ChargeCell: Sendable, Equatable {
  /// Where in the window that was asked for the lines lie.
  public enum Phase: Int64, Sendable {
    case before, within, after
  }

  public let account: String
  public let owner: String?
  public let tags: Tags
  public let currency: String
  public let category: String?
  public let phase: Phase
  /// Lines with an effective cost, and those without.
  public let lines: Int
  public let unpriced: Int
  /// Of the lines with an effective cost, in 10⁻¹² of the currency; lines without a billed cost add nothing to it.
  public let effective: Int128
  public let billed: Int128
  /// When the first of the lines' periods begins.
  public let first: Instant
}

/// What an account spent in one currency on one day.
public struct ChargeDay: Sendable, Hashable {
  public let account: String
  public let currency: String
  /// Days since 1970, UTC.
  public let day: Int64
  /// In 10⁻¹² of the currency.
  public let effective: Int128

  public init(account: String, currency: String, day: Int64, effective: Int128) {
    self.account = account
    self.currency = currency
    self.day = day
    self.effective = effective
  }
}

extension Snapshot {
  /// Whether any charge is in sight.
  public var hasCharges: Bool { horizon.lastRow(.charge) > 0 }

  /// The newest beginning of a charge's period before an instant; nil when there is none.
  public func newestCharge(before instant: Instant) throws -> Instant? {
    try first(
      Query(
        Statement(
          """
          SELECT t.period_from FROM charge t WHERE t.period_from < ?1 AND \(horizon.current(.charge, "t"))
          ORDER BY t.period_from DESC LIMIT 1
          """, [.integer(instant.nanoseconds)], columns: [.integer])
      ) { $0.integer(0, $1) })?.map(Instant.init(nanoseconds:))
  }

  /// Hands out the current charges, oldest row first.
  public func forEachCharge(_ body: (_ id: RecordID, _ record: ChargeRecord) throws -> Void) throws {
    try forEachRecord(ChargeRecord.self) { try body($0, $1) }
  }

  /// Hands out what is charged from an instant up to `asOf`, in SQL's groups: their number grows with accounts and their
  /// combinations of tags, not with lines.
  /// - Parameter window: half-open; must lie between `start` and `asOf`.
  public func forEachChargeCell(
    from start: Instant, window: Range<Instant>, _ body: (ChargeCell) throws -> Void
  ) throws {
    func term(_ column: String) -> String { "(SELECT value FROM term WHERE id = c.\(column))" }
    let statement = Statement(
      """
      SELECT \(term("account")), \(term("owner")), \(term("tags")), \(term("currency")), \(term("charge_category")),
        c.phase, COUNT(*), COUNT(c.effective_cost_high), SUM(c.effective_cost_high), SUM(c.effective_cost_low),
        SUM(c.billed_high), SUM(c.billed_low), MIN(c.period_from)
      FROM (
        SELECT t.account, t.owner, t.tags, t.currency, t.charge_category, t.period_from, t.effective_cost_high,
          t.effective_cost_low,
          CASE WHEN t.period_from < ?2 THEN 0 WHEN t.period_from < ?3 THEN 1 ELSE 2 END AS phase,
          CASE WHEN t.effective_cost_high IS NULL THEN 0 ELSE t.billed_cost_high END AS billed_high,
          CASE WHEN t.effective_cost_high IS NULL THEN 0 ELSE t.billed_cost_low END AS billed_low
        FROM charge t WHERE t.period_from >= ?1 AND t.period_from <= ?4 AND \(horizon.current(.charge, "t"))) c
      GROUP BY c.account, c.owner, c.tags, c.currency, c.charge_category, c.phase
      ORDER BY c.account, c.owner, c.tags, c.currency, c.charge_category, c.phase
      """,
      [start, window.lowerBound, window.upperBound, asOf].map { .integer($0.nanoseconds) },
      columns: [.text, .text, .text, .text, .text] + Array(repeating: .integer, count: 8))
    try forEach(
      Query(statement) { batch, row in
        func whole(_ column: Int) -> Int64 { batch.integer(column, row) ?? 0 }
        func units(_ column: Int) -> Int128 { MoneyColumns.units(high: whole(column), low: whole(column + 1)) }
        return ChargeCell(
          account: batch.string(0, row) ?? "", owner: batch.string(1, row),
          tags: Tags(canonical: batch.string(2, row) ?? "{}"), currency: batch.string(3, row) ?? "",
          category: batch.string(4, row), phase: ChargeCell.Phase(rawValue: whole(5)) ?? .after, lines: Int(whole(7)),
          unpriced: Int(whole(6) - whole(7)), effective: units(8), billed: units(10),
          first: Instant(nanoseconds: whole(12)))
      }, body)
  }

  /// Hands out what accounts spent on use and purchases by day, from a day on up to `asOf`: accounts one after the other,
  /// the days of each in order.
  ///
  /// Lines whose period is longer than a day are no day's spending and left out, as are those without an effective cost.
  public func forEachChargeDay(from start: Instant, _ body: (ChargeDay) throws -> Void) throws {
    let statement = Statement(
      """
      SELECT (SELECT value FROM term WHERE id = t.account), (SELECT value FROM term WHERE id = t.currency),
        t.period_from / \(Snapshot.dayLength), SUM(t.effective_cost_high), SUM(t.effective_cost_low)
      FROM charge t WHERE \(daily) GROUP BY t.account, t.currency, t.period_from / \(Snapshot.dayLength)
      ORDER BY t.account, t.currency, t.period_from / \(Snapshot.dayLength)
      """, [.integer(start.nanoseconds), .integer(asOf.nanoseconds)],
      columns: [.text, .text, .integer, .integer, .integer])
    try forEach(
      Query(statement) { batch, row in
        ChargeDay(
          account: batch.string(0, row) ?? "", currency: batch.string(1, row) ?? "", day: batch.integer(2, row) ?? 0,
          effective: MoneyColumns.units(high: batch.integer(3, row) ?? 0, low: batch.integer(4, row) ?? 0))
      }, body)
  }

  /// The days with any such line, in order: those of which a bill is there at all.
  public func chargedDays(from start: Instant) throws -> [Int64] {
    try fetch(
      Query(
        Statement(
          """
          SELECT DISTINCT t.period_from / \(Snapshot.dayLength) FROM charge t WHERE \(daily)
          ORDER BY t.period_from / \(Snapshot.dayLength)
          """, [.integer(start.nanoseconds), .integer(asOf.nanoseconds)], columns: [.integer])
      ) { $0.integer(0, $1) ?? 0 })
  }

  private static let dayLength: Int64 = 86_400_000_000_000

  /// Use and purchases, and what does not say.
  private var isCounted: String {
    """
    (t.charge_category IS NULL
      OR t.charge_category IN (SELECT id FROM term WHERE value = 'Usage' OR value = 'Purchase'))
    """
  }

  private var daily: String {
    """
    t.period_from >= ?1 AND t.period_from <= ?2 AND t.effective_cost_high IS NOT NULL
      AND \(isCounted) AND (t.period_to IS NULL OR t.period_to - t.period_from <= \(Snapshot.dayLength))
      AND \(horizon.current(.charge, "t"))
    """
  }

  /// The dearest lines of use and purchases of an account in a window: a sample for a finding.
  public func dearestCharges(of account: String, window: Range<Instant>, limit: Int) throws -> [RecordID] {
    try fetch(
      Query(
        Statement(
          """
          SELECT t.record_id FROM charge t
          WHERE t.account = (SELECT id FROM term WHERE value = ?1) AND t.period_from >= ?2 AND t.period_from < ?3
            AND t.effective_cost_high IS NOT NULL AND \(isCounted) AND \(horizon.current(.charge, "t"))
          ORDER BY t.effective_cost_high DESC, t.effective_cost_low DESC, t.row LIMIT \(limit)
          """,
          [
            .text(account.identifier), .integer(window.lowerBound.nanoseconds), .integer(window.upperBound.nanoseconds),
          ], columns: [.blob])
      ) { $0.recordID(0, $1) }
    ).compactMap(\.self)
  }
}

public import Records

/// What the calls of a tenant for a feature cost in a stretch of time, in one currency.
public struct TenantCost: Sendable, Equatable {
  /// Nil: nobody's.
  public let tenant: String?
  public let feature: String
  public let cost: Money
  public let spans: Int
}

/// What a bill says of a stretch of time, in one currency.
public struct InvoiceTotal: Sendable, Equatable {
  public let amount: Money
  public let lines: Int
}

extension Snapshot {
  /// What calls cost in a stretch of time, by tenant and feature, largest tenant name last. Spans without a cost are left out.
  ///
  /// Sums in SQL, exactly: their number grows with tenants and features, not with calls.
  /// - Parameter window: half-open.
  public func tenantCosts(in window: Range<Instant>) throws -> [TenantCost] {
    let hour = SpanRecord.hour("t")
    let statement = Statement(
      """
      SELECT (SELECT value FROM term WHERE id = t.tenant), (SELECT value FROM term WHERE id = t.feature),
        (SELECT value FROM term WHERE id = t.cost_currency), SUM(t.cost_high), SUM(t.cost_low), COUNT(*)
      FROM span t
      WHERE \(hour) >= ?3 AND \(hour) <= ?4 AND t.started_at >= ?1 AND t.started_at < ?2 AND t.cost_high IS NOT NULL
        AND \(horizon.current(.span, "t"))
      GROUP BY t.tenant, t.feature, t.cost_currency
      """,
      [
        .integer(window.lowerBound.nanoseconds), .integer(window.upperBound.nanoseconds),
        .integer(SpanRecord.hour(of: window.lowerBound)), .integer(SpanRecord.hour(of: window.upperBound)),
      ], columns: [.text, .text, .text, .integer, .integer, .integer])
    var costs: [TenantCost] = []
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        let units = MoneyColumns.units(high: batch.integer(3, row) ?? 0, low: batch.integer(4, row) ?? 0)
        guard let cost = Money(units: units, currency: batch.string(2, row) ?? "") else { continue }
        costs.append(
          TenantCost(
            tenant: batch.string(0, row), feature: batch.string(1, row) ?? "", cost: cost,
            spans: Int(batch.integer(5, row) ?? 0)))
      }
    }
    // SQL groups by the numbers of texts, which are those of their delivery.
    func key(_ cost: TenantCost) -> [String] { [cost.tenant ?? "", cost.feature, cost.cost.currency] }
    return costs.sorted { key($0).lexicographicallyPrecedes(key($1)) { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
  }

  /// What bills say of use and purchases in a stretch of time, by currency: the effective cost, else the billed one.
  /// - Parameters:
  ///   - window: half-open, of the beginnings of the lines' periods.
  ///   - accounts: whose bills count; none for all.
  public func invoices(in window: Range<Instant>, accounts: [String]) throws -> [InvoiceTotal] {
    var arguments: [SQLValue] = [
      .integer(window.lowerBound.nanoseconds), .integer(window.upperBound.nanoseconds),
    ]
    let places = accounts.map { account in
      arguments.append(.text(account.identifier))
      return "?\(arguments.count)"
    }
    let whose =
      accounts.isEmpty
      ? "" : "AND t.account IN (SELECT id FROM term WHERE value IN (\(places.joined(separator: ", "))))"
    func column(_ end: String) -> String {
      "SUM(CASE WHEN t.effective_cost_high IS NULL THEN t.billed_cost_\(end) ELSE t.effective_cost_\(end) END)"
    }
    let statement = Statement(
      """
      SELECT (SELECT value FROM term WHERE id = t.currency), \(column("high")), \(column("low")), COUNT(*)
      FROM charge t
      WHERE t.period_from >= ?1 AND t.period_from < ?2 \(whose)
        AND (t.effective_cost_high IS NOT NULL OR t.billed_cost_high IS NOT NULL)
        AND (t.charge_category IS NULL
          OR t.charge_category IN (SELECT id FROM term WHERE value = 'Usage' OR value = 'Purchase'))
        AND \(horizon.current(.charge, "t"))
      GROUP BY t.currency
      """, arguments, columns: [.text, .integer, .integer, .integer])
    return try fetch(
      Query(statement) { batch, row in
        Money(
          units: MoneyColumns.units(high: batch.integer(1, row) ?? 0, low: batch.integer(2, row) ?? 0),
          currency: batch.string(0, row) ?? ""
        ).map { InvoiceTotal(amount: $0, lines: Int(batch.integer(3, row) ?? 0)) }
      }
    ).compactMap(\.self).sorted { $0.amount.currency < $1.amount.currency }
  }

  /// The tenants of whom one of the newest spans is, in UTF-8 order. O(amongNewest).
  public func recentTenants(amongNewest count: Int64 = 20_000) throws -> [String] {
    let statement = Statement(
      """
      SELECT (SELECT value FROM term WHERE id = f.tenant) FROM (
        SELECT DISTINCT t.tenant AS tenant FROM span t
        WHERE t.row > ?1 AND t.tenant IS NOT NULL AND \(horizon.current(.span, "t"))) f
      """, [.integer(horizon.lastRow(.span) - count)], columns: [.text])
    return try fetch(Query(statement) { $0.string(0, $1) ?? "" }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

import Records
import StoreSQLite
import Testing

@testable import Store

/// What tenant-isolation asks of the ledger, on every engine.
@Suite struct TenantReadingTests {
  private static func later(_ second: Int64) -> Instant { ProductionReadingTests.later(second) }

  private static func fill(_ appender: Appender) throws {
    for (number, tenant, feature, cost) in [
      (1, "b", "f", "0.10 USD"), (2, "a", "f", "1.25 USD"), (3, "a", "f", "2.50 USD"), (4, "a", "g", "4 USD"),
      (5, nil, "f", "8 USD"), (6, "a", "f", "16 EUR"), (7, "a", "f", nil), (100, "a", "f", "32 USD"),
    ] as [(Int, String?, String, String?)] {
      var span = ProductionReadingTests.span(number, feature: feature)
      (span.tenant, span.cost) = (tenant, cost.flatMap { Money($0) })
      try appender.append(span)
    }
    for (id, account, category, effective, billed, second) in [
      ("1", "x", "Usage", 5, 9, 10), ("2", "x", nil, nil, 7, 11), ("3", "y", "Purchase", 11, nil, 12),
      ("4", "x", "Tax", 100, 100, 13), ("5", "x", "Usage", 1000, nil, 100),
    ] as [(String, String, String?, Int128?, Int128?, Int64)] {
      var charge = ChargeRecord()
      (charge.chargeID, charge.account, charge.currency, charge.chargeCategory) = (id, account, "USD", category)
      (charge.effectiveCost, charge.billedCost) = (effective, billed)
      (charge.periodFrom, charge.periodTo) = (later(second), later(second + 1))
      try appender.append(.charge(charge))
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func costsAndBills(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(Self.later(200).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { try Self.fill($0) }
    try await ledger.read { snapshot in
      let costs = try snapshot.tenantCosts(in: Self.later(0)..<Self.later(100))
      #expect(
        costs.map { "\($0.tenant ?? "-") \($0.feature) \($0.cost) \($0.spans)" } == [
          "- f 8.00 USD 1", "a f 16.00 EUR 1", "a f 3.75 USD 2", "a g 4.00 USD 1", "b f 0.10 USD 1",
        ])
      let all = try snapshot.invoices(in: Self.later(0)..<Self.later(100), accounts: [])
      #expect(all.map(\.amount.units) == [23] && all[0].lines == 3)
      let one = try snapshot.invoices(in: Self.later(0)..<Self.later(100), accounts: ["x"])
      #expect(one.map(\.amount.units) == [12])
      #expect(try snapshot.invoices(in: Self.later(0)..<Self.later(100), accounts: ["nobody"]).isEmpty)
      #expect(try snapshot.recentTenants() == ["a", "b"])
      #expect(try snapshot.recentTenants(amongNewest: 1) == ["a"])
      var question = SpanQuestion(since: Self.later(0), until: Self.later(100), fields: [.tenant])
      question.feature = "g"
      var tenants: [String?] = []
      try snapshot.forEachSpan(question) { tenants.append($0.tenant) }
      #expect(tenants == ["a"])
    }
  }

  @Test func questionsUseTheirIndexes() async throws {
    let folder = TemporaryFolder()
    let plans = QueryPlans(try SQLiteEngine(path: folder.path + "/ledger.db"))
    let ledger = try await Ledger(engine: plans) { Self.later(200) }
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { try Self.fill($0) }
    try await ledger.read { snapshot in
      _ = try snapshot.tenantCosts(in: Self.later(0)..<Self.later(100))
      _ = try snapshot.invoices(in: Self.later(0)..<Self.later(100), accounts: ["x"])
    }
    let asked = plans.ofTable("charge").flatMap(\.steps)
    #expect(asked.contains { $0.contains("USING INDEX charge_by_period (period_from>? AND period_from<?") }, "\(asked)")
    let spans = plans.all.filter { $0.sql.contains("t.cost_currency") }.flatMap(\.steps)
    #expect(spans.contains { $0.contains("USING INDEX span_by_hour (<expr>>? AND <expr><?") }, "\(spans)")
  }
}

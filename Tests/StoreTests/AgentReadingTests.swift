import Records
import StoreSQLite
import Testing

@testable import Store

/// What agent-trust asks of the ledger, on every engine.
@Suite struct AgentReadingTests {
  private static let at = ProductionReadingTests.at

  private static func action(_ number: Int, _ agent: String, second: Int64, kind: String = "tool") -> SpanRecord {
    var span = SpanRecord(
      spanID: "s\(number)", traceID: "t\(number % 2)", name: "n", spanKind: kind,
      startedAt: ProductionReadingTests.later(second), feature: "f")
    span.attributes = try? JSONValue.object(
      {
        var object = JSONObject()
        object["agent"] = .string(agent)
        return object
      }()
    ).canonical()
    return span
  }

  @Test(arguments: EngineUnderTest.all)
  func actionsComeInTheOrderOfTheirTimes(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ProductionReadingTests.later(20_000).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    let odd = "a\"b\\c_%"
    try await ledger.append(source: "test") { appender in
      // Stored in another order than they happened, over three hours.
      for (number, second) in [(1, 9_000), (2, 100), (3, 5_000), (4, 50), (5, 5_000), (6, 9_500)] as [(Int, Int64)] {
        var span = Self.action(number, number == 6 ? "other" : odd, second: second)
        (span.status, span.errorType, span.finishReason, span.refusal) = (.timeout, "e", "stop", true)
        (span.tool, span.toolSchemaSHA256, span.idempotencyKey, span.modelRequested) = ("x", "d", "k", "m")
        try appender.append(span)
      }
      try appender.append(Self.action(7, odd, second: 60, kind: "chat"))
      // Another attribute holds the name.
      var nested = Self.action(8, "z", second: 70)
      nested.attributes = #"{"agent":"z","of":{"agent":"other"}}"#
      try appender.append(nested)
    }
    func spans(_ agent: String, _ change: (inout SpanQuestion) -> Void = { _ in }) async throws -> (
      [WindowSpan], SpanReach
    ) {
      var question = SpanQuestion(
        since: Self.at, until: ProductionReadingTests.later(10_000), fields: [.outcome, .asking], attributes: ["agent"])
      question.kinds = ["tool", "agent"]
      question.attribute = ("agent", agent)
      question.isOldestFirst = true
      change(&question)
      let asked = question
      return try await ledger.read { snapshot in
        var spans: [WindowSpan] = []
        let reach = try snapshot.forEachSpan(asked) { spans.append($0) }
        return (spans, reach)
      }
    }
    let (all, reach) = try await spans(odd)
    #expect(all.map(\.spanID) == ["s4", "s2", "s3", "s5", "s1"] && reach.isWhole && reach.spans == 5)
    let first = all[0]
    #expect(
      first.status == .timeout && first.errorType == "e" && first.finishReason == "stop" && first.isRefusal == true)
    #expect(
      first.tool == "x" && first.toolSchemaSHA256 == "d" && first.idempotencyKey == "k" && first.modelRequested == "m")
    #expect(try await spans("other").0.map(\.spanID) == ["s8", "s6"])
    #expect(try await spans(odd) { $0.isOldestFirst = false }.0.map(\.spanID) == ["s1", "s3", "s5", "s2", "s4"])
    // The oldest hours are left out once enough was looked at.
    let (some, cut) = try await spans(odd) { $0.mostLookedAt = 3 }
    #expect(some.map(\.spanID) == ["s3", "s5", "s1"] && !cut.isWhole && cut.since > Self.at)
    let agents = try await ledger.read { try $0.recentAgents() }
    #expect(agents == [odd, "other", "z"].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    let ids = try await ledger.read { (try $0.spanIDs(ofTrace: "t0"), try $0.spanIDs(ofTrace: "none")) }
    #expect(ids.0 == ["s2", "s4", "s6", "s8"] && ids.1.isEmpty)
  }

  @Test(arguments: EngineUnderTest.all)
  func receiptsUnderKeys(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ProductionReadingTests.later(100).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { appender in
      for (id, key, second) in [("1", "a", 5), ("2", "a", 3), ("3", "b", -1), ("4", "c", 9), ("5", nil, 9)]
        as [(String, String?, Int64)]
      {
        var receipt = ReceiptRecord()
        (receipt.receiptID, receipt.itemID, receipt.attemptID) = (id, "i", "t")
        (receipt.idempotencyKey, receipt.at) = (key, ProductionReadingTests.later(second))
        try appender.append(receipt)
      }
    }
    let found = try await ledger.read { snapshot in
      var found: [String] = []
      try snapshot.forEachReceipt(underKeys: ["a", "b", "x"], since: Self.at) { key, receipt, _ in
        found.append("\(key) \(receipt)")
      }
      try snapshot.forEachReceipt(underKeys: [], since: Self.at) { _, _, _ in Issue.record("nothing was asked for") }
      return found
    }
    #expect(found == ["a 2", "a 1"])
  }

  /// Only rows of tools and agents of the hour are read, and a trace is looked for in its blocks.
  @Test func questionsUseTheirIndexes() async throws {
    let folder = TemporaryFolder()
    let plans = QueryPlans(try SQLiteEngine(path: folder.path + "/ledger.db"))
    let ledger = try await Ledger(engine: plans) { ProductionReadingTests.later(20_000) }
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { try $0.append(Self.action(1, "a", second: 60)) }
    try await ledger.read { snapshot in
      var question = SpanQuestion(
        since: Self.at, until: ProductionReadingTests.later(10_000), fields: [.outcome], attributes: ["agent"])
      (question.kinds, question.attribute, question.isOldestFirst) = (["tool", "agent"], ("agent", "a"), true)
      try snapshot.forEachSpan(question) { _ in }
      _ = try snapshot.spanIDs(ofTrace: "t1")
      _ = try snapshot.recentAgents()
    }
    let asked = plans.ofTable("span")
    #expect(asked.count >= 5)
    for plan in asked {
      #expect(!plan.steps.contains { $0.hasPrefix("SCAN t") || $0.hasPrefix("SCAN s") }, "\(plan)")
    }
    let hours = asked.filter { $0.sql.contains("LIKE") && $0.sql.contains("started_at, t.row") }
    #expect(
      hours.count == 1 && hours[0].steps.contains { $0.contains("span_by_hour (<expr>=? AND span_kind=?") }, "\(hours)"
    )
  }
}

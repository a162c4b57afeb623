import Records
import Store
import Testing

/// What spans cost, on every engine.
@Suite struct CostReadingTests {
  private static let start: Int64 = 1_700_000_000_000_000_000

  private static func span(_ number: Int, kind: String = "chat") -> SpanRecord {
    SpanRecord(
      spanID: "s\(number)", traceID: "t", name: "chat", spanKind: kind,
      startedAt: Instant(nanoseconds: start + Int64(number) * 1_000_000_000), feature: "f")
  }

  private static func cost(_ span: SpanRecord, _ amount: String?, version: String = "v1") -> CostRecord {
    var cost = CostRecord(traceID: span.traceID, spanID: span.spanID, at: span.startedAt)
    cost.amount = amount.flatMap { Money("\($0) USD") }
    cost.priceVersion = version
    if amount == nil { cost.reason = "no price for model 'm'" }
    return cost
  }

  @Test(arguments: EngineUnderTest.all)
  func theNewestCostOfEachSpan(engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: Self.start) }
    defer { try? ledger.close() }
    let spans = (0..<5).map { Self.span($0) }
    let first = try await ledger.append(source: "test") { appender in
      for span in spans { try appender.append(span) }
      for span in spans.prefix(3) { try appender.append(Self.cost(span, "1.50")) }
    }
    try await ledger.append(source: "test") { appender in
      try appender.append(Self.cost(spans[1], "-0.000000000001", version: "v2"))
      try appender.append(Self.cost(spans[2], nil))
      // The same again is no news.
      try appender.append(Self.cost(spans[0], "1.50"))
    }
    func costs(asOf: Instant? = nil) async throws -> [CostRecord?] {
      try await ledger.read(asOf: asOf) { try $0.costs(of: spans) }
    }
    let now = try await costs()
    #expect(now[0] == Self.cost(spans[0], "1.50"))
    #expect(now[1] == Self.cost(spans[1], "-0.000000000001", version: "v2"))
    #expect(now[2] == Self.cost(spans[2], nil) && now[2]?.amount == nil)
    #expect(now[3] == nil && now[4] == nil)
    // What was known when the first commit was the newest.
    let before = try await costs(asOf: first.at)
    #expect(before[1] == Self.cost(spans[1], "1.50") && before[2] == Self.cost(spans[2], "1.50"))
    #expect(try await ledger.status().records[.cost] == 5)
    #expect(try await ledger.verify().problems == [])
  }

  /// In one commit, what is said of costs replaces what was computed before of the same calls, and each call costs once.
  @Test(arguments: EngineUnderTest.all)
  func aLaterWordOfOneCommitReplacesAnEarlierOne(engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: Self.start) }
    defer { try? ledger.close() }
    let spans = (0..<4).map { Self.span($0) }
    let receipt = try await ledger.append(source: "test") { appender in
      for span in spans { try appender.append(span) }
      for span in spans.prefix(3) { try appender.append(Self.cost(span, "1.50")) }
      appender.startDelivery(ofKind: .cost)
      try appender.append(Self.cost(spans[0], "2.50", version: "v2"))
      try appender.append(Self.cost(spans[1], "1.50"))
      try appender.append(Self.cost(spans[2], nil, version: "v2"))
    }
    let count = try #require(receipt.counts[.cost])
    #expect(count.stored == 5 && count.superseding == 2 && count.conflicting == 0 && count.duplicates == 1)
    let costs = try await ledger.read { snapshot in
      var costs: [CostRecord] = []
      try snapshot.forEachCost(of: Set(spans.map { CostKey(of: $0) })) { costs.append($0) }
      return costs.sorted { $0.spanID < $1.spanID }
    }
    #expect(
      costs == [
        Self.cost(spans[0], "2.50", version: "v2"), Self.cost(spans[1], "1.50"),
        Self.cost(spans[2], nil, version: "v2"),
      ])
    #expect(CostKey(costs[0]) == CostKey(of: spans[0]))
    #expect(try await ledger.verify().problems == [])
  }

  /// More spans than one batch of look-ups holds.
  @Test(arguments: EngineUnderTest.all)
  func pagesOfSpansWithTheirCosts(engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: Self.start) }
    defer { try? ledger.close() }
    let count = 9_000
    try await ledger.append(source: "test") { appender in
      for number in 0..<count {
        let span = Self.span(number, kind: number % 3 == 0 ? "tool" : "chat")
        try appender.append(span)
        if number % 2 == 0 { try appender.append(Self.cost(span, "\(number).5")) }
      }
      try appender.append(Self.span(1, kind: "completion"))
    }
    try await ledger.append(source: "test") { try $0.append(Self.span(4, kind: "tool")) }
    var seen: [String] = []
    var row: Int64? = 0
    while let after = row {
      let (page, costs) = try await ledger.read { snapshot in
        let page = try snapshot.spans(
          ofKinds: ["chat", "completion"], since: Instant(nanoseconds: Self.start + 2_000_000_000),
          until: Instant(nanoseconds: Self.start + 8_999_000_000_000), after: after, limit: 2_500)
        return (page, try snapshot.costs(of: page.spans))
      }
      #expect(page.spans.count <= 2_500)
      for (span, cost) in zip(page.spans, costs) {
        let number = try #require(Int(span.spanID.dropFirst()))
        #expect(cost?.amount == (number % 2 == 0 ? Money("\(number).5 USD") : nil))
        seen.append(span.spanID)
      }
      row = page.next
    }
    // From the second second on and before the last, without tools, and without the call that a correction made one.
    let expected = (2..<8_999).filter { $0 % 3 != 0 && $0 != 4 }.map { "s\($0)" }
    #expect(seen == expected)
  }

  @Test(arguments: EngineUnderTest.all)
  func tablesOfPricesByTheirVersions(engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: Self.start) }
    defer { try? ledger.close() }
    let version = String(repeating: "a", count: 64)
    try await ledger.append(source: "test") {
      try $0.append(
        ArtifactRecord(
          sha256: version, artifactKind: "other", name: "prices.json", at: Instant(nanoseconds: Self.start)))
    }
    let names = try await ledger.read {
      [try $0.artifactName(sha256: version), try $0.artifactName(sha256: "b")]
    }
    #expect(names == ["prices.json", nil])
  }
}

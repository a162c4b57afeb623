import Records
import SeededRandom
import Store
import Testing

/// Records a page at a time, on every engine.
@Suite struct PageTests {
  private func read(_ ledger: Ledger, _ question: PageQuestion, asOf: Instant? = nil) async throws -> [[RecordID]] {
    try await ledger.read(asOf: asOf) { snapshot in
      var (question, pages): (PageQuestion, [[RecordID]]) = (question, [])
      repeat {
        let page = try snapshot.page(question)
        pages.append(page.records.map(\.id))
        question.before = page.next
      } while question.before != nil && pages.count < 10_000
      return pages
    }
  }

  @Test(arguments: EngineUnderTest.all) func everyRecordIsOnOnePage(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 1_000_000_000) }
    var random = RandomRecords(seed: 29)
    let records = random.declaredOfEachKind(3) + random.delivery(200) + random.delivery(200)
    try await ledger.append(source: "test") { for record in records { try $0.append(record) } }
    for kind in RecordKind.allCases {
      let whole = try await ledger.read { snapshot in
        var ids: [RecordID] = []
        try snapshot.forEachExported(ExportQuestion(kind)) { id, _ in ids.append(id) }
        return ids
      }
      for (limit, lookedAt) in [(1, 200_000), (7, 5), (7, 1), (1_000, 3), (1_000, 200_000)] as [(Int, Int64)] {
        var question = PageQuestion(kind)
        (question.limit, question.mostLookedAt) = (limit, lookedAt)
        let pages = try await read(ledger, question)
        #expect(pages.allSatisfy { $0.count <= limit })
        #expect(pages.flatMap { $0 } == whole.reversed(), "\(kind), \(limit), \(lookedAt)")
      }
      // Whatever can be asked is understood, and is heeded.
      for field in PageQuestion.fields(of: kind) {
        var question = PageQuestion(kind)
        question.matches = [(field, "no such word")]
        #expect(try await read(ledger, question).flatMap { $0 }.isEmpty, "\(kind).\(field)")
      }
      var none = PageQuestion(kind)
      none.since = Instant(nanoseconds: .max)
      #expect(try await read(ledger, none).flatMap { $0 }.isEmpty)
    }
    try ledger.close()
  }

  /// An agent is a member of the attributes; one of that name deeper inside, or a part of a name, is another's.
  @Test(arguments: EngineUnderTest.all) func spansOfAnAgent(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 1_000_000_000) }
    let agents = ["a\"b\\c_%", "a\"b\\c__", "bot", "bots", "Bot"]
    try await ledger.append(source: "test") { appender in
      for id in 0..<60 {
        var span = SpanRecord(
          spanID: "s\(id)", traceID: "t", name: "act", spanKind: "tool", startedAt: Instant(nanoseconds: Int64(id)),
          feature: "f")
        var attributes = JSONObject()
        attributes["agent"] = .string(agents[id % 5])
        var inner = JSONObject()
        inner["agent"] = .string("bot")
        if id % 2 == 0 { attributes["made_by"] = .object(inner) }
        span.attributes = try JSONValue.object(attributes).canonical()
        try appender.append(span)
      }
    }
    for (place, agent) in agents.enumerated() {
      for (limit, lookedAt) in [(1, 200_000), (5, 7), (100, 200_000)] as [(Int, Int64)] {
        var question = PageQuestion(.span)
        question.matches = [("agent", agent)]
        (question.limit, question.mostLookedAt) = (limit, lookedAt)
        let pages = try await read(ledger, question)
        #expect(pages.allSatisfy { $0.count <= limit })
        #expect(Set(pages.flatMap { $0 }).count == 12 && pages.flatMap { $0 }.count == 12, "\(agent)")
        question.limit = min(limit, 12)
        let asked = question
        let newest = try await ledger.read { try $0.newest(asked) }
        let ids = newest.compactMap { if case .span(let span) = $0 { span.spanID } else { nil } }
        #expect(ids == (0..<12).map { "s\(55 + place - $0 * 5)" }.prefix(limit).map(\.self), "\(agent)")
      }
    }
    try ledger.close()
  }

  /// A page is of the state that it was asked of: neither what came later nor what was replaced later shows.
  @Test(arguments: EngineUnderTest.all) func aStateOfThePastStays(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 1_000_000_000) }
    @Sendable func span(_ id: Int, _ tokens: Int64) -> SpanRecord {
      var span = SpanRecord(
        spanID: "s\(id)", traceID: "t", name: "chat", spanKind: "chat", startedAt: Instant(nanoseconds: 5), feature: "f"
      )
      span.inputTokens = tokens
      return span
    }
    try await ledger.append(source: "test") { for id in 0..<10 { try $0.append(span(id, 1)) } }
    let first = try #require(try await ledger.read { $0.horizon.committedAt })
    let before = try await read(ledger, PageQuestion(.span), asOf: first)
    try await ledger.append(source: "test") { for id in 5..<15 { try $0.append(span(id, 2)) } }
    #expect(try await read(ledger, PageQuestion(.span), asOf: first) == before)
    #expect(try await read(ledger, PageQuestion(.span)).flatMap { $0 }.count == 15)
    #expect(before.flatMap { $0 }.count == 10)
    try ledger.close()
  }
}

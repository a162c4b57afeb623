import Records
import Store
import StoreSQLite
import Testing

/// Spans of several features in one pass: each account sees, and rests on, what it would have read alone, on every engine.
@Suite struct SpanPassTests {
  /// 2020-09-13T12:00:00Z, the beginning of an hour.
  private static let noon: Int64 = 1_599_998_400_000_000_000

  private static func question(_ change: (inout SpanQuestion) -> Void = { _ in }) -> SpanQuestion {
    var question = SpanQuestion(
      since: Instant(nanoseconds: noon).adding(days: -1), until: Instant(nanoseconds: noon).adding(days: 1),
      fields: [.kind, .model, .digests, .retrieved], attributes: ["chain"])
    (question.most, question.mostLookedAt) = (.max, .max)
    change(&question)
    return question
  }

  /// Spans of four hours: of the first more than a batch holds, a quarter of them of "b".
  private static let spans: [SpanRecord] = (0..<4).flatMap { hour in
    (0..<(hour == 0 ? 12_000 : 60)).map { place in
      var span = SpanRecord(
        spanID: "s\(hour)-\(place)", traceID: "t\(place / 3)", name: "n",
        spanKind: ["chat", "tool", "retrieval"][place % 3],
        startedAt: Instant(nanoseconds: noon - Int64(hour) * 3_600_000_000_000 + Int64(place) * 1_000_000),
        feature: place % 4 == 0 ? "b" : place % 4 == 1 ? "c" : "a")
      span.attributes = place % 5 == 0 ? #"{"chain":\#(place)}"# : #"{"other":1}"#
      span.modelServed = "m\(place % 7)"
      span.promptSHA256 = place % 2 == 0 ? "p\(place % 3)" : nil
      span.retrieved = place % 9 == 2 ? "[]" : nil
      return span
    }
  }

  /// Spans of the hours around 1970, where rounding turns over; of two the first delivery says something else.
  private static func old(_ says: String) -> [SpanRecord] {
    (-40..<40).map { place in
      var span = SpanRecord(
        spanID: "old\(place)", traceID: "old", name: "n", spanKind: "chat",
        startedAt: Instant(nanoseconds: Int64(place) * 450_000_000_000), feature: place % 3 == 0 ? "a" : "b")
      span.modelServed = place % 20 == 0 ? says : "m"
      return span
    }
  }

  /// What each account got, in order, how far it was read, and what that rests on.
  private static func read(_ question: SpanQuestion, of features: [String], _ ledger: Snapshot) throws -> [[String]] {
    var seen = features.map { _ in [String]() }
    let accounts = features.map { ($0, ledger.account()) }
    var hours: [Int64] = []
    let reaches = try ledger.forEachSpan(question, of: accounts, atHour: { hours.append($0) }) { account, span in
      let said = [try span.kind, try span.modelServed, try span.promptSHA256, span.retrieved, span.attributes]
      seen[account].append("\(hours.last ?? 0) \(try span.spanID) \(try span.startedAt) \(said)")
    }
    #expect(hours == hours.sorted(by: >) && !hours.isEmpty)
    return zip(zip(seen, reaches), accounts).map { $0.0 + ["\($0.1)", "\($1.1.inputs)"] }
  }

  @Test(arguments: EngineUnderTest.all)
  func companyChangesNothing(engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let clock = TestClock()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { clock.now }
    for spans in [Self.spans, Self.old("replaced"), Self.old("newer")] {
      try await ledger.append(source: "test") { appender in for span in spans { try appender.append(span) } }
    }
    let questions = [
      Self.question(), Self.question { $0.kinds = ["chat", "retrieval"] },
      Self.question { ($0.kinds, $0.sourcedKinds) = (["chat", "retrieval"], ["retrieval"]) },
      // Ends the large one after the first hour, the others later or never.
      Self.question { $0.most = 5_000 }, Self.question { $0.mostLookedAt = 3_010 },
      // From within an hour to within another.
      Self.question {
        ($0.since, $0.until) = (
          Instant(nanoseconds: Self.noon - 7_199_990_000_000), Instant(nanoseconds: Self.noon + 5_000_000_000)
        )
      },
    ]
    for question in questions {
      let alone = try await ledger.read { ledger in
        try ["a", "b", "c", "nobody"].map { try Self.read(question, of: [$0], ledger)[0] }
      }
      #expect(Set(alone.dropLast().map { $0.count > 2 }) == [true] && alone[3].count == 2)
      let (together, apart) = try await ledger.readTogether { ledger in
        (
          try Self.read(question, of: ["a", "b", "c", "nobody"], ledger),
          try Self.read(question, of: ["nobody", "c", "a"], ledger)
        )
      }
      #expect(together == alone && apart == [alone[3], alone[2], alone[0]])
    }
    let whole = try await ledger.read { try Self.read(Self.question(), of: ["a"], $0)[0] }
    #expect(whole.dropLast(2).count == Self.spans.count { $0.feature == "a" })
    let sourced = try await ledger.read { ledger in
      try Self.read(Self.question { ($0.kinds, $0.sourcedKinds) = (["retrieval"], ["retrieval"]) }, of: ["a"], ledger)[
        0]
    }
    #expect(
      sourced.dropLast(2).count
        == Self.spans.count { $0.feature == "a" && $0.spanKind == "retrieval" && $0.retrieved != nil })
    let old = try await ledger.read { ledger in
      let question = Self.question { $0.since = Instant(nanoseconds: -86_400_000_000_000) }
      return try Self.read(question, of: ["b", "a"], ledger).map { Array($0.dropLast(2).suffix(54)) }
    }
    #expect(old[0].count { $0.contains(" old") } == 53 && old[1].count { $0.contains(" old") } == 27)
    let all = old.joined()
    #expect(all.contains { $0.contains("newer") } && !all.contains { $0.contains("replaced") })
    try ledger.close()
  }

  /// A feature that a limit ended is not read any further, however long the others go on.
  @Test func whoHasEnoughIsReadNoFurther() async throws {
    let folder = TemporaryFolder()
    let clock = TestClock()
    let engine = QueryPlans(try SQLiteEngine(path: folder.path + "/ledger.db"))
    let ledger = try await Ledger(engine: engine) { clock.now }
    try await ledger.append(source: "test") { appender in for span in Self.spans { try appender.append(span) } }
    let question = Self.question { $0.most = 5_000 }
    _ = try await ledger.read { try Self.read(question, of: ["a", "b", "c"], $0) }
    let hours = engine.all.filter { $0.sql.contains("t.row IN (SELECT t.row FROM span") }
    // Two hours are asked for before it is known how many spans the first holds.
    #expect(hours.map { $0.sql.contains("(?4, ?5, ?6)") } == [true, true, false, false])
    #expect(hours.allSatisfy { $0.sql.contains("(?4, ?5") })
    #expect(hours.allSatisfy { plan in plan.steps.contains { $0.contains("span_by_feature") } })
    #expect(hours.allSatisfy { plan in !plan.steps.contains { $0.contains("TEMP B-TREE") } })
    try ledger.close()
  }
}

import Records
import StoreSQLite
import Testing

@testable import Store

/// What incident-response asks of the ledger, on every engine.
@Suite struct SignalReadingTests {
  private static func later(_ second: Int64) -> Instant { ProductionReadingTests.later(second) }

  private static func word(_ subject: String, _ value: Double, at second: Int64, name: String = "csat")
    -> AnnotationRecord
  {
    AnnotationRecord(
      annotationID: "\(subject) \(second)", subject: subject, name: name, value: .number(value), annotatorKind: .human,
      annotator: "ana", at: later(second))
  }

  private static func fill(_ appender: Appender) throws {
    for number in 1...4 {
      var span = ProductionReadingTests.span(number, feature: number == 4 ? "g" : "f")
      (span.modelServed, span.promptSHA256, span.indexSHA256) = ("m\(number)", "p", "i")
      try appender.append(span)
    }
    try appender.append(word("1", 1, at: 50))
    try appender.append(word("2", 2, at: 40))
    try appender.append(word("3", 3, at: 60, name: "other"))
    try appender.append(word("4", 4, at: 70))
    try appender.append(word("9", 9, at: 80))
    try appender.append(word("1", 5, at: 200))
  }

  @Test(arguments: EngineUnderTest.all)
  func wordsOfAFeatureAndOfAll(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(Self.later(100).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    func words(_ feature: String?, since: Int64 = 0) async throws -> [SignalWord] {
      try await ledger.read { snapshot in
        var words: [SignalWord] = []
        try snapshot.forEachSignalWord(named: "csat", feature: feature, since: Self.later(since)) { words.append($0) }
        return words
      }
    }
    let (none, nobody) = (try await words("f"), try await words(nil))
    #expect(none.isEmpty && nobody.isEmpty)
    try await ledger.append(source: "test") { try Self.fill($0) }
    let own = try await words("f")
    #expect(own.map(\.value) == [.number(1), .number(2)] && own.map(\.modelServed) == ["m1", "m2"])
    #expect(own[0].promptSHA256 == "p" && own[0].indexSHA256 == "i" && own[0].annotator == "ana")
    #expect(own[0].at == Self.later(50))
    let all = try await words(nil)
    #expect(all.map(\.value) == [1, 2, 4, 9].map { .number($0) } && all.allSatisfy { $0.modelServed == nil })
    #expect(try await words(nil, since: 50).map(\.value) == [1, 4, 9].map { .number($0) })
    #expect(try await words("nothing").isEmpty)
  }

  @Test(arguments: EngineUnderTest.all)
  func countsBeatsIncidentsAndItems(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(Self.later(100).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    #expect(try await ledger.read { try $0.newestHeartbeat() } == nil)
    try await ledger.append(source: "test") { appender in
      try Self.fill(appender)
      for (number, second) in [(1, 5), (2, 9)] as [(Int, Int64)] {
        var beat = HeartbeatRecord()
        (beat.runID, beat.at) = ("r\(number)", Self.later(second))
        try appender.append(.heartbeat(beat))
      }
      for (id, state, second) in [("b", "open", 1), ("a", "closed", 9), ("a", "open", 3), ("a", "triaged", 101)]
        as [(String, String, Int64)]
      {
        var incident = IncidentRecord()
        (incident.incidentID, incident.feature, incident.state, incident.at) = (id, "f", state, Self.later(second))
        try appender.append(.incident(incident))
      }
      try appender.append(TrialRecord(suite: "s", item: "tried", variant: "v", at: Self.later(1)))
      try appender.append(
        ArtifactRecord(
          sha256: SHA256Digest(of: "x").description, artifactKind: "dataset_item", name: "carded", at: Self.later(1)))
    }
    try await ledger.read { snapshot in
      #expect(try snapshot.newestHeartbeat() == Self.later(9))
      // What is to come is no state yet.
      #expect(try snapshot.incidents().map { "\($0.record.incidentID) \($0.record.state)" } == ["a closed", "b open"])
      let counts = try snapshot.spanCounts(feature: "f", since: Self.later(2), until: Self.later(4))
      #expect(counts.feature == 2 && counts.all == 3)
      #expect(try snapshot.hasSuiteItem("tried") && snapshot.hasSuiteItem("carded"))
      #expect(try !snapshot.hasSuiteItem("v") && !snapshot.hasSuiteItem("none"))
    }
  }

  @Test func questionsUseTheirIndexes() async throws {
    let folder = TemporaryFolder()
    let plans = QueryPlans(try SQLiteEngine(path: folder.path + "/ledger.db"))
    let ledger = try await Ledger(engine: plans) { Self.later(100) }
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { try Self.fill($0) }
    try await ledger.read { snapshot in
      try snapshot.forEachSignalWord(named: "csat", feature: "f", since: Self.later(0)) { _ in }
      try snapshot.forEachSignalWord(named: "csat", feature: nil, since: Self.later(0)) { _ in }
      _ = try snapshot.spanCounts(feature: "f", since: Self.later(2), until: Self.later(4))
      _ = try snapshot.newestHeartbeat()
    }
    let asked = plans.ofTable("span") + plans.ofTable("annotation")
    #expect(asked.count >= 4)
    for plan in asked {
      #expect(
        !plan.steps.contains { $0.hasPrefix("SCAN s") || $0.hasPrefix("SCAN t") || $0.hasPrefix("SCAN a") }, "\(plan)")
    }
    let joined = asked.filter { $0.sql.contains("CROSS JOIN") }.flatMap(\.steps)
    #expect(joined.contains { $0.contains("span_by_feature (feature=? AND started_at>?") }, "\(joined)")
    #expect(joined.contains { $0.contains("annotation_by_subject (subject=?") }, "\(joined)")
  }
}

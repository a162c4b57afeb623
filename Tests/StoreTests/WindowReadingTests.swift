import Records
import Store
import Testing

/// Spans and traces of a stretch of time, on every engine.
@Suite struct WindowReadingTests {
  /// 2020-09-13T12:00:00Z, the beginning of an hour.
  private static let noon: Int64 = 1_599_998_400_000_000_000
  private static let minute: Int64 = 60_000_000_000

  private static func at(_ minutes: Int64) -> Instant { Instant(nanoseconds: noon + minutes * minute) }

  private static func span(
    _ id: String, _ trace: String, _ minutes: Int64, parent: String? = nil, kind: String = "chat",
    feature: String = "f", attributes: String? = nil
  ) -> SpanRecord {
    var span = SpanRecord(
      spanID: id, traceID: trace, name: "n", spanKind: kind, startedAt: at(minutes), feature: feature)
    span.parentID = parent
    span.endedAt = at(minutes + 1)
    span.attributes = attributes
    return span
  }

  /// A ledger with some spans on an engine.
  private func read<Result: Sendable>(
    _ engine: EngineUnderTest, _ deliveries: [[SpanRecord]], asOf: Int? = nil,
    _ body: @Sendable (Snapshot) throws -> Result
  ) async throws -> Result {
    let folder = TemporaryFolder()
    let clock = TestClock()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { clock.now }
    var commits: [Instant] = []
    for spans in deliveries {
      let receipt = try await ledger.append(source: "test") { appender in
        for span in spans { try appender.append(span) }
      }
      commits.append(try #require(receipt.at))
    }
    let result = try await ledger.read(asOf: asOf.map { commits[$0] }, body)
    try ledger.close()
    return result
  }

  private static func question(_ from: Int64, _ to: Int64, _ change: (inout SpanQuestion) -> Void = { _ in })
    -> SpanQuestion
  {
    var question = SpanQuestion(since: at(from), until: at(to), fields: .place)
    change(&question)
    return question
  }

  @Test(arguments: EngineUnderTest.all)
  func spansComeNewestHourFirstAndInTheirOrder(engine: EngineUnderTest) async throws {
    let spans = [
      Self.span("1", "b", 0), Self.span("2", "a", 5), Self.span("3", "b", 59), Self.span("4", "a", 60),
      Self.span("5", "c", 600), Self.span("6", "c", -1), Self.span("7", "c", 601),
    ]
    let (ids, reach) = try await read(engine, [spans]) { snapshot in
      var ids: [String] = []
      let reach = try snapshot.forEachSpan(Self.question(0, 600)) { ids.append($0.spanID) }
      return (ids, reach)
    }
    // Both ends of the stretch are in it.
    #expect(ids == ["5", "4", "1", "2", "3"])
    #expect(reach == SpanReach(since: Self.at(0), isWhole: true, spans: 5))
  }

  @Test(arguments: EngineUnderTest.all)
  func onlyWhatIsAskedForIsRead(engine: EngineUnderTest) async throws {
    var whole = Self.span("1", "t", 0, attributes: #"{"cold":true}"#)
    (whole.stage, whole.inputTokens, whole.outputTokens, whole.cachedTokens) = ("s", 1, 2, 3)
    (whole.modelServed, whole.sessionID, whole.retrieved) = ("m", "session", "[]")
    (whole.promptSHA256, whole.configSHA256, whole.indexSHA256) = ("p", "c", "i")
    (whole.promptID, whole.parameters, whole.userID) = ("prompt", #"{"max_tokens":5}"#, "ana")
    (whole.tags, whole.cost) = (Tags(["lang": "ja"]), Money("0.25 USD"))
    for part in SpanContents.parts { whole.contents[keyPath: part.path] = SHA256Digest(of: part.name) }
    let other = Self.span("2", "t", 0, parent: "1", attributes: #"{"colder":true}"#)
    func spans(_ fields: SpanFields, _ attributes: [String]) async throws -> [WindowSpan] {
      try await read(engine, [[whole, other]]) { snapshot in
        var spans: [WindowSpan] = []
        let question = SpanQuestion(since: Self.at(0), until: Self.at(0), fields: fields, attributes: attributes)
        try snapshot.forEachSpan(question) { spans.append($0) }
        return spans
      }
    }
    let bare = try await spans([], [])
    #expect(bare.map(\.spanID) == ["1", "2"] && bare.allSatisfy { $0.recordID != nil && $0.feature == "f" })
    #expect(bare[0].startedAt == Self.at(0) && bare[0].endedAt == Self.at(1) && bare[0].kind == nil)
    let place = try await spans(.place, ["cold", "warm"])
    #expect(place.map(\.parentID) == [nil, "1"] && place.map(\.stage) == ["s", nil])
    #expect(place[0].kind == "chat" && place[0].name == "n" && place[0].inputTokens == nil)
    #expect(place.map(\.attributes) == [#"{"cold":true}"#, nil])
    let rest = try await spans([.usage, .session, .digests, .retrieved], [])[0]
    #expect(rest.inputTokens == 1 && rest.outputTokens == 2 && rest.cachedTokens == 3 && rest.modelServed == "m")
    #expect(rest.sessionID == "session" && rest.retrieved == "[]" && rest.attributes == nil && rest.parentID == nil)
    #expect(rest.promptSHA256 == "p" && rest.configSHA256 == "c" && rest.indexSHA256 == "i")
    #expect(rest.promptID == nil && rest.tags.isEmpty && rest.cost == nil && rest.contents.all.isEmpty)
    let said = try await spans([.call, .contents, .retrieved], ["cold"])
    #expect(said[0].promptID == "prompt" && said[0].parameters == #"{"max_tokens":5}"# && said[0].userID == "ana")
    #expect(said[0].tags.values == ["lang": "ja"] && said[0].cost == Money("0.25 USD") && said[0].retrieved == "[]")
    #expect(said[0].contents.input == SHA256Digest(of: "input") && said[0].contents.tools == SHA256Digest(of: "tools"))
    #expect(said[0].contents.output == SHA256Digest(of: "output") && said[0].contents.other == nil)
    #expect(said[0].contents.instructions == SHA256Digest(of: "instructions"))
    #expect(said[0].attributes == #"{"cold":true}"# && said[1].promptID == nil && said[1].contents.all.isEmpty)
  }

  @Test(arguments: EngineUnderTest.all)
  func featuresAndKindsAreChosen(engine: EngineUnderTest) async throws {
    let spans = [
      Self.span("1", "t", 0), Self.span("2", "t", 0, kind: "tool"), Self.span("3", "t", 0, kind: "retrieval"),
      Self.span("4", "t", 0, feature: "g"),
    ]
    let ids = try await read(engine, [spans]) { snapshot in
      var ids: [[String]] = [[], [], []]
      let questions = [
        Self.question(0, 9) { $0.feature = "f" }, Self.question(0, 9) { $0.kinds = ["chat", "retrieval"] },
        Self.question(0, 9) { ($0.feature, $0.kinds) = ("g", ["chat"]) },
      ]
      for (place, question) in questions.enumerated() {
        try snapshot.forEachSpan(question) { ids[place].append($0.spanID) }
      }
      return ids
    }
    #expect(ids == [["1", "2", "3"], ["1", "3", "4"], ["4"]])
  }

  @Test(arguments: EngineUnderTest.all)
  func whatWasReplacedIsNotSeenExceptInThePast(engine: EngineUnderTest) async throws {
    var corrected = Self.span("1", "t", 0)
    corrected.stage = "late"
    for (asOf, stage) in [(0, nil), (1, "late"), (nil, "late")] as [(Int?, String?)] {
      let stages = try await read(engine, [[Self.span("1", "t", 0)], [corrected]], asOf: asOf) { snapshot in
        var stages: [String?] = []
        try snapshot.forEachSpan(Self.question(0, 9)) { stages.append($0.stage) }
        return stages
      }
      #expect(stages == [stage])
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func aLimitEndsAfterItsHour(engine: EngineUnderTest) async throws {
    let spans = (0..<8).map { Self.span("\($0)", "t\($0)", 60 * Int64($0 / 2), feature: $0 % 2 == 0 ? "f" : "g") }
    func reach(_ change: @Sendable (inout SpanQuestion) -> Void) async throws -> SpanReach {
      let question = Self.question(0, 240, change)
      return try await read(engine, [spans]) { try $0.forEachSpan(question) { _ in } }
    }
    #expect(try await reach { $0.most = 4 } == SpanReach(since: Self.at(120), isWhole: false, spans: 4))
    #expect(try await reach { $0.most = 5 } == SpanReach(since: Self.at(60), isWhole: false, spans: 6))
    #expect(try await reach { $0.most = 7 } == SpanReach(since: Self.at(0), isWhole: true, spans: 8))
    // Of a feature, only its own spans are looked at.
    #expect(
      try await reach { ($0.feature, $0.mostLookedAt) = ("f", 2) }
        == SpanReach(since: Self.at(120), isWhole: false, spans: 2))
    #expect(
      try await reach { ($0.kinds, $0.mostLookedAt) = (["no such"], 4) }
        == SpanReach(since: Self.at(120), isWhole: false, spans: 0))
    // What is looked at is what is handed out where nothing is chosen.
    #expect(try await reach { $0.mostLookedAt = 3 } == SpanReach(since: Self.at(120), isWhole: false, spans: 4))
    // Where that alone ends it, it is known before, whichever hour comes first.
    for (most, since) in [(1, 180), (2, 180), (3, 120), (6, 60), (7, 0), (8, 0)] as [(Int, Int64)] {
      for (feature, isOldestFirst) in [(nil, false), (nil, true), ("f", false), ("f", true)] as [(String?, Bool)] {
        let looked = feature == nil ? most : (most + 1) / 2
        let question = Self.question(0, 240) {
          ($0.most, $0.mostLookedAt, $0.feature, $0.isOldestFirst) = (.max, looked, feature, isOldestFirst)
        }
        let (begin, reach) = try await read(engine, [spans]) {
          (try $0.beginning(of: question), try $0.forEachSpan(question) { _ in })
        }
        #expect(begin == Self.at(since) && reach.since == begin, "\(most) \(feature ?? "") \(isOldestFirst)")
      }
    }
  }

  /// Without limits everything is read; whoever watches is told hour by hour, and changes nothing of what an answer rests on.
  @Test(arguments: EngineUnderTest.all)
  func withoutLimitsAllIsRead(engine: EngineUnderTest) async throws {
    let spans = (0..<8).map { Self.span("\($0)", "t\($0)", 60 * Int64($0 / 2)) }
    func asked(isWatched: Bool, isOldestFirst: Bool = false) async throws -> (SpanReach, [[Int]], SHA256Digest) {
      try await read(engine, [spans]) { snapshot in
        var seen: [[Int]] = []
        snapshot.scan.hasLimits = false
        if isWatched { snapshot.scan.onProgress = { seen.append([Int($0.hours), Int($0.of), $0.spans]) } }
        let question = Self.question(-600, 240) { ($0.most, $0.mostLookedAt, $0.isOldestFirst) = (1, 1, isOldestFirst) }
        let reach = try snapshot.forEachSpan(question) { _ in }
        return (reach, seen, snapshot.inputs)
      }
    }
    let (reach, seen, inputs) = try await asked(isWatched: true)
    #expect(reach == SpanReach(since: Self.at(-600), isWhole: true, spans: 8))
    #expect(seen == [[2, 5, 2], [3, 5, 4], [4, 5, 6], [5, 5, 8]])
    #expect(
      try await asked(isWatched: true, isOldestFirst: true).1 == [[1, 5, 2], [2, 5, 4], [3, 5, 6], [4, 5, 8]])
    #expect(try await asked(isWatched: false).2 == inputs)
  }

  @Test(arguments: EngineUnderTest.all)
  func emptyStretchesHaveNoSpans(engine: EngineUnderTest) async throws {
    let reaches = try await read(engine, [[Self.span("1", "t", 30)]]) { snapshot in
      try [(31, 90), (31, 29), (-600, 29), (30, 30)].map { try snapshot.forEachSpan(Self.question($0, $1)) { _ in } }
    }
    #expect(reaches.map(\.spans) == [0, 0, 0, 1] && reaches.allSatisfy(\.isWhole))
  }

  // MARK: Traces

  private func traces(
    _ engine: EngineUnderTest, _ spans: [SpanRecord], from: Int64 = -1440, to: Int64 = 1440, patience: Int64 = 3,
    most: Int = 1000, fields: SpanFields = .place
  ) async throws -> [String] {
    try await read(engine, [spans]) { snapshot in
      var traces: [String] = []
      var question = SpanQuestion(since: Self.at(from), until: Self.at(to), fields: fields)
      question.most = most
      try snapshot.forEachTrace(question, patience: patience) { trace in
        traces.append("\(trace.id): \(trace.spans.map(\.spanID).sorted().joined())\(trace.isCut ? " cut" : "")")
      }
      return traces
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func tracesComeWholeAcrossHours(engine: EngineUnderTest) async throws {
    let spans = [
      // From 11:59 to 12:01, and one of a single hour.
      Self.span("a", "t1", -1), Self.span("b", "t1", 1, parent: "a"), Self.span("c", "t2", 5),
      // Waits for two hours in between.
      Self.span("d", "t3", 10), Self.span("e", "t3", 190, parent: "d"),
    ]
    #expect(try await traces(engine, spans) == ["t2: c", "t3: de", "t1: ab"])
  }

  @Test(arguments: EngineUnderTest.all)
  func patienceEndsTracesWithoutAFirstSpan(engine: EngineUnderTest) async throws {
    func spans(_ hours: Int64) -> [SpanRecord] {
      [Self.span("a", "t", 0, parent: "gone"), Self.span("b", "t", 60 * hours, parent: "gone")]
        + [1, 2, 3, 4].map { Self.span("x\($0)", "u\($0)", 60 * $0 + 1, feature: "g") }
    }
    #expect(try await traces(engine, spans(3)).contains("t: ab"))
    #expect(try await traces(engine, spans(4)).filter { $0.hasPrefix("t:") } == ["t: b", "t: a"])
  }

  /// A trace that goes on before the stretch lacks its beginning; so does one where a limit ended the reading.
  @Test(arguments: EngineUnderTest.all)
  func tracesAtTheEdgeAreCut(engine: EngineUnderTest) async throws {
    let spans = [
      Self.span("a", "t", -1), Self.span("b", "t", 1, parent: "a"), Self.span("c", "u", 30),
      Self.span("d", "v", 400, parent: "gone"),
    ]
    #expect(try await traces(engine, spans, from: 0).sorted() == ["t: b cut", "u: c", "v: d"])
    #expect(try await traces(engine, spans, most: 3).sorted() == ["t: b cut", "u: c", "v: d"])
    #expect(try await traces(engine, spans).sorted() == ["t: ab", "u: c", "v: d"])
    // Without places nobody knows which span is the first.
    #expect(try await traces(engine, [Self.span("a", "t", 0)], from: 0, fields: []) == ["t: a cut"])
  }
}

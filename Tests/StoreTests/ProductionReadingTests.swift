import Records
import Testing

@testable import Store

/// What eval-prod-parity asks of the ledger, on every engine.
@Suite struct ProductionReadingTests {
  static let at = Instant(nanoseconds: 1_600_000_000_000_000_000)

  static func later(_ seconds: Int64) -> Instant { Instant(nanoseconds: at.nanoseconds + seconds * 1_000_000_000) }

  static func span(_ number: Int, feature: String = "f", seconds: Int64? = nil) -> SpanRecord {
    SpanRecord(
      spanID: "\(number)", traceID: "t\(number)", name: "n", spanKind: "chat",
      startedAt: later(seconds ?? Int64(number)), feature: feature)
  }

  /// A ledger whose clock runs with what it is told.
  static func ledger(_ engine: EngineUnderTest, _ folder: TemporaryFolder, _ clock: TestClock) async throws -> Ledger {
    try await Ledger(engine: engine.open(folder.path)) { clock.now }
  }

  // MARK: Spans

  @Test(arguments: EngineUnderTest.all)
  func spansComeAsTheyServe(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(Self.later(100).nanoseconds))
    let ledger = try await Self.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { appender in
      var full = Self.span(1)
      (full.parentID, full.endedAt, full.configSHA256) = ("p", Self.later(3), "c")
      (full.outputTokens, full.finishReason, full.refusal) = (7, "stop", false)
      full.attributes = #"{"valid":true}"#
      try appender.append(full)
      var other = Self.span(2)
      (other.spanKind, other.attributes) = ("tool", #"{"invalid":true}"#)
      try appender.append(other)
      try appender.append(Self.span(3, feature: "g"))
      try appender.append(Self.span(4, seconds: -1))
    }
    // The newest word on a span counts.
    try await ledger.append(source: "test") { appender in
      var corrected = Self.span(2)
      corrected.spanKind = "chat"
      corrected.refusal = true
      try appender.append(corrected)
    }
    let (all, none, before) = try await ledger.read { snapshot in
      func spans(_ feature: String, _ since: Instant) throws -> [ServedSpan] {
        var spans: [ServedSpan] = []
        try snapshot.forEachServedSpan(feature: feature, since: since, about: 100, attribute: "valid") {
          spans.append($0)
        }
        return spans
      }
      return (
        try spans("f", Self.at), try spans("unknown", Self.at) + spans("f", Self.later(10_000)),
        try spans("f", Self.later(-1))
      )
    }
    #expect(
      all == [
        ServedSpan(
          spanKind: "chat", startedAt: Self.later(1), endedAt: Self.later(3), isRoot: false, configSHA256: "c",
          outputTokens: 7, finishReason: "stop", refusal: false, attributes: #"{"valid":true}"#),
        ServedSpan(
          spanKind: "chat", startedAt: Self.later(2), endedAt: nil, isRoot: true, configSHA256: nil, outputTokens: nil,
          finishReason: nil, refusal: true, attributes: nil),
      ])
    #expect(none.isEmpty && before.count == 3)
  }

  @Test(arguments: EngineUnderTest.all)
  func aLargeWindowIsSampledEvenly(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(Self.later(100).nanoseconds))
    let ledger = try await Self.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    // What was delivered before the window is not looked at.
    try await ledger.append(source: "test") { appender in
      for number in 0..<500 { try appender.append(Self.span(-1 - number)) }
    }
    clock.set(Self.later(50_000).nanoseconds)
    try await ledger.append(source: "test") { appender in
      for number in 0..<20_000 { try appender.append(Self.span(number, feature: number % 2 == 0 ? "f" : "g")) }
    }
    func sample(_ count: Int, asOf: Instant? = nil) async throws -> [Int64] {
      try await ledger.read(asOf: asOf) { snapshot in
        var seconds: [Int64] = []
        try snapshot.forEachServedSpan(feature: "f", since: Self.later(0), about: count, attribute: "x") { span in
          seconds.append((span.startedAt.nanoseconds - Self.at.nanoseconds) / 1_000_000_000)
        }
        return seconds
      }
    }
    let some = try await sample(1_000)
    #expect((900...1_100).contains(some.count), "\(some.count)")
    #expect(Set(some).count == some.count && some.allSatisfy { $0 % 2 == 0 })
    for part in 0..<10 {
      let inPart = some.count { Int($0) / 2_000 == part }
      #expect((70...130).contains(inPart), "part \(part): \(inPart)")
    }
    #expect(try await sample(1_000) == some)
    #expect(try await sample(11_000).count == 10_000)
    #expect(try await sample(1_000_000).count == 10_000)
    let few = try await sample(10)
    #expect((1...40).contains(few.count), "\(few.count)")
    #expect(try await sample(1_000, asOf: Self.later(101)).isEmpty)
  }

  // MARK: Trials

  static func trial(_ item: String, _ passed: Bool?, variant: String = "v", repetition: Int64? = nil) -> TrialRecord {
    var trial = TrialRecord(suite: "s", item: item, variant: variant, at: at)
    (trial.passed, trial.repetition) = (passed, repetition)
    return trial
  }

  @Test(arguments: EngineUnderTest.all)
  func trialsComeWithWhatTheySay(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(Self.later(100).nanoseconds))
    let ledger = try await Self.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { appender in
      var trial = Self.trial("a", true)
      (trial.trafficCluster, trial.cluster, trial.tags) = ("topic", "doc", Tags(["page": "p1"]))
      (trial.attributes, trial.outputTokens) = (#"{"measured_in":"eval"}"#, 12)
      try appender.append(trial)
      try appender.append(Self.trial("b", nil))
      try appender.append(Self.trial("c", false, variant: "w"))
    }
    func rows(_ tag: String?) async throws -> [[String]] {
      try await ledger.read { snapshot in
        var rows: [[String]] = []
        try snapshot.forEachMarkedTrial(of: try snapshot.trialSeries(suite: "s"), clusterTag: tag) {
          row, marks, series in
          rows.append([
            row.item.string, row.score.map { "\($0)" } ?? "-", row.cluster?.string ?? "-",
            row.slices.map { $0?.string ?? "-" }.joined(), marks.attributes?.string ?? "-",
            marks.outputTokens.map { "\($0)" } ?? "-", "\(series)", row.variant?.string ?? "-",
          ])
          #expect(marks.at == Self.at)
        }
        return rows
      }
    }
    let attributes = #"{"measured_in":"eval"}"#
    #expect(
      try await rows(nil) == [
        ["a", "1.0", "doc", "topic", attributes, "12", "0", "v"], ["b", "-", "-", "-", "-", "-", "0", "v"],
        ["c", "0.0", "-", "-", "-", "-", "1", "w"],
      ])
    #expect(try await rows("page").map { $0[2] } == ["p1", "-", "-"])
    let newest = try await ledger.read { snapshot in
      try snapshot.trialSeries(suite: "s").map { try snapshot.newestAttributes(of: $0) }
    }
    #expect(newest == [nil, nil])
    try await ledger.append(source: "test") { appender in
      var trial = Self.trial("d", true)
      trial.attributes = #"{"measured_in":"prod"}"#
      try appender.append(trial)
    }
    let later = try await ledger.read { snapshot in
      try snapshot.trialSeries(suite: "s").map { try snapshot.newestAttributes(of: $0) }
    }
    #expect(later == [#"{"measured_in":"prod"}"#, nil])
  }

  @Test(arguments: EngineUnderTest.all)
  func scoresAreCountedFromTheLowestOn(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(Self.later(100).nanoseconds))
    let ledger = try await Self.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    func counts() async throws -> [ScoreCount] {
      try await ledger.read { snapshot in
        var counts: [ScoreCount] = []
        try snapshot.forEachScoreCount(of: try snapshot.trialSeries(suite: "s")) { counts.append($0) }
        return counts
      }
    }
    @Sendable func scored(_ item: String, _ score: Double?, _ expected: String?, repetition: Int64? = nil)
      -> TrialRecord
    {
      var trial = Self.trial(item, nil, repetition: repetition)
      (trial.score, trial.expected) = (score, expected)
      return trial
    }
    try await ledger.append(source: "test") { appender in
      try appender.append(scored("a", 0.75, "eval"))
      try appender.append(scored("b", 0.25, "prod"))
      try appender.append(scored("c", 0.25, "prod"))
      try appender.append(scored("d", 0.25, nil))
      try appender.append(scored("e", nil, "eval"))
    }
    #expect(
      try await counts() == [
        ScoreCount(score: nil, expected: "eval", items: 1), ScoreCount(score: 0.25, expected: nil, items: 1),
        ScoreCount(score: 0.25, expected: "prod", items: 2), ScoreCount(score: 0.75, expected: "eval", items: 1),
      ])
    // Repeats are averaged; items that contradict themselves are left out.
    try await ledger.append(source: "test") { appender in
      try appender.append(scored("a", 0.25, "eval", repetition: 2))
      try appender.append(scored("f", 0.9, "eval"))
      try appender.append(scored("f", 0.8, "eval"))
    }
    #expect(
      try await counts() == [
        ScoreCount(score: nil, expected: "eval", items: 1), ScoreCount(score: 0.25, expected: nil, items: 1),
        ScoreCount(score: 0.25, expected: "prod", items: 2), ScoreCount(score: 0.5, expected: "eval", items: 1),
      ])
    try await ledger.read { try $0.forEachScoreCount(of: []) { _ in Issue.record("nothing was asked for") } }
  }

  @Test(arguments: EngineUnderTest.all)
  func artifactsAreFoundByTheirBytes(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(Self.later(100).nanoseconds))
    let ledger = try await Self.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    let sha256 = SHA256Digest(of: "x").description
    try await ledger.append(source: "test") { appender in
      for (kind, name, seconds) in [("manifest", "new", 5), ("manifest", "old", 1), ("prompt", "other", 9)] {
        try appender.append(
          ArtifactRecord(sha256: sha256, artifactKind: kind, name: name, at: Self.later(Int64(seconds))))
      }
    }
    let found = try await ledger.read { snapshot in
      (
        try snapshot.artifact(kind: "manifest", sha256: sha256)?.record.name,
        try snapshot.artifact(kind: "prompt", sha256: sha256)?.record.name,
        try snapshot.artifact(kind: "profile", sha256: sha256)?.record.name
      )
    }
    #expect(found == ("new", "other", nil))
  }
}

/// What deployment-gap asks of the ledger, on every engine.
@Suite struct JudgedSpanTests {
  private static let at = ProductionReadingTests.at

  private static func label(
    _ subject: String, _ value: String, at second: Int64 = 50, name: String = "correct", id: String? = nil
  ) -> AnnotationRecord {
    AnnotationRecord(
      annotationID: id ?? "\(subject)/\(name)/\(value)/\(second)", subject: subject, name: name, value: .label(value),
      annotatorKind: .human, annotator: "ana", at: ProductionReadingTests.later(second))
  }

  @Test(arguments: EngineUnderTest.all)
  func theNewestWordOnASpanCounts(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ProductionReadingTests.later(100).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    func judged(_ since: Int64 = 0, _ feature: String = "f") async throws -> [[String]] {
      try await ledger.read { snapshot in
        var rows: [[String]] = []
        try snapshot.forEachJudgedSpan(
          feature: feature, annotation: "correct", since: ProductionReadingTests.later(since)
        ) { rows.append([$0.spanID, $0.value.text, $0.tags.canonical]) }
        return rows
      }
    }
    #expect(try await judged().isEmpty)
    try await ledger.append(source: "test") { try $0.append(Self.label("1", "true")) }
    // A label without its span.
    #expect(try await judged().isEmpty)
    try await ledger.append(source: "test") { appender in
      for number in 1...4 {
        var span = ProductionReadingTests.span(number, feature: number == 3 ? "g" : "f")
        span.tags = Tags(["k": "v\(number)"])
        try appender.append(span)
      }
      try appender.append(Self.label("1", "false", at: 60))
      try appender.append(Self.label("2", "false", at: 40))
      try appender.append(Self.label("2", "yes", at: 40))
      try appender.append(Self.label("2", "true", at: 90, name: "label"))
      try appender.append(Self.label("3", "true"))
    }
    #expect(try await judged() == [["1", "false", #"{"k":"v1"}"#], ["2", "yes", #"{"k":"v2"}"#]])
    #expect(try await judged(2) == [["2", "yes", #"{"k":"v2"}"#]])
    #expect(try await judged(0, "g") == [["3", "true", #"{"k":"v3"}"#]])
    #expect(try await judged(1_000).isEmpty)
    // Both the label and the span may be corrected.
    try await ledger.append(source: "test") { appender in
      var span = ProductionReadingTests.span(2)
      span.tags = Tags(["k": "new"])
      try appender.append(span)
      try appender.append(Self.label("1", "true", at: 60, id: "1/correct/false/60"))
    }
    #expect(try await judged() == [["1", "true", #"{"k":"v1"}"#], ["2", "yes", #"{"k":"new"}"#]])
  }

  @Test(arguments: EngineUnderTest.all)
  func attributesOfAKindOfSpan(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ProductionReadingTests.later(100).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    func attributes(_ since: Int64 = 0, kind: String = "preprocess") async throws -> [String] {
      try await ledger.read { snapshot in
        var texts: [String] = []
        try snapshot.forEachSpanAttributes(
          feature: "f", kind: kind, having: "parity_id", since: ProductionReadingTests.later(since)
        ) { texts.append($0) }
        return texts
      }
    }
    #expect(try await attributes().isEmpty)
    try await ledger.append(source: "test") { appender in
      for number in 1...5 {
        var span = ProductionReadingTests.span(number, feature: number == 4 ? "g" : "f")
        span.spanKind = number == 5 ? "chat" : "preprocess"
        span.attributes = number == 3 ? #"{"other":1}"# : #"{"parity_id":"\#(number)"}"#
        try appender.append(span)
      }
    }
    #expect(try await attributes() == [#"{"parity_id":"1"}"#, #"{"parity_id":"2"}"#])
    #expect(try await attributes(2) == [#"{"parity_id":"2"}"#])
    #expect(try await attributes(kind: "nothing").isEmpty)
  }

  @Test(arguments: EngineUnderTest.all)
  func oneTrialOfEachItem(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ProductionReadingTests.later(100).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    @Sendable func trial(_ item: String, _ value: Int?, repetition: Int64? = nil) -> TrialRecord {
      var trial = ProductionReadingTests.trial(item, true, repetition: repetition)
      trial.attributes = value.map { #"{"features":{"x":\#($0)}}"# }
      return trial
    }
    func values(limit: Int = 10) async throws -> [String] {
      try await ledger.read { snapshot in
        var texts: [String] = []
        try snapshot.forEachItemAttributes(
          of: try snapshot.trialSeries(suite: "s"), having: "features", limit: limit
        ) { texts.append($0) }
        try snapshot.forEachItemAttributes(of: [], having: "features", limit: limit) { _ in texts.append("none") }
        return texts
      }
    }
    try await ledger.append(source: "test") { appender in
      for (item, value) in [("a", 1), ("b", 2), ("c", nil)] as [(String, Int?)] {
        try appender.append(trial(item, value))
      }
    }
    #expect(try await values() == [#"{"features":{"x":2}}"#, #"{"features":{"x":1}}"#])
    #expect(try await values(limit: 1) == [#"{"features":{"x":2}}"#])
    try await ledger.append(source: "test") { appender in
      try appender.append(trial("a", 7, repetition: 2))
      try appender.append(trial("b", 3))
    }
    #expect(try await values() == [#"{"features":{"x":3}}"#, #"{"features":{"x":1}}"#])
  }
}

/// What eval-coevolution asks of the ledger, on every engine.
@Suite struct ItemDateTests {
  @Test(arguments: EngineUnderTest.all)
  func theNewestItemIsTheOneFirstTriedLast(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ProductionReadingTests.later(100).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    func newest() async throws -> Instant? {
      try await ledger.read { try $0.newestItem(of: try $0.trialSeries(suite: "s")) }
    }
    #expect(try await newest() == nil)
    try await ledger.append(source: "test") { appender in
      for (item, second, variant) in [("a", 1, "v"), ("a", 90, "w"), ("b", 5, "v"), ("b", 40, "w"), ("c", 3, "w")] {
        var trial = ProductionReadingTests.trial(item, true, variant: variant)
        trial.at = ProductionReadingTests.later(Int64(second))
        try appender.append(trial)
      }
    }
    #expect(try await newest() == ProductionReadingTests.later(5))
  }

  @Test(arguments: EngineUnderTest.all)
  func resultsAreCountedByTopic(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(ProductionReadingTests.later(100).nanoseconds))
    let ledger = try await ProductionReadingTests.ledger(engine, folder, clock)
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { appender in
      for (item, topic, passed) in [("a", "x", true), ("b", "x", false), ("c", "y", true), ("d", nil, true)]
        as [(String, String?, Bool)]
      {
        var trial = ProductionReadingTests.trial(item, passed)
        trial.trafficCluster = topic
        try appender.append(trial)
      }
    }
    let counts = try await ledger.read { snapshot in
      var counts: [String: [Int]] = [:]
      try snapshot.forEachPassCount(of: try snapshot.trialSeries(suite: "s"), by: [.trafficCluster]) { count in
        counts["\(count.traits[0] ?? "-") \(count.passes)"] = [count.items]
      }
      return counts
    }
    #expect(counts == ["x 1": [1], "x 0": [1], "y 1": [1], "- 1": [1]])
  }
}

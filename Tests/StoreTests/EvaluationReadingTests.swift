import Records
import Store
import Testing

/// What reliability-ceiling, eval-validity and eval-rot ask of the ledger.
@Suite struct EvaluationReadingTests {
  private static let at = Instant(nanoseconds: 1_600_000_000_000_000_000)

  private static func trial(_ item: String, _ passed: Bool?, confidence: Double? = nil, repetition: Int64? = nil)
    -> TrialRecord
  {
    var trial = TrialRecord(suite: "s", item: item, variant: "v", at: at)
    trial.passed = passed
    trial.confidence = confidence
    trial.repetition = repetition
    return trial
  }

  private func steps(_ ledger: Ledger, _ thresholds: [Double]) async throws -> [ConfidenceStep] {
    try await ledger.read { snapshot in
      try snapshot.confidenceSteps(of: try snapshot.trialSeries(suite: "s"), thresholds: thresholds)
    }
  }

  @Test func outcomesComeInTheirOrderAndWithoutWhatWasReplaced() async throws {
    let temporary = try await TemporaryLedger()
    try await temporary.ledger.append(source: "test") { appender in
      for (item, passed) in [("a", true), ("b", false), ("c", nil), ("d", false)] as [(String, Bool?)] {
        var trial = Self.trial(item, passed)
        trial.trafficCluster = "topic"
        try appender.append(trial)
      }
    }
    try await temporary.ledger.append(source: "test") { try $0.append(Self.trial("d", true)) }
    let (all, wrong, topic) = try await temporary.ledger.read { snapshot in
      let series = try snapshot.trialSeries(suite: "s")[0]
      var (all, wrong): ([TrialOutcome], [TrialOutcome]) = ([], [])
      try snapshot.forEachOutcome(of: series) { all.append($0) }
      try snapshot.forEachOutcome(of: series, wrongOnly: true) { wrong.append($0) }
      return (all, wrong, try all[0].trafficCluster.flatMap(snapshot.term))
    }
    #expect(all.map(\.item) == ["a", "b", "c", "d"])
    #expect(all.map(\.isRight) == [true, false, nil, true])
    #expect(wrong.map(\.item) == ["b"] && wrong.map(\.id) == [all[1].id])
    #expect(topic == "topic" && all[3].trafficCluster == nil && all[0].at == Self.at)
  }

  @Test func confidencesAreCountedByThresholdsReached() async throws {
    let temporary = try await TemporaryLedger()
    try await temporary.ledger.append(source: "test") { appender in
      try appender.append(Self.trial("a", true, confidence: 0.9))
      try appender.append(Self.trial("b", false, confidence: 0.9))
      try appender.append(Self.trial("c", true, confidence: 0.5))
      try appender.append(Self.trial("d", true, confidence: 0.1))
      try appender.append(Self.trial("e", nil, confidence: 0.1))
      try appender.append(Self.trial("f", false))
    }
    let steps = try await steps(temporary.ledger, [0.9, 0.5])
    #expect(steps.map(\.reached) == [nil, 0, 1, 2])
    #expect(steps.map(\.items) == [1, 1, 1, 2] && steps.map(\.right) == [0, 1, 1, 1])
    #expect(steps.map(\.allRight) == [0, 1, 1, 1] && steps.map(\.missing) == [0, 1, 0, 0])
    #expect(try await self.steps(temporary.ledger, []).map(\.items) == [1, 4])
  }

  @Test func repeatsAreAveragedAndContradictionsLeftOut() async throws {
    let temporary = try await TemporaryLedger()
    try await temporary.ledger.append(source: "test") { appender in
      for repetition in 0..<4 {
        try appender.append(
          Self.trial("a", repetition > 0, confidence: repetition > 0 ? 0.9 : 0.3, repetition: Int64(repetition)))
      }
      try appender.append(Self.trial("b", true, confidence: 0.9))
      try appender.append(Self.trial("b", false, confidence: 0.9))
    }
    let steps = try await steps(temporary.ledger, [0.7])
    #expect(steps == [ConfidenceStep(reached: 1, items: 1, right: 0.75, allRight: 0, missing: 0)])
  }

  @Test func stagesCountEndedSpansOfTheirFeature() async throws {
    let temporary = try await TemporaryLedger()
    try await temporary.ledger.append(source: "test") { appender in
      for (number, stage) in ["b", "a", "a", "a", nil].enumerated() {
        var span = SpanRecord(
          spanID: "\(number)", traceID: "t", name: "n", spanKind: "chat", startedAt: Self.at, feature: "f")
        span.stage = stage
        span.endedAt = Self.at
        span.status = number == 1 ? .error : .ok
        if number == 3 { span.endedAt = nil }
        try appender.append(span)
      }
    }
    let stages = try await temporary.ledger.read { snapshot in
      (
        try snapshot.stageOutcomes(feature: "f", since: Self.at),
        try snapshot.stageOutcomes(feature: "f", since: Instant(nanoseconds: Self.at.nanoseconds + 1)),
        try snapshot.stageOutcomes(feature: "g", since: Self.at)
      )
    }
    #expect(stages.0.map(\.stage) == ["a", "b"])
    #expect(stages.0.map(\.spans) == [2, 1] && stages.0.map(\.succeeded) == [1, 1])
    #expect(stages.1.isEmpty && stages.2.isEmpty)
  }

  @Test func annotationsOfSomeKindsSinceAnInstant() async throws {
    let temporary = try await TemporaryLedger()
    try await temporary.ledger.append(source: "test") { appender in
      for (number, kind) in [AnnotationRecord.AnnotatorKind.human, .llm, .code, .human].enumerated() {
        var annotation = AnnotationRecord(
          annotationID: "\(number)", subject: "s\(number)", name: number == 3 ? "other" : "correct",
          value: number == 1 ? .number(0.5) : .label("true"), annotatorKind: kind, annotator: "who",
          at: Instant(nanoseconds: Self.at.nanoseconds + Int64(number)))
        annotation.supersedes = number == 1 ? "0" : nil
        try appender.append(annotation)
      }
    }
    let found = try await temporary.ledger.read { snapshot in
      var found: [[Annotation]] = [[], [], []]
      try snapshot.forEachAnnotation(named: "correct", by: [.human]) { found[0].append($0) }
      try snapshot.forEachAnnotation(named: "correct", by: [.llm, .code]) { found[1].append($0) }
      let later = Instant(nanoseconds: Self.at.nanoseconds + 1)
      try snapshot.forEachAnnotation(named: "correct", by: [.human, .llm], since: later) { found[2].append($0) }
      return found
    }
    #expect(found[0].map(\.subject) == ["s0"] && found[0].map(\.value) == [.label("true")])
    #expect(found[1].map(\.annotationID) == ["1", "2"] && found[1].map(\.annotatorKind) == [.llm, .code])
    #expect(found[2].map(\.value) == [.number(0.5)] && found[2].map(\.supersedes) == ["0"])
  }
}

import RecordSamples
import Records
import SeededRandom
import Testing

@testable import Intake

/// Records as `NativeRecord` writes them, read again.
struct RecordRoundTripTests {
  private struct Words {
    var random: SplitMix

    mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    mutating func text() -> String {
      let words = ["a", "größe", "tab\t", "\"quoted\"", "back\\slash", "line\nend", "😀", "x y", "0", "null", "\u{1}"]
      return words[below(words.count)] + words[below(words.count)]
    }

    mutating func maybe<Value>(_ make: (inout Words) -> Value) -> Value? { below(2) == 0 ? nil : make(&self) }

    mutating func real() -> Double { Double(bitPattern: random.next() >> 2 | 0x3000_0000_0000_0000) }

    mutating func count() -> Int64 { Int64(below(1 << 30)) }

    mutating func sha() -> String { SHA256Digest(of: text()).description }

    mutating func time() -> Instant {
      Instant(nanoseconds: Int64(bitPattern: random.next()) / Int64(1 << below(20)))
    }

    mutating func money() -> Money? {
      Money(units: Int128(Int64(bitPattern: random.next() >> UInt64(below(40)))), currency: "USD")
    }

    mutating func tags() -> Tags {
      Tags((0..<below(3)).map { _ in (text(), text()) })
    }

    mutating func object() -> String? {
      var object = JSONObject()
      for _ in 0...below(3) { object[text()] = .array([.string(text()), .integer(count()), .null, .bool(true)]) }
      return try? JSONValue.object(object).canonical()
    }
  }

  private func read(_ lines: [JSONValue]) throws -> RecordCollector {
    let text = try lines.map { try $0.canonical() }.joined(separator: "\n")
    let source = try Array(text.utf8).withUnsafeBytes { try ByteSource(copying: $0, name: "lines") }
    var sink = RecordCollector()
    _ = try Intake.readRecords(source, options: RecordOptions(now: testTime), into: &sink)
    return sink
  }

  @Test func trials() throws {
    var words = Words(random: SplitMix(seed: 1))
    let trials = (0..<500).map { _ in
      var trial = TrialRecord(suite: words.text(), item: words.text(), variant: words.text(), at: words.time())
      trial.suiteVersion = words.maybe { $0.text() }
      trial.metric = words.text()
      trial.repetition = words.maybe { $0.count() }
      trial.prediction = words.maybe { $0.text() }
      trial.judgeRepeat = words.maybe { $0.count() }
      trial.score = words.maybe { $0.real() }
      trial.passed = words.maybe { $0.below(2) == 0 }
      trial.cluster = words.maybe { $0.text() }
      trial.trafficCluster = words.maybe { $0.text() }
      trial.tags = words.tags()
      trial.confidence = words.maybe { Double($0.below(1001)) / 1000 }
      trial.predicted = words.maybe { $0.text() }
      trial.expected = words.maybe { $0.text() }
      trial.subjectSHA256 = words.maybe { $0.sha() }
      trial.configSHA256 = words.maybe { $0.below(2) == 0 ? $0.sha() : $0.text() }
      trial.judge = words.maybe { $0.text() }
      trial.cost = words.maybe { $0.money() } ?? nil
      trial.latencyMilliseconds = words.maybe { $0.real() }
      trial.inputTokens = words.maybe { $0.count() }
      trial.outputTokens = words.maybe { $0.count() }
      trial.attributes = words.maybe { $0.object() } ?? nil
      return trial
    }
    #expect(try read(trials.map(\.json)).trials == trials)
  }

  @Test func spans() throws {
    var words = Words(random: SplitMix(seed: 2))
    let spans = (0..<500).map { _ in
      var span = SpanRecord(
        spanID: words.text(), traceID: words.text(), name: words.text(),
        spanKind: SpanRecord.kinds.sorted()[words.below(SpanRecord.kinds.count)], startedAt: words.time(),
        feature: words.text())
      span.parentID = words.maybe { $0.text() }
      span.endedAt = words.maybe { span.startedAt.adding(days: Int64($0.below(3))) }
      span.status = [.ok, .error, .timeout][words.below(3)]
      span.tags = words.tags()
      span.modelServed = words.maybe { $0.text() }
      span.promptSHA256 = words.maybe { $0.sha() }
      span.parameters = words.maybe { $0.object() } ?? nil
      span.inputTokens = words.maybe { $0.count() }
      span.cost = words.maybe { $0.money() } ?? nil
      span.refusal = words.maybe { $0.below(2) == 0 }
      span.retrieved = words.maybe { $0.below(2) == 0 ? "[]" : #"[{"chunk_id":"c","rank":1}]"# }
      span.attempt = words.maybe { $0.count() }
      span.attributes = words.maybe { $0.object() } ?? nil
      return span
    }
    #expect(try read(spans.map(\.json)).spans == spans)
  }

  @Test func annotationsArtifactsAndChanges() throws {
    var words = Words(random: SplitMix(seed: 3))
    var annotations: [AnnotationRecord] = []
    var artifacts: [ArtifactRecord] = []
    var changes: [ChangeRecord] = []
    for _ in 0..<300 {
      var annotation = AnnotationRecord(
        annotationID: words.text(), subject: words.text(), name: words.text(),
        value: words.below(2) == 0 ? .label(words.text()) : .number(words.real()),
        annotatorKind: [.human, .llm, .code][words.below(3)], annotator: words.text(), at: words.time())
      annotation.reasonTags = (0..<words.below(3)).map { _ in words.text() }
      annotation.note = words.maybe { $0.text() }
      annotation.seconds = words.maybe { $0.real() }
      annotation.vocabularyVersion = words.count()
      annotations.append(annotation)
      var artifact = ArtifactRecord(
        sha256: words.sha(), artifactKind: ArtifactRecord.kinds.sorted()[words.below(ArtifactRecord.kinds.count)],
        name: words.text(), at: words.time())
      artifact.bytes = words.maybe { $0.count() }
      artifact.derivedFrom = (0..<words.below(3)).map { _ in .init(sha256: words.sha(), how: words.text()) }
      artifacts.append(artifact)
      var change = ChangeRecord(
        surface: ChangeRecord.surfaces.sorted()[words.below(ChangeRecord.surfaces.count)], actor: words.text(),
        at: words.time())
      change.from = words.maybe { $0.text() }
      change.paths = (0..<words.below(3)).map { _ in words.text() }
      changes.append(change)
    }
    let collected = try read(annotations.map(\.json) + artifacts.map(\.json) + changes.map(\.json))
    #expect(collected.annotations == annotations)
    #expect(collected.artifacts == artifacts)
    #expect(collected.changes == changes)
  }

  @Test func recordsThatDeclareTheirFieldsComeBackEqual() throws {
    var random = SplitMix(seed: 12)
    let fields = DeclaredFields(instant: Instant(nanoseconds: 1_783_296_000_123_456_789))
    var records: [Record] = []
    for _ in 0..<50 {
      records.append(fields.record(ChargeRecord.self, &random))
      records.append(fields.record(RunRecord.self, &random))
      records.append(fields.record(ItemRecord.self, &random))
      records.append(fields.record(AttemptRecord.self, &random))
      records.append(fields.record(ReceiptRecord.self, &random))
      records.append(fields.record(LeaseRecord.self, &random))
      records.append(fields.record(HeartbeatRecord.self, &random))
      records.append(fields.record(IncidentRecord.self, &random))
      records.append(fields.record(DecisionRecord.self, &random))
      records.append(fields.record(CostRecord.self, &random))
    }
    #expect(try read(records.map { try #require($0.native).json }).declared == records)
  }

  @Test(arguments: [
    (#"{"kind":"run","manifest_sha256":"00","at":"2026-01-01T00:00:00Z"}"#, "'run_id'"),
    (#"{"kind":"receipt","receipt_id":"r","item_id":"i","attempt_id":"a"}"#, "'at'"),
    (#"{"kind":"lease","lease_id":"l","resource":"gpu","state":"taken","at":0}"#, "one of draining, expired"),
    (#"{"kind":"heartbeat","at":0,"used_bytes":-1}"#, "a whole number, 0 or more"),
    (
      #"{"kind":"charge","charge_id":"1","account":"a","currency":"USD","period_from":0,"quantity":"x"}"#,
      "a number"
    ),
    (#"{"kind":"incident","incident_id":"1","feature":"f","state":"open","at":0,"affected_share":1.5}"#, "0 to 1"),
    (#"{"kind":"decision","decision_id":"d","question":"?","at":0}"#, "'choice'"),
    (#"{"kind":"attempt","attempt_id":"a","item_id":"i","claimed_at":0,"fences":1}"#, "'fence'"),
  ])
  func whatIsWrongIsNamed(_ line: String, _ named: String) throws {
    let fault = try #require(recordFault(line))
    #expect(fault.contains(named), "\(fault)")
  }
}

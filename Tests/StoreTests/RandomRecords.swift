import RecordSamples
import Records
import SeededRandom

/// Records from small pools, so that they meet: equal ones, corrections, contradictions, reversions.
struct RandomRecords {
  var random: SplitMix
  private let base: Int64 = 1_700_000_000_000_000_000
  private let day: Int64 = 86_400_000_000_000

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
  }

  mutating func delivery(_ count: Int) -> [Record] { (0..<count).map { _ in record() } }

  mutating func record() -> Record {
    switch Int.random(in: 0..<15, using: &random) {
    case 0...4: .trial(trial())
    case 5...7: .span(span())
    case 8: .annotation(annotation())
    case 9: .artifact(artifact())
    case 10: random.chance(0.5) ? .change(change()) : .finding(finding())
    case 11: .waiver(waiver())
    default: declared(random.below(10))
    }
  }

  /// Some records of each kind that declares its fields.
  mutating func declaredOfEachKind(_ count: Int) -> [Record] {
    (0..<10 * count).map { declared($0 % 10) }
  }

  private mutating func declared(_ number: Int) -> Record {
    switch number {
    case 0: declared(ChargeRecord.self)
    case 1: declared(RunRecord.self)
    case 2: declared(ItemRecord.self)
    case 3: declared(AttemptRecord.self)
    case 4: declared(ReceiptRecord.self)
    case 5: declared(LeaseRecord.self)
    case 6: declared(HeartbeatRecord.self)
    case 7: declared(IncidentRecord.self)
    case 8: declared(CostRecord.self)
    default: declared(DecisionRecord.self)
    }
  }

  private mutating func declared<Kind: DeclaredRecord>(_ type: Kind.Type) -> Record {
    DeclaredFields(instant: instant()).record(type, &random)
  }

  private mutating func instant() -> Instant {
    Instant(nanoseconds: base + Int64.random(in: -3...3, using: &random) * day / 2)
  }

  private mutating func maybe<Value>(_ values: [Value]) -> Value? { random.chance(0.5) ? nil : random.one(of: values) }

  private mutating func money() -> Money? {
    maybe([
      Money(units: 1, currency: "USD"), Money(units: -1, currency: "USD"), Money(units: 1 << 40, currency: "USD"),
      Money(units: -(1 << 33) - 5, currency: "USD"), Money(units: 1_000_000_000_000_000_000_000, currency: "USD"),
      Money(units: 7, currency: "EUR"),
    ]) ?? nil
  }

  private mutating func tags() -> Tags { random.chance(0.4) ? Tags() : Tags(["intent": random.one(of: ["a", "b"])]) }

  private mutating func trial() -> TrialRecord {
    var trial = TrialRecord(
      suite: random.one(of: ["s", "s\u{E9}", "se\u{301}"]),
      item: random.one(of: ["1", "2", "3", "\u{E9}", "e\u{301}"]),
      variant: random.one(of: ["a", "b"]), at: instant())
    trial.suiteVersion = maybe(["1"])
    trial.repetition = random.one(of: [nil, nil, 0, 1])
    trial.prediction = random.chance(0.1) ? "p" : nil
    trial.judgeRepeat = random.chance(0.1) ? 1 : nil
    trial.score = random.one(of: [nil, 0, -0.0, 1, 0.5, .nan])
    trial.passed = random.one(of: [nil, true, false])
    trial.cluster = maybe(["c", ""])
    trial.tags = tags()
    trial.confidence = maybe([0.1, 0.9])
    trial.predicted = maybe(["x", "y"])
    trial.configSHA256 = random.chance(0.2) ? "f00" : nil
    trial.cost = random.chance(0.2) ? money() : nil
    return trial
  }

  private mutating func span() -> SpanRecord {
    var span = SpanRecord(
      spanID: random.one(of: ["1", "2", "3", "4"]), traceID: random.one(of: ["t", "u"]), name: "chat", spanKind: "chat",
      startedAt: Instant(nanoseconds: base + Int64.random(in: -1...1, using: &random) * day),
      feature: random.one(of: ["support", "search"]))
    span.endedAt = maybe([Instant(nanoseconds: base + 5)])
    span.status = random.one(of: [.ok, .error])
    span.trafficCluster = maybe(["c"])
    span.tags = tags()
    span.modelServed = maybe(["m1", "m2"])
    span.cost = money()
    span.refusal = random.one(of: [nil, true, false])
    span.attributes = maybe([#"{"predicted":"refund"}"#, #"{"predicted":7}"#, #"{"a":"predicted"}"#])
    return span
  }

  private mutating func annotation() -> AnnotationRecord {
    var annotation = AnnotationRecord(
      annotationID: random.one(of: ["1", "2"]), subject: random.one(of: ["x", "y"]), name: random.one(of: ["n", "m"]),
      value: random.one(of: [.label("good"), .label(""), .number(1), .number(-0.0)]), annotatorKind: .human,
      annotator: "ada", at: instant())
    annotation.reasonTags = random.one(of: [[], [""], ["a", "b"]])
    annotation.note = maybe(["", "zero\u{0}byte"])
    return annotation
  }

  private mutating func artifact() -> ArtifactRecord {
    var artifact = ArtifactRecord(
      sha256: random.one(of: ["0a", "0b"]), artifactKind: random.one(of: ["prompt", "model"]), name: "n", at: instant())
    artifact.version = maybe(["1", "2"])
    artifact.bytes = maybe([0, .max, .min])
    artifact.derivedFrom = random.chance(0.5) ? [] : [.init(sha256: "0c", how: "distilled")]
    return artifact
  }

  private mutating func change() -> ChangeRecord {
    var change = ChangeRecord(surface: random.one(of: ["prompt", "model"]), actor: "ada", at: instant())
    change.from = maybe(["1"])
    change.paths = random.one(of: [[], ["a"], ["a", "b"]])
    return change
  }

  private mutating func finding() -> Finding {
    var finding = Finding(
      check: random.one(of: ["eval-rot", "eval-power"]), subject: "s", asOf: instant(),
      policySHA256: .init(of: "policy"), inputsSHA256: .init(of: random.one(of: ["i", "j"])))
    finding.verdict = random.one(of: [.pass, .fail])
    finding.headline = random.one(of: ["One.", "Two."])
    return finding
  }

  private mutating func waiver() -> Waiver {
    Waiver(
      check: random.one(of: ["eval-rot", "eval-power"]), subject: "s", owner: "ada",
      reason: random.one(of: ["because", "still"]), at: instant(), expiresAt: Instant(nanoseconds: base + 9 * day))
  }
}

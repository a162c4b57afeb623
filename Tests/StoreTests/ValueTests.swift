import Records
import Testing

@testable import Store

/// Values at the edges come back as they were, or are refused with a reason.
@Suite struct ValueTests {
  private func trial(_ item: String = "1") -> TrialRecord {
    TrialRecord(suite: "s", item: item, variant: "v", at: Instant(nanoseconds: 0))
  }

  private func withLedger(_ engine: EngineUnderTest, _ body: (Ledger) async throws -> Void) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 0) }
    defer { try? ledger.close() }
    try await body(ledger)
    #expect(try await ledger.verify().problems == [])
  }

  static let texts = [
    "", " ", "\u{0}", "a\u{0}b", "\u{0}\u{0}", "null", "NULL", "'; DROP TABLE trial; --", "\u{FEFF}", "\u{1F600}",
    "e\u{301}",
    "\u{E9}", "\u{FFFD}", "\r\n", "ab\u{200D}", String(repeating: "x", count: 3_000_000), "\u{1100}\u{1161}\u{11A8}",
  ]

  @Test(arguments: EngineUnderTest.all, texts)
  func textsComeBack(_ engine: EngineUnderTest, _ text: String) async throws {
    try await withLedger(engine) { (ledger: Ledger) async throws in
      var trial = trial(text)
      trial.suite = text
      trial.suiteVersion = text
      trial.prediction = text
      trial.cluster = text
      trial.predicted = text
      trial.attributes = text
      trial.tags = Tags(["k": text])
      var annotation = AnnotationRecord(
        annotationID: text, subject: text, name: text, value: .label(text), annotatorKind: .llm, annotator: text,
        at: Instant(nanoseconds: 0))
      annotation.note = text
      annotation.reasonTags = [text, "", text]
      try await ledger.deliver([.trial(trial), .annotation(annotation)])
      let records = try await ledger.answers().records
      #expect(records == [.trial: [.trial(trial)], .annotation: [.annotation(annotation)]])
      // Free text comes back to the last byte, identifiers in normal form C.
      guard case .annotation(let read)? = records[.annotation]?.first else { return }
      #expect(read.note?.utf8.elementsEqual(text.utf8) == true)
      #expect(read.annotationID.utf8.elementsEqual(text.identifier.utf8))
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func emptyIsNotAbsent(_ engine: EngineUnderTest) async throws {
    try await withLedger(engine) { (ledger: Ledger) async throws in
      var (absent, empty) = (trial("a"), trial("a"))
      empty.attributes = ""
      #expect(try await ledger.deliver([.trial(absent)]).total.stored == 1)
      #expect(try await ledger.deliver([.trial(empty)]).total.superseding == 1)
      #expect(try await ledger.answers().records[.trial] == [.trial(empty)])
      (absent.prediction, empty.prediction) = (nil, "")
      // In a key too.
      #expect(try await ledger.deliver([.trial(empty)]).total.superseding == 0)
      #expect(try await ledger.answers().records[.trial]?.count == 2)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func numbersComeBack(_ engine: EngineUnderTest) async throws {
    try await withLedger(engine) { (ledger: Ledger) async throws in
      var trials: [TrialRecord] = []
      let reals: [Double?] = [
        nil, 0, -0.0, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, 0.1, 1 / 3.0, 9_007_199_254_740_992,
      ]
      let integers: [Int64?] = [nil, 0, -1, .min, .max, 1 << 53, (1 << 53) + 1, 7]
      for (index, (real, integer)) in zip(reals, integers).enumerated() {
        var trial = trial("\(index)")
        trial.score = real
        trial.confidence = real
        trial.repetition = integer
        trial.inputTokens = integer
        trial.at = Instant(nanoseconds: integer ?? 0)
        trials.append(trial)
      }
      try await ledger.deliver(trials.map { .trial($0) })
      #expect(try await ledger.answers().records[.trial] == trials.map { .trial($0) })
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func notANumberIsAbsentAndMinusZeroIsZero(_ engine: EngineUnderTest) async throws {
    try await withLedger(engine) { (ledger: Ledger) async throws in
      var trial = trial()
      trial.score = .nan
      trial.confidence = -.nan
      trial.latencyMilliseconds = -0.0
      try await ledger.deliver([.trial(trial)])
      trial.score = nil
      trial.confidence = nil
      trial.latencyMilliseconds = 0
      #expect(try await ledger.deliver([.trial(trial)]).total.duplicates == 1)
      #expect(try await ledger.answers().records[.trial] == [.trial(trial)])
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func whatCannotBeKeptIsRefusedAndNothingIsStored(_ engine: EngineUnderTest) async throws {
    var infinite = trial("2")
    infinite.score = -.infinity
    var rich = trial("2")
    rich.cost = Money(units: MoneyColumns.largest + 1, currency: "EUR")
    let nothing = AnnotationRecord(
      annotationID: "1", subject: "x", name: "n", value: .number(.nan), annotatorKind: .code, annotator: "a",
      at: Instant(nanoseconds: 0))
    for (record, named) in [
      (Record.trial(infinite), "score"), (.trial(rich), "cost_high"), (.annotation(nothing), "number"),
    ] {
      try await withLedger(engine) { (ledger: Ledger) async throws in
        do {
          try await ledger.deliver([.trial(trial("1")), record])
          Issue.record("\(record) was kept")
        } catch let error as LedgerError {
          #expect(error.cause == .refused && error.problem.contains(named), "\(error)")
        }
        #expect(try await ledger.status().commits == 0)
        // Whoever goes on without it keeps the rest.
        let receipt = try await ledger.append(source: "test") { appender in
          try appender.append(trial("1"))
          do { try appender.append(record) } catch is LedgerError {}
          try appender.append(trial("3"))
        }
        #expect(receipt.total.stored == 2)
        #expect(try await ledger.answers().records[.trial] == [.trial(trial("1")), .trial(trial("3"))])
      }
    }
  }

  /// `é` in one scalar and in two is one identifier.
  @Test(arguments: EngineUnderTest.all)
  func identifiersCompareInNormalFormC(_ engine: EngineUnderTest) async throws {
    try await withLedger(engine) { (ledger: Ledger) async throws in
      var (one, two) = (trial("caf\u{E9}"), trial("cafe\u{301}"))
      (one.suite, two.suite) = ("\u{E9}", "e\u{301}")
      (one.predicted, two.predicted) = ("\u{212B}", "A\u{30A}")
      (one.tags, two.tags) = (Tags(["\u{E9}": "\u{E9}"]), Tags(["e\u{301}": "e\u{301}"]))
      #expect(try await ledger.deliver([.trial(one)]).total.stored == 1)
      #expect(try await ledger.deliver([.trial(two)]).total.duplicates == 1)
      two.passed = true
      #expect(try await ledger.deliver([.trial(two)]).total.superseding == 1)
      for suite in ["\u{E9}", "e\u{301}"] {
        #expect(try await ledger.read { try $0.trialSeries(suite: suite).map(\.trials) } == [1])
      }
      // What only looks alike is another: compatibility forms, case.
      #expect(
        try await ledger.deliver([.trial(trial("\u{FB01}")), .trial(trial("fi")), .trial(trial("FI"))]).total.stored
          == 3)
    }
  }

  /// Records that differ in one place only, by moving text across the border between two fields.
  @Test(arguments: EngineUnderTest.all)
  func noTwoRecordsAreHashedAlike(_ engine: EngineUnderTest) async throws {
    try await withLedger(engine) { (ledger: Ledger) async throws in
      var annotations: [Record] = []
      for (note, surface) in [
        ("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"), ("abc", nil), (nil, "abc"), (nil, nil),
      ] {
        var annotation = AnnotationRecord(
          annotationID: "1", subject: "x", name: "n", value: .label("1"), annotatorKind: .code, annotator: "a",
          at: Instant(nanoseconds: 0))
        annotation.note = note
        annotation.surface = surface
        annotations.append(.annotation(annotation))
      }
      var number = AnnotationRecord(
        annotationID: "1", subject: "x", name: "n", value: .number(1), annotatorKind: .code, annotator: "a",
        at: Instant(nanoseconds: 0))
      annotations.append(.annotation(number))
      number.value = .label("1.0")
      annotations.append(.annotation(number))
      for (index, annotation) in annotations.enumerated() {
        #expect(try await ledger.deliver([annotation]).total.superseding == (index == 0 ? 0 : 1))
      }
      var changes: [Record] = []
      for paths in [["a", "b"], ["a,b"], ["a\",\"b"], ["b", "a"], [], [""], ["", ""]] {
        var change = ChangeRecord(surface: "code", actor: "ada", at: Instant(nanoseconds: 0))
        change.paths = paths
        changes.append(.change(change))
      }
      #expect(try await ledger.deliver(changes).total.stored == changes.count)
    }
  }
}

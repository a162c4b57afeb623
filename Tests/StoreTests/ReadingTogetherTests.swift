import Glibc
import Records
import Store
import Synchronization
import Testing

/// One state of a ledger that several threads look at: what they see is what one of them would, on every engine.
@Suite struct ReadingTogetherTests {
  private struct Broken: Error, Equatable {
    let number: Int
  }

  /// 2020-09-13T12:00:00Z, the beginning of an hour.
  private static let noon: Int64 = 1_599_998_400_000_000_000

  private static func question(_ change: (inout SpanQuestion) -> Void = { _ in }) -> SpanQuestion {
    var question = SpanQuestion(
      since: Instant(nanoseconds: noon).adding(days: -1), until: Instant(nanoseconds: noon).adding(days: 1),
      fields: [.place, .usage, .call], attributes: ["a"])
    (question.most, question.mostLookedAt) = (.max, .max)
    change(&question)
    return question
  }

  /// Spans of some hours: of the first more than one batch holds.
  private static func spans(_ hours: Int, in first: Int = 5_000) -> [SpanRecord] {
    (0..<hours).flatMap { hour in
      (0..<(hour == 0 ? first : 40)).map { place in
        var span = SpanRecord(
          spanID: "s\(hour)-\(place)", traceID: "t\(place)", name: "n\(place % 3)", spanKind: "chat",
          startedAt: Instant(nanoseconds: noon - Int64(hour) * 3_600_000_000_000 + Int64(place) * 1_000_000),
          feature: place % 2 == 0 ? "even" : "odd")
        span.attributes = place % 5 == 0 ? #"{"a":\#(place)}"# : nil
        span.modelServed = "m\(place % 7)"
        return span
      }
    }
  }

  private func withLedger(
    _ engine: EngineUnderTest, _ spans: [SpanRecord], _ body: @Sendable (Ledger) async throws -> Void
  ) async throws {
    let folder = TemporaryFolder()
    let clock = TestClock()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { clock.now }
    try await ledger.append(source: "test") { appender in for span in spans { try appender.append(span) } }
    try await body(ledger)
    try ledger.close()
  }

  /// What was handed out, how far that reached, and what an answer rests on.
  @Sendable private static func seen(_ snapshot: Snapshot, _ question: SpanQuestion) throws -> [String] {
    let snapshot = snapshot.account()
    var seen: [String] = []
    let reach = try snapshot.forEachSpan(question) { span in
      seen.append("\(span.spanID) \(span.name ?? "") \(span.modelServed ?? "") \(span.attributes ?? "")")
    }
    return seen + ["\(reach) \(snapshot.inputs)"]
  }

  @Test(arguments: EngineUnderTest.all)
  func readingAheadChangesNothing(engine: EngineUnderTest) async throws {
    let questions = [
      Self.question(), Self.question { $0.isOldestFirst = true }, Self.question { $0.most = 1 },
      Self.question { ($0.feature, $0.mostLookedAt) = ("odd", 5_030) }, Self.question { $0.kinds = ["tool"] },
    ]
    try await withLedger(engine, Self.spans(9)) { ledger in
      for question in questions {
        let alone = try await ledger.read { try Self.seen($0, question) }
        // Twice: the second question meets what the first one left.
        let together = try await ledger.readTogether { [try Self.seen($0, question), try Self.seen($0, question)] }
        #expect(together == [alone, alone])
      }
    }
  }

  /// Whoever has seen enough leaves hours that were expected; the next question gets its own.
  @Test(arguments: EngineUnderTest.all)
  func whatIsLeftInTheMiddleHarmsNobody(engine: EngineUnderTest) async throws {
    try await withLedger(engine, Self.spans(6, in: 20_000)) { ledger in
      let question = Self.question()
      let alone = try await ledger.read { try Self.seen($0, question) }
      let after = try await ledger.readTogether { snapshot in
        for enough in [1, 4_100, 19_999, 20_010] {
          var count = 0
          #expect(throws: Broken(number: enough)) {
            try snapshot.forEachSpan(question) { _ in
              count += 1
              if count == enough { throw Broken(number: enough) }
            }
          }
        }
        return try Self.seen(snapshot, question)
      }
      #expect(after == alone)
    }
  }

  /// Jobs are done by two threads at once, and see what one would.
  @Test(arguments: EngineUnderTest.all)
  func jobsAreShared(engine: EngineUnderTest) async throws {
    try await withLedger(engine, Self.spans(5)) { ledger in
      let questions = (0..<12).map { place in Self.question { $0.feature = place % 2 == 0 ? "even" : "odd" } }
      let alone = try await ledger.read { snapshot in try questions.map { try Self.seen(snapshot, $0) } }
      let atOnce = Mutex((now: 0, most: 0))
      let together = try await ledger.readTogether { snapshot in
        try snapshot.share(
          questions.enumerated().map { place, question in
            { snapshot in
              atOnce.withLock { ($0.now, $0.most) = ($0.now + 1, max($0.most, $0.now + 1)) }
              defer { atOnce.withLock { $0.now -= 1 } }
              if place == 0 { Self.wait { atOnce.withLock { $0.most } == 2 } }
              return try Self.seen(snapshot, question)
            }
          })
      }
      #expect(together == alone && atOnce.withLock { $0.most } == 2)
      #expect(try await ledger.read { try $0.share([{ _ in 1 }, { _ in 2 }]) } == [1, 2])
      let nested = try await ledger.readTogether { snapshot in
        try snapshot.share(
          (0..<4).map { outer in
            { snapshot in try snapshot.share((0..<3).map { inner in { _ in [outer, inner] } }) }
          })
      }
      #expect(nested == (0..<4).map { outer in (0..<3).map { [outer, $0] } })
      #expect(try await ledger.readTogether { try $0.share([Int]().map { number in { _ in number } }) } == [])
    }
  }

  /// What is stored after the state was lent is not seen, by whichever connection: neither in hours that are read, nor in how many spans
  /// were looked at, nor as hours of its own.
  @Test(arguments: EngineUnderTest.all)
  func whatIsStoredMeanwhileIsNotSeen(engine: EngineUnderTest) async throws {
    try await withLedger(engine, Self.spans(5, in: 40)) { ledger in
      let question = Self.question { ($0.feature, $0.mostLookedAt) = ("odd", 50) }
      let alone = try await ledger.read { try Self.seen($0, question) }
      let isLent = Mutex(false)
      let isStored = Mutex(false)
      async let storing: Void = {
        while !isLent.withLock(\.self) { try await Task.sleep(for: .milliseconds(1)) }
        let late = Self.spans(8, in: 40).map { span in
          var late = span
          late.spanID = "late " + span.spanID
          late.startedAt = Instant(nanoseconds: span.startedAt.nanoseconds + 2 * 3_600_000_000_000)
          return late
        }
        try await ledger.append(source: "test") { appender in for span in late { try appender.append(span) } }
        isStored.withLock { $0 = true }
      }()
      let begun = Mutex(0)
      let together = try await ledger.readTogether { snapshot in
        isLent.withLock { $0 = true }
        Self.wait { isStored.withLock(\.self) }
        return try snapshot.share(
          (0..<4).map { place in
            { snapshot in
              begun.withLock { $0 += 1 }
              if place == 0 { Self.wait { begun.withLock { $0 } > 1 } }
              return try Self.seen(snapshot, question)
            }
          })
      }
      try await storing
      #expect(isStored.withLock(\.self) && together == [alone, alone, alone, alone])
      #expect(try await ledger.read { try Self.seen($0, question) } != alone)
    }
  }

  /// Waits for another thread, a minute at most: what is expected of it fails then.
  private static func wait(until isSo: () -> Bool) {
    let end = ContinuousClock.now + .seconds(60)
    while !isSo(), ContinuousClock.now < end { usleep(1_000) }
  }

  /// The first that failed is told, and what has not begun is left undone.
  @Test(arguments: EngineUnderTest.all)
  func aFailureEndsTheJobs(engine: EngineUnderTest) async throws {
    try await withLedger(engine, []) { ledger in
      let begun = Mutex(0)
      await #expect(throws: Broken(number: 3)) {
        try await ledger.readTogether { snapshot in
          try snapshot.share(
            (0..<1_000).map { number in
              { _ in
                begun.withLock { $0 += 1 }
                if number == 3 { throw Broken(number: number) }
                if number > 3 { usleep(50_000) }
              }
            })
        }
      }
      // The other thread does some, slowly, until the failure is known.
      #expect(begun.withLock { $0 } < 1_000)
    }
  }

  /// More readings than an engine has connections: each goes on with what it has.
  @Test(arguments: EngineUnderTest.all)
  func manyReadTogetherAtOnce(engine: EngineUnderTest) async throws {
    try await withLedger(engine, Self.spans(6)) { ledger in
      let question = Self.question { $0.feature = "odd" }
      let alone = try await ledger.read { try Self.seen($0, question) }
      try await withThrowingTaskGroup(of: [[String]].self) { readings in
        for _ in 0..<12 {
          readings.addTask {
            try await ledger.readTogether { snapshot in
              try snapshot.share((0..<3).map { _ in { try Self.seen($0, question) } })
            }
          }
        }
        for try await seen in readings { #expect(seen == [alone, alone, alone]) }
      }
    }
  }
}

import Guards
import Records
import Store
import Testing

@testable import Gateway

/// What judges say of calls comes out of the ledger to the breakers of whom it is about.
struct BreakerJudgesTests {
  /// A ledger, breakers that follow it, and what is written there.
  private final class Court {
    let bench: BreakerBench
    let ledger: Ledger
    let feed: EndedCallFeed
    private let name = LedgerPlace.name()
    private var number = 0

    init(_ place: LedgerPlace, _ mode: BreakerRule.Mode = .enforce, names: [String] = ["correct"]) async throws {
      bench = BreakerBench(mode) { $0.minCalls = 5 }
      ledger = try await place.open(name, bench.clock)
      feed = EndedCallFeed([BreakerJudges(names, bench.breakers)])
    }

    func close() throws {
      try ledger.close()
      LedgerPlace.remove(name)
    }

    /// Writes calls of `open/m`, or others.
    func write(_ count: Int = 1, _ change: (inout SpanRecord) -> Void = { _ in }) async throws -> [String] {
      var spans: [SpanRecord] = []
      for _ in 0..<count {
        number += 1
        var span = SpanRecord(
          spanID: "s\(number)", traceID: "t\(number)", name: "chat m", spanKind: "chat", startedAt: bench.clock.now,
          feature: "support")
        (span.endedAt, span.modelRequested) = (bench.clock.now, "m")
        span.attributes = #"{"upstream":"open"}"#
        change(&span)
        spans.append(span)
      }
      let written = spans
      try await ledger.append(source: "test") { appender in for span in written { try appender.append(span) } }
      return written.map(\.spanID)
    }

    func say(
      _ value: AnnotationRecord.Value, on calls: [String], _ name: String = "correct", later: Duration = .zero
    ) async throws {
      number += 1
      let (number, at) = (number, bench.clock.now.advanced(by: later) ?? bench.clock.now)
      try await ledger.append(source: "test") { appender in
        for call in calls {
          try appender.append(
            AnnotationRecord(
              annotationID: "\(name)-\(call)-\(number)", subject: call, name: name, value: value,
              annotatorKind: .llm, annotator: "judge", at: at))
        }
      }
    }

    func read() async throws -> Breaker? {
      try await feed.read(ledger)
      return bench.reading?.breaker
    }
  }

  @Test(arguments: LedgerPlace.all)
  func wordsOpenTheBreakerOfWhomTheyAreAbout(_ place: LedgerPlace) async throws {
    let court = try await Court(place)
    court.bench.clock.advance(by: .seconds(1))
    let calls = try await court.write(5)
    #expect(try await court.read() == nil)
    try await court.say(.label("yes"), on: [calls[0]])
    try await court.say(.number(0.2), on: [calls[1]])
    #expect(try await court.read()?.judged == 2)
    // Of one name the newest word counts, however late it comes; other names say nothing.
    try await court.say(.label("yes"), on: [calls[1]], later: .seconds(1))
    try await court.say(.label("no"), on: [calls[1]], later: .seconds(-5))
    try await court.say(.label("no"), on: calls, "polite")
    let corrected = try await court.read()
    #expect(corrected?.judged == 2 && corrected?.judgedBad == 0)
    // Words may come before their calls.
    try await court.say(.label("no"), on: ["early"])
    #expect(try await court.read()?.judged == 2)
    let early = try await court.write { $0.spanID = "early" }
    #expect(early == ["early"])
    #expect(try await court.read()?.judgedBad == 1)
    // Nobody is judged for what nobody was asked, what was played, what another makes, and what began before.
    let others =
      try await court.write(9) { $0.attributes = #"{"unasked":true,"upstream":"open"}"# }
      + court.write(9) { $0.attributes = #"{"drill":"errors","upstream":"open"}"# }
      + court.write(9) { $0.attributes = #"{"provider":"open"}"# }
      + court.write(9) { $0.startedAt = Instant(nanoseconds: $0.startedAt.nanoseconds - 1_000_000_001) }
    try await court.say(.label("no"), on: others)
    #expect(try await court.read()?.judged == 3 && court.bench.breakers.readings().count == 1)
    // Another model, by the name that the upstream knows.
    let renamed = try await court.write(5) {
      $0.attributes = #"{"upstream":"open","upstream_model":"small"}"#
    }
    try await court.say(.label("no"), on: renamed)
    #expect(try await court.read()?.state == .closed)
    let small = court.bench.breakers.readings().first { $0.key.model == "small" }
    #expect(small?.breaker.cause == .judged(bad: 5, calls: 5))
    try await court.say(.label("no"), on: calls, later: .seconds(2))
    let open = try await court.read()
    #expect(open?.state == .open && open?.cause == .judged(bad: 5, calls: 5))
    #expect(try court.bench.call(200)?.message.contains("5 of 5 judged calls were called bad") == true)
    #expect(court.bench.transitions == ["closed open", "closed open"])
    // What is said again of these calls does not open it again once it has closed.
    court.bench.clock.advance(by: .seconds(30))
    for _ in 0..<3 { #expect(try court.bench.call(200) == nil) }
    try await court.say(.label("no"), on: calls, later: .seconds(60))
    let closed = try await court.read()
    #expect(closed?.state == .closed && closed?.judged == 0)
    try court.close()
  }

  /// Where breakers observe, they observe this too; where they are off, nobody is judged.
  @Test func modes() async throws {
    for (mode, state) in [(.observe, .open), (.off, nil)] as [(BreakerRule.Mode, Breaker.State?)] {
      let court = try await Court(.sqlite, mode)
      try await court.say(.label("no"), on: try await court.write(5))
      #expect(try await court.read()?.state == state)
      #expect(try court.bench.call(200) == nil)
      try court.close()
    }
  }

  /// Any of several names makes a call bad, and each of them may take its own word back.
  @Test func severalNames() async throws {
    let court = try await Court(.sqlite, names: ["correct", "polite"])
    let calls = try await court.write(4)
    try await court.say(.label("yes"), on: calls)
    try await court.say(.label("no"), on: calls, "polite")
    #expect(try await court.read()?.judgedBad == 4)
    try await court.say(.label("yes"), on: calls, "polite", later: .seconds(1))
    let breaker = try await court.read()
    #expect(breaker?.judged == 4 && breaker?.judgedBad == 0)
    try court.close()
  }

  /// Failure budgets and breakers read the ledger once, and each is told what it wants to know.
  @Test func theReadingIsShared() async throws {
    let court = try await Court(.sqlite)
    let rule = FailureRule("support", .feature("support"), rate: 0.02, period: .seconds(86_400))
    let desk = FailureDesk([FailureDesk.Entry(rule, judgements: ["helpful"])]) { [clock = court.bench.clock] in
      clock.now
    }
    let feed = EndedCallFeed([desk, BreakerJudges(["correct"], court.bench.breakers)])
    let calls = try await court.write(4) + court.write { $0.feature = "other" }
    try await court.say(.label("no"), on: calls)
    try await court.say(.label("no"), on: [calls[0], calls[4]], "helpful")
    try await feed.read(court.ledger)
    let reading = try #require(desk.readings().first)
    #expect(reading.whole.calls == 4 && reading.whole.failures == [.judgedBad: 1])
    #expect(court.bench.reading?.breaker.cause == .judged(bad: 5, calls: 5))
    try court.close()
  }
}

import Guards
import Records
import Store
import Testing

@testable import Gateway

/// Failure budgets as the ledger feeds them: what counts, what words change, and what becomes of calls.
struct FailureDeskTests {
  /// A ledger with what is written into it, and budgets that read it.
  private final class House {
    let clock = TestClock()
    let ledger: Ledger
    private var number = 0
    private var feeds: [ObjectIdentifier: EndedCallFeed] = [:]
    private let place: LedgerPlace
    private let name = LedgerPlace.name()

    init(_ place: LedgerPlace) async throws {
      self.place = place
      ledger = try await place.open(name, clock)
    }

    func close() throws {
      try ledger.close()
      LedgerPlace.remove(name)
    }

    static func rule(
      _ name: String = "support", _ subject: FailureRule.Subject = .feature("support"), rate: Double = 0.05
    ) -> FailureRule {
      var rule = FailureRule(name, subject, rate: rate, period: .seconds(28 * 86_400))
      rule.mode = .enforce
      rule.weights[.unintended] = 5
      return rule
    }

    func desk(_ rules: FailureRule...) -> FailureDesk {
      FailureDesk(
        rules.map { .init($0, judgements: ["correct"]) }, readers: ["look"],
        people: ["ada": nil, "bob": clock.now, "support-bot": nil]
      ) { [clock] in clock.now }
    }

    /// Lets a desk read what is new to it.
    func read(_ desk: FailureDesk) async throws {
      let feed = feeds[ObjectIdentifier(desk)] ?? EndedCallFeed([desk])
      feeds[ObjectIdentifier(desk)] = feed
      try await feed.read(ledger)
    }

    /// Writes calls.
    /// - Returns: their ids.
    @discardableResult
    func write(
      _ count: Int = 1, feature: String = "support", kind: String = "chat",
      _ change: (inout SpanRecord) -> Void = { _ in }
    ) async throws -> [String] {
      var spans: [SpanRecord] = []
      for _ in 0..<count {
        number += 1
        var span = SpanRecord(
          spanID: "s\(number)", traceID: "t\(number)", name: "chat", spanKind: kind, startedAt: clock.now,
          feature: feature)
        (span.endedAt, span.modelRequested) = (clock.now, kind == "chat" ? "m" : nil)
        change(&span)
        spans.append(span)
      }
      let written = spans
      try await ledger.append(source: "test") { appender in for span in written { try appender.append(span) } }
      return written.map(\.spanID)
    }

    func say(_ name: String, _ value: AnnotationRecord.Value, on subjects: [String], later: Duration = .zero)
      async throws
    {
      let at = clock.now.advanced(by: later) ?? clock.now
      number += 1
      let number = number
      try await ledger.append(source: "test") { appender in
        for subject in subjects {
          try appender.append(
            AnnotationRecord(
              annotationID: "\(name)-\(subject)-\(number)", subject: subject, name: name, value: value,
              annotatorKind: .human, annotator: "ada", at: at))
        }
      }
    }
  }

  private static func call(
    _ feature: String = "support", agent: String? = nil, approver: String? = nil,
    tools: String = #"[{"name":"pay"}]"#
  ) throws -> CallSpan {
    var headers = ["x-tally-feature": feature]
    headers["x-tally-agent"] = agent
    headers["x-tally-approver"] = approver
    return CallSpan(
      request: try CallRequest(.chat, Array(#"{"model":"m","tools":\#(tools)}"#.utf8)),
      notes: CallNotes { headers[$0] },
      principal: .anybody, upstream: Upstream(name: "u", url: "", dialect: .openai, headers: []), traceID: "t",
      spanID: "s", startedAt: Instant(nanoseconds: 0))
  }

  private static func refusal(
    _ desk: FailureDesk, _ call: CallSpan, stated: [String]? = nil
  ) -> CallRefusal? {
    var call = call
    do throws(CallRefusal) { try desk.heed(&call, stated: stated) } catch { return error }
    return nil
  }

  @Test(arguments: LedgerPlace.all)
  func whatCounts(_ place: LedgerPlace) async throws {
    let house = try await House(place)
    let desk = house.desk(House.rule())
    try await house.write(90)
    try await house.write(2) { ($0.status, $0.errorType) = (.error, "server_error") }
    try await house.write { $0.status = .timeout }
    try await house.write { $0.refusal = true }
    try await house.write { $0.attributes = #"{"empty":true}"# }
    try await house.write { ($0.status, $0.errorType) = (.error, "empty_reply") }
    try await house.write(2, kind: "tool") { ($0.status, $0.errorType) = (.error, "no_such_order") }
    // Nobody's: their callers' mistakes; refused here, played, left by their callers; not yet ended; of others; no calls; long past.
    try await house.write { span in
      (span.status, span.errorType, span.attributes) = (.error, "invalid_value", #"{"http_status":400}"#)
    }
    try await house.write { ($0.status, $0.errorType, $0.attributes) = (.error, "breaker_open", #"{"unasked":true}"#) }
    try await house.write { ($0.status, $0.errorType) = (.error, "FROZEN") }
    try await house.write { ($0.status, $0.attributes) = (.error, #"{"drill":"errors"}"#) }
    try await house.write { ($0.status, $0.errorType) = (.error, "client_disconnected") }
    try await house.write { ($0.status, $0.endedAt) = (.error, nil) }
    try await house.write(feature: "other") { $0.status = .error }
    try await house.write(kind: "workflow") { $0.status = .error }
    try await house.write { span in
      span.startedAt = house.clock.now.advanced(by: .seconds(-29 * 86_400)) ?? span.startedAt
      span.status = .error
    }
    try await house.read(desk)
    let reading = try #require(desk.readings().first)
    #expect(reading.whole.calls == 98 && reading.whole.failures == [.error: 5, .refused: 1, .empty: 2])
    #expect(desk.reach.isWhole && desk.reach.readAt == house.clock.now)
    // Reading again changes nothing, and another that starts now knows the same.
    try await house.read(desk)
    #expect(desk.readings().first?.whole == reading.whole)
    let other = house.desk(House.rule())
    try await house.read(other)
    #expect(other.readings().first?.whole == reading.whole)
    try house.close()
  }

  @Test(arguments: LedgerPlace.all)
  func wordsMayComeBeforeAndAfterAndBeTakenBack(_ place: LedgerPlace) async throws {
    let house = try await House(place)
    let desk = house.desk(House.rule())
    let calls = try await house.write(20)
    func failures() async throws -> [FailureKind: Int] {
      try await house.read(desk)
      return desk.readings().first?.whole.failures ?? [:]
    }
    #expect(try await failures() == [:])
    try await house.say("correct", .label("no"), on: Array(calls[..<3]))
    try await house.say("correct", .number(0.4), on: [calls[3]])
    try await house.say("correct", .number(0.5), on: [calls[4]])
    try await house.say("tone", .label("no"), on: [calls[5]])
    try await house.say("intended", .label("no"), on: [calls[0], calls[6]])
    try await house.say("intended", .label("unknown"), on: [calls[7]])
    #expect(try await failures() == [.judgedBad: 3, .unintended: 2])
    // The newest word counts, whenever it comes.
    try await house.say("correct", .label("yes"), on: [calls[1]], later: .seconds(5))
    try await house.say("correct", .label("yes"), on: [calls[2]], later: .seconds(-5))
    #expect(try await failures() == [.judgedBad: 2, .unintended: 2])
    // A word that is there before its call, as judges and collectors may deliver them.
    try await house.say("correct", .label("fail"), on: ["s100"])
    #expect(try await failures() == [.judgedBad: 2, .unintended: 2])
    try await house.write { $0.spanID = "s100" }
    #expect(try await failures() == [.judgedBad: 3, .unintended: 2])
    // A call that is delivered again is said anew, and counts once.
    try await house.write { span in (span.spanID, span.traceID, span.status) = ("s1", "t1", .error) }
    #expect(try await failures() == [.judgedBad: 3, .unintended: 2])
    try await house.say("intended", .label("yes"), on: [calls[0]], later: .seconds(5))
    try await house.say("correct", .label("yes"), on: [calls[0]], later: .seconds(5))
    #expect(try await failures() == [.judgedBad: 3, .unintended: 1, .error: 1])
    #expect(desk.readings().first?.whole.calls == 21)
    try house.close()
  }

  @Test func whatBecomesOfCalls() async throws {
    let house = try await House(.sqlite)
    var (agent, watching, asking) = (
      House.rule("bot", .agent("refund-bot")), House.rule("watch"), House.rule("ask", .feature("desk"))
    )
    (watching.mode, asking.response) = (.observe, .approval)
    agent.onFailure = .open
    let desk = house.desk(agent, watching, asking)
    // Nobody has read anything.
    #expect(Self.refusal(desk, try Self.call("desk"))?.code == "failure_budget_unavailable")
    #expect(Self.refusal(desk, try Self.call("desk"))?.status == 503)
    #expect(Self.refusal(desk, try Self.call("desk", approver: "ada"))?.status == 503)
    #expect(Self.refusal(desk, try Self.call("desk", tools: #"[{"name":"look"}]"#)) == nil)
    #expect(Self.refusal(desk, try Self.call("any", agent: "refund-bot")) == nil)
    try await house.read(desk)
    for call in [try Self.call("desk"), try Self.call(), try Self.call(agent: "refund-bot")] {
      #expect(Self.refusal(desk, call) == nil)
    }
    try await house.write(4) { ($0.status, $0.attributes) = (.error, #"{"agent":"refund-bot"}"#) }
    try await house.write(4, feature: "desk") { $0.status = .error }
    try await house.read(desk)
    #expect(desk.readings().map(\.state) == [.spent, .spent, .spent])
    // Who offers nothing that changes something passes, and the span says so.
    for tools in ["[]", #"[{"name":"look"}]"#] {
      var call = try Self.call(agent: "refund-bot", tools: tools)
      try desk.heed(&call)
      #expect(call.spentFailureBudgets == ["bot", "watch"] && call.observedFailureBudgets.isEmpty)
    }
    var watched = try Self.call()
    try desk.heed(&watched)
    #expect(watched.observedFailureBudgets == ["watch"] && watched.spentFailureBudgets.isEmpty)
    #expect(Self.refusal(desk, try Self.call("any")) == nil)
    let refused = try #require(Self.refusal(desk, try Self.call("any", agent: "refund-bot")))
    #expect(refused.code == "failure_budget_spent" && refused.status == 403)
    #expect(
      refused.message.hasPrefix(
        "The failure budget 'bot' of agent:refund-bot is spent: 0.05 a call is tolerated in 28d"))
    #expect(
      refused.message.contains("its 4 calls weigh 1 on average, at least 0.") && refused.message.contains("'pay'"))
    #expect(refused.failureBudget?["failures"]?["error"]?.whole == 4 && refused.failureBudget?["moves_on_at"] != nil)
    // A person may approve, who is here and not the agent itself.
    #expect(Self.refusal(desk, try Self.call("desk"))?.code == "NEEDS_APPROVAL")
    for approver in ["bob", "eve", "support-bot"] {
      let refusal = Self.refusal(desk, try Self.call("desk", agent: "support-bot", approver: approver))
      #expect(refusal?.code == "NEEDS_APPROVAL" && refusal?.message.contains("'\(approver)' is no person") == true)
    }
    var approved = try Self.call("desk", agent: "support-bot", approver: "ada")
    try desk.heed(&approved)
    #expect(approved.approver == "ada" && approved.spentFailureBudgets == ["ask"])
    // A decision for another gateway states its tools.
    #expect(Self.refusal(desk, try Self.call("desk", tools: "[]"), stated: ["look"]) == nil)
    #expect(
      Self.refusal(desk, try Self.call("desk", tools: "[]"), stated: ["?"])?.message.contains("does not name") == true)
    let statistics = desk.statistics
    #expect(statistics.observed == ["watch": 1] && statistics.approved == ["ask": 1] && statistics.refused["bot"] == 1)
    // A minute after the last reading nobody knows: closed refuses, and open goes by what was known.
    house.clock.advance(by: FailureDesk.patience - .nanoseconds(1))
    #expect(Self.refusal(desk, try Self.call("desk", approver: "ada")) == nil)
    house.clock.advance(by: .nanoseconds(1))
    #expect(Self.refusal(desk, try Self.call("desk", approver: "ada"))?.code == "failure_budget_unavailable")
    #expect(Self.refusal(desk, try Self.call("any", agent: "refund-bot"))?.code == "failure_budget_spent")
    // In time, what failed is forgotten.
    house.clock.advance(by: .seconds(28 * 86_400))
    try await house.read(desk)
    #expect(desk.readings().map(\.state) == [.fine, .fine, .fine])
    #expect(Self.refusal(desk, try Self.call("desk")) == nil)
    try house.close()
  }

  /// More than is read at once, and what is spent before a server starts is spent when it has.
  @Test func thePastIsReadBack() async throws {
    let house = try await House(.sqlite)
    for day in 0..<6 {
      try await house.write(4_500) { if day == 3 { $0.status = .error } }
      house.clock.advance(by: .seconds(86_400))
    }
    let desk = house.desk(House.rule())
    try await house.read(desk)
    let reading = try #require(desk.readings().first)
    #expect(reading.state == .spent && reading.whole.calls == 27_000 && reading.whole.failures == [.error: 4_500])
    let began = try #require(house.clock.now.advanced(by: .seconds(-3 * 86_400)))
    #expect(reading.since == began)
    // A person says from when on calls count: what is before is forgiven, and the moment itself is not.
    for (later, calls) in [(Duration.zero, 13_500), (.nanoseconds(1), 9_000)] {
      var entry = FailureDesk.Entry(House.rule(), judgements: [])
      entry.since = began.advanced(by: later)
      let mended = FailureDesk([entry]) { [clock = house.clock] in clock.now }
      try await house.read(mended)
      #expect(mended.readings().first?.whole.calls == calls && mended.readings().first?.from == entry.since)
      #expect(mended.readings().first?.state == (calls == 9_000 ? .fine : .spent))
    }
    try house.close()
  }

  // MARK: What is written

  /// The changes of failure budgets, oldest first: `FROM TO`, and what they say.
  private static func changes(_ ledger: Ledger) async throws -> [(words: String, facts: JSONValue, change: JSONValue)] {
    let answer = await ReadingEndpoint(ledger, checks: []).records("change", "limit=1000", from: .anybody)
    let records = try JSONValue(parsing: answer.body)["records"]?.elements ?? []
    return records.reversed().compactMap { record in
      guard let facts = record["attributes"]?["failure_budget"] else { return nil }
      return ("\(record["from"]?.text ?? "") \(record["to"]?.text ?? "")", facts, record)
    }
  }

  /// Servers of one ledger, each with its own reading, write together what each of them sees.
  private struct Server {
    let desk: FailureDesk
    let journal: FailureJournal

    init(_ house: House) {
      desk = house.desk(House.rule(), House.rule("others", .feature("other")))
      journal = FailureJournal(house.ledger, Reception()) { Issue.record("\($0)") }
    }

    static func read(_ servers: Server..., of house: House) async throws {
      for server in servers { try await house.read(server.desk) }
      await withTaskGroup { group in
        for server in servers { group.addTask { await server.journal.follow(server.desk) } }
      }
    }
  }

  @Test(arguments: LedgerPlace.all)
  func eachTurnIsOnRecordOnce(_ place: LedgerPlace) async throws {
    let house = try await House(place)
    let (first, second) = (Server(house), Server(house))
    try await house.write(10)
    try await Server.read(first, second, of: house)
    #expect(try await FailureDeskTests.changes(house.ledger).isEmpty)
    try await house.write(20) { ($0.status, $0.errorType) = (.error, "server_error") }
    for _ in 0..<3 { try await Server.read(first, second, of: house) }
    let spent = try await FailureDeskTests.changes(house.ledger)
    #expect(spent.map(\.words) == ["fine spent"])
    let (facts, change) = (try #require(spent.first).facts, try #require(spent.first).change)
    #expect(facts["budget"]?.text == "support" && facts["subject"]?.text == "feature:support")
    #expect(facts["calls"]?.whole == 30 && facts["failures"]?["error"]?.whole == 20)
    #expect(facts["mode"]?.text == "enforce" && facts["per"]?.text == "28d" && facts["moves_on_at"]?.text != nil)
    #expect(change["surface"]?.text == "infrastructure" && change["actor"]?.text == "tally serve")
    #expect(
      change["reason"]?.text?.hasPrefix("0.05 a call is tolerated in 28d, and its 30 calls weigh 0.667 on average, at")
        == true)
    // Breakers write a lot of the same kind meanwhile; who starts anew finds what was said all the same.
    let at = house.clock.now
    try await house.ledger.append(source: "breakers") { appender in
      for number in 0..<1_100 {
        var change = ChangeRecord(surface: "infrastructure", actor: "tally serve", at: at)
        (change.to, change.attributes) = ("open", #"{"breaker":{"name":"u\#(number)/m"}}"#)
        try appender.append(.change(change))
      }
    }
    let third = Server(house)
    try await Server.read(third, of: house)
    #expect(third.desk.readings().map(\.state) == [.spent, .fine])
    let breakers = try await house.ledger.read { try BreakerHistory.last($0).count }
    #expect(breakers == 1_100)
    // Everything that failed is forgotten; two see it at once, and one that starts then has nothing to add.
    house.clock.advance(by: .seconds(29 * 86_400))
    try await Server.read(first, third, of: house)
    let fourth = Server(house)
    try await Server.read(second, fourth, of: house)
    // And it is spent again, while one of them looks away.
    try await house.write(20) { ($0.status, $0.errorType) = (.error, "server_error") }
    try await Server.read(fourth, first, of: house)
    try await Server.read(second, third, of: house)
    // Newest first, and more than a page of others is between.
    let all = try await house.ledger.read { snapshot -> [String] in
      var words: [String] = []
      try GuardChange.newest(of: snapshot, atOnce: 100) { changes in
        words += changes.filter { GuardChange.facts("failure_budget", of: $0) != nil }
          .map { "\($0.from ?? "") \($0.to ?? "")" }
        return false
      }
      return words
    }
    #expect(all == ["fine spent", "spent fine", "fine spent"])
    #expect(try await house.ledger.verify().problems == [])
    try house.close()
  }

  /// What came to an end while nobody was there is said by whoever comes next; and a person may say that nothing counts any more.
  @Test(arguments: LedgerPlace.all)
  func whatEndedMeanwhileIsSaidByTheNext(_ place: LedgerPlace) async throws {
    let house = try await House(place)
    try await house.write(20) { ($0.status, $0.errorType) = (.error, "server_error") }
    try await Server.read(Server(house), of: house)
    house.clock.advance(by: .seconds(29 * 86_400))
    try await Server.read(Server(house), of: house)
    let changes = try await FailureDeskTests.changes(house.ledger)
    #expect(changes.map(\.words) == ["fine spent", "spent fine"])
    #expect(changes.last?.change["reason"]?.text == "0.05 a call is tolerated in 28d, and no call of that time is left")
    #expect(changes.last?.change["at"]?.text == house.clock.now.description)
    try house.close()
  }
}

import Glibc
import Guards
import Records
import Store
import StoreSQLite
import Synchronization
import Testing
import Waiting

@testable import Gateway

/// What calls are promised, what they are told, and what they are said to have used.
struct CallBudgetsTests {
  private static let upstream = Upstream(name: "u", url: "http://u", dialect: .openai, headers: [])
  private static let chat = #"{"model":"m","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}"#
  /// Of that: its bytes, and what is put around it.
  private static let worst = Int128(chat.utf8.count) + Int128(CallBound.framing) + 100

  private func call(
    _ number: Int = 0, _ body: String = chat, _ headers: [String: String] = [:]
  ) throws -> CallSpan {
    CallSpan(
      request: try CallRequest(.chat, Array(body.utf8)), notes: CallNotes { headers[$0] }, principal: .anybody,
      upstream: CallBudgetsTests.upstream, traceID: "t\(number)", spanID: "s\(number)",
      startedAt: Instant(nanoseconds: 1_700_000_000_000_000_000))
  }

  private func entry(
    _ name: String, _ limit: Int128, _ unit: BudgetRule.Unit = .tokens, level: BudgetRule.Level = .all,
    mode: BudgetRule.Mode = .enforce, onFailure: BudgetRule.Failure = .closed
  ) -> CallBudgets.Entry {
    CallBudgets.Entry(
      BudgetRule(
        name: name, unit: unit, limit: limit, period: .month, level: level, mode: mode, onFailure: onFailure))
  }

  private struct Bench {
    let budgets: CallBudgets
    let ledger: Ledger
    let clock: TestClock

    func windows(_ budget: String) async throws -> [BudgetStatus] {
      try await ledger.budgets(at: clock.now).filter { $0.budget == budget }
    }
  }

  private func withBudgets(
    _ entries: [CallBudgets.Entry], _ models: CallBudgets.Models = .init(),
    patience: CallBudgets.Patience = calm, _ work: (Bench) async throws -> Void
  ) async throws {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let ledger = try await LedgerPlace.sqlite.open(name, clock)
    let budgets = CallBudgets(entries, ledger, models, patience: patience, process: "p") { clock.now }
    try await work(Bench(budgets: budgets, ledger: ledger, clock: clock))
    await budgets.drain()
    try ledger.close()
  }

  private func refusal(
    _ budgets: CallBudgets, _ number: Int = 0, _ body: String = chat, _ headers: [String: String] = [:]
  ) async throws -> CallRefusal? {
    var call = try call(number, body, headers)
    do throws(CallRefusal) { _ = try await budgets.reserve(&call, model: "m") } catch { return error }
    return nil
  }

  @Test func aRefusalNamesTheLimitWhoseWhatIsLeftAndWhenItBeginsAnew() async throws {
    let entries = [entry("team", CallBudgetsTests.worst + 10, level: .feature)]
    try await withBudgets(entries) { bench in
      var first = try call(1, CallBudgetsTests.chat, ["x-tally-feature": "bot"])
      let ticket = try #require(try await bench.budgets.reserve(&first, model: "m"))
      #expect(ticket.claims.map(\.amount) == [CallBudgetsTests.worst])
      let refused = try await refusal(bench.budgets, 2, CallBudgetsTests.chat, ["x-tally-feature": "bot"])
      let refusal = try #require(refused)
      #expect(refusal.status == 429 && refusal.code == "budget_exceeded")
      #expect(
        refusal.message == """
          The budget 'team' of the feature 'bot' is \(CallBudgetsTests.worst + 10) tokens a month; 10 tokens are left, and this call \
          may use \(CallBudgetsTests.worst) tokens. It begins anew at 2023-12-01T00:00:00Z.
          """)
      // From the clock's time to the end of the month.
      #expect(refusal.retryAfter == 1_701_388_800 - 1_700_000_000 + 1)
      let budget = try #require(refusal.budget)
      #expect(
        budget.members.map { "\($0.key)=\($0.value.text ?? "")" } == [
          "budget=team", "each=feature", "unit=tokens", "limit=\(CallBudgetsTests.worst + 10)", "per=month",
          "subject=bot", "left=10", "needed=\(CallBudgetsTests.worst)", "resets_at=2023-12-01T00:00:00Z",
        ])
      // Both APIs say the same.
      for dialect in CallDialect.allCases {
        let answer = refusal.answer(dialect)
        let json = try JSONValue(parsing: answer.body)
        #expect(answer.status == 429 && answer.retryAfter == refusal.retryAfter)
        #expect(json["error"]?["type"]?.text == "rate_limit_error")
        #expect(json["error"]?["budget"]?["left"]?.text == "10" && json["error"]?["code"]?.text == "budget_exceeded")
      }
      // Others have budgets of their own.
      #expect(try await self.refusal(bench.budgets, 3) == nil)
      #expect(bench.budgets.statistics.refused == ["team": 1])
    }
  }

  // MARK: Break-glass

  /// A call with a break-glass key.
  private func urgent(_ number: Int = 0, _ body: String = chat) throws -> CallSpan {
    var call = try call(number, body)
    call.glass = BreakGlass(key: "night")
    return call
  }

  @Test func aBreakGlassCallPassesAndCounts() async throws {
    let open = #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#
    let entries = [
      entry("t", 10), entry("c", 0, .calls), entry("w", 0, .calls, mode: .observe), entry("wide", 1 << 40),
    ]
    try await withBudgets(entries) { bench in
      var call = try urgent(1)
      let ticket = try #require(try await bench.budgets.reserve(&call, model: "m"))
      #expect(ticket.claims.map(\.amount) == [CallBudgetsTests.worst, 1, 1, CallBudgetsTests.worst])
      #expect(
        call.glass?.passed == [.init(.budget, "budget_exceeded", "t"), .init(.budget, "budget_exceeded", "c")])
      #expect(call.observedBudgets == ["w"])
      // Nobody knows the worst of this one: nothing is held, and what it uses is spent.
      var unbounded = try urgent(2, open)
      let second = try #require(try await bench.budgets.reserve(&unbounded, model: "m"))
      #expect(second.claims.map(\.amount) == [0, 1, 1, 0])
      #expect(unbounded.glass?.codes == ["UNBOUNDED_CALL", "budget_exceeded"])
      #expect(unbounded.glass?.passed.map(\.name) == ["t", "wide", "c"])
      bench.budgets.withdraw(ticket)
      bench.budgets.ledger.settle(second.promise, ["t": 77, "c": 1, "w": 1, "wide": 77])
      await bench.budgets.drain()
      #expect(try await bench.windows("t").map(\.window) == [BudgetWindow(spent: 77)])
      #expect(try await bench.windows("c").map(\.window) == [BudgetWindow(spent: 1)])
      // Nobody was refused; whoever has another key is.
      #expect(bench.budgets.statistics.refused.isEmpty && bench.budgets.statistics.observed == ["w": 2])
      let refusal = try await refusal(bench.budgets, 3)
      #expect(refusal?.code == "budget_exceeded" && bench.budgets.statistics.refused == ["t": 1])
    }
  }

  @Test func aBreakGlassCallWaitsForNoLedger() async throws {
    try await withBudgets(
      [entry("c", 9, .calls), entry("o", 9, .calls, onFailure: .open)], patience: CallBudgetsTests.hasty
    ) { bench in
      try await whileLocked(bench.ledger) {
        var call = try urgent(1)
        let ticket = try await bench.budgets.reserve(&call, model: "m")
        #expect(ticket == nil && bench.budgets.statistics.unchecked == 1)
        #expect(call.glass?.passed == [.init(.budget, "budget_unavailable", "c")])
        let refusal = try await refusal(bench.budgets, 2)
        #expect(refusal?.code == "budget_unavailable")
      }
    }
  }

  /// What a decision passed is kept with it, as far as the transaction that promises knows.
  @Test func aDecisionKeepsWhatItPassed() async throws {
    try await withBudgets([entry("c", 0, .calls), entry("w", 0, .calls, mode: .observe)]) { bench in
      var call = try urgent(1)
      let bound = CallBound(input: 1, limit: 1, isEmbedding: false)
      let expiry = try #require(bench.clock.now.advanced(by: .seconds(60)))
      let answer = try await bench.budgets.decide(&call, model: "m", bound, until: expiry) { call, claims in
        let facts = (try? JSONValue.object(DecisionFacts(call, claims).json).line()) ?? ""
        return CallDecision(id: call.hold, tenant: nil, facts: facts, expiresAt: expiry)
      }
      let decided = try #require(answer)
      let kept = try #require(try await bench.ledger.decision(decided.hold))
      let facts = try #require(DecisionFacts(parsing: kept.facts))
      #expect(facts.glass == call.glass && facts.observed == ["w"] && call.observedBudgets == ["w"])
      #expect(facts.glass?.passed == [.init(.budget, "budget_exceeded", "c")])
      #expect(try await bench.windows("c").map(\.window.held) == [1])
      try await bench.ledger.settle(hold: decided.hold, ["c": 1, "w": 1])
    }
  }

  /// Who asks for more than there ever is need not ask again.
  @Test func whatNeverFitsIsNoQuestionOfTime() async throws {
    try await withBudgets([entry("small", CallBudgetsTests.worst - 1)]) { bench in
      let refusal = try #require(try await refusal(bench.budgets))
      #expect(refusal.status == 402 && refusal.retryAfter == nil && refusal.message.contains("more than all of it"))
    }
    try await withBudgets([entry("fits", CallBudgetsTests.worst)]) { bench in
      let refusal = try await refusal(bench.budgets)
      #expect(refusal == nil)
    }
  }

  @Test func eachLevelCountsItsOwn() async throws {
    let levels = BudgetRule.Level.allCases
    let entries = levels.map { entry($0.rawValue, 100, .calls, level: $0) }
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    try await withBudgets(entries) { bench in
      for (number, headers) in [
        ["x-tally-agent": "planner", "x-tally-session": "s1", "x-tally-tenant": "acme", "x-tally-feature": "bot"],
        ["x-tally-agent": "planner", "traceparent": "00-\(trace)-00f067aa0ba902b7-01"], [:],
      ].enumerated() {
        let refusal = try await refusal(bench.budgets, number, CallBudgetsTests.chat, headers)
        #expect(refusal == nil)
      }
      let expected: [(level: BudgetRule.Level, counts: [String])] = [
        (.all, ["=3"]), (.key, ["=3"]), (.model, ["m=3"]), (.agent, ["=1", "planner=2"]), (.tenant, ["=2", "acme=1"]),
        (.feature, ["bot=1", "unknown_service=2"]),
        // A run is a session; where none is named, a trace.
        (.run, ["=1", "\(trace)=1", "s1=1"]),
      ]
      // What was taken for calls to come goes back when none comes. Each is waited for: what `all` took, the third call has used.
      bench.clock.advance(by: .seconds(4))
      for (level, counts) in expected {
        try await until("\(level) counts \(counts)") {
          try await bench.windows(level.rawValue).map { "\($0.subject)=\($0.window.held)" } == counts
        }
      }
    }
  }

  @Test func onlyWhomABudgetIsFor() async throws {
    var entries = (0..<5).map { entry("\($0)", 0, .calls) }
    (entries[0].agent, entries[1].tenant, entries[2].feature) = ("planner", "acme", "bot")
    (entries[3].model, entries[4].key) = ("other", "k")
    try await withBudgets(entries) { bench in
      let plain = try await refusal(bench.budgets)
      #expect(plain == nil)
      for (number, header) in ["agent": "planner", "tenant": "acme", "feature": "bot"].enumerated() {
        let headers = ["x-tally-\(header.key)": header.value]
        #expect(try await refusal(bench.budgets, number, CallBudgetsTests.chat, headers)?.status == 402)
      }
    }
  }

  // MARK: Bounds

  @Test func whatHasNoBoundIsRefusedOrCapped() async throws {
    let open = #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#
    try await withBudgets([entry("t", 100_000)]) { bench in
      let refusal = try #require(try await refusal(bench.budgets, 0, open))
      #expect(refusal.status == 402 && refusal.code == "UNBOUNDED_CALL" && refusal.message.contains("max_tokens"))
      #expect(refusal.budget?["budget"]?.text == "t")
      let picture = open.replacing(#""Hi""#, with: #"[{"type":"image_url"}]"#)
      #expect(try await self.refusal(bench.budgets, 1, picture)?.message.contains("pictures") == true)
    }
    var models = CallBudgets.Models()
    models.mostOutput = ["m": 400]
    let input = Int128(open.utf8.count) + Int128(CallBound.framing)
    try await withBudgets([entry("t", 100_000)], models) { bench in
      var span = try call(0, open)
      #expect(try await bench.budgets.reserve(&span, model: "m")?.claims.map(\.amount) == [input + 400])
      #expect(span.cap == nil)
    }
    // The smallest cap of all that enforce holds, and no more than the model can.
    var (wide, narrow, watching) = (
      entry("wide", 100_000), entry("narrow", 9, .calls), entry("w", 9, .calls, mode: .observe)
    )
    (wide.outputCap, narrow.outputCap, watching.outputCap) = (300, 200, 1)
    try await withBudgets([wide, narrow, watching], models) { bench in
      var span = try call(0, open)
      #expect(try await bench.budgets.reserve(&span, model: "m")?.claims.map(\.amount) == [input + 200, 1, 1])
      #expect(span.outputCap == 200)
      let body = String(
        decoding: span.request.outgoing(model: nil, asksForUsage: true, cap: span.outputCap), as: UTF8.self)
      #expect(body == #"{"max_completion_tokens":200,"# + open.dropFirst())
      // Who says it is not told.
      var limited = try call(1)
      #expect(try await bench.budgets.reserve(&limited, model: "m")?.claims.first?.amount == CallBudgetsTests.worst)
      #expect(limited.cap == nil)
    }
  }

  @Test(arguments: [
    (CallEndpoint.chat, "max_completion_tokens"), (.responses, "max_output_tokens"), (.messages, "max_tokens"),
  ])
  func aCapIsSaidInTheWordsOfTheAPI(_ endpoint: CallEndpoint, _ word: String) throws {
    for (body, expected) in [
      (#"{"model":"m"}"#, #"{"\#(word)":7,"model":"x"}"#),
      (#"{"model":"m", "\#(word)" : null }"#, #"{"model":"x", "\#(word)" : 7 }"#),
    ] {
      let request = try CallRequest(endpoint, Array(body.utf8))
      #expect(String(decoding: request.outgoing(model: "x", asksForUsage: true, cap: 7), as: UTF8.self) == expected)
    }
  }

  @Test func observingLetsPassCountsAndSays() async throws {
    let watching = entry("w", 1, .calls, mode: .observe)
    let unbounded = entry("u", 1, mode: .observe)
    try await withBudgets([watching, unbounded]) { bench in
      for number in 0..<3 {
        var span = try call(number, #"{"model":"m","messages":[]}"#)
        _ = try await bench.budgets.reserve(&span, model: "m")
        #expect(span.observedBudgets == (number == 0 ? ["u"] : ["u", "w"]))
      }
      #expect(bench.budgets.statistics.observed == ["w": 2, "u": 3] && bench.budgets.statistics.refused == [:])
      #expect(try await bench.windows("w").map(\.window) == [BudgetWindow(held: 3)])
      #expect(try await bench.windows("u").isEmpty)
    }
  }

  // MARK: Afterwards

  private func reply(_ usage: String = "") -> [UInt8] {
    Array(
      #"{"model":"m","choices":[{"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}]\#(usage)}"#
        .utf8)
  }

  private func used(
    _ bench: Bench, _ ticket: CallBudgets.Ticket, _ span: CallSpan, wasSent: Bool
  ) -> [String: Int128] {
    bench.budgets.used(
      of: ticket.claims.map { ($0.rule.name, $0.rule.unit) }, model: ticket.model, span, wasSent: wasSent)
  }

  @Test func whatACallUsed() async throws {
    var models = CallBudgets.Models()
    models.count = { text, model in model == "m" ? text.count : nil }
    let entries = [entry("calls", 99, .calls), entry("tokens", 99_999)]
    try await withBudgets(entries, models) { bench in
      var span = try call()
      let ticket = try #require(try await bench.budgets.reserve(&span, model: "m"))
      func used(wasSent: Bool = true, _ change: (inout CallSpan) -> Void) -> [String: Int128] {
        var span = span
        change(&span)
        return self.used(bench, ticket, span, wasSent: wasSent)
      }
      let said = reply(#","usage":{"prompt_tokens":5,"completion_tokens":2}"#)
      #expect(
        used {
          $0.status = 200
          $0.observation.reply = said
        } == ["calls": 1, "tokens": 7])
      // What broke off may have used more than it said until then: it has used all.
      for fault in [CallFault.clientDisconnected, .upstreamReset, .idleTimeout, .truncatedStream] {
        #expect(
          used {
            $0.status = 200
            $0.observation.reply = said
            $0.observation.fault = fault
          } == ["calls": 1])
      }
      #expect(used { $0.observation.fault = .firstByteTimeout } == ["calls": 1])
      // What the provider refused costs nothing, and is a call.
      #expect(
        used {
          $0.status = 429
          $0.observation.reply = Array(#"{"error":{"message":"no"}}"#.utf8)
        } == ["calls": 1, "tokens": 0])
      // What never left is none.
      #expect(used(wasSent: false) { $0.observation.fault = .connectFailed } == ["calls": 0, "tokens": 0])
      // What does not say what it used is counted: here a byte a token, of what was said and what came back.
      let input = #"[{"content":"Hi","role":"user"}]"#
      let counted = used {
        $0.status = 200
        $0.observation.reply = reply()
      }
      #expect(counted["calls"] == 1 && (counted["tokens"] ?? 0) > Int128(input.utf8.count))
      #expect((counted["tokens"] ?? .max) < CallBudgetsTests.worst)
      let batch = span.batch
      guard case .span(let record)? = batch.records.last else { return }
      bench.budgets.settle(ticket, span, as: record, batch.contents)
      await bench.budgets.drain()
      #expect(try await bench.windows("calls").map(\.window) == [BudgetWindow(spent: 1)])
      #expect(try await bench.windows("tokens").map(\.window) == [BudgetWindow(spent: CallBudgetsTests.worst)])
    }
    // Where nobody says how, it has used all.
    try await withBudgets(entries) { bench in
      var span = try call()
      let ticket = try #require(try await bench.budgets.reserve(&span, model: "m"))
      span.status = 200
      span.observation.reply = reply()
      #expect(used(bench, ticket, span, wasSent: true) == ["calls": 1])
    }
  }

  // MARK: When the ledger is away

  /// For machines that have much else to do.
  private static let calm = {
    var patience = CallBudgets.Patience()
    (patience.closed, patience.open) = (.seconds(3_600), .seconds(3_600))
    return patience
  }()

  private static let hasty = {
    var patience = CallBudgets.Patience()
    (patience.closed, patience.open) = (.milliseconds(200), .milliseconds(200))
    return patience
  }()

  /// Runs something while nobody can write to the ledger.
  private func whileLocked(_ ledger: Ledger, _ work: () async throws -> Void) async throws {
    let other = try SQLiteEngine(path: ledger.location)
    let isLocked = Mutex(false)
    let isOver = Mutex(false)
    async let holder: Void = Task.detached {
      try await other.write { writer in
        isLocked.withLock { $0 = true }
        while !isOver.withLock({ $0 }) { usleep(2_000) }
      }
    }.value
    while !isLocked.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
    defer { isOver.withLock { $0 = true } }
    do { try await work() } catch {
      isOver.withLock { $0 = true }
      throw error
    }
    isOver.withLock { $0 = true }
    try await holder
    try other.close()
  }

  @Test func closedRefusesAndOpenGoesOnWhereNobodyCanSay() async throws {
    var other = entry("closed", 9, .calls)
    other.feature = "closed"
    let entries = [entry("open", 9, .calls, onFailure: .open), other, entry("watch", 9, .calls, mode: .observe)]
    try await withBudgets(entries, patience: CallBudgetsTests.hasty) { bench in
      try await whileLocked(bench.ledger) {
        let refusal = try await refusal(bench.budgets, 1, CallBudgetsTests.chat, ["x-tally-feature": "closed"])
        #expect(refusal?.status == 503 && refusal?.code == "budget_unavailable" && refusal?.retryAfter == 1)
        var span = try call(2)
        #expect(try await bench.budgets.reserve(&span, model: "m") == nil)
        #expect(bench.budgets.statistics.unchecked == 1)
      }
      // What was granted too late: the refused call used nothing, of the other nobody says what it used.
      func spent(_ budget: String) async throws -> BudgetWindow? { try await bench.windows(budget).first?.window }
      // It is granted when the ledger answers again; what was taken besides goes back when no call comes after that.
      try await until("the late promise is spent") { try await spent("open")?.spent == 1 }
      bench.clock.advance(by: .seconds(4))
      try await until("nothing is held") { try await spent("open") == BudgetWindow(spent: 1) }
      // There is no window where the refused call was given up before its turn came: then nothing was written of it.
      try await until("the other is not") { try await spent("closed") ?? BudgetWindow() == BudgetWindow() }
    }
  }
}

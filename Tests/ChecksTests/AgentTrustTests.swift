import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

@Suite struct AgentTrustTests {
  /// 1,000 actions at a rate of 0.005 are 5 units; two reversible and one irreversible action burn 7.
  @Test func theWorkedExample() async throws {
    var world = AgentWorld()
    world.acts(800, "look")
    for place in 0..<199 {
      let span = world.act("note")
      world.review(span, place < 2 ? "no" : "yes")
    }
    let closed = world.act("close", attributes: ["approved_by": "ana"])
    world.review(closed, "no")
    let finding = try await world.finding()
    #expect(finding.verdict == .fail && finding.codes(.fail) == ["BUDGET_SPENT"])
    #expect(finding.codes(.unknown).isEmpty && finding.codes(.warn).isEmpty)
    #expect(finding.measure("burn")?.limit == 5 && finding.value("burn") == 7 && finding.value("budget_left") == -2)
    let rate = try #require(finding.measure("unintended_rate"))
    #expect(close(rate.value, 0.015) && close(rate.high, 0.0383) && finding.value("reviewed") == 200)
    #expect(
      finding.headline
        == "bot acted 1,000 times in 7 days and burnt 7 of 5 units: 1 irreversible and 2 reversible actions were not intended."
    )
    #expect(finding.evidence.count == 3)
  }

  /// A child has no more than its parents: email.send is in its own scopes, and not in theirs.
  @Test func scopesOfTheParents() async throws {
    let yaml = """
      agents:
        sales: {scopes: [crm.read, crm.write], failure_budget: {}}
        bot: {parent: sales, scopes: ["crm.*", email.send], failure_budget: {}}
      tools: {crm.read: {effect: read}, email.send: {effect: read}}
      """
    var world = AgentWorld()
    for place in 0..<60 { world.review(world.act(place < 58 ? "crm.read" : "email.send"), "yes") }
    let finding = try await world.finding("", yaml)
    #expect(finding.codes(.fail) == ["SCOPE_ESCALATION"])
    #expect(
      finding.reasons[0].text == "2 actions called tools outside the scope along sales → bot: email.send.")
    #expect(finding.value("guard SCOPE_ESCALATION") == 2)
  }

  /// Five steps of 850 of 1,000 each.
  @Test func theChainOfTheExample() async throws {
    let steps = (1...5).map { ChainSuccess.Step(tool: "s\($0)", succeeded: 850, actions: 1000) }
    let chain = ChainSuccess(steps: steps)
    #expect(close(chain.rate, 0.4437) && close(chain.interval.low, 0.3679) && close(chain.interval.high, 0.5213))
    let yaml = """
      agents: {bot: {scopes: ["s*"], chain: [s1, s2, s3, s4, s5], failure_budget: {}}}
      tools: {s1: {effect: read}, s2: {effect: read}, s3: {effect: read}, s4: {effect: read}, s5: {effect: read}}
      """
    var world = AgentWorld()
    for step in 1...5 {
      for place in 0..<1000 {
        let span = world.act("s\(step)", secondsAgo: 400_000 - Int64(step * 1000 + place) * 60) {
          if place % 20 < 3 { $0.status = .error }
        }
        if step == 1, place < 50 { world.review(span, "yes") }
      }
    }
    let finding = try await world.finding("", yaml)
    #expect(finding.codes(.fail) == ["CHAIN_BELOW_TARGET"])
    let measure = try #require(finding.measure("chain_success"))
    #expect(close(measure.value, 0.4437) && close(measure.low, 0.3679) && close(measure.high, 0.5213))
    #expect(finding.next == "Mend s1 first: it lets least through.")
  }

  @Test func aCleanAgentPasses() async throws {
    let finding = try await AgentWorld.clean().finding()
    #expect(finding.verdict == .pass && finding.reasons.isEmpty, "\(finding.reasons)")
    #expect(
      finding.headline
        == "bot acted 1,000 times in 7 days and burnt 0 of 5 units: nothing that was reviewed was unintended.")
    #expect(finding.next == "Nothing to do: keep reviewing some of what it does.")
    guard case .table(let title, _, let rows)? = finding.figures.first else {
      Issue.record("no table")
      return
    }
    #expect(title == "What bot did" && finding.figures.count == 1)
    #expect(
      rows == [["note", "reversible", "200", "0", "0", "closed"], ["look", "read", "800", "0", "0", "closed"]])
  }

  @Test func nobodyIsNotApplicableAndWhoIsSeenIsASubject() async throws {
    let bare = try await CheckBench("")
    #expect(try await bare.run(["agent-trust"]).notApplicable == ["agent-trust"])
    var world = AgentWorld()
    world.act("look", agent: "stranger \"q\" 100%_")
    let finding = try await world.finding("", AgentWorld.yaml, "stranger \"q\" 100%_")
    #expect(finding.codes(.fail) == ["NO_BUDGET"] && finding.value("actions") == 1)
    // The declared one did nothing, and another's actions are not its own.
    let idle = try await world.finding()
    #expect(idle.codes(.unknown) == ["NO_ACTIONS"] && idle.verdict == .unknown)
    #expect(idle.missing == [.init("spans of kind tool with attributes.agent bot", 50)])
  }

  @Test func anAgentWithoutABudgetMayNotAct() async throws {
    let yaml = "agents: {bot: {scopes: [look]}}\ntools: {look: {effect: read}}"
    var world = AgentWorld()
    for _ in 0..<50 { world.review(world.act("look"), "yes") }
    let finding = try await world.finding("", yaml)
    #expect(finding.codes(.fail) == ["NO_BUDGET"] && finding.codes(.unknown).isEmpty)
    #expect(finding.value("burn") == nil && finding.value("guard NO_BUDGET") == 50)
    #expect(finding.next == "Write agents.bot.failure_budget in tally.yaml, with the scopes that it needs.")
  }

  /// The guard's answers to what was recorded: caps, duplicates, loops, keys, receipts.
  @Test func whatTheGuardWouldHaveSaid() async throws {
    var world = AgentWorld.clean()
    // A refund that is repeated after a timeout, without a key.
    for _ in 0..<2 {
      world.act("pay", { $0.status = .timeout }, attributes: ["args_sha256": "same"])
    }
    for _ in 0..<4 { world.act("look", { $0.traceID = "loop" }, attributes: ["args_sha256": "again"]) }
    for _ in 0..<2 { world.act("pay", { $0.idempotencyKey = "k" }, attributes: ["args_sha256": "keyed"]) }
    for _ in 0..<52 { world.act("look") { $0.traceID = "long" } }
    let finding = try await world.finding()
    #expect(finding.value("guard DUPLICATE_EFFECT") == 1 && finding.value("guard LOOP") == 2)
    #expect(finding.value("guard NO_IDEMPOTENCY_KEY") == 1 && finding.value("guard RECEIPT") == 1)
    #expect(finding.value("guard CAP_REACHED") == 2)
    guard case .table(_, _, let rows)? = finding.figures.last else {
      Issue.record("no table")
      return
    }
    #expect(
      rows == [
        ["CAP_REACHED", "2"], ["DUPLICATE_EFFECT", "1"], ["LOOP", "2"], ["NO_IDEMPOTENCY_KEY", "1"],
        ["returns the receipt", "1"],
      ])
    #expect(finding.verdict == .pass && finding.value("receipts_of_keys") == 0)
  }

  @Test func whatAGuardHeldUpWasNeverDone() async throws {
    var world = AgentWorld.clean()
    for code in ["SCOPE_ESCALATION", "NEEDS_APPROVAL", "LOOP"] {
      world.act("payroll") { ($0.status, $0.errorType) = (.error, code) }
    }
    let finding = try await world.finding()
    #expect(finding.verdict == .pass && finding.value("held_up") == 3 && finding.value("actions") == 1_000)
  }

  /// Each model has a breaker, by who answers and where; calls that nobody was asked for say nothing of it.
  @Test func modelsHaveBreakersOfTheirOwn() async throws {
    func call(
      _ world: inout AgentWorld, _ model: String, _ secondsAgo: Int64, _ attributes: [String: String] = [:],
      agent: String = "bot", _ change: (inout SpanRecord) -> Void = { _ in }
    ) {
      world.act(
        nil, agent: agent, secondsAgo: secondsAgo,
        {
          ($0.spanKind, $0.modelRequested, $0.status, $0.finishReason) = ("chat", model, .ok, "stop")
          $0.outputTokens = 5
          change(&$0)
        }, attributes: attributes)
    }
    func fails(_ span: inout SpanRecord) { (span.status, span.errorType) = (.error, "http_503") }
    var world = AgentWorld.clean()
    let (east, west) = (["upstream": "azure", "region": "east"], ["upstream": "azure", "region": "west"])
    for second in 0..<5 {
      call(&world, "gpt-4o", 60 - Int64(second), east, fails)
      call(&world, "gpt-4o", 60 - Int64(second), west)
      call(&world, "quiet", 60 - Int64(second), [:]) { ($0.outputTokens, $0.finishReason) = (0, "stop") }
      // Of another agent; refused by a guard; the caller's own mistake; gone; played.
      call(&world, "others", 60 - Int64(second), agent: "other", fails)
      call(&world, "guarded", 60 - Int64(second)) { ($0.status, $0.errorType) = (.error, "budget_exceeded") }
      call(&world, "left", 60 - Int64(second)) { ($0.status, $0.errorType) = (.error, "client_disconnected") }
      call(&world, "drilled", 60 - Int64(second), ["drill": "errors"], fails)
      // Longer than a day ago.
      call(&world, "old", 86_500 - Int64(second), [:], fails)
    }
    let finding = try await world.finding()
    #expect(finding.verdict == .warn)
    #expect(
      finding.reasons.filter { $0.code == "BREAKER_WARNING" }.map(\.about) == ["gpt-4o of azure in east", "quiet"])
    #expect(finding.value("breaker_openings") == 2)
    #expect(finding.value("actions") == 1_000)
    let table = try #require(
      finding.figures.compactMap { figure -> [[String]]? in
        guard case .table("Models that it called in the last day", _, let rows) = figure else { return nil }
        return rows
      }.first)
    #expect(
      table == [
        ["gpt-4o of azure in east", "5", "5", "half-open"], ["gpt-4o of azure in west", "5", "0", "closed"],
        ["quiet", "5", "5", "half-open"],
      ])
  }

  @Test func howLongItTookUntilSomebodyKnew() async throws {
    var world = AgentWorld.clean()
    let first = world.act("note", secondsAgo: 20_000)
    world.review(first, "no", secondsAgo: 12_800)
    world.review(first, "no", by: .code, secondsAgo: 19_000)
    let finding = try await world.finding()
    #expect(finding.value("time_to_know") == 2)
    let unknown = try await { () async throws -> Finding in
      var world = AgentWorld.clean()
      world.review(world.act("note"), "no", by: .code)
      return try await world.finding()
    }()
    #expect(unknown.measure("time_to_know") != nil && unknown.value("time_to_know") == nil)
  }

  @Test func receiptsOfKeys() async throws {
    var world = AgentWorld.clean()
    for key in ["a", "b", "c", "d"] { world.act("pay") { $0.idempotencyKey = key } }
    for (number, key) in ["a", "a", "c"].enumerated() {
      var receipt = ReceiptRecord()
      (receipt.receiptID, receipt.itemID, receipt.attemptID) = ("r\(number)", "i", "t")
      (receipt.idempotencyKey, receipt.at) = (key, AgentWorld.ago(100))
      world.records.append(.receipt(receipt))
    }
    #expect(try await world.finding().value("receipts_of_keys") == 0.5)
  }

  /// The same records in any order give the same finding: actions are taken by their times.
  @Test func theOrderOfDeliveryDoesNotMatter() async throws {
    var world = AgentWorld.clean()
    for number in 0..<40 {
      world.act("pay", secondsAgo: 50_000 - Int64(number)) { if number % 3 == 0 { $0.status = .error } }
    }
    var shuffled = world
    shuffled.records = world.records.reversed()
    let (one, other) = (try await world.finding(), try await shuffled.finding())
    #expect(one.measures == other.measures && one.reasons == other.reasons && one.figures == other.figures)
  }
}

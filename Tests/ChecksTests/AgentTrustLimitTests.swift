import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `agent-trust` exactly at its limits.
@Suite struct AgentTrustLimitTests {
  @Test func theBudgetAtItsLimits() async throws {
    // 1,000 actions, 5 units; reversible actions burn one each.
    #expect(try await AgentWorld.clean(unintended: 4).finding().verdict == .pass)
    let near = try await AgentWorld.clean(unintended: 5).finding()
    #expect(near.codes(.warn) == ["BUDGET_NEAR"] && near.codes(.fail).isEmpty)
    #expect(try await AgentWorld.clean(unintended: 6).finding().codes(.fail) == ["BUDGET_SPENT"])
    let heavier = try await AgentWorld.clean(unintended: 2).finding("weights: {reversible: 2.6, compensable: 3}")
    #expect(heavier.codes(.fail) == ["BUDGET_SPENT"] && heavier.value("burn") == 5.2)
  }

  @Test func reviewsAtTheirNumber() async throws {
    #expect(try await AgentWorld.clean(reviewed: 50).finding().verdict == .pass)
    let few = try await AgentWorld.clean(reviewed: 49).finding()
    #expect(few.codes(.unknown) == ["TOO_FEW_REVIEWED"])
    #expect(few.missing == [.init("actions that may change something with an annotation intended", 1)])
    #expect(few.next == "Get 1 more actions that may change something with an annotation intended.")
    #expect(try await AgentWorld.clean(reviewed: 49).finding("review_min_n: 49").verdict == .pass)
    // "unknown" is no review, and the newest word on an action counts.
    var world = AgentWorld.clean(reviewed: 49)
    let span = world.act("note")
    world.review(span, "unknown")
    #expect(try await world.finding().codes(.unknown) == ["TOO_FEW_REVIEWED"])
    world.review(span, "no", secondsAgo: 900)
    world.review(span, "yes", secondsAgo: 800)
    world.review(span, "no", secondsAgo: 850)
    let settled = try await world.finding()
    #expect(settled.verdict == .pass && settled.value("burn") == 0)
    // Reads count where there is nothing else.
    var reader = AgentWorld()
    for place in 0..<60 { if place < 50 { reader.review(reader.act("look"), "yes") } else { reader.act("look") } }
    #expect(try await reader.finding().verdict == .pass)
  }

  @Test func theChainAtItsTarget() async throws {
    let yaml = AgentWorld.yaml.replacing("bot: {", with: "bot: {chain: [look, note], ")
    var world = AgentWorld.clean()
    for _ in 0..<30 { world.act("note", secondsAgo: 50_000) { $0.status = .error } }
    let open = try await world.finding("", yaml)
    let chain = try #require(open.measure("chain_success"))
    let (low, high) = (try #require(chain.low), try #require(chain.high))
    #expect(close(chain.value, 200.0 / 230) && low < 0.8696 && high > 0.8696)
    #expect(try await world.finding("min_chain_success: \(low)", yaml).codes(.unknown).isEmpty)
    let above = try await world.finding("min_chain_success: \(low + 1e-6)", yaml)
    #expect(above.codes(.unknown) == ["CHAIN_OPEN"])
    #expect((above.missing.first?.howMuch ?? 0) > 0)
    #expect(try await world.finding("min_chain_success: \(high)", yaml).codes(.unknown) == ["CHAIN_OPEN"])
    #expect(try await world.finding("min_chain_success: \(high + 1e-6)", yaml).codes(.fail) == ["CHAIN_BELOW_TARGET"])
  }

  @Test func whatWouldDecideAChain() {
    let chain = ChainSuccess(steps: [
      .init(tool: "a", succeeded: 90, actions: 100), .init(tool: "b", succeeded: 95, actions: 100),
    ])
    let missing = chain.missing(target: 0.8)
    #expect((missing ?? 0) > 100)
    // So many more decide, and one fewer does not.
    func decides(_ more: Int) -> Bool {
      let factor = Double(100 + more) / 100
      let steps = chain.steps.map {
        ChainSuccess.Step(
          tool: $0.tool, succeeded: Int((Double($0.succeeded) * factor).rounded()), actions: 100 + more)
      }
      return ChainSuccess(steps: steps).interval.low.isAtLeast(0.8)
    }
    #expect(decides((missing ?? 0) + 20) && !decides((missing ?? 0) / 2))
    #expect(ChainSuccess(steps: [.init(tool: "a", succeeded: 80, actions: 100)]).missing(target: 0.8) == nil)
    let unseen = ChainSuccess(steps: [.init(tool: "a", succeeded: 0, actions: 0), chain.steps[0]])
    #expect(unseen.rate == nil && unseen.unseen == ["a"] && unseen.missing(target: 0.8) == nil)
  }

  @Test func aStepThatNobodyTook() async throws {
    let yaml = AgentWorld.yaml.replacing("bot: {", with: "bot: {chain: [look, pay], ")
    let finding = try await AgentWorld.clean().finding("", yaml)
    #expect(finding.codes(.unknown) == ["CHAIN_STEP_UNSEEN"] && finding.missing == [.init("actions of pay", 1)])
    #expect(finding.measure("chain_success") != nil && finding.value("chain_success") == nil)
  }

  @Test func approvals() async throws {
    func finding(_ attributes: [String: String], _ change: (inout SpanRecord) -> Void = { _ in }) async throws
      -> Finding
    {
      var world = AgentWorld.clean()
      world.act("close", change, attributes: attributes)
      return try await world.finding()
    }
    #expect(try await finding(["approved_by": "ana"]).verdict == .pass)
    for name in ["", " ", "bot"] {
      let unapproved = try await finding(["approved_by": name])
      #expect(unapproved.codes(.fail) == ["UNAPPROVED_IRREVERSIBLE"] && unapproved.evidence.count == 1)
    }
    #expect(try await finding([:]) { $0.errorType = "NEEDS_APPROVAL" }.verdict == .pass)
    // What a call says of itself makes it graver.
    var world = AgentWorld.clean()
    world.act("note", attributes: ["effect": "irreversible"])
    #expect(try await world.finding().codes(.fail) == ["UNAPPROVED_IRREVERSIBLE"])
  }

  @Test func breakersAsTheyStandNow() async throws {
    /// Ten calls up to a number of seconds ago, some of which failed.
    func finding(_ failed: Int, secondsAgo: Int64 = 0, _ change: (inout SpanRecord) -> Void = { $0.status = .error })
      async throws -> Finding
    {
      var world = AgentWorld.clean()
      for place in 0..<10 {
        world.act("look", secondsAgo: secondsAgo + 9 - Int64(place)) {
          if place % 2 == 0, place / 2 < failed { change(&$0) }
        }
      }
      return try await world.finding()
    }
    #expect(try await finding(0).verdict == .pass)
    let warns = try await finding(1)
    #expect(warns.codes(.warn) == ["BREAKER_WARNING"] && warns.reasons[0].about == "look")
    #expect(warns.reasons[0].text == "Calls of look fail often enough to warn.")
    #expect(try await finding(1, secondsAgo: 292).verdict == .pass)
    let open = try await finding(3)
    #expect(open.value("breaker_openings") == 0 && open.codes(.warn) == ["BREAKER_WARNING"])
    // An answer of nothing is a failure where the call says that it ended well.
    #expect(try await finding(1) { ($0.finishReason, $0.outputTokens) = ("stop", 0) }.codes(.warn).count == 1)
    #expect(try await finding(1) { ($0.finishReason, $0.outputTokens) = (nil, 0) }.verdict == .pass)
    #expect(try await finding(1) { ($0.finishReason, $0.outputTokens) = ("stop", 1) }.verdict == .pass)
    #expect(
      try await finding(1) { ($0.finishReason, $0.contents.output) = ("stop", SHA256Digest(of: "\"\"")) }.codes(.warn)
        == ["BREAKER_WARNING"])
    var row = AgentWorld.clean()
    for place in 0..<5 { row.act("look", secondsAgo: 34 - Int64(place)) { $0.status = .timeout } }
    let opened = try await row.finding()
    #expect(opened.value("breaker_openings") == 1)
    #expect(opened.reasons[0].text.contains("none has shown since"))
  }

  @Test func orphansAtTheirLimit() async throws {
    func finding(_ orphans: Int) async throws -> Finding {
      var world = AgentWorld.clean()
      for place in 0..<100 {
        let root = world.act(nil, { $0.spanKind = "agent" })
        world.act("look") {
          $0.traceID = "trace-\(1001 + 2 * place)"
          $0.parentID = place < orphans ? "nowhere" : root
        }
      }
      return try await world.finding()
    }
    let one = try await finding(1)
    #expect(one.verdict == .pass && one.value("orphan_share") == 0.01)
    #expect(try await finding(2).codes(.warn) == ["ORPHANS"])
  }

  @Test func unknownEffectsAtTheirShare() async throws {
    func finding(_ unknown: Int) async throws -> Finding {
      var world = AgentWorld()
      for _ in 0..<(100 - unknown) { world.review(world.act("look"), "yes") }
      let yaml = AgentWorld.yaml.replacing("scopes: [", with: "scopes: [odd, ")
      for _ in 0..<unknown { world.act("odd") }
      return try await world.finding("", yaml)
    }
    #expect(try await finding(5).verdict == .pass)
    let many = try await finding(6)
    #expect(many.codes(.unknown) == ["MISSING_FIELDS"] && many.value("excluded") == 6)
    // A call that says what it does is known.
    var world = AgentWorld()
    for _ in 0..<60 { world.review(world.act("odd", attributes: ["effect": "read"]), "yes") }
    #expect(
      try await world.finding("", AgentWorld.yaml.replacing("scopes: [", with: "scopes: [odd, ")).verdict == .pass)
  }

  @Test func theWindowOfTheBudget() async throws {
    var world = AgentWorld.clean()
    let (inside, outside) = (
      world.act("note", secondsAgo: 604_800), world.act("note", secondsAgo: 604_801)
    )
    world.review(inside, "no")
    world.review(outside, "no")
    let finding = try await world.finding()
    #expect(finding.value("burn") == 1 && finding.value("actions") == 1_001)
    let short = try await world.finding("", AgentWorld.yaml.replacing("7d", with: "1h"))
    #expect(short.codes(.unknown) == ["NO_ACTIONS"])
    #expect(short.headline == "bot did nothing in 1 hour that was recorded.")
  }
}

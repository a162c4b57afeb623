import Records
import Store
import Testing

@testable import Checks

/// `agent-trust` where something is only just so, or is not there at all.
@Suite struct AgentTrustEdgeTests {
  @Test func readsCountWhereThereIsNothingElse() async throws {
    var world = AgentWorld()
    for place in 0..<60 { world.review(world.act("look"), place < 3 ? "no" : "yes") }
    let reader = try await world.finding()
    #expect(reader.value("unintended_rate") == 0.05 && reader.value("reviewed") == 60)
    // Beside writes, the reads that nobody wanted say nothing of them.
    for _ in 0..<60 { world.review(world.act("note"), "yes") }
    let writer = try await world.finding()
    #expect(writer.value("unintended_rate") == 0 && writer.value("reviewed") == 60)
    var few = AgentWorld()
    few.acts(5, "look")
    #expect(
      try await few.finding().reasons.first?.text
        == "0 of its actions were reviewed; 50 are needed to say how often it does what nobody wanted.")
  }

  /// Words of the instant of the check, and of the instant of the action, are heard; of two of one instant, the later stored.
  @Test func wordsOfOneInstant() async throws {
    var world = AgentWorld.clean()
    let last = world.act("note", secondsAgo: 500)
    world.review(last, "no", secondsAgo: 0)
    let known = try await world.finding()
    #expect(known.value("burn") == 1 && close(known.value("time_to_know"), 500.0 / 3600))
    world.review(last, "no", secondsAgo: 500)
    #expect(try await world.finding().value("time_to_know") == 0)
    world.review(last, "yes", secondsAgo: 0)
    #expect(try await world.finding().value("burn") == 0)
  }

  @Test func whatDidNotHappenIsNotJudged() async throws {
    let clean = try await AgentWorld.clean().finding()
    #expect(clean.measure("receipts_of_keys") == nil)
    let yaml = "agents: {bot: {scopes: [look], chain: [look]}}\ntools: {look: {effect: read}}"
    let silent = try await AgentWorld().finding("", yaml)
    #expect(silent.codes(.fail).isEmpty && silent.codes(.unknown) == ["NO_ACTIONS"])
    // Seen, undeclared, and without an action: that is all there is to say.
    var world = AgentWorld()
    world.act(nil, agent: "ghost") { $0.spanKind = "agent" }
    let ghost = try await world.finding("", AgentWorld.yaml, "ghost")
    #expect(ghost.codes(.fail) == ["NO_BUDGET"] && ghost.codes(.unknown).isEmpty)
    var loose = AgentWorld.clean()
    loose.act("payroll")
    #expect(
      try await loose.finding().reasons.first?.text == "1 action called tools outside the scope: payroll.")
  }

  @Test func breakersThatContradictThemselvesAreRefused() async throws {
    for (breaker, key) in [("warn: 0.26, open: 0.25", "warn"), ("open_time: 601s", "max_open_time")] {
      await #expect {
        try await AgentWorld.clean().finding("breaker: {\(breaker)}")
      } throws: { "\($0)".contains(key) }
    }
    for breaker in ["warn: 0.25, open: 0.25", "open_time: 600s"] {
      #expect(try await AgentWorld.clean().finding("breaker: {\(breaker)}").verdict == .pass)
    }
  }

  /// How many more actions tell a rate from a target that is close to it. By SciPy's `beta.ppf`: 61,456,429 and 61,470,252.
  @Test func closeToItsTargetAChainNeedsMillions() throws {
    for (succeeded, needed) in [(8_001, 61_456_429.0), (7_999, 61_470_252)] {
      let chain = ChainSuccess(steps: [.init(tool: "a", succeeded: succeeded, actions: 10_000)])
      let missing = try #require(chain.missing(target: 0.8))
      #expect(abs(Double(missing) / needed - 1) < 0.001, "\(missing)")
    }
  }
}

import Records
import Store
import Testing

@testable import Checks

/// What guards of calls did, as incidents tell it: which breaker, whose freeze, and no failure of whoever answers.
struct IncidentGuardTests {
  private static func breaker(_ name: String) -> String { #"{"breaker":{"mode":"enforce","name":"\#(name)"}}"# }

  private static func freeze(_ subject: String) -> String { #"{"freeze":{"allowed":null,"name":"\#(subject)"}}"# }

  private static func budget(_ name: String, _ subject: String) -> String {
    #"{"failure_budget":{"budget":"\#(name)","mode":"enforce","subject":"\#(subject)"}}"#
  }

  private static func drill(_ name: String, keys: String = #""staging""#, isOver: Bool = false) -> String {
    let end = isOver ? "" : #","until":"\#(IncidentWorld.ago(60))""#
    return #"{"drill":{"fault":"errors","keys":[\#(keys)],"name":"\#(name)","share":1,"status":503\#(end)}}"#
  }

  @Test func theTimelineSaysWhatItIsAbout() async throws {
    var world = IncidentDraftTests.world()
    for (model, minutes) in [("gpt-4o", 119.0), ("llama", 118.0)] {
      world.change(
        "infrastructure", from: "closed", to: "open", minutesAgo: minutes, reason: "5 calls in a row failed",
        attributes: Self.breaker("dead/\(model)"))
    }
    world.change(
      "infrastructure", to: "frozen by config", minutesAgo: 117, reason: "as before",
      attributes: Self.freeze("feature:support"))
    world.change(
      "infrastructure", from: "fine", to: "spent", minutesAgo: 116, attributes: Self.budget("refunds", "agent:bot"))
    world.change(
      "infrastructure", from: "drill of errors", to: "ended", minutesAgo: 115, reason: "seen enough",
      attributes: Self.drill("retries", keys: #""ci","staging""#, isOver: true))
    world.change("infrastructure", to: "a larger machine", minutesAgo: 114)
    let draft = try #require(try await IncidentDraftTests.draft(world))
    #expect(
      draft.timeline.filter { $0.lane == "infrastructure" }.map(\.text) == [
        "breaker dead/gpt-4o: closed → open: 5 calls in a row failed",
        "breaker dead/llama: closed → open: 5 calls in a row failed",
        "freeze of feature support: frozen by config: as before", "failure budget refunds of agent bot: fine → spent",
        "drill retries for keys ci, staging: drill of errors → ended: seen enough", "a larger machine",
      ])
  }

  /// Candidates are what may have met the incident's feature, each named.
  @Test func whatIsAboutOthersMadeNothingWorse() async throws {
    var world = IncidentWorld()
    for (state, minutes, attributes) in [
      ("open", 125, Self.breaker("dead/gpt-4o")), ("stopped", 130, Self.freeze("feature:support")),
      ("stopped", 131, Self.freeze("feature:billing")), ("stopped", 132, Self.freeze("model:gpt-4o")),
      ("spent", 133, Self.budget("refunds", "feature:billing")), ("spent", 134, Self.budget("all", "feature:support")),
      ("spent", 135, Self.budget("bots", "agent:bot")), ("drill of errors", 136, Self.drill("nobody")),
      ("drill of errors", 137, Self.drill("met")), ("drill of errors", 138, Self.drill("elsewhere")),
      ("ended", 139, Self.drill("met", isOver: true)),
    ] as [(String, Double, String)] {
      world.change("infrastructure", to: state, minutesAgo: minutes, attributes: attributes)
    }
    world.value(1, at: IncidentWorld.ago(110)) { $0.attributes = #"{"drill":"met"}"# }
    world.value(1, at: IncidentWorld.ago(110)) { ($0.feature, $0.attributes) = ("billing", #"{"drill":"elsewhere"}"#) }
    // After its end nothing meets it, and inside of something else it is no drill.
    world.value(1, at: IncidentWorld.ago(59)) { $0.attributes = #"{"drill":"nobody"}"# }
    world.value(1, at: IncidentWorld.ago(110)) { $0.attributes = #"{"of":{"drill":"nobody"}}"# }
    world.incident { $0.onsetAt = IncidentWorld.ago(120) }
    let finding = try await world.finding("incident I-1")
    guard case .table(_, _, let rows)? = finding.figures.first else {
      Issue.record("no table")
      return
    }
    #expect(rows.allSatisfy { $0[0] == "infrastructure" && $0[2] == "a change" })
    #expect(
      rows.map { $0[1] } == [
        "breaker dead/gpt-4o: open", "freeze of feature support: stopped", "freeze of model gpt-4o: stopped",
        "failure budget all of feature support: spent", "failure budget bots of agent bot: spent",
        "drill met for key staging: drill of errors",
      ])
  }

  /// What this server refused, and what a drill played, is counted apart.
  @Test func callsThatNobodyAnsweredAreLeftOut() async throws {
    var world = IncidentDraftTests.world()
    for place in 0..<5 {
      world.value(1, at: IncidentWorld.ago(100)) { span in
        span.status = .error
        (span.errorType, span.modelServed) = ("breaker_open", "none")
        span.attributes = place < 3 ? #"{"unasked":true}"# : #"{"drill":"errors","unasked":true}"#
      }
    }
    // What an upstream failed at counts, whatever else is said of it; and what calls a tool is no call of a model.
    world.value(1, at: IncidentWorld.ago(100)) { span in
      span.status = .error
      span.attributes = #"{"unasked":false}"#
    }
    world.value(1, at: IncidentWorld.ago(100)) { ($0.spanKind, $0.attributes) = ("tool", #"{"unasked":true}"#) }
    let draft = try #require(try await IncidentDraftTests.draft(world))
    let (during, before) = (try #require(draft.during), try #require(draft.before))
    #expect((during.count, during.errors, during.refusals) == (31, 4, 1))
    #expect((during.unasked, during.drilled) == (3, 2) && (before.unasked, before.drilled) == (0, 0))
    #expect(draft.fields.first { $0.name == "model_served" }?.found == "new (20), old (10)")
    #expect(draft.json["during"]?["unasked"]?.whole == 3 && draft.json["during"]?["drilled"]?.whole == 2)
  }
}

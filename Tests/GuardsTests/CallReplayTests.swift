import Guards
import Records
import Testing

/// What spans say of guards, counted by rule.
@Suite struct CallReplayTests {
  private static func note(_ second: Int64, _ feature: String, _ json: String, error: String? = nil) throws
    -> CallReplay.Note
  {
    guard case .object(let attributes) = try JSONValue(parsing: json) else { throw Unread() }
    return CallReplay.Note(
      at: Instant(nanoseconds: second * 1_000_000_000), feature: feature, attributes: attributes, errorType: error)
  }

  private struct Unread: Error {}

  @Test func everyRuleIsCountedOnceACall() throws {
    var replay = CallReplay(from: Instant(nanoseconds: 0), to: Instant(nanoseconds: 9), calls: 100)
    let notes = [
      try CallReplayTests.note(1, "bot", #"{"budgets_observed":["trial","trial"],"tenants_observed":["tokens"]}"#),
      try CallReplayTests.note(2, "desk", #"{"budgets_observed":["trial"],"breaker":"open"}"#),
      try CallReplayTests.note(3, "bot", #"{"freezes_observed":["feature:bot"],"breaker":"half_open"}"#),
      try CallReplayTests.note(4, "bot", #"{"budget":"keys"}"#, error: "budget_exceeded"),
      try CallReplayTests.note(5, "bot", #"{"budgets_observed":["trial"]}"#, error: "FROZEN"),
      try CallReplayTests.note(6, "bot", #"{"tenant_limit":"calls"}"#, error: "TENANT_QUOTA"),
      try CallReplayTests.note(6, "bot", #"{"failure_budgets_observed":["trust"]}"#),
      try CallReplayTests.note(6, "bot", #"{"failure_budget":"trust"}"#, error: "failure_budget_spent"),
      try CallReplayTests.note(6, "bot", #"{"failure_budget":"trust"}"#, error: "NEEDS_APPROVAL"),
      // What the provider said is nobody's refusal here, and an agent's action is none of a call.
      try CallReplayTests.note(7, "bot", "{}", error: "NEEDS_APPROVAL"),
      try CallReplayTests.note(7, "bot", "{}", error: "rate_limit_exceeded"),
    ]
    for note in notes { replay.add(note) }
    #expect(replay.wouldRefuse == 5 && replay.refused == 5)
    #expect(
      replay.rows.map { "\($0.rule) \($0.observed) \($0.refused)" } == [
        "budget trial 3 0", "failure budget trust 1 2", "breaker 1 0", "budget keys 0 1", "freeze 0 1",
        "freeze feature:bot 1 0",
        "tenant calls 0 1", "tenant tokens 1 0",
      ])
    #expect(replay.rows[0].mostly == "bot" && replay.rows[0].last == Instant(nanoseconds: 5_000_000_000))
  }

  /// What a break-glass key passed is neither refused nor only watched, and stands apart.
  @Test func whatWasPassedStandsApart() throws {
    func glass(_ key: String, _ passed: [(String, String, String)]) -> String {
      var glass = BreakGlass(key: key)
      for (word, code, name) in passed { glass.passed.append(.init(.init(rawValue: word) ?? .budget, code, name)) }
      return "\"break_glass\":\((try? JSONValue.object(glass.json).line()) ?? "")"
    }
    let budget = ("budget", "budget_exceeded", "keys")
    var replay = CallReplay(from: Instant(nanoseconds: 0), to: Instant(nanoseconds: 9), calls: 9)
    for (second, json) in [
      "{\(glass("night", [budget, budget, ("breaker", "breaker_open", "open/m")])),\"breaker\":\"open\"}",
      "{\(glass("day", [budget])),\"budgets_observed\":[\"trial\"]}", "{\(glass("day", []))}",
      // Its breaker only watches: the glass was broken for something else.
      "{\(glass("day", [("freeze", "FROZEN", "feature:bot")])),\"breaker\":\"open\"}",
    ].enumerated() {
      replay.add(try CallReplayTests.note(Int64(second), "bot", json))
    }
    #expect(replay.glassCalls == 4 && replay.glassPassed == 3 && replay.refused == 0 && replay.wouldRefuse == 2)
    #expect(replay.rows.map { "\($0.rule) \($0.observed)" } == ["breaker 1", "budget trial 1"])
    #expect(
      replay.brokenRows.map { "\($0.rule) \($0.passed)" } == [
        "budget keys 2", "breaker open/m 1", "freeze feature:bot 1",
      ])
    #expect(replay.brokenRows[0].keys == ["night": 1, "day": 1])
    #expect(replay.brokenRows[0].last == Instant(nanoseconds: 1_000_000_000))
  }

  @Test func ofEqualFeaturesTheFirstIsNamed() throws {
    var replay = CallReplay(from: Instant(nanoseconds: 0), to: Instant(nanoseconds: 9), calls: 2)
    for feature in ["b", "a"] { replay.add(try CallReplayTests.note(1, feature, #"{"budgets_observed":["x"]}"#)) }
    #expect(replay.rows.map(\.mostly) == ["a"])
  }
}

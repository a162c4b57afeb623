import Records
import Store
import Testing

@testable import Checks

/// `eval-coevolution`: the worked examples of its specification, number for number.
@Suite struct EvalCoevolutionTests {
  static func example(_ appender: Appender) throws {
    try Coevolution.launch(appender)
    try Coevolution.spans(appender, Coevolution.far)
    try Coevolution.spans(appender, Coevolution.near, arm: "holdout")
    try Coevolution.items(appender)
  }

  @Test func usersHaveAdaptedAndTheSuiteIsBlind() async throws {
    let finding = try await Coevolution.finding { try Self.example($0) }
    #expect(finding.codes(.fail) == ["CO_EVOLVED", "EVAL_BLIND"] && finding.codes(.unknown) == [])
    #expect(finding.codes(.warn) == ["DRIFT"])
    #expect(close(finding.value("js_treated"), 0.1924) && close(finding.value("g_treated"), 865.157, 5e-4))
    #expect(close(finding.value("js_holdout"), 0.0177) && close(finding.value("g_holdout"), 49.093, 5e-4))
    let induced = try #require(finding.measure("induced"))
    #expect(close(induced.value, 0.1747) && close(induced.low, 0.1634) && close(induced.high, 0.1860))
    #expect(close(finding.value("induced_share"), 0.9080))
    let anchor = try #require(finding.measure("anchor"))
    #expect(close(anchor.value, 0.9290) && close(anchor.low, 0.9039) && close(anchor.high, 0.9442))
    let weighted = try #require(finding.measure("weighted"))
    #expect(close(weighted.value, 0.8320) && close(weighted.low, 0.8072) && close(weighted.high, 0.8522))
    let gap = try #require(finding.measure("gap"))
    #expect(close(gap.value, 0.0970) && close(gap.low, 0.0763) && close(gap.high, 0.1166))
    #expect(finding.next.hasPrefix("Sample E first: "))
    #expect(
      finding.headline
        == "Users have adapted to suggestions: its mix of topics is 0.1924 bits from the launch, 0.0177 without it; "
        + "replies scores 92.9 % as the launch weighed it and 83.2 % as traffic does.")
    guard
      case .mirror(_, let left, let right, let rows)? = finding.figures.first(where: {
        if case .mirror = $0 { true } else { false }
      })
    else {
      Issue.record("a mirror")
      return
    }
    #expect(left == "launch" && right == "treated" && rows.map(\.label) == ["A", "B", "E", "C", "D"])
    #expect(rows[0].note == "holdout 44 %, 95 % pass" && rows[2].note == "holdout 3 %, 62 % pass")
    #expect(close(rows[2].right, 0.25))
  }

  @Test func usersAreAsTheyWere() async throws {
    let finding = try await Coevolution.finding { try Coevolution.fine($0) }
    #expect(finding.verdict == .pass && finding.reasons.isEmpty)
    #expect(close(finding.value("js_treated"), 0.0177) && close(finding.value("weighted"), 0.9156))
    #expect(close(finding.value("gap"), 0.0134))
    #expect(finding.headline.hasPrefix("Users bring to suggestions what they brought at launch: "))
    #expect(finding.next == "Nothing to do: the suite still stands for what users bring.")
  }

  @Test func whatMovesWithoutTheFeatureIsNotItsDoing() async throws {
    let finding = try await Coevolution.finding { appender in
      try Coevolution.launch(appender)
      try Coevolution.spans(appender, Coevolution.far)
      try Coevolution.spans(appender, Coevolution.far.map { $0 / 10 }, arm: "holdout")
      try Coevolution.items(appender)
    }
    #expect(finding.codes(.fail) == ["EVAL_BLIND"] && finding.codes(.warn) == ["DRIFT"])
    #expect(finding.value("induced") == 0 && finding.value("induced_share") == 0)
    #expect(finding.headline.hasPrefix("The traffic of suggestions has drifted, and not because of it alone: "))
  }
}

import Project
import Records
import Testing

/// `failure_budgets`: whose calls count, how much of them may fail, and when it burns.
struct FailureRuleSettingsTests {
  @Test func whatIsSaidIsRead() throws {
    let project = try Project.parse(
      """
      people: {ada: {}}
      failure_budgets:
        support: {feature: support, rate: 0.02}
        refunds: {agent: refund-bot, rate: 0.005, per: 7d, mode: enforce, when_spent: approval, on_failure: open,
          weights: {error: 0.5, unintended: 10}, judged_by: [correct, tone], confidence: 0.99,
          since: 2026-03-01,
          windows: [{long: 1h, short: 5m, burn: 14.4}]}
      """, policies: catalogue)
    let support = try #require(project.failureBudgets["support"])
    #expect(support.feature == "support" && support.agent == nil && support.rate == 0.02)
    #expect(support.period == .seconds(28 * 86_400) && support.mode == .observe && support.response == .readOnly)
    #expect(support.onFailure == .closed && support.judgements == ["correct"] && support.confidence == 0.95)
    #expect(
      support.weights == FailureWeightSettings() && support.weights.unintended == 5 && support.windows == nil
        && support.since == nil)
    let refunds = try #require(project.failureBudgets["refunds"])
    #expect(refunds.agent == "refund-bot" && refunds.mode == .enforce && refunds.response == .approval)
    #expect(refunds.onFailure == .open && refunds.period == .seconds(7 * 86_400) && refunds.confidence == 0.99)
    #expect(refunds.weights.error == 0.5 && refunds.weights.empty == 1 && refunds.weights.unintended == 10)
    #expect(refunds.since == Instant("2026-03-01"))
    #expect(refunds.judgements == ["correct", "tone"] && refunds.windows?.count == 1)
    #expect(refunds.windows?.first?.burn == 14.4 && refunds.windows?.first?.short == .seconds(300))
  }

  @Test(arguments: [
    ("{rate: 0.1}", "nobody says whose calls count"), ("{feature: a, agent: b, rate: 0.1}", "two are said"),
    ("{feature: a}", "rate"), ("{feature: a, rate: 0}", "rate"), ("{feature: a, rate: 1}", "rate"),
    ("{feature: a, rate: 0.1, when_spent: stop}", "when_spent"), ("{feature: a, rate: 0.1, mode: on}", "mode"),
    ("{feature: a, rate: 0.1, confidence: 1}", "confidence"),
    ("{feature: a, rate: 0.1, weights: {error: -1}}", "error"),
    ("{feature: a, rate: 0.1, weights: {judged: 1}}", "judged_bad"),
    ("{feature: a, rate: 0.1, when_spent: approval}", "people names nobody"),
    ("{feature: a, rate: 0.1, windows: [{long: 1h, short: 1h, burn: 1}]}", "short window"),
    ("{feature: a, rate: 0.1, windows: [{long: 1h, short: 59m, burn: 1}]}", "none"),
    ("{feature: a, rate: 0.1, per: 1h, windows: [{long: 2h, short: 1h, burn: 1}]}", "longer than the budget"),
    ("{feature: a, rate: 0.1, per: 1h, windows: [{long: 1h, short: 5m, burn: 1}]}", "none"),
    ("{feature: a, rate: 0.1, windows: [{long: 1h, short: 5m, burn: 0}]}", "burn"),
  ])
  func whatIsWrongIsSaid(_ settings: String, _ expected: String) {
    var problem = "none"
    do { _ = try Project.parse("failure_budgets: {x: \(settings)}", policies: catalogue) } catch {
      problem = "\(error)"
    }
    #expect(problem.contains(expected), "\(problem)")
  }
}

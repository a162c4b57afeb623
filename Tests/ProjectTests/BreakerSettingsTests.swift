import Testing

import Project

/// `breakers`, and the fallbacks of routes.
struct BreakerSettingsTests {
  private func problem(_ text: String) -> String {
    do {
      _ = try Project.parse(text, policies: catalogue)
      return "none"
    } catch { return "\(error)" }
  }

  private static let upstreams = """
    upstreams:
      a: {url: "http://a/v1", slow_first_token: 2s}
      b: {url: "http://b/v1"}
      c: {url: "http://c", dialect: anthropic}

    """

  @Test func whatIsSaidIsRead() throws {
    let project = try Project.parse(
      BreakerSettingsTests.upstreams + """
        routes: {m: {upstream: a, fallbacks: [{upstream: b, model: other}, {upstream: a, model: small}]}}
        gateway: {max_fallback_share: 0.05}
        breakers: {mode: enforce, window: 1m, max_calls: 50, min_calls: 20, open_rate: 0.5, confidence: 0.99, consecutive: 3,
          open_time: 250ms, max_open_time: 1h, probes: 1, schemas: all, judged_by: [correct, helpful], judged_rate: 0.1,
          judged_window: 1d}
        """, policies: catalogue)
    let fallbacks = try #require(project.routes["m"]).fallbacks
    #expect(fallbacks.map(\.upstream) == ["b", "a"] && fallbacks.map(\.model) == ["other", "small"])
    #expect(project.upstreams["a"]?.slowFirstToken == .seconds(2) && project.upstreams["b"]?.slowFirstToken == nil)
    #expect(project.gateway.fallbackShare == 0.05)
    let breakers = try #require(project.breakers)
    #expect(breakers.mode == .enforce && breakers.window == .seconds(60) && breakers.mostCalls == 50)
    #expect(breakers.minCalls == 20 && breakers.openRate == 0.5 && breakers.confidence == 0.99)
    #expect(breakers.consecutive == 3 && breakers.openTime == .milliseconds(250))
    #expect(breakers.mostOpenTime == .seconds(3_600) && breakers.probes == 1)
    #expect(breakers.schemas == .all && breakers.judgements == ["correct", "helpful"])
    #expect(breakers.judgedRate == 0.1 && breakers.judgedWindow == .seconds(86_400))
    // Without the section there are none; with an empty one they observe.
    let silent = try Project.parse("", policies: catalogue)
    #expect(silent.breakers == nil && silent.gateway.fallbackShare == 0.2)
    let empty = try Project.parse("breakers: {}", policies: catalogue).breakers
    #expect(empty?.judgements == [] && empty?.judgedRate == 0.5 && empty?.judgedWindow == .seconds(3_600))
    #expect(empty?.schemas == .strict)
    #expect(empty?.mode == .observe && empty?.consecutive == 5 && empty?.openTime == .seconds(30))
  }

  @Test(arguments: [
    ("breakers: {mode: on}", "must be off, observe or enforce"), ("breakers: {probes: 0}", "probes"),
    ("breakers: {confidence: 1}", "confidence"), ("breakers: {open_rate: 1.5}", "open_rate"),
    ("breakers: {open_time: 1m, max_open_time: 59s}", "max_open_time is shorter than open_time"),
    ("breakers: {open_time: 1m, max_open_time: 1m}", "none"),
    ("breakers: {schemas: some}", "must be strict or all"), ("breakers: {judged_by: correct}", "tally.yaml:1:23"),
    ("breakers:\n  judged_rate: 2\n", "tally.yaml:2:16"), ("breakers: {judged_window: 0s}", "tally.yaml:1:27"),
    ("breakers: {judged_by: [correct, [a]]}", "tally.yaml:1:33"),
    ("breakers: {judged_by: []}", "none"), ("breakers: {judgd_by: [a]}", "judged_by"),
    ("breakers: {min_calls: 11, max_calls: 10}", "no rate would ever be judged"),
    ("breakers: {min_calls: 10, max_calls: 10}", "none"),
    (upstreams + "routes: {m: {upstream: a, fallbacks: [{upstream: bb}]}}", "which upstreams does not name"),
    (upstreams + "routes: {m: {upstream: a, fallbacks: [{upstream: c}]}}", "Dialects are not translated"),
    (upstreams + "routes: {m: {upstream: a, fallbacks: [{upstream: a}]}}", "for the same model twice"),
    (upstreams + "routes: {m: {upstream: a, fallbacks: [{upstream: b}, {upstream: b}]}}", "for the same model twice"),
    (upstreams + "routes: {m: {upstream: a, fallbacks: [{model: x}]}}", "upstream"),
  ])
  func whatIsWrongIsSaid(_ text: String, _ expected: String) {
    let problem = problem(text)
    #expect(problem.contains(expected), "\(problem)")
  }
}

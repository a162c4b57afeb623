import Records
import Testing

import Project

/// `tenants`, and what of `gateway` and `upstreams` is about them.
struct TenantSettingsTests {
  @Test func whatIsSaidIsRead() throws {
    let project = try Project.parse(
      """
      tenants:
        acme: {plan: pro, revenue: 99 USD, tokens_per_minute: 100000, calls_per_minute: 600, concurrency: 8, weight: 2.5,
          isolation: dedicated, quality_floor: 0.8, canaries: [heron-4711-amber, "Bergkristall 9"]}
        beta: {}
      upstreams: {a: {url: "http://a/v1", concurrency: 64}, b: {url: "http://b/v1"}}
      gateway: {tenants: enforce, max_waiting: 10, longest_wait: 250ms}
      """, policies: catalogue)
    let acme = try #require(project.tenants["acme"])
    #expect(acme.plan == "pro" && acme.revenue == Money("99 USD") && acme.tokensPerMinute == 100_000)
    #expect(acme.callsPerMinute == 600 && acme.concurrency == 8 && acme.weight == 2.5)
    #expect(acme.isolation == .dedicated && acme.qualityFloor == 0.8)
    #expect(acme.canaries == ["heron-4711-amber", "Bergkristall 9"])
    let beta = try #require(project.tenants["beta"])
    #expect(beta == TenantSettings() && beta.tokensPerMinute == nil && beta.weight == 1 && beta.isolation == .salted)
    #expect(project.upstreams["a"]?.concurrency == 64 && project.upstreams["b"]?.concurrency == nil)
    #expect(project.gateway.tenants == .enforce && project.gateway.mostWaiting == 10)
    #expect(project.gateway.longestWait == .milliseconds(250))
    // A new rule observes.
    let silent = try Project.parse("tenants: {acme: {}}", policies: catalogue).gateway
    #expect(silent.tenants == .observe && silent.mostWaiting == 1_024 && silent.longestWait == .seconds(30))
  }

  @Test(arguments: [
    ("tenants: {acme: {tokens_per_minute: 0}}", "tokens_per_minute"),
    ("tenants: {acme: {calls_per_minute: 0}}", "calls_per_minute"),
    ("tenants: {acme: {concurrency: 0}}", "concurrency"), ("tenants: {acme: {weight: 0}}", "weight"),
    ("tenants: {acme: {isolation: none}}", "shared, salted or dedicated"),
    ("tenants: {acme: {quality_floor: 1.5}}", "quality_floor"),
    ("tenants: {acme: {canaries: [heron12]}}", "comes up by chance"),
    ("tenants: {acme: {canaries: [heron123]}}", "none"),
    ("tenants: {acme: {quota: 5}}", "quota"), ("gateway: {tenants: on}", "off, observe or enforce"),
    ("upstreams: {a: {url: \"http://a/v1\", concurrency: 0}}", "concurrency"),
    ("upstreams: {a: {url: \"http://a/v1\", cache_salt: cache_salt}}", "Add cache_secret"),
    ("upstreams: {a: {url: \"http://a/v1\", cache_secret: {env: X}}}", "nothing is made with it"),
    (
      "upstreams: {a: {url: \"http://a/v1\", cache_salt: salt, cache_secret: {env: X}}}",
      "prompt_cache_key or cache_salt"
    ),
    (
      "upstreams: {a: {url: \"http://a/v1\", cache_salt: cache_salt, cache_secret: s3cret}}",
      "must say where it comes from"
    ),
    (
      "upstreams: {a: {url: \"http://a\", dialect: anthropic, cache_salt: cache_salt, cache_secret: {env: X}}}",
      "no member for it"
    ),
    ("upstreams: {a: {url: \"http://a/v1\", cache_salt: cache_salt, cache_secret: {env: X}}}", "none"),
  ])
  func whatIsWrongIsSaid(_ text: String, _ expected: String) {
    var problem = "none"
    do { _ = try Project.parse(text, policies: catalogue) } catch { problem = "\(error)" }
    #expect(problem.contains(expected), "\(problem)")
  }
}

import Project
import Records
import Testing

/// `upstreams`, `routes` and `gateway`: who runs the models that are called, and which is called where.
struct UpstreamTests {
  private func problem(_ text: String) -> String {
    do {
      _ = try Project.parse(text, policies: catalogue)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func whatIsSaidIsRead() throws {
    let project = try Project.parse(
      """
      upstreams:
        openai: {url: "https://api.openai.com/v1/", key: {env: OPENAI_API_KEY}}
        claude:
          url: https://api.anthropic.com
          dialect: anthropic
          key: {file: secrets/claude}
          headers: {x-team: {env: TEAM}}
          ca: secrets/authority.pem
          connect_timeout: 250ms
          first_byte_timeout: 90s
          idle_timeout: 30s
      routes:
        fast: {upstream: openai, model: gpt-4o-mini}
        "claude-*": {upstream: claude}
      gateway: {on_ledger_pressure: refuse, max_calls: 10, max_bytes: 8 MiB}
      """, policies: catalogue)
    let openai = try #require(project.upstreams["openai"])
    #expect(
      openai.url == "https://api.openai.com/v1" && openai.dialect == .openai && openai.keyHeader == "authorization")
    #expect(
      openai.connectTimeout == .seconds(5) && openai.firstByteTimeout == .seconds(600)
        && openai.idleTimeout == .seconds(120))
    let claude = try #require(project.upstreams["claude"])
    #expect(claude.dialect == .anthropic && claude.key?.file == "secrets/claude" && claude.keyHeader == "x-api-key")
    #expect(claude.connectTimeout == .milliseconds(250) && claude.firstByteTimeout == .seconds(90))
    #expect(claude.authorities == "secrets/authority.pem" && openai.authorities == nil)
    #expect(claude.idleTimeout == .seconds(30) && claude.headers["x-team"]?.variable == "TEAM")
    #expect(project.routes["fast"]?.model == "gpt-4o-mini" && project.routes["claude-*"]?.upstream == "claude")
    #expect(
      project.gateway.pressure == .refuse && project.gateway.calls == 10 && project.gateway.bytes == .mebibytes(8))
    let silent = try Project.parse("", policies: catalogue).gateway
    #expect(silent.pressure == .wait && silent.calls == 4_096 && silent.bytes == .mebibytes(256))
  }

  @Test(arguments: [
    ("upstreams: {a: {url: \"http://a/v1\", key: sk-123}}", "upstreams.a.key must say where it comes from"),
    ("upstreams: {a: {dialect: openai}}", "url"),
    (
      "upstreams: {a: {url: \"http://a/v1/chat/completions\"}}",
      "the address ends with /chat/completions, which is added"
    ),
    ("upstreams: {a: {url: \"http://a/v1\", dialect: anthropic}}", "the address ends with /v1, which is added to it"),
    ("upstreams: {a: {url: \"http://a/v1\", ca: a.pem}}", "nothing is asked for a certificate there"),
    ("upstreams: {a: {url: \"http://a/v1\", dialect: gemini}}", "must be openai or anthropic"),
    (
      "upstreams: {a: {url: \"http://a/v1\", key: {env: A}, headers: {Authorization: {env: B}}}}",
      "authorization is made of key already"
    ),
    (
      "upstreams: {a: {url: \"http://a/v1\", headers: {Host: {env: B}}}}",
      "the header 'Host' is set by Tallystick itself"
    ),
    ("upstreams: {a: {url: \"http://a/v1\", idle_timeout: 0s}}", "must be a duration"),
    ("upstreams: {cloud: {url: \"http://a/v1\"}}\nroutes: {m: {upstream: clod}}", "Did you mean 'cloud'?"),
    ("routes: {m: {upstream: x}}", "'m' is called at 'x', which upstreams does not name. Name it under upstreams."),
    ("routes: {m: {model: x}}", "upstream"), ("gateway: {on_ledger_pressure: drop}", "must be wait, shed or refuse"),
    ("gateway: {max_calls: 0}", "max_calls"),
  ])
  func whatIsWrongIsSaid(_ text: String, _ expected: String) {
    let problem = problem(text)
    #expect(problem.contains(expected) && !problem.contains("sk-123"), "\(problem)")
  }

  /// For both headers that carry keys, and those that carry none.
  @Test func othersKeysGoInHeaders() {
    for text in [
      "upstreams: {a: {url: \"http://a/openai/v1\", headers: {api-key: {env: A}}}}",
      "upstreams: {a: {url: \"http://a\", dialect: anthropic, key: {env: A}, headers: {Authorization: {env: B}}}}",
    ] { #expect(problem(text) == "none") }
  }
}

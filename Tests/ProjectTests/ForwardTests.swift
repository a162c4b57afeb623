import Project
import Records
import Testing

/// `forward`: who gets what is accepted, and where their keys come from.
struct ForwardTests {
  private func project(_ text: String) throws -> Project { try Project.parse(text, policies: catalogue) }

  private func problem(_ text: String) -> String {
    do {
      _ = try project(text)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func targetsWithTheirKeys() throws {
    let targets = try project(
      """
      forward:
        collector: {url: "http://collector:4318/"}
        cloud:
          url: https://cloud.langfuse.com
          kind: langfuse
          public_key: {env: LANGFUSE_PUBLIC_KEY}
          secret_key: {file: secrets/langfuse}
          headers: {x-team: {env: TEAM}}
          proxy: true
          max_spool: 512 MiB
          timeout: 1500ms
      """
    ).forward
    #expect(targets.ids == ["collector", "cloud"])
    let collector = try #require(targets["collector"])
    #expect(collector.url == "http://collector:4318" && collector.kind == .otlp && !collector.proxy)
    #expect(collector.spoolLimit == ByteSize(bytes: 1 << 30) && collector.timeout == .seconds(30))
    let cloud = try #require(targets["cloud"])
    #expect(cloud.kind == .langfuse && cloud.proxy && cloud.timeout == .milliseconds(1500))
    #expect(cloud.publicKey?.variable == "LANGFUSE_PUBLIC_KEY" && cloud.secretKey?.file == "secrets/langfuse")
    #expect(cloud.headers["x-team"]?.variable == "TEAM" && cloud.spoolLimit == .mebibytes(512))
  }

  /// A secret in the file is refused, and not printed either.
  @Test(arguments: [
    ("headers: {Authorization: Bearer sk-123}", "tally.yaml:1:57: forward.a.headers.Authorization must say where it"),
    ("headers: {Authorization: [sk-123]}", "must say where it comes from, and not what it is"),
    ("headers: {Authorization: {}}", "it says nowhere where it comes from. Write {env: VARIABLE} or {file: PATH}."),
    ("headers: {Authorization: {env: A, file: b}}", "it comes from two places"),
    ("kind: langfuse, public_key: {env: A}", "one of public_key and secret_key is missing"),
    ("kind: langfuse, secret_key: {env: A}", "one of public_key and secret_key is missing"),
    ("kind: langfuse, secret_key: sk-123, public_key: pk", "forward.a.secret_key must say where it comes from"),
    ("secret_key: {env: A}, public_key: {env: B}", "only a target of kind langfuse has such a key"),
    ("proxy: true", "only a target of kind langfuse answers Langfuse's paths"),
    (
      "kind: langfuse, secret_key: {env: A}, public_key: {env: B}, headers: {authorization: {env: C}}",
      "Authorization is made of public_key and secret_key already"
    ),
    ("headers: {\"a b\": {env: A}}", "'a b' is no name of a header"),
    ("headers: {Content-Length: {env: A}}", "the header 'Content-Length' is set by Tallystick itself"),
    ("headers: {X-A: {env: A}, x-a: {env: A}}", "the header 'x-a' is given twice"),
    ("kind: zipkin", "must be otlp or langfuse"), ("max_spool: 0 GiB", "must be a size in KiB, MiB, GiB or TiB"),
    ("max_spool: 1 GB", "Write for example: 1 GiB"), ("max_spool: 1025 TiB", "must be a size"),
    ("timeout: 0s", "must be a duration"), ("spool: 1 GiB", "unknown key 'spool'"),
  ])
  func whatIsWrongIsSaidWhere(_ settings: String, _ expected: String) {
    let problem = problem("forward: {a: {url: \"http://a\", \(settings)}}")
    #expect(problem.contains(expected) && !problem.contains("sk-123"), "\(problem)")
  }

  @Test(arguments: [
    "a", "ftp://a", "http://", "http://:80", "http://a:0", "http://a:65536", "http://a:x", "http://a b", "http://a?x=1",
    "http://a#x", "http://[::1", "https:///a",
  ])
  func whatIsNoAddress(_ url: String) {
    let problem = problem("forward: {a: {url: \"\(url)\"}}")
    #expect(problem.contains("must be the address of a server"), "\(problem)")
  }

  @Test(arguments: ["http://a", "https://a.example:65535", "http://[::1]:4318", "http://10.0.0.1/otlp", "http://a//"])
  func whatIsOne(_ url: String) { #expect(problem("forward: {a: {url: \"\(url)\"}}") == "none") }

  @Test func addressesHoldNoPasswordAndNoPathOfOurs() {
    let secret = problem("forward: {a: {url: \"https://user:sk-123@a.example\"}}")
    #expect(secret.contains("the address in forward.a.url holds a name or a password") && !secret.contains("sk-123"))
    for path in ["/v1/traces", "/api/public/otel", "/v1/logs/"] {
      #expect(problem("forward: {a: {url: \"http://a\(path)\"}}").contains("ends with a path that is added to it"))
    }
    #expect(problem("forward: {a: {}}").contains("lacks the key 'url'"))
  }

  @Test func oneAnswersTheOtherPaths() {
    let one = "{url: \"http://a\", kind: langfuse, proxy: true}"
    #expect(problem("forward: {a: \(one), b: \(one)}").contains("'a' and 'b' both answer Langfuse's other paths"))
    #expect(problem("forward: {a: \(one), b: {url: \"http://a\", kind: langfuse}}") == "none")
  }

  @Test func sizesReadAsTheyPrint() throws {
    for (text, bytes) in [("1 KiB", 1 << 10), ("1536 MiB", 1536 << 20), ("3 GiB", 3 << 30), ("1024 TiB", 1 << 50)] {
      let size = try project("forward: {a: {url: \"http://a\", max_spool: \(text)}}").forward["a"]?.spoolLimit
      #expect(size?.bytes == Int64(bytes) && size?.description == text)
    }
  }
}

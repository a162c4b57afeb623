import Foundation
import Testing

/// The paths of Langfuse that Tallystick does not answer, answered by Langfuse.
struct ProxyTests {
  private func server(port: Int, _ settings: String = "", proxy: Bool = true) throws -> ForwardingServer {
    let shop = try Workshop()
    try shop.write(
      "tally.yaml",
      "forward: {cloud: {url: \"http://127.0.0.1:\(port)\", kind: langfuse, proxy: \(proxy)\(settings)}}\n")
    return try ForwardingServer(in: shop, environment: ["PK": "pk-lf-1", "SK": "sk-lf-1"])
  }

  private static let keys = ", public_key: {env: PK}, secret_key: {env: SK}"

  @Test func asksAsItIsAskedWithTheTargetsKey() async throws {
    let large = String(repeating: "0123456789", count: 300_000)
    let upstream = try StubTarget { _, request in
      switch request.path {
      case "/api/public/prompts/a%20b?version=2": .init(body: #"{"name":"a b"}"#)
      case "/api/public/large": .init(headers: ["content-type": "text/plain", "x-pages": "7"], body: large)
      case "/api/public/datasets": .init(status: 201, body: request.text)
      case "/api/public/projects": .init(body: #"{"data":[{"id":"p1"}]}"#)
      default: .init(status: 418, body: #"{"message":"no"}"#)
      }
    }
    let server = try server(port: upstream.port, ProxyTests.keys)
    #expect(server.said.contains("which answers Langfuse's other paths"))
    let prompt = try await server.send(
      "GET", "api/public/prompts/a%20b?version=2",
      headers: [
        "Authorization": "Basic mine", "x-api-key": "mine", "x-langfuse-sdk-name": "python", "X-Hop": "1",
        "Connection": "x-hop",
      ])
    #expect(prompt.status == 200 && prompt.text == #"{"name":"a b"}"#)
    let asked = try #require(upstream.requests.first)
    #expect(asked.headers["authorization"] == "Basic cGstbGYtMTpzay1sZi0x" && asked.headers["x-api-key"] == nil)
    #expect(asked.headers["x-langfuse-sdk-name"] == "python" && asked.headers["host"] == "127.0.0.1:\(upstream.port)")
    let page = try await server.send("GET", "api/public/large")
    #expect(page.text == large && page.headers["x-pages"] as? String == "7")
    let made = try await server.send("POST", "api/public/datasets", #"{"name":"d"}"#)
    #expect(made.status == 201 && made.text == #"{"name":"d"}"#)
    #expect(try await server.send("GET", "api/public/projects").text == #"{"data":[{"id":"p1"}]}"#)
    // Paths of which another method is answered here.
    for (method, path) in [
      ("GET", "api/public/scores"), ("GET", "api/public/scores/1"), ("DELETE", "api/public/scores/1"),
      ("PATCH", "api/public/x"),
    ] {
      #expect(try await server.send(method, path).status == 418, "\(method) \(path)")
    }
    #expect(try await server.send("HEAD", "api/public/large").status == 200)
    #expect(try server.stop() == 0)
  }

  /// Nobody gets out of the public paths with the target's key.
  @Test func doesNotClimb() async throws {
    let upstream = try StubTarget()
    let server = try server(port: upstream.port, ProxyTests.keys)
    for path in [
      "api/public/%2e%2e/trpc", "api/public/..%2ftrpc", "api/public/a/%252e%252e/%252E%252e/b", "api/public/..%5Ctrpc",
    ] {
      #expect(try await server.send("GET", path).status == 400, "\(path)")
    }
    #expect(try await server.send("GET", "api/private/x").status == 404)
    #expect(try await server.send("GET", "api/public/a..b").status == 200)
    #expect(upstream.requests.map(\.path) == ["/api/public/a..b"])
    #expect(try server.stop() == 0)
  }

  /// Without keys of its own the target sees the client's.
  @Test func passesTheClientsKeyOn() async throws {
    let upstream = try StubTarget()
    let server = try server(port: upstream.port)
    _ = try await server.send("GET", "api/public/traces", headers: ["Authorization": "Basic mine"])
    #expect(upstream.requests.first?.headers["authorization"] == "Basic mine")
    #expect(try server.stop() == 0)
  }

  /// What lets a client in here is nobody else's, and a tenant's key opens nothing that is everybody's.
  @Test func asksForAKeyAndKeepsIt() async throws {
    let upstream = try StubTarget { _, request in .init(body: #"{"data":[{"id":"p1"}]}"#) }
    let shop = try Workshop()
    try shop.write(
      "tally.yaml", "forward: {cloud: {url: \"http://127.0.0.1:\(upstream.port)\", kind: langfuse, proxy: true}}\n")
    var tokens: [String: String] = [:]
    for (name, options) in [
      ("reader", ["--scope", "read"]), ("sdk", ["--scope", "ingest"]), ("owner", ["--scope", "admin"]),
      ("acme", ["--scope", "admin", "--tenant", "acme"]),
    ] {
      tokens[name] = try shop.tally(["key", "create", name] + options).text.trimmingCharacters(in: .newlines)
    }
    let server = try ForwardingServer(in: shop)
    func status(_ name: String, _ method: String, _ path: String) async throws -> Int {
      let token = try #require(tokens[name])
      return try await server.send(
        method, "api/public/\(path)", method == "GET" ? nil : "{}", headers: ["Authorization": "Bearer \(token)"]
      ).status
    }
    for (method, path, allowed) in [
      ("GET", "traces", ["reader", "owner"]), ("POST", "prompts", ["owner"]), ("DELETE", "traces/1", ["owner"]),
      ("POST", "media", ["sdk", "owner"]), ("PATCH", "media/1", ["sdk", "owner"]),
      ("POST", "dataset-run-items", ["sdk", "owner"]), ("PATCH", "mediator", ["owner"]),
      ("GET", "projects", ["reader", "sdk", "owner", "acme"]),
    ] {
      for name in tokens.keys.sorted() {
        let expected = allowed.contains(name) ? 200 : 403
        #expect(try await status(name, method, path) == expected, "\(name) \(method) \(path)")
      }
    }
    #expect(!upstream.requests.isEmpty && upstream.requests.allSatisfy { $0.headers["authorization"] == nil })
    // A tenant's is told of a project that is nobody's.
    let project = try await server.send(
      "GET", "api/public/projects", headers: ["Authorization": "Bearer \(try #require(tokens["acme"]))"])
    #expect(project.text.contains("\"tally\"") && !project.text.contains("p1"))
    #expect(upstream.requests.allSatisfy { request in !tokens.values.contains { "\(request.headers)".contains($0) } })
    #expect(try server.stop() == 0)
  }

  /// Nothing goes by this door either that is redacted.
  @Test func takesOutWhatIsRedacted() async throws {
    let upstream = try StubTarget()
    let shop = try Workshop()
    let forward = "forward: {cloud: {url: \"http://127.0.0.1:\(upstream.port)\", kind: langfuse, proxy: true}}\n"
    try shop.write("tally.yaml", forward + "redaction: {find: [card]}\n")
    let server = try ForwardingServer(in: shop)
    let item = #"{"datasetName":"d","input":"4111 1111 1111 1111"}"#
    #expect(try await server.send("POST", "api/public/dataset-items", item).status == 200)
    #expect(upstream.requests.map(\.text) == [#"{"datasetName":"d","input":"[card]"}"#])
    let words = try await server.send("POST", "api/public/dataset-items", "4111 1111 1111 1111")
    #expect(try words.status == 403 && words.json()["error"]["code"].string == "REDACTED")
    #expect(try await server.send("GET", "api/public/traces").status == 200)
    #expect(upstream.requests.count == 2)
    #expect(try server.stop() == 0)
  }

  @Test func saysWhenTheUpstreamIsAway() async throws {
    let gone = try server(port: try StubTarget.freePort())
    let away = try await gone.send("GET", "api/public/traces")
    #expect(away.status == 502)
    #expect(try away.json()["error"]["code"].string == "UPSTREAM_AWAY")
    #expect(try away.json()["error"]["message"].string?.contains("is answered by 'cloud'") == true)
    #expect(try gone.stop() == 0)
    let slow = try StubTarget { _, _ in .init(delay: 30) }
    let server = try server(port: slow.port, ", timeout: 300ms")
    let late = try await server.send("GET", "api/public/traces")
    #expect(late.status == 504)
    #expect(try late.json()["error"]["message"].string?.contains("took longer than") == true)
    #expect(try server.stop() == 0)
  }

  @Test func withoutAnUpstreamItSaysHowToNameOne() async throws {
    let server = try server(port: 1, proxy: false)
    let answer = try await server.send("GET", "api/public/traces")
    #expect(answer.status == 404)
    #expect(try answer.json()["error"]["code"].string == "NO_UPSTREAM")
    #expect(try answer.json()["error"]["message"].string?.contains("proxy: true") == true)
    #expect(try await server.send("GET", "api/public/projects").text.contains("\"tally\""))
    #expect(try server.stop() == 0)
  }
}

import Foundation
import Testing

/// Prompt caches of upstreams, kept apart by tenant: the bytes that a provider gets, and what the check reads of it.
struct CacheSaltTests {
  private static let settings =
    ", cache_salt: MEMBER, cache_secret: {env: CACHE_SECRET}"

  private func serve(
    _ shop: Workshop, _ stub: StubUpstream, _ member: String, secret: String? = "0123456789abcdef"
  ) throws -> ForwardingServer {
    let settings = CacheSaltTests.settings.replacing("MEMBER", with: member)
    try shop.write(
      "tally.yaml",
      """
      upstreams: {open: {url: "http://127.0.0.1:\(stub.port)/v1", key: {env: OPEN_KEY}\(settings)}}
      tenants: {acme: {}, beta: {}, open: {isolation: shared}, own: {isolation: dedicated}}
      """)
    var environment = ["OPEN_KEY": "sk-open"]
    environment["CACHE_SECRET"] = secret
    return try ForwardingServer(in: shop, environment: environment)
  }

  private func header(_ shop: Workshop, _ name: String, _ options: String...) throws -> [String: String] {
    let made = try shop.tally(["key", "create", name, "--scope", "call"] + options)
    try #require(made.code == 0, "\(made.errors)")
    return ["Authorization": "Bearer \(made.text.trimmingCharacters(in: .newlines))"]
  }

  @Test(arguments: ["prompt_cache_key", "cache_salt"])
  func eachTenantHasItsOwn(_ member: String) async throws {
    let stub = try StubUpstream { _, request in
      guard request.text.contains("\"stream\":true") else { return StubUpstream.json(CallBench.reply) }
      let chunks = [CallBench.chunk("On"), CallBench.chunk("", finish: "stop"), CallBench.usage, CallBench.done]
      return StubUpstream.stream(chunks.joined(), every: 100_000)
    }
    let shop = try Workshop()
    var keys = ["nobody": try header(shop, "nobody"), "acme-2": try header(shop, "acme-2", "--tenant", "acme")]
    for tenant in ["acme", "beta", "open", "own"] { keys[tenant] = try header(shop, tenant, "--tenant", tenant) }
    let owner = try shop.tally("key", "create", "owner", "--scope", "admin").text.trimmingCharacters(in: .newlines)
    let server = try serve(shop, stub, member)
    func sent(_ key: String, _ body: String = CallBench.chat) async throws -> String {
      let reply = try await server.send(
        "POST", "v1/chat/completions", body,
        headers: ["Content-Type": "application/json"].merging(keys[key] ?? [:]) { $1 })
      #expect(reply.status == 200, "\(reply.text)")
      return try #require(stub.requests.last).text
    }
    func value(_ body: String) throws -> String {
      let text = try JSON(Data(body.utf8))[.key(member)].string
      return try #require(text)
    }
    let acme = try await sent("acme")
    let salt = try value(acme)
    #expect(salt.wholeMatch(of: /[0-9a-f]{64}/) != nil)
    #expect(acme == "{\"\(member)\":\"\(salt)\"," + CallBench.chat.dropFirst())
    // The same tenant has the same, by whichever key and with a stream too; others have others.
    for same in [try await sent("acme-2"), try await sent("acme", CallBench.streamed)] {
      #expect(try value(same) == salt)
    }
    var values = [salt]
    for other in ["beta", "own", "nobody"] { values.append(try value(try await sent(other))) }
    // What callers say themselves keeps calls together, and is nobody's secret any more.
    let own = "{\"\(member)\":\"mine\"," + CallBench.chat.dropFirst()
    for key in ["acme", "beta"] {
      let body = try await sent(key, own)
      let exchanged = try value(body)
      #expect(body == own.replacing("\"mine\"", with: "\"\(exchanged)\""))
      values.append(exchanged)
    }
    #expect(Set(values).count == 6)
    // Who shares says what it says.
    for body in [CallBench.chat, own] { #expect(try await sent("open", body) == body) }
    let twice = "{\"\(member)\":\"a\"," + own.dropFirst()
    let refused = try await server.send(
      "POST", "v1/chat/completions", twice,
      headers: ["Content-Type": "application/json"].merging(keys["acme"] ?? [:]) { $1 })
    #expect(try refused.status == 400 && refused.json()["error", "code"].string == "unreadable_request")
    #expect(refused.text.contains(member))
    // What the check tenant-isolation reads.
    var spans: [JSON] = []
    try await server.until("the spans are there") {
      spans = try await server.send("GET", "api/v1/spans?limit=100", headers: ["x-api-key": owner]).json()["records"]
        .list
      return spans.count >= 11
    }
    let made = spans.filter { $0["status"].string == "ok" }
    func read(_ tenant: String?) -> Set<String> {
      Set(made.filter { $0["tenant"].string == tenant }.compactMap { $0["attributes", "cache_key_sha256"].string })
    }
    #expect(read("acme").count == 2 && read("beta").count == 2 && read("own").count == 1 && read(nil).count == 1)
    #expect(read("acme").isDisjoint(with: read("beta")) && !read("acme").contains(salt))
    let scopes = made.map { "\($0["tenant"].string ?? "-") \($0["attributes", "cache_scope"].string ?? "-")" }
    #expect(Set(scopes) == ["acme tenant", "beta tenant", "own tenant", "open shared", "- key"])
    #expect(try server.stop() == 0)
    let check = try shop.tally("check", "tenant-isolation", "--format", "json")
    #expect(!check.text.contains("CACHE"), "\(check.text)")
  }

  /// A secret that is not there, or could be guessed, keeps the server from starting: nothing is salted with nothing.
  @Test func withoutASecretNothingStarts() throws {
    let stub = try StubUpstream { _, _ in StubUpstream.json(CallBench.reply) }
    for (secret, words) in [(nil, "CACHE_SECRET is not set"), ("0123456789abcde", "fewer than 16")]
      as [(String?, String)]
    {
      do {
        _ = try serve(try Workshop(), stub, "cache_salt", secret: secret)
        Issue.record("it started")
      } catch let error as ForwardingServer.DidNotStart {
        #expect(error.said.contains(words) && !error.said.contains("0123456789abcde"), "\(error.said)")
      }
    }
  }
}

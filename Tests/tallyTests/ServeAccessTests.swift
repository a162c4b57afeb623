import Foundation
import PostgresServer
import Testing

/// Who `tally serve` lets in.
struct ServeAccessTests {
  private static let json = ["Content-Type": "application/json"]

  private static func line(_ id: String, tenant: String? = nil) -> Data {
    let tenant = tenant.map { ",\"tenant\":\"\($0)\"" } ?? ""
    return Data(
      """
      {"kind":"span","span_id":"\(id)","trace_id":"t","name":"chat","span_kind":"chat",\
      "started_at":"2026-05-01T00:00:00Z","status":"ok","feature":"desk"\(tenant)}
      """.utf8)
  }

  private func key(_ shop: Workshop, _ name: String, _ scope: String, _ more: String...) throws -> String {
    let made = try shop.tally(["key", "create", name, "--scope", scope] + more)
    try #require(made.code == 0, "\(made.errors)")
    return made.text.trimmingCharacters(in: .newlines)
  }

  private func basic(_ user: String, _ token: String) -> String {
    "Basic " + Data("\(user):\(token)".utf8).base64EncodedString()
  }

  @Test func everyRouteAsksForItsScopeAndNoTokenIsEverShown() async throws {
    let shop = try Workshop()
    let ingest = try key(shop, "bot", "ingest")
    let read = try key(shop, "prometheus", "read")
    let admin = try key(shop, "ada", "admin")
    let gone = try key(shop, "gone", "ingest")
    #expect(try shop.tally("key", "revoke", "gone").code == 0)
    let server = try Served(in: shop.folder)
    #expect(server.greeting.contains("for those who have a key"))
    var shown = ""
    let routes: [(method: String, path: String, scope: String?)] = [
      ("POST", "api/v1/records", "ingest"), ("POST", "v1/traces", "ingest"), ("POST", "v1/logs", "ingest"),
      ("POST", "api/public/otel/v1/traces", "ingest"), ("POST", "api/public/scores", "ingest"),
      ("POST", "api/public/ingestion", "ingest"), ("GET", "api/public/projects", nil), ("GET", "metrics", "read"),
    ]
    func status(_ route: (method: String, path: String, scope: String?), _ headers: [String: String]) async throws
      -> Int
    {
      let reply =
        route.method == "GET"
        ? try await server.get(route.path, headers: headers)
        : try await server.post(
          route.path, Data("{}".utf8), headers: headers.merging(ServeAccessTests.json) { first, _ in first })
      shown += reply.text + reply.headers.map { "\($0.key): \($0.value)\n" }.joined()
      return reply.status
    }
    for route in routes {
      #expect(try await status(route, [:]) == 401, "\(route.path)")
      for wrong in [
        "Bearer \(ingest)x", "Bearer \(gone)", basic("prometheus", ingest), basic(ingest, "bot"), "Basic ?",
      ] {
        #expect(try await status(route, ["Authorization": wrong]) == 401, "\(route.path)")
      }
      for (token, scope) in [(ingest, "ingest"), (read, "read"), (admin, nil)] {
        let isLetIn = scope == nil || route.scope == nil || route.scope == scope
        for headers in [["Authorization": "Bearer \(token)"], ["x-api-key": token]] {
          let status = try await status(route, headers)
          #expect((status == 403) == !isLetIn && status != 401, "\(route.path) with \(scope ?? "admin"): \(status)")
        }
      }
    }
    #expect(try await status(routes[6], ["Authorization": basic("bot", ingest)]) == 200)
    for path in ["healthz", "readyz"] { #expect(try await server.get(path).status == 200) }
    let metrics = try await server.get("metrics", headers: ["x-api-key": read]).text
    // Of 8 routes: nothing; a wrong token and one with the name as password; a revoked one; another's name; no base 64.
    for (reason, count) in [
      ("missing", 8), ("unknown", 16), ("revoked", 8), ("mismatch", 8), ("unreadable", 8), ("expired", 0),
      ("scope", 14), ("tenant", 0),
    ] {
      #expect(metrics.contains("tally_authentications_failed_total{reason=\"\(reason)\"} \(count)\n"), "\(reason)")
    }
    let said = try server.everythingSaid()
    for token in [ingest, read, admin, gone] {
      #expect(
        !said.contains(token.suffix(40)) && !shown.contains(token.suffix(40)) && !metrics.contains(token.suffix(40)))
    }
    let keys = try shop.tally("key", "list", "--format", "json").json()["keys"].list
    #expect(keys.first { $0["name"].string == "bot" }?["used_at"].string?.hasSuffix(":00:00Z") == true)
    #expect(keys.first { $0["name"].string == "gone" }?["used_at"] == .null)
  }

  @Test func whoIsNotLetInIsTold() async throws {
    let shop = try Workshop()
    let read = try key(shop, "prometheus", "read")
    let server = try Served(in: shop.folder)
    let nobody = try await server.post("api/v1/records", ServeAccessTests.line("1"))
    #expect(nobody.status == 401)
    #expect(try nobody.json()["error", "code"].string == "UNAUTHENTICATED")
    #expect((nobody.headers["WWW-Authenticate"] as? String)?.contains("Bearer realm=\"tally\"") == true)
    let reader = try await server.post(
      "api/v1/records", ServeAccessTests.line("1"), headers: ["Authorization": "Bearer \(read)"])
    #expect(reader.status == 403)
    #expect(try reader.json()["error", "missing_scope"].string == "ingest")
    #expect(try reader.json()["error", "message"].string?.contains("the key 'prometheus' has read") == true)
    let json = try await server.post("v1/traces", Data("{}".utf8), headers: ServeAccessTests.json)
    #expect(json.status == 401)
    #expect(try json.json()["message"].string?.contains("asks for a key") == true)
    let binary = try await server.post(
      "v1/traces", Data(), headers: ["Content-Type": "application/x-protobuf", "x-api-key": read])
    // A google.rpc.Status: field 2, the message.
    #expect(binary.status == 403 && binary.body.first == 0x12 && binary.text.contains("scope 'ingest'"))
    // The connection is still good, and so is one whose body nobody read.
    let large = try await server.post("api/v1/records", Data(repeating: 0x20, count: 8 << 20))
    #expect(large.status == 401)
    #expect(try await server.get("healthz").status == 200)
    #expect(try server.stop() == 0)
  }

  @Test func aTenantsKeyDeliversForItsTenant() async throws {
    let shop = try Workshop()
    let token = ["x-api-key": try key(shop, "acme-bot", "ingest,read", "--tenant", "acme")]
    let server = try Served(in: shop.folder)
    let unsaid = try await server.post("api/v1/records", ServeAccessTests.line("1"), headers: token)
    #expect(try unsaid.json()["kept"].integer == 1)
    let lines = [ServeAccessTests.line("2", tenant: "beta"), ServeAccessTests.line("3", tenant: "acme")]
    let mixed = try await server.post("api/v1/records", Data(lines.joined(separator: [0x0A])), headers: token)
    #expect(mixed.status == 200)
    #expect(try mixed.json()["kept"].integer == 1)
    #expect(
      try mixed.json()["refused", 0].string?.contains("states the tenant 'beta', and the key 'acme-bot' is bound")
        == true)
    // What the whole server does is no tenant's business.
    let metrics = try await server.get("metrics", headers: token)
    #expect(metrics.status == 403 && metrics.text.contains("bound to 'acme'"))
    #expect(try server.stop() == 0)
    let spans = try shop.tally("spans", "--tenant", "acme", "--format", "json").lines.filter { !$0.isEmpty }
    #expect(spans.count == 2)
    #expect(try shop.tally("spans", "--tenant", "beta", "--format", "json").lines.filter { !$0.isEmpty } == [])
  }

  /// The two servers poll nothing: they look when a request comes, and what they knew is two seconds old at most.
  private func expectRevocation(_ shop: Workshop, _ place: [String]) async throws {
    let made = try shop.tally(["key", "create", "bot", "--scope", "ingest"] + place)
    try #require(made.code == 0, "\(made.errors)")
    let headers = ["Authorization": "Bearer \(made.text.trimmingCharacters(in: .newlines))"]
    let servers = try [Served(in: shop.folder, place), Served(in: shop.folder, place)]
    for server in servers {
      #expect(try await server.post("api/v1/records", ServeAccessTests.line("1"), headers: headers).status == 200)
    }
    #expect(try shop.tally(["key", "revoke", "bot"] + place).code == 0)
    try await Task.sleep(for: .milliseconds(2_050))
    for server in servers {
      let reply = try await server.post("api/v1/records", ServeAccessTests.line("2"), headers: headers)
      #expect(reply.status == 401 && reply.text.contains("was revoked at"))
      #expect(try server.stop() == 0)
    }
  }

  @Test func aRevokedKeyOpensNothingAfterTwoSeconds() async throws {
    try await expectRevocation(Workshop(), [])
  }

  @Test(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had"))
  func aRevokedKeyOpensNothingAfterTwoSecondsOnAServer() async throws {
    let server = try PostgresServer()
    try await expectRevocation(Workshop(), ["--ledger", server.url()])
  }

  @Test func thisMachineAloneIsLetInUntilThereIsAKey() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    #expect(!server.greeting.contains("key"))
    #expect(try await server.post("api/v1/records", ServeAccessTests.line("1")).status == 200)
    #expect(try await server.get("metrics").status == 200)
    _ = try key(shop, "bot", "ingest")
    try await Task.sleep(for: .milliseconds(2_050))
    #expect(try await server.post("api/v1/records", ServeAccessTests.line("2")).status == 401)
    #expect(try server.stop() == 0)
  }

  @Test func othersAreNotLetInByAccident() throws {
    let shop = try Workshop()
    let nothing = try shop.tally("serve", "--host", "0.0.0.0", "--port", "0")
    #expect(nothing.code == 64)
    for word in ["not listening on 0.0.0.0:0", "--tls-certificate FILE", "--insecure-http", "tally key create NAME"] {
      #expect(nothing.errors.contains(word))
    }
    let keyless = try shop.tally("serve", "--host", "0.0.0.0", "--port", "0", "--insecure-http")
    #expect(
      keyless.code == 64 && !keyless.errors.contains("--insecure-http") && keyless.errors.contains("Nobody has a key"))
    _ = try key(shop, "bot", "ingest")
    let plain = try shop.tally("serve", "--host", "::", "--port", "0")
    #expect(plain.code == 64 && plain.errors.contains("[::]:0") && !plain.errors.contains("Nobody has a key"))
    #expect(try shop.tally("key", "revoke", "bot").code == 0)
    let revoked = try shop.tally("serve", "--host", "0.0.0.0", "--port", "0", "--insecure-http")
    #expect(revoked.code == 64 && revoked.errors.contains("Nobody has a key"))
    let half = try shop.tally("serve", "--tls-certificate", "cert.pem")
    #expect(half.code == 64 && half.errors.contains("belong together"))
    let both = try shop.tally("serve", "--tls-certificate", "a", "--tls-key", "b", "--insecure-http")
    #expect(both.code == 64 && both.errors.contains("leave it out"))
    let away = try shop.tally("serve", "--tls-certificate", "a.pem", "--tls-key", "b.pem")
    #expect(away.code == 64 && away.errors.contains("a.pem: No such file"))
  }

  @Test func aProxyMayEndTLSBeforeIt() async throws {
    let shop = try Workshop()
    let token = try key(shop, "bot", "ingest")
    let server = try Served(in: shop.folder, ["--host", "0.0.0.0", "--insecure-http"])
    #expect(server.greeting.contains("listening on http://0.0.0.0:"))
    #expect(try await server.post("api/v1/records", ServeAccessTests.line("1")).status == 401)
    let kept = try await server.post("api/v1/records", ServeAccessTests.line("1"), headers: ["x-api-key": token])
    #expect(kept.status == 200)
    #expect(try server.stop() == 0)
  }
}

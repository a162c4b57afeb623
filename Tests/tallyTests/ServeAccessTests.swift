import Foundation
import Testing

/// Who `tally serve` lets in. What it answers to the others is asked by `Tests/clients/test_access.py`: Foundation keeps
/// answers of 401 to itself.
struct ServeAccessTests {
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
    // A hash alone might be that of another tenant's words, which would then be shown.
    let hash = String(repeating: "ab", count: 32)
    var line = String(decoding: ServeAccessTests.line("4"), as: UTF8.self)
    line.removeLast()
    line += #","input_sha256":"\#(hash)"}"#
    let named = try await server.post("api/v1/records", Data(line.utf8), headers: token)
    #expect(try named.json()["refused", 0].string?.contains("by its hash alone") == true)
    // What the whole server does is no tenant's business.
    let metrics = try await server.get("metrics", headers: token)
    #expect(metrics.status == 403 && metrics.text.contains("bound to 'acme'"))
    #expect(try server.stop() == 0)
    let spans = try shop.tally("spans", "--tenant", "acme", "--format", "json").lines.filter { !$0.isEmpty }
    #expect(spans.count == 2)
    #expect(try shop.tally("spans", "--tenant", "beta", "--format", "json").lines.filter { !$0.isEmpty } == [])
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
}

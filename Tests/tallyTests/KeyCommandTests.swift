import Foundation
import Testing

/// `tally key`, as people call it.
struct KeyCommandTests {
  @Test func aKeyIsMadeListedAndRevoked() throws {
    let shop = try Workshop()
    let made = try shop.tally(
      "key", "create", "support-bot", "--scope", "read,ingest", "--tenant", "acme", "--team", "payments", "--expires",
      "90d")
    #expect(made.code == 0)
    // Standard output is the token and nothing else.
    let token = try #require(made.text.wholeMatch(of: #/(?<token>tally_ir_[a-z2-7]{40})\n/#)).output.token
    #expect(made.errors.contains("'support-bot' of tenant acme may ingest, read and ends at 20"))
    #expect(made.errors.contains("LANGFUSE_PUBLIC_KEY=support-bot") && !made.errors.contains(token))
    let listed = try shop.tally("key", "list")
    #expect(listed.lines[1].hasPrefix("support-bot  ingest,read  active  acme    payments  20"))
    #expect(listed.lines[1].hasSuffix("never"))
    #expect(made.errors.contains("OTEL_EXPORTER_OTLP_HEADERS") && !made.errors.contains("OPENAI"))
    let json = try shop.tally("key", "list", "--format", "json").json()
    #expect(json["schema"].string == "tally.keys/1")
    #expect(json["keys", 0, "name"].string == "support-bot" && json["keys", 0, "state"].string == "active")
    #expect(json["keys", 0, "scopes"].list.map(\.string) == ["ingest", "read"])
    let revoked = try shop.tally("key", "revoke", "support-bot", "--reason", "it leaked", "--format", "json")
    #expect(try revoked.json()["key", "state"].string == "revoked")
    #expect(try revoked.json()["key", "revoked_at"].string != nil)
    #expect(try shop.tally("key", "list").text.contains("revoked"))
    // Two records, and nothing that opens anything in the ledger's file.
    #expect(try shop.tally("ledger", "status").text.contains("  2 changes\n"))
    #expect(try shop.tally("ledger", "verify").text.contains("is sound"))
    let file = try Data(contentsOf: shop.url(".tally/ledger.db"))
    #expect(file.range(of: Data(token.suffix(40).utf8)) == nil)
    #expect(file.range(of: Data("it leaked".utf8)) != nil)
  }

  /// How the token is used is said for what its scopes let do, and for nothing else.
  @Test func usesAreThoseOfTheScopes() throws {
    let shop = try Workshop()
    let ways = ["OTEL_EXPORTER_OTLP_HEADERS", "LANGFUSE_SECRET_KEY=TOKEN", "OPENAI_", "ANTHROPIC_", "HTTP requests"]
    for (scopes, expected) in [
      ("call", [2, 3]), ("ingest", [0, 1, 4]), ("read", [4]), ("decide", [4]), ("admin", [4]),
      ("call,decide", [2, 3, 4]),
      ("ingest,call", [0, 1, 2, 3, 4]),
    ] {
      let name = scopes.replacing(",", with: "-")
      let made = try shop.tally("key", "create", name, "--scope", scopes)
      #expect(made.code == 0, "\(made.errors)")
      #expect(ways.indices.filter { made.errors.contains(ways[$0]) } == expected, "\(made.errors)")
    }
    let made = try shop.tally("key", "create", "app", "--scope", "call")
    #expect(made.errors.contains("OPENAI_BASE_URL=http://127.0.0.1:4318/v1 OPENAI_API_KEY=TOKEN\n"))
    #expect(made.errors.contains("ANTHROPIC_BASE_URL=http://127.0.0.1:4318 ANTHROPIC_API_KEY=TOKEN\n"))
  }

  @Test func aBreakGlassKeySaysWhyAndUntilWhen() throws {
    let shop = try Workshop()
    #expect(try shop.tally("key", "create", "plain", "--scope", "call").code == 0)
    #expect(try !shop.tally("key", "list").text.contains("break-glass"))
    let made = try shop.tally(
      "key", "create", "night", "--scope", "call,decide", "--break-glass", "--reason", "checkout is down", "--expires",
      "24h")
    #expect(made.code == 0 && made.text.hasPrefix("tally_dc_"), "\(made.errors)")
    #expect(made.errors.contains("Its calls pass what guards would refuse") && made.errors.contains("ends at 20"))
    let listed = try shop.tally("key", "list")
    #expect(listed.lines[0].hasSuffix("break-glass") && listed.lines[1].hasSuffix("checkout is down"), "\(listed.text)")
    #expect(listed.lines[2].hasPrefix("plain") && listed.lines[2].hasSuffix("-"))
    let json = try shop.tally("key", "list", "--format", "json").json()
    #expect(json["keys", 0, "break_glass"].string == "checkout is down" && json["keys", 1, "break_glass"] == .null)
    let change = try shop.tally("export", "--kinds", "changes")
    #expect(change.text.contains("break-glass key created: checkout is down"), "\(change.errors)")
  }

  @Test func jsonHoldsTheTokenOnce() throws {
    let shop = try Workshop()
    let made = try shop.tally("key", "create", "bot", "--scope", "admin", "--format", "json")
    let json = try made.json()
    #expect(json["schema"].string == "tally.key/1" && json["key", "name"].string == "bot")
    #expect(json["token"].string?.wholeMatch(of: /tally_a_[a-z2-7]{40}/) != nil)
    #expect(json["key", "expires_at"] == .null && made.errors == "")
    let again = try shop.tally("key", "create", "other", "--scope", "read", "--scope", "ingest", "--format", "json")
    #expect(try again.json()["token"].string != json["token"].string)
    #expect(try again.json()["key", "scopes"].list.count == 2)
    #expect(try shop.tally("key", "list", "--format", "json").json()["keys"].list.count == 2)
  }

  private static let mistakes: [(arguments: [String], said: String)] = [
    (["create", "bot"], "Say what the key lets do, with --scope"),
    (["create", "bot", "--scope", "ingst"], "Write 'ingest' if that is meant."),
    (["create", "bot", "--scope", ""], "is no scope"),
    (["create", "a:b", "--scope", "read"], "1 to 64 letters, digits"),
    (["create", "tally_x", "--scope", "read"], "does not begin with tally_"),
    (["create", "bot", "--scope", "read", "--expires", "soon"], "a date or a duration (12h, 90d), not 'soon'"),
    (["create", "bot", "--scope", "read", "--expires", "2020-01-01"], "is over already"),
    (["create", "bot", "--scope", "read", "--expires", "0s"], "is over already"),
    (["create", "bot", "--scope", "read", "--tenant", ""], "--tenant and --team take a name"),
    (["create", "bot", "--scope", "call", "--reason", "a slow day"], "it goes with --break-glass"),
    (["create", "bot", "--scope", "call", "--break-glass", "--expires", "4h"], "needs a --reason"),
    (["create", "bot", "--scope", "call", "--break-glass", "--reason", "outage", "--expires", "4h"], "in a few words"),
    (["create", "bot", "--scope", "call", "--break-glass", "--reason", "an outage"], "say when with --expires"),
    (
      ["create", "bot", "--scope", "call", "--break-glass", "--reason", "an outage", "--expires", "86401s"],
      "lasts 24 hours at most"
    ),
    (
      ["create", "bot", "--scope", "admin", "--break-glass", "--reason", "an outage", "--expires", "4h"],
      "its scopes are call and decide"
    ),
    (["create", "taken", "--scope", "read"], "take another, such as 'taken-2'"),
    (["revoke", "takn"], "Write 'taken' if that is meant; `tally key list` lists them"),
  ]

  @Test func mistakesAreExplained() throws {
    let shop = try Workshop()
    #expect(try shop.tally("key", "list").code == 73)
    #expect(try shop.tally("key", "create", "taken", "--scope", "read").code == 0)
    for (arguments, said) in KeyCommandTests.mistakes {
      let run = try shop.tally(["key"] + arguments)
      #expect(run.code == 64 && run.text == "", "\(arguments)")
      #expect(run.errors.contains(said), "\(arguments): \(run.errors)")
    }
    #expect(try shop.tally("key", "revoke", "taken").text.contains("opens nothing from now on"))
    let again = try shop.tally("key", "revoke", "taken")
    #expect(again.code == 64 && again.errors.contains("was revoked at 20"))
    #expect(try shop.tally("key", "list", "--format", "json").json()["keys"].list.count == 1)
  }
}
